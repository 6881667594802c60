//! The answer of an entry.

use super::CitedQuote;
use crate::knowledge::EntryId;
use crate::matching::Index;
use crate::text::Language;

/// The answer of an entry: its lead and quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The entry's position in the index.
    pub entry: usize,
    /// Its question, to show which question is answered; in the asker's language if it is known and
    /// the entry has one in it.
    pub question: String,
    /// The curator's line above the quotes.
    pub lead: Option<String>,
    /// The quotes, in order. Never empty.
    pub quotes: Vec<CitedQuote>,
    /// Canonical questions of the entries that this one refers to.
    pub see_also: Vec<String>,
}

impl Answer {
    /// The answer of the entry at `entry`; `None` if it is a gap or does not exist.
    pub fn new(index: &Index, entry: usize) -> Option<Self> {
        Self::in_language(index, entry, None)
    }

    /// The same with its question in `language`, if the entry has one in it.
    pub(super) fn in_language(
        index: &Index,
        entry: usize,
        language: Option<&Language>,
    ) -> Option<Self> {
        let found = index.entry(entry).filter(|found| !found.is_gap())?;
        let pack = index.pack_of(entry)?;
        let question = |id: &EntryId| {
            pack.entries.iter().find(|other| other.id == *id).map(|other| other.question.clone())
        };
        Some(Self {
            entry,
            question: index.question(entry, language)?.to_owned(),
            lead: found.lead().map(str::to_owned),
            quotes: found.quotes().iter().map(CitedQuote::new).collect(),
            see_also: found.see_also.iter().filter_map(question).collect(),
        })
    }
}
