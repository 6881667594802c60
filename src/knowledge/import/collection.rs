//! Entries made of records: each question once, with an id of its own and an answer.

use std::collections::{HashMap, HashSet};

use super::plain_text::on_one_line;
use super::record::{Answer, Record, RecordLocation};
use crate::knowledge::EntryId;

/// Longest question, in characters. A longer text is no question.
const MAX_QUESTION_CHARS: usize = 500;

/// Longest answer, in characters: some forty quotes. A longer text is a document, not an answer.
const MAX_ANSWER_CHARS: usize = 60_000;

/// Most characters of a question that a message shows.
const MAX_SHOWN_CHARS: usize = 80;

/// An entry that an import makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedEntry {
    /// Its id: the record's own, else made of the question.
    pub id: EntryId,
    /// The question.
    pub question: String,
    /// Other phrasings.
    pub variants: Vec<String>,
    /// The answers; none for a gap.
    pub answers: Vec<Answer>,
    /// The curator's line.
    pub lead: Option<String>,
    /// Topics.
    pub tags: Vec<String>,
}

/// A record that became no entry of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedRecord {
    /// Its question, or its answer if it has no question; cut if it is long.
    pub question: String,
    /// Where it was found.
    pub location: RecordLocation,
    /// Why.
    pub reason: Reason,
}

/// Why a record became no entry of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It has no answer.
    NoAnswer,
    /// It has no question, as a row whose cell is empty.
    NoQuestion,
    /// The file says that it is not published.
    Draft,
    /// An earlier record has the same question and answer.
    SameAsEarlier(RecordLocation),
    /// An earlier record has the same question; the answer was added to it.
    AddedToEarlier(RecordLocation),
    /// An earlier record has the same question under another heading; the heading was added to the question.
    NamedByTopic(RecordLocation),
    /// The question is too long.
    LongQuestion,
    /// The answer is too long.
    LongAnswer,
}

/// What becomes of questions without an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum UnansweredPolicy {
    /// They are left out.
    #[default]
    Skip,
    /// They become gaps.
    Gaps,
    /// The question stands for the answer: for measuring on sets of questions alone.
    QuestionStandsIn,
}

/// The entries of an import, and what is to be said about the records.
#[derive(Debug, Default)]
pub struct Collection {
    /// The entries, in the order of their records.
    pub entries: Vec<ImportedEntry>,
    /// Records that became no entry of their own, or one with another question.
    pub left_out: Vec<SkippedRecord>,
    /// The number of keywords that were left out since they stand under several questions.
    pub n_shared_keywords: usize,
}

impl Collection {
    /// The entries of `records`.
    pub fn new(records: Vec<Record>, unanswered: UnansweredPolicy) -> Self {
        let mut seen = HashSet::new();
        let are_ids_unique =
            records.iter().filter_map(|record| record.id.as_deref()).all(|id| seen.insert(id));
        let mut collector = Collector {
            unanswered,
            are_ids_unique,
            ids: HashSet::new(),
            by_question: HashMap::new(),
            locations: Vec::new(),
            keywords: Vec::new(),
            collection: Self::default(),
        };
        // Ids that records have are not taken by others.
        if are_ids_unique {
            collector.ids = records.iter().filter_map(|record| record.id.clone()).collect();
        }
        for record in records {
            collector.add(record);
        }
        collector.add_keywords();
        collector.collection
    }

    /// The number of gaps among the entries.
    pub fn n_gaps(&self) -> usize {
        self.entries.iter().filter(|entry| entry.answers.is_empty()).count()
    }
}

struct Collector {
    unanswered: UnansweredPolicy,
    are_ids_unique: bool,
    ids: HashSet<String>,
    /// The entry of each question without an id of its own.
    by_question: HashMap<String, usize>,
    /// Parallel to the entries.
    locations: Vec<RecordLocation>,
    /// Keywords of the entries, parallel to them.
    keywords: Vec<Vec<String>>,
    collection: Collection,
}

