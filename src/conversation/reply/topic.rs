//! Questions that can be asked, grouped by tag.

use std::collections::BTreeMap;

use crate::conversation::autocomplete::PINNED;
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
    /// All entries except gaps, each under its first tag. Topics are sorted by tag.
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

    /// `topics` without the first `n` questions. Topics without questions are dropped.
    pub(in crate::conversation) fn skip(mut n: usize, topics: Vec<Self>) -> Vec<Self> {
        let remaining = topics.into_iter().map(|Self { tag, mut questions }| {
            let n_skipped = n.min(questions.len());
            n -= n_skipped;
            Self { tag, questions: questions.split_off(n_skipped) }
        });
        remaining.filter(|topic| !topic.questions.is_empty()).collect()
    }
}
