//! The search for the words of a quote in a source.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Mutex, OnceLock, PoisonError};

use suffix::SuffixTable;

use super::paragraphs::Paragraphs;
use crate::text::whitespace::Folded;
use crate::text::word_boundary::{may_end, may_start, widen};

/// Most occurrences that are looked at again for each quote of the same words. The result for words
/// that occur more often is kept, so that thousands of entries that quote "Yes." cost as much as one.
const MAX_UNCACHED: usize = 64;

/// Where the words of a quote stand in a body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Occurrences {
    /// The body span of the first occurrence that starts and ends at boundaries of words.
    pub(crate) first: Option<Range<usize>>,
    /// The paragraphs in which such occurrences start.
    pub(crate) paragraphs: Paragraphs,
    /// The body span of the first occurrence that cuts a word, if there are no others, and the span
    /// with the whole word.
    pub(crate) inside_word: Option<(Range<usize>, Range<usize>)>,
}

/// The text of a source as it is searched: with white space folded.
#[derive(Debug)]
pub(super) struct Search {
    folded: Folded,
    /// Folded starts of the paragraphs, in order.
    paragraph_starts: Vec<usize>,
    suffixes: OnceLock<SuffixTable<'static, 'static>>,
    /// Results for words that occur often, by the paragraph that was searched, or 0 for all.
    frequent: Mutex<HashMap<(usize, String), Occurrences>>,
    #[cfg(test)]
    n_examined: std::sync::atomic::AtomicUsize,
}

impl Search {
    /// Prepares the search in `body`, whose paragraphs are given.
    pub(super) fn new(body: &str, paragraphs: &[Range<usize>]) -> Self {
        let folded = Folded::new(body);
        let paragraph_starts = paragraphs.iter().map(|p| folded.folded_offset(p.start)).collect();
        Self {
            folded,
            paragraph_starts,
            suffixes: OnceLock::new(),
            frequent: Mutex::default(),
            #[cfg(test)]
            n_examined: std::sync::atomic::AtomicUsize::new(0),
        }
    }

    /// All occurrences of `needle` (folded, not empty) in `body`.
    ///
    /// A suffix array, built at the first call, keeps this at O(m log n) for a needle of m bytes
    /// in a body of n bytes, so that proving many quotes is not quadratic.
    pub(super) fn find(&self, body: &str, needle: &str) -> Occurrences {
        let new_table = || SuffixTable::new(self.folded.as_str().to_owned());
        let positions = self.suffixes.get_or_init(new_table).positions(needle);
        self.cached(0, needle, positions.len(), || {
            let mut starts: Vec<usize> =
                positions.iter().map(|at| usize::try_from(*at).unwrap_or(0)).collect();
            starts.sort_unstable();
            self.examine(body, needle, starts.into_iter())
        })
    }

    /// The occurrences of `needle` (folded, not empty) that start in the paragraph `number`, from 1.
    /// They may continue into the next one.
    pub(super) fn find_in_paragraph(
        &self,
        body: &str,
        needle: &str,
        number: usize,
    ) -> Option<Occurrences> {
        let text = self.folded.as_str();
        let start = *self.paragraph_starts.get(number.checked_sub(1)?)?;
        let next = self.paragraph_starts.get(number).copied().unwrap_or(text.len());
        let end = next.saturating_add(needle.len()).min(text.len());
        let haystack = text.as_bytes().get(start..end)?;
        let starts = || {
            memchr::memmem::find_iter(haystack, needle.as_bytes())
                .map(|at| start + at)
                .take_while(|at| *at < next)
        };
        let n_starts = starts().take(MAX_UNCACHED + 1).count();
        Some(self.cached(number, needle, n_starts, || self.examine(body, needle, starts())))
    }

    /// The result of `examine`, kept if there are more than [`MAX_UNCACHED`] occurrences.
    fn cached(
        &self,
        number: usize,
        needle: &str,
        n_starts: usize,
        examine: impl FnOnce() -> Occurrences,
    ) -> Occurrences {
        if n_starts <= MAX_UNCACHED {
            return examine();
        }
        let mut frequent = self.frequent.lock().unwrap_or_else(PoisonError::into_inner);
        frequent.entry((number, needle.to_owned())).or_insert_with(examine).clone()
    }

    /// Sorts out the occurrences at boundaries; `starts` are folded offsets and ascend.
    fn examine(
        &self,
        body: &str,
        needle: &str,
        starts: impl Iterator<Item = usize>,
    ) -> Occurrences {
        let mut found = Occurrences::default();
        for at in starts {
            #[cfg(test)]
            self.n_examined.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let span = self.folded.original_span(&(at..at + needle.len()));
            if !may_start(body, span.start) || !may_end(body, span.end) {
                if found.first.is_some() || found.inside_word.is_some() {
                    continue;
                }
                // A word that is too long for any quote can only be quoted in parts.
                if let Some(whole) = widen(body, &span) {
                    found.inside_word = Some((span, whole));
                    continue;
                }
            }
            found.paragraphs.add(self.paragraph_starts.partition_point(|start| *start <= at));
            found.first.get_or_insert(span);
        }
        if found.first.is_some() {
            found.inside_word = None;
        }
        found
    }

    /// How many occurrences have been looked at.
    #[cfg(test)]
    pub(super) fn n_examined(&self) -> usize {
        self.n_examined.load(std::sync::atomic::Ordering::Relaxed)
    }
}
