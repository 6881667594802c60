//! What a search leaves out, to learn how it would do without.

use super::entry_terms::EntryTerms;
use super::forward_index::ForwardIndex;

/// Parts of the index that a search passes over, to learn how it would do without them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Excluded {
    /// A phrasing: the entry's index, and its number among the phrasings from 0.
    pub phrasing: Option<(usize, usize)>,
    /// The number of another phrasing of the same entry.
    pub another_phrasing: Option<usize>,
    /// An entry's index.
    pub entry: Option<usize>,
    /// Whether the classifier that has learned from the phrasing is used all the same: training one without it takes
    /// longer than a thousand searches. It leans to the phrasing's own entry.
    pub keeps_classifier: bool,
}

impl Excluded {
    /// Whether the phrasing with this number of the entry at `idx` is left out.
    pub(crate) fn has_phrasing(self, idx: usize, number: usize) -> bool {
        self.phrasing.is_some_and(|(entry, first)| {
            entry == idx && (first == number || self.another_phrasing == Some(number))
        })
    }

    /// The number of the phrasing from which the classifier must not have learned.
    pub(super) fn unlearned(self) -> Option<usize> {
        self.phrasing.filter(|_| !self.keeps_classifier).map(|(_, number)| number)
    }

    /// How many phrasings of the entry at `idx` are left out.
    pub(crate) fn n_phrasings_of(self, idx: usize) -> usize {
        match self.phrasing {
            Some((entry, _)) if entry == idx => 1 + usize::from(self.another_phrasing.is_some()),
            _ => 0,
        }
    }

    /// The terms of an entry without what is left out of it.
    pub(crate) fn terms_of(self, texts: &ForwardIndex, entry: usize) -> EntryTerms {
        EntryTerms::new(texts, entry, |number| self.has_phrasing(entry, number))
    }
}
