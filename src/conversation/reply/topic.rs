//! Questions by tag.

use std::collections::BTreeMap;

use super::super::autocomplete::PINNED;
use crate::matching::Index;

/// Questions that share a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// The tag; empty for entries without one.
    pub tag: String,
    /// Canonical questions, in the order of the packs.
    pub questions: Vec<String>,
}

impl Topic {
    /// Every entry that answers, under its first tag; topics in the order of the alphabet.
    pub fn all(index: &Index) -> Vec<Self> {
        let mut topics: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let entries = (0..index.n_entries()).filter_map(|idx| index.entry(idx));
        for entry in entries.filter(|entry| !entry.is_gap()) {
            let mut tags = entry.tags.iter().filter(|tag| *tag != PINNED);
            let tag = tags.next().map_or("", String::as_str);
            topics.entry(tag).or_default().push(entry.question.clone());
        }
        topics.into_iter().map(|(tag, questions)| Self { tag: tag.to_owned(), questions }).collect()
    }

    /// `topics` without the first `n` questions.
    pub(in crate::conversation) fn skip(mut n: usize, topics: Vec<Self>) -> Vec<Self> {
        let left = topics.into_iter().map(|Self { tag, mut questions }| {
            let n_left_out = n.min(questions.len());
            n -= n_left_out;
            Self { tag, questions: questions.split_off(n_left_out) }
        });
        left.filter(|topic| !topic.questions.is_empty()).collect()
    }
}
