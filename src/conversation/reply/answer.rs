//! An entry's answer.

use super::CitedQuote;
use crate::knowledge::EntryId;
use crate::matching::Index;

/// An entry's lead and quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The entry's index.
    pub entry: usize,
    /// The canonical question, to say what is being answered.
    pub question: String,
    /// The curator's line.
    pub lead: Option<String>,
    /// The quotes, in order. Never empty.
    pub quotes: Vec<CitedQuote>,
    /// Canonical questions of entries that a reader may want next.
    pub see_also: Vec<String>,
}

impl Answer {
    /// What the entry at `entry` says; `None` for a gap, or if there is no such entry.
    pub fn new(index: &Index, entry: usize) -> Option<Self> {
        let found = index.entry(entry).filter(|found| !found.is_gap())?;
        let pack = index.pack_of(entry)?;
        let question = |id: &EntryId| {
            pack.entries.iter().find(|other| other.id == *id).map(|other| other.question.clone())
        };
        Some(Self {
            entry,
            question: found.question.clone(),
            lead: found.lead().map(str::to_owned),
            quotes: found.quotes().iter().map(CitedQuote::new).collect(),
            see_also: found.see_also.iter().filter_map(question).collect(),
        })
    }
}
