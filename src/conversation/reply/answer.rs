//! The answer of an entry.

use super::CitedQuote;
use crate::knowledge::Quote;
use crate::matching::Index;
use crate::text::Language;

/// Most related questions of an answer: it is about something else.
const MAX_SEE_ALSO: usize = 3;

/// The answer of an entry: its lead and quotes; or a passage that was picked, which has nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The question of the entry, to show which question is answered; in the asker's language if it is
    /// known and the entry has one in it.
    pub question: Option<String>,
    /// The curator's line above the quotes.
    pub lead: Option<String>,
    /// The quotes, in order. Never empty.
    pub quotes: Vec<CitedQuote>,
    /// Questions of the first entries that this one refers to, gaps left out; in the asker's language
    /// like [`Self::question`].
    pub see_also: Vec<String>,
}

impl Answer {
    /// The answer of the entry at `entry`; `None` if it is a gap or does not exist.
    pub fn new(index: &Index, entry: usize) -> Option<Self> {
        Self::in_language(index, entry, None)
    }

    /// A passage that was picked.
    pub(crate) fn of_passage(passage: &Quote) -> Self {
        let quotes = vec![CitedQuote::new(passage)];
        Self { question: None, lead: None, quotes, see_also: Vec::new() }
    }

    /// The same with its question in `language`, if the entry has one in it.
    pub(super) fn in_language(
        index: &Index,
        entry: usize,
        language: Option<&Language>,
    ) -> Option<Self> {
        let found = index.entry(entry).filter(|found| !found.is_gap())?;
        let related = index.related(entry).filter_map(|related| {
            index.entry(related).filter(|related| !related.is_gap())?;
            index.question(related, language).map(str::to_owned)
        });
        Some(Self {
            question: Some(index.question(entry, language)?.to_owned()),
            lead: found.lead().map(str::to_owned),
            quotes: found.quotes().iter().map(CitedQuote::new).collect(),
            see_also: related.take(MAX_SEE_ALSO).collect(),
        })
    }
}
