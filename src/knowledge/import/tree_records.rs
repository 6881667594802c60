//! Records in documents of nested values, whatever their shape.

use super::field_choice::FieldChoice;
use super::field_names::{self, Field};
use super::numbered_keys::{NumberedKeys, has_pairs, is_number};
use super::plain_text::{ends_like_question, on_one_line};
use super::record::{Answer, Record};
use super::tree::Tree;
use super::tree_record::{is_certain_record, record, record_named};
use super::tree_text::text_of;

/// Keys of maps and lists that only wrap records, so that they are no topics.
const WRAPPERS: [&str; 24] = [
    "intents",
    "faq",
    "faqs",
    "questions",
    "items",
    "entries",
    "data",
    "list",
    "results",
    "content",
    "contents",
    "mainentity",
    "sections",
    "categories",
    "groups",
    "topics",
    "pages",
    "children",
    "tags",
    "articles",
    "qna",
    "knowledge",
    "qnadocuments",
    "qnalist",
];

/// Fewest words of an answer in a file in which nothing else says that it is an FAQ.
const MIN_TEXT_WORDS: usize = 5;

/// Keys of what is said about records.
const ABOUT: [&str; 2] = ["metadata", "meta"];

/// The records in `tree`:
/// - maps with a question and an answer, by the names of their keys, at any depth; titles of what is around
///   them are topics;
/// - maps from questions to answers;
/// - lists of pairs.
pub(super) fn find(tree: &Tree, fields: &FieldChoice) -> Vec<Record> {
    let mut finder = Finder { fields, records: Vec::new() };
    finder.visit(tree, &[]);
    let mut records = finder.records;
    // The title of the whole document is no topic.
    if let Some(title) = tree.as_map().and_then(|map| with_title(map, &[], fields).pop()) {
        for record in records.iter_mut().filter(|record| record.tags.first() == Some(&title)) {
            record.tags.remove(0);
        }
    }
    records
}

/// Whether `tree` is made to hold the questions `records`: by names of questions, by questions, or by texts of several
/// words under several names.
pub(super) fn is_faq(tree: &Tree, records: &[Record], fields: &FieldChoice) -> bool {
    let n_questions = records.iter().filter(|record| ends_like_question(&record.question)).count();
    let is_text = |record: &&Record| {
        let words = record.answers.iter().flat_map(|answer| answer.text.split_whitespace());
        words.count() >= MIN_TEXT_WORDS
    };
    let n_texts = records.iter().filter(is_text).count();
    !records.is_empty()
        && (fields.is_named(Field::Question)
            || names_questions(tree)
            || n_questions * 2 >= records.len()
            || (records.len() > 1 && n_texts * 2 >= records.len()))
}

fn names_questions(tree: &Tree) -> bool {
    match tree {
        Tree::Nothing | Tree::Text(_) => false,
        Tree::List(items) => items.iter().any(names_questions),
        Tree::Map(map) => {
            let named = |(key, value): &(String, Tree)| {
                field_names::is_of_questions(key) || names_questions(value)
            };
            map.iter().any(named) || has_pairs(map)
        }
    }
}

struct Finder<'a> {
    fields: &'a FieldChoice,
    records: Vec<Record>,
}