impl Collector {
    fn add(&mut self, mut record: Record) {
        record.question = on_one_line(&record.question);
        if record.question.is_empty() {
            return self.leave_out(&record, Reason::NoQuestion);
        }
        if record.is_draft {
            return self.leave_out(&record, Reason::Draft);
        }
        let n_chars: usize = record.answers.iter().map(|answer| answer.text.chars().count()).sum();
        if record.question.chars().count() > MAX_QUESTION_CHARS {
            return self.leave_out(&record, Reason::LongQuestion);
        }
        if n_chars > MAX_ANSWER_CHARS {
            return self.leave_out(&record, Reason::LongAnswer);
        }
        if record.answers.is_empty() && !record.is_gap {
            match self.unanswered {
                UnansweredPolicy::Skip => return self.leave_out(&record, Reason::NoAnswer),
                UnansweredPolicy::Gaps => {}
                UnansweredPolicy::QuestionStandsIn => {
                    record.answers.extend(Answer::new(&record.question));
                }
            }
        }
        let own_id =
            record.id.take().filter(|_| self.are_ids_unique).and_then(|id| EntryId::new(&id));
        if own_id.is_none() && self.add_to_earlier(&mut record) {
            return;
        }
        let id = own_id.unwrap_or_else(|| self.id_of(&record.question));
        let idx = self.collection.entries.len();
        self.by_question.entry(key_of(&record.question)).or_insert(idx);
        self.locations.push(record.location);
        self.keywords.push(distinct(record.keywords, &record.question));
        self.collection.entries.push(ImportedEntry {
            id,
            variants: distinct(record.variants, &record.question),
            question: record.question,
            lead: record.lead.filter(|_| !record.answers.is_empty()),
            answers: record.answers,
            tags: distinct(record.tags, ""),
        });
    }

    /// Adds a record whose question stands already to the entry of that question, or names it apart. Returns
    /// whether it needs no entry of its own.
    fn add_to_earlier(&mut self, record: &mut Record) -> bool {
        let Some(idx) = self.by_question.get(&key_of(&record.question)).copied() else {
            return false;
        };
        let first = self.locations.get(idx).cloned().unwrap_or_default();
        let Some(entry) = self.collection.entries.get_mut(idx) else { return false };
        let reason = if entry.answers == record.answers || record.answers.is_empty() {
            Reason::SameAsEarlier(first)
        } else if let Some(topic) = record.tags.last().filter(|topic| !entry.tags.contains(topic)) {
            let named = format!("{} ({topic})", record.question);
            if self.by_question.contains_key(&key_of(&named)) {
                return false;
            }
            self.leave_out(record, Reason::NamedByTopic(first));
            record.question = named;
            return false;
        } else {
            entry.answers.append(&mut record.answers);
            entry.variants =
                distinct([&entry.variants[..], &record.variants].concat(), &entry.question);
            Reason::AddedToEarlier(first)
        };
        self.leave_out(record, reason);
        true
    }

    /// Adds the keywords that stand under one entry to its phrasings. The others could not be answered.
    fn add_keywords(&mut self) {
        let mut n_entries: HashMap<String, usize> = HashMap::new();
        for (entry, keywords) in self.collection.entries.iter().zip(&self.keywords) {
            let phrasings = entry.variants.iter().chain(keywords).chain([&entry.question]);
            for key in phrasings.map(|text| key_of(text)).collect::<HashSet<String>>() {
                *n_entries.entry(key).or_default() += 1;
            }
        }
        for (entry, keywords) in self.collection.entries.iter_mut().zip(&mut self.keywords) {
            let n_keywords = keywords.len();
            keywords.retain(|keyword| n_entries.get(&key_of(keyword)) == Some(&1));
            self.collection.n_shared_keywords += n_keywords - keywords.len();
            entry.variants = distinct([&entry.variants[..], keywords].concat(), &entry.question);
        }
    }

    fn leave_out(&mut self, record: &Record, reason: Reason) {
        let shown = match record.answers.first() {
            Some(answer) if reason == Reason::NoQuestion => on_one_line(&answer.text),
            _ => record.question.clone(),
        };
        let mut question: String = shown.chars().take(MAX_SHOWN_CHARS).collect();
        if question.len() < shown.len() {
            question.push('…');
        }
        self.collection.left_out.push(SkippedRecord {
            question,
            location: record.location.clone(),
            reason,
        });
    }

    /// An id made of the question, with a number if another entry has it.
    fn id_of(&mut self, question: &str) -> EntryId {
        let id = EntryId::from_question(question, |id| self.ids.contains(id));
        self.ids.insert(id.as_str().to_owned());
        id
    }
}

/// The words of a question, for comparing.
fn key_of(question: &str) -> String {
    let key: String =
        question.chars().filter(|c| !matches!(c, '?' | '？' | '!' | '.' | ':')).collect();
    on_one_line(&key).to_lowercase()
}

