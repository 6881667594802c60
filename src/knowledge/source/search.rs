//! The search for the words of a quote in a source.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use suffix::SuffixTable;

use super::paragraphs::Paragraphs;
use crate::text::whitespace::Folded;
use crate::text::word_boundary::{may_end, may_start, widen};

/// Most occurrences that are looked at again for each quote of the same words. The result for words
/// that occur more often is kept, so that thousands of entries that quote "Yes." cost as much as one.
const MAX_UNCACHED: usize = 64;

/// Most searches for words that occur inside other words only. A file with more such quotes has
/// another problem than a few that are cut.
const MAX_SCANS: usize = 200;

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
    /// The offsets in the folded text at which a quote may start, by what follows them.
    suffixes: OnceLock<Vec<u32>>,
    /// Results for words that occur often, by the paragraph that was searched, or 0 for all.
    frequent: Mutex<HashMap<(usize, String), Occurrences>>,
    /// How often the whole text has been read.
    n_scans: AtomicUsize,
    #[cfg(test)]
    n_examined: AtomicUsize,
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
            n_scans: AtomicUsize::new(0),
            #[cfg(test)]
            n_examined: AtomicUsize::new(0),
        }
    }

    /// All occurrences of `needle` (folded, not empty) in `body`.
    ///
    /// A suffix array, built at the first call, keeps this at O(m log n) for a needle of m bytes
    /// in a body of n bytes, so that proving many quotes is not quadratic.
    pub(super) fn find(&self, body: &str, needle: &str) -> Occurrences {
        let positions = self.positions(needle);
        let found = self.cached(0, needle, positions.len(), || {
            let mut starts: Vec<usize> = positions.iter().map(|at| offset(*at)).collect();
            starts.sort_unstable();
            self.examine(body, needle, starts.into_iter())
        });
        if found.first.is_some() || found.inside_word.is_some() {
            return found;
        }
        self.find_inside_words(body, needle).unwrap_or(found)
    }

    /// The part of the suffix array in which all suffixes start with `needle`.
    fn positions(&self, needle: &str) -> &[u32] {
        let text = self.folded.as_str().as_bytes();
        let suffixes = self.suffixes.get_or_init(|| self.suffix_array());
        let suffix = |at: &u32| text.get(offset(*at)..).unwrap_or_default();
        let start = suffixes.partition_point(|at| suffix(at) < needle.as_bytes());
        let from_start = suffixes.get(start..).unwrap_or_default();
        let n = from_start.partition_point(|at| suffix(at).starts_with(needle.as_bytes()));
        from_start.get(..n).unwrap_or_default()
    }

    /// The suffix array of the folded text, without the suffixes that start inside a word: five of six
    /// in most scripts.
    fn suffix_array(&self) -> Vec<u32> {
        let text = self.folded.as_str();
        let (_, all) = SuffixTable::new(text).into_parts();
        let mut is_kept = vec![false; text.len()];
        let mut last = ' ';
        let mut n_kept = 0;
        for (at, c) in text.char_indices() {
            if c != ' ' && !(is_european(last) && is_european(c)) {
                is_kept.get_mut(at).into_iter().for_each(|flag| *flag = true);
                n_kept += 1;
            }
            last = c;
        }
        let mut suffixes = Vec::with_capacity(n_kept);
        let kept = |at: &u32| is_kept.get(offset(*at)).copied().unwrap_or(false);
        suffixes.extend(all.iter().copied().filter(kept));
        suffixes
    }

    /// The first occurrence that starts inside a word, for words that occur nowhere else. `None` if
    /// there is none, or after [`MAX_SCANS`] such searches, each of which reads the whole text.
    fn find_inside_words(&self, body: &str, needle: &str) -> Option<Occurrences> {
        if self.n_scans.fetch_add(1, Ordering::Relaxed) >= MAX_SCANS {
            return None;
        }
        let starts = memchr::memmem::find_iter(self.folded.as_str().as_bytes(), needle.as_bytes());
        Some(self.examine(body, needle, starts.take(MAX_UNCACHED)))
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
            self.n_examined.fetch_add(1, Ordering::Relaxed);
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
        self.n_examined.load(Ordering::Relaxed)
    }
}

fn offset(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

/// Whether `c` is a letter or digit of Latin, Greek, Cyrillic or Armenian. No quote may start between
/// two of them, see [`may_start`].
fn is_european(c: char) -> bool {
    c < '\u{590}' && c.is_alphanumeric()
}