impl Finder<'_> {
    fn visit(&mut self, tree: &Tree, tags: &[String]) {
        match tree {
            Tree::Nothing | Tree::Text(_) => {}
            Tree::List(items) => {
                for item in items {
                    match pair(item) {
                        Some((question, answer)) => self.push(question, answer, tags),
                        None => self.visit(item, tags),
                    }
                }
            }
            Tree::Map(map) => self.visit_map(map, tags),
        }
    }

    fn visit_map(&mut self, map: &[(String, Tree)], tags: &[String]) {
        if let Some(numbered) = NumberedKeys::of(map) {
            return self.visit_numbered(numbered, tags);
        }
        let is_group = !is_certain_record(map, self.fields) && self.is_group(map);
        if !is_group && let Some(mut record) = record(map, self.fields) {
            record.tags = [tags, &record.tags].concat();
            self.records.push(record);
            return;
        }
        if !is_group && is_from_questions_to_answers(map) {
            for (question, answer) in map {
                self.push(question, answer, tags);
            }
            return;
        }
        let tags = with_title(map, tags, self.fields);
        for (key, value) in map.iter().filter(|(key, _)| !ABOUT.contains(&&*key.to_lowercase())) {
            if let Tree::Map(inner) = value
                && !is_number(key)
                && !has_pairs(inner)
                && let Some(mut record) = record_named(key, inner, self.fields)
            {
                record.tags = [&tags, &record.tags[..]].concat();
                self.records.push(record);
                continue;
            }
            let is_wrapper = WRAPPERS.contains(&&*key.to_lowercase())
                || key.starts_with(['@', '$'])
                || is_number(key)
                || self.has_title(value, key);
            if is_wrapper {
                self.visit(value, &tags);
            } else {
                self.visit(value, &[&tags[..], &[on_one_line(key)]].concat());
            }
        }
    }

    /// The records of keys with numbers, and what is in the other keys.
    fn visit_numbered(&mut self, numbered: NumberedKeys, tags: &[String]) {
        for map in &numbered.maps {
            if let Some(mut record) = record(map, self.fields) {
                record.tags = [tags, &record.tags].concat();
                self.records.push(record);
            }
        }
        self.visit_map(&numbered.rest, tags);
    }

    /// Whether a map holds records, so that its title and description are those of a group.
    fn is_group(&self, map: &[(String, Tree)]) -> bool {
        map.iter().any(|(_, value)| self.holds_records(value)) || self.has_numbered_records(map)
    }

    /// Whether records are under numbers in a map, or in the maps in it.
    fn has_numbered_records(&self, map: &[(String, Tree)]) -> bool {
        map.iter().any(|(key, value)| {
            value.as_map().is_some_and(|inner| {
                (is_number(key) && record(inner, self.fields).is_some())
                    || self.has_numbered_records(inner)
            })
        })
    }

    /// Whether the title of a group says what its key says.
    fn has_title(&self, group: &Tree, key: &str) -> bool {
        let title = group.as_map().and_then(|map| with_title(map, &[], self.fields).pop());
        title.is_some_and(|title| title.to_lowercase() == on_one_line(key).to_lowercase())
    }

    /// Whether `value` is a list of which at least one item is a record.
    fn holds_records(&self, value: &Tree) -> bool {
        let is_record = |item: &Tree| {
            pair(item).is_some()
                || item.as_map().is_some_and(|map| record(map, self.fields).is_some())
        };
        value.as_list().is_some_and(|items| items.iter().any(is_record))
    }

    fn push(&mut self, question: &str, answer: &Tree, tags: &[String]) {
        self.records.push(Record {
            question: on_one_line(question),
            answers: text_of(answer).as_deref().and_then(Answer::new).into_iter().collect(),
            tags: tags.to_vec(),
            ..Record::default()
        });
    }
}