/// The texts that are not blank and not `except`, each once.
fn distinct(texts: Vec<String>, except: &str) -> Vec<String> {
    let mut seen = HashSet::from([except.to_owned(), String::new()]);
    texts
        .into_iter()
        .map(|text| on_one_line(&text))
        .filter(|text| seen.insert(text.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(question: &str, answer: &str, tag: &str) -> Record {
        let tags = vec![tag.to_owned()];
        let answers = Answer::new(answer).into_iter().collect();
        Record { question: question.to_owned(), answers, tags, ..Record::default() }
    }

    fn ids(collection: &Collection) -> Vec<&str> {
        collection.entries.iter().map(|entry| entry.id.as_str()).collect()
    }

    #[test]
    fn question_that_stands_twice_becomes_one_entry_unless_its_topic_differs() {
        let records = vec![
            record("How to install?", "a", "Linux"),
            record("How to install", "a", "Linux"),
            record("How to install?", "b", "Linux"),
            record("How to install?", "c", "Windows"),
        ];
        let collection = Collection::new(records, UnansweredPolicy::default());
        assert_eq!(ids(&collection), ["how-to-install", "how-to-install-windows"]);
        let answers: Vec<&str> =
            collection.entries[0].answers.iter().map(|a| a.text.as_str()).collect();
        assert_eq!(answers, ["a", "b"]);
        assert_eq!(collection.entries[1].question, "How to install? (Windows)");
        let reasons: Vec<&Reason> = collection.left_out.iter().map(|left| &left.reason).collect();
        let location = RecordLocation::default();
        assert_eq!(
            reasons,
            [
                &Reason::SameAsEarlier(location.clone()),
                &Reason::AddedToEarlier(location.clone()),
                &Reason::NamedByTopic(location),
            ]
        );
    }

    #[test]
    fn keywords_of_one_question_are_phrasings_of_it() {
        let with = |question: &str, keywords: &[&str]| Record {
            keywords: keywords.iter().map(|&word| word.to_owned()).collect(),
            ..record(question, "x", "")
        };
        let records = vec![with("A?", &["wifi", "Bands"]), with("B?", &["WiFi", "hotspot"])];
        let collection = Collection::new(records, UnansweredPolicy::default());
        let variants: Vec<&[String]> = collection.entries.iter().map(|e| &e.variants[..]).collect();
        assert_eq!(variants, [["Bands"], ["hotspot"]]);
        assert_eq!(collection.n_shared_keywords, 2);
    }

    #[test]
    fn question_without_an_answer_is_left_out_or_becomes_what_is_asked_for() {
        let n_answers = |unanswered| {
            let collection = Collection::new(vec![record("What?", "", "")], unanswered);
            (collection.entries.first().map(|entry| entry.answers.len()), collection.left_out.len())
        };
        assert_eq!(n_answers(UnansweredPolicy::Skip), (None, 1));
        assert_eq!(n_answers(UnansweredPolicy::Gaps), (Some(0), 0));
        assert_eq!(n_answers(UnansweredPolicy::QuestionStandsIn), (Some(1), 0));
    }

    #[test]
    fn answer_without_a_question_is_left_out_and_shown() {
        let collection =
            Collection::new(vec![record("", "Four\neuros.", "")], UnansweredPolicy::Gaps);
        let want = SkippedRecord {
            question: "Four euros.".to_owned(),
            location: RecordLocation::default(),
            reason: Reason::NoQuestion,
        };
        assert_eq!((collection.entries.len(), collection.left_out), (0, vec![want]));
    }

    #[test]
    fn ids_of_the_file_are_kept_if_each_is_unique() {
        let with_id = |id: &str, question: &str| Record {
            id: Some(id.to_owned()),
            ..record(question, "x", "")
        };
        let unique = vec![with_id("1", "A?"), with_id("a b", "B?"), record("1", "y", "")];
        assert_eq!(ids(&Collection::new(unique, UnansweredPolicy::default())), ["1", "b", "1-2"]);
        let repeated = vec![with_id("1", "A?"), with_id("1", "B?")];
        assert_eq!(ids(&Collection::new(repeated, UnansweredPolicy::default())), ["a", "b"]);
        let long = vec![record(&"何".repeat(80), "x", ""), record("???", "x", "")];
        assert_eq!(ids(&Collection::new(long, UnansweredPolicy::default()))[0].chars().count(), 60);
    }
}
