//! The record in one map of a document of nested values.

use super::field_choice::FieldChoice;
use super::field_names::{self, Field};
use super::numbered_keys::is_stem;
use super::plain_text::{ends_like_question, on_one_line};
use super::record::{Answer, Record};
use super::tree::Tree;
use super::tree_text::{get, split_texts, text_of, texts_of};

/// The record in a map with a question and an answer; `None` if it is no record.
pub(super) fn record(map: &[(String, Tree)], fields: &FieldChoice) -> Option<Record> {
    // A truth value is a mark, not a question; unless there is nothing else that could be one, as of a tag called "off".
    let question_at = fields
        .find_where(Field::Question, map, |_, value| value.as_bool().is_none())
        .or_else(|| fields.find(Field::Question, map))?;
    let (question_key, question) = map.get(question_at)?;
    let mut questions = texts_of(question).into_iter().map(|text| on_one_line(&text));
    let question = questions.next()?;
    let more_questions: Vec<String> = questions.collect();
    let others = |field| {
        let at = fields.find_except(field, map, question_at)?;
        map.get(at).map(|(_, value)| value)
    };
    let mut answers: Vec<Answer> = quotes_of(map);
    if answers.is_empty() {
        let text = others(Field::Answer)
            .filter(|_| has_one_answer(map, question_at, fields))
            .and_then(text_of)
            .or_else(|| numbered_answers(map));
        answers.extend(text.as_deref().and_then(Answer::new));
    }
    let is_gap = get(map, "gap").is_some_and(|value| value.as_bool() == Some(true));
    let says_question = fields.is_named(Field::Question)
        || field_names::is_label(Field::Question, question_key)
        || ends_like_question(&question);
    if answers.is_empty() && !is_gap && !says_question {
        return None;
    }
    let mut variants = more_questions;
    variants.extend(others(Field::Variants).map(split_texts).unwrap_or_default());
    Some(Record {
        id: others(Field::Id).and_then(Tree::as_text).map(str::to_owned),
        question,
        variants,
        keywords: others(Field::Keywords).map(split_texts).unwrap_or_default(),
        answers,
        lead: get(map, "lead").and_then(Tree::as_text).map(on_one_line),
        tags: others(Field::Tags).map(split_texts).unwrap_or_default(),
        is_gap,
        ..Record::default()
    })
}

/// Whether a map has a question and an answer by names that groups do not have, whatever lists are beside them.
pub(super) fn is_certain_record(map: &[(String, Tree)], fields: &FieldChoice) -> bool {
    let has_question = map.iter().any(|(key, value)| {
        let is_text = match value {
            Tree::Text(_) => true,
            Tree::List(items) => items.iter().all(|item| item.as_text().is_some()),
            _ => false,
        };
        is_text && field_names::is_of_questions(key)
    });
    has_question && record(map, fields).is_some_and(|record| !record.answers.is_empty())
}

/// Whether the answer of a map is in a field without a number, or in the one that the user named.
fn has_one_answer(map: &[(String, Tree)], question_at: usize, fields: &FieldChoice) -> bool {
    let at = fields.find_except(Field::Answer, map, question_at);
    let is_numbered =
        at.and_then(|at| map.get(at)).is_some_and(|(key, _)| is_stem(Field::Answer, key));
    fields.is_named(Field::Answer) || !is_numbered
}

/// The answers under keys with numbers, as paragraphs.
fn numbered_answers(map: &[(String, Tree)]) -> Option<String> {
    let numbered = map.iter().filter(|(key, _)| is_stem(Field::Answer, key));
    let texts: Vec<String> = numbered.filter_map(|(_, value)| text_of(value)).collect();
    (!texts.is_empty()).then(|| texts.join("\n\n"))
}

/// The record of a map that has an answer and is named by its question.
pub(super) fn record_named(
    name: &str,
    map: &[(String, Tree)],
    fields: &FieldChoice,
) -> Option<Record> {
    let answer_at = fields.find(Field::Answer, map)?;
    let has_question = fields
        .find(Field::Question, map)
        .and_then(|at| map.get(at))
        .is_some_and(|(key, _)| field_names::is_label(Field::Question, key));
    let (_, answer) = map.get(answer_at).filter(|_| !has_question)?;
    let other = |field| map.get(fields.find_except(field, map, answer_at)?).map(|(_, value)| value);
    Some(Record {
        question: on_one_line(name),
        variants: other(Field::Variants).map(split_texts).unwrap_or_default(),
        keywords: other(Field::Keywords).map(split_texts).unwrap_or_default(),
        answers: text_of(answer).as_deref().and_then(Answer::new).into_iter().collect(),
        tags: other(Field::Tags).map(split_texts).unwrap_or_default(),
        ..Record::default()
    })
    .filter(|record| !record.answers.is_empty())
}

/// The quotes of quoth's own JSON lines: texts, or maps with `text`, `speaker` and `role`.
fn quotes_of(map: &[(String, Tree)]) -> Vec<Answer> {
    let quotes = get(map, "quotes").and_then(Tree::as_list).unwrap_or_default();
    let field = |quote: &Tree, key: &str| quote.get(key).and_then(Tree::as_text).map(str::to_owned);
    let read = |quote: &Tree| match quote {
        Tree::Text(text) => Answer::new(text),
        quote => {
            let text = Answer::new(&field(quote, "text")?)?;
            Some(Answer { speaker: field(quote, "speaker"), role: field(quote, "role"), ..text })
        }
    };
    quotes.iter().filter_map(read).collect()
}