/// A list of two texts, or a map of one: a question with its answer.
fn pair(item: &Tree) -> Option<(&str, &Tree)> {
    match item {
        Tree::List(items) => match items.as_slice() {
            [question, answer @ Tree::Text(_)] => Some((question.as_text()?, answer)),
            _ => None,
        },
        Tree::Map(map) => match map.as_slice() {
            [(question, answer)] if ends_like_question(question) => {
                text_of(answer).map(|_| (question.as_str(), answer))
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether the keys of a map are questions and its values their answers: all values are texts (or lists of
/// texts), and there are several, or the keys end like questions.
fn is_from_questions_to_answers(map: &[(String, Tree)]) -> bool {
    let is_text = |value: &Tree| match value {
        Tree::Text(_) => true,
        Tree::List(items) => !items.is_empty() && items.iter().all(|item| item.as_text().is_some()),
        _ => false,
    };
    let all_texts = map.iter().all(|(key, value)| !key.trim().is_empty() && is_text(value));
    let has_question = map.iter().any(|(key, _)| ends_like_question(key));
    // With a title, the keys are those of a heading: title and subtitle.
    let has_title = map.iter().any(|(key, _)| key.eq_ignore_ascii_case("title"));
    all_texts && (has_question || (map.len() > 1 && !has_title))
}

/// `tags`, and the title of a group of records.
fn with_title(map: &[(String, Tree)], tags: &[String], fields: &FieldChoice) -> Vec<String> {
    let holds_more = |(key, value): &(String, Tree)| {
        value.as_list().is_some() || (is_number(key) && value.as_map().is_some())
    };
    let has_list = map.iter().any(holds_more);
    let texts: Vec<(String, &str)> =
        map.iter().filter_map(|(key, value)| Some((key.clone(), value.as_text()?))).collect();
    let at = fields.find(Field::Tags, &texts).or_else(|| fields.find(Field::Question, &texts));
    let title = at.and_then(|at| texts.get(at)).map(|(_, title)| on_one_line(title));
    tags.iter().cloned().chain(title.filter(|_| has_list)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Questions, with answers and tags, in short.
    fn found(json: &str) -> Vec<String> {
        let tree = Tree::from_json(json).unwrap();
        let records = find(&tree, &FieldChoice::default());
        let texts = |record: &Record| -> String {
            record.answers.iter().map(|answer| answer.text.replace("\n\n", "¶")).collect()
        };
        records.iter().map(|r| format!("{} = {} {:?}", r.question, texts(r), r.tags)).collect()
    }

    #[test]
    fn records_are_found_in_every_usual_shape() {
        let cases: [(&str, &[&str]); 17] = [
            (r#"[{"question": "A?", "answer": "1."}]"#, &["A? = 1. []"]),
            (r#"[{"title": "A", "content": "1.", "category": "T"}]"#, &[r#"A = 1. ["T"]"#]),
            (r#"{"A?": "1.", "B?": "2."}"#, &["A? = 1. []", "B? = 2. []"]),
            (
                r#"{"rules": "Be kind.", "map": "See above."}"#,
                &["rules = Be kind. []", "map = See above. []"],
            ),
            (r#"{"faq": {"Pay": [{"q": "A?", "a": "1."}]}}"#, &[r#"A? = 1. ["Pay"]"#]),
            (
                r#"{"title": "Our FAQ", "version": 2, "questions": [{"question": "A?", "answer": "1."}]}"#,
                &["A? = 1. []"],
            ),
            (
                r#"[{"title": "Pay", "questions": [{"question": "A?", "answer": "1."}]}]"#,
                &[r#"A? = 1. ["Pay"]"#],
            ),
            (
                r#"[{"name": "Pay", "description": "How to pay.", "items": [{"question": "A?", "answer": ["1.", "2."]}]}]"#,
                &[r#"A? = 1.¶2. ["Pay"]"#],
            ),
            (r#"{"how": {"answer": "1.", "keywords": ["x"]}}"#, &["how = 1. []"]),
            (r#"[["A?", "1."], ["B?", "2."]]"#, &["A? = 1. []", "B? = 2. []"]),
            (r#"[{"A?": "1."}, {"B?": "2."}]"#, &["A? = 1. []", "B? = 2. []"]),
            (
                r#"{"@type": "FAQPage", "mainEntity": [{"@type": "Question", "name": "A?", "acceptedAnswer": {"@type": "Answer", "text": "1."}}]}"#,
                &["A? = 1. []"],
            ),
            (
                r#"[{"question": {"de": "Was?", "en": "What?"}, "answer": {"en": "1."}}]"#,
                &["What? = 1. []"],
            ),
            (
                r#"{"intents": [{"tag": "pay", "patterns": ["A?", "B?"], "responses": ["1."]}]}"#,
                &[r#"A? = 1. ["pay"]"#],
            ),
            (r#"[{"question": "A?"}, {"title": "No question"}]"#, &["A? =  []"]),
            (r#"{"a": 1, "b": {"c": []}}"#, &[]),
            (
                r#"{"hero": {"title": "FAQ", "subtitle": "Choose"}, "A?": {"text": "1."}}"#,
                &["A? = 1. []"],
            ),
        ];
        for (json, want) in cases {
            assert_eq!(found(json), want, "{json}");
        }
    }

    #[test]
    fn numbered_keys_are_pairs() {
        let cases: [(&str, &[&str]); 5] = [
            (r#"{"q1": "A?", "a1": "1.", "q2": "B?", "a2": "2."}"#, &["A? = 1. []", "B? = 2. []"]),
            (
                r#"{"faq": {"title": "FAQ", "question_1": "A", "answer_1": "1.", "question_2": "B", "answer_2": "2."}}"#,
                &["A = 1. []", "B = 2. []"],
            ),
            (
                r#"{"title": "FAQ", "description": "All", "pay": {"title": "Pay", "1": {"title": "A?", "description": "1."}, "2": {"title": "B?", "description_1": "2.", "description_2": "3."}}}"#,
                &[r#"A? = 1. ["Pay"]"#, r#"B? = 2.¶3. ["Pay"]"#],
            ),
            (r#"{"q1": "A?", "q2": "B?"}"#, &["A? =  []", "B? =  []"]),
            (r#"{"question": "A?", "answer1": "1.", "answer2": "2."}"#, &["A? = 1.¶2. []"]),
        ];
        for (json, want) in cases {
            assert_eq!(found(json), want, "{json}");
        }
    }

    #[test]
    fn fields_beside_question_and_answer_are_neither() {
        let cases: [(&str, &[&str]); 5] = [
            (
                r#"{"qnaDocuments": [{"id": 1, "answer": "1.", "questions": ["A?", "AA?"], "metadata": [{"name": "category", "value": "x"}], "context": {"prompts": [{"displayText": "y", "qnaId": 2}]}}]}"#,
                &["A? = 1. []"],
            ),
            (
                r#"{"faq": [{"questions": ["a", "aa"], "answer": "1.", "question": false}, {"questions": ["b"], "answer": "2.", "question": false}]}"#,
                &["a = 1. []", "b = 2. []"],
            ),
            (
                r#"[{"q": "A?", "a": {"p": ["1."], "list": ["2.", "3."]}}, {"q": "B?", "a": {"text": "4.", "format": "plain"}}]"#,
                &["A? = 1.¶2.¶3. []", "B? = 4. []"],
            ),
            (
                r#"{"tags": [{"trigger": "!rules", "embed": {"title": "Rules", "description": "Be kind."}}, {"trigger": "!ip", "response": "a.example"}]}"#,
                &["!rules = Be kind. []", "!ip = a.example []"],
            ),
            (
                r#"[{"name": "rules", "content": "1.", "owner_id": "123"}, {"name": "ip", "content": "2.", "owner_id": "4"}]"#,
                &["rules = 1. []", "ip = 2. []"],
            ),
        ];
        for (json, want) in cases {
            assert_eq!(found(json), want, "{json}");
            let tree = Tree::from_json(json).unwrap();
            let ids =
                find(&tree, &FieldChoice::default()).into_iter().filter_map(|record| record.id);
            assert!(ids.eq(json.contains("qna").then(|| "1".to_owned())), "{json}");
        }
    }

    #[test]
    fn variants_and_tags_are_lists_or_texts_with_separators() {
        let json = r#"[{"id": 7, "questions": ["A?", "AA?"], "answer": "1.", "aliases": "x; y", "tags": "t, u"}]"#;
        let records = find(&Tree::from_json(json).unwrap(), &FieldChoice::default());
        assert_eq!(records[0].id.as_deref(), Some("7"));
        assert_eq!(records[0].variants, ["AA?", "x", "y"]);
        assert_eq!(records[0].tags, ["t", "u"]);
    }
}
