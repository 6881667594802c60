//! The distinct terms of an entry.

use super::forward_index::{EntryTexts, ForwardIndex};
use super::vocabulary::TermId;

/// The distinct terms of an entry, ascending.
#[derive(Debug, Default)]
pub(crate) struct EntryTerms {
    pub(crate) phrasings: Vec<TermId>,
    /// Terms of lead and quotes.
    pub(crate) quotes: Vec<TermId>,
}

impl EntryTerms {
    /// The terms of the entry at `idx`, without the phrasings of whose number `is_excluded` is true.
    pub(crate) fn new(
        texts: &ForwardIndex,
        idx: usize,
        is_excluded: impl Fn(usize) -> bool,
    ) -> Self {
        let mut terms = Self::default();
        for (number, text) in texts.of(idx).into_iter().flat_map(EntryTexts::numbered) {
            let list = match number {
                Some(number) if is_excluded(number) => continue,
                Some(_) => &mut terms.phrasings,
                None => &mut terms.quotes,
            };
            list.extend(text.words.iter().chain(text.concepts));
        }
        for list in [&mut terms.phrasings, &mut terms.quotes] {
            list.sort_unstable();
            list.dedup();
        }
        terms
    }
}
