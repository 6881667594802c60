//! The texts of all entries as terms: a forward index.

use rayon::prelude::*;

use super::{Index, IndexedEntry, Term, bytes_of};
use crate::matching::vocabulary::TermId;

/// Slope of pivoted length normalization (Singhal, Buckley, Mitra 1996): 1.0 is plain cosine,
/// 0.0 ignores length. A prototype found 0.5 best over six FAQs (docs/quality.md).
const PIVOT_SLOPE: f32 = 0.5;

/// Shortest length of a text, a question or an entry: what consists of nothing but everyday words
/// must not become the longest of all by division.
pub(crate) const MIN_LENGTH: f32 = 0.05;

/// All texts, one after another, in the order of the entries.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    texts: Vec<Stored>,
    terms: Vec<TermId>,
}

#[derive(Debug, Clone, Copy)]
struct Stored {
    start: u32,
    n_words: u32,
    norm: f32,
}

/// A text of an entry: a phrasing, or lead and quotes together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'a> {
    /// The terms of its words, in order.
    pub(crate) words: &'a [TermId],
    /// The concepts of the synonyms in it.
    pub(crate) concepts: &'a [TermId],
    /// Length by which its similarity is divided (pivoted).
    pub(crate) norm: f32,
}

/// The distinct terms of an entry, ascending.
#[derive(Debug, Default)]
pub(crate) struct EntryTerms {
    pub(crate) phrasings: Vec<TermId>,
    /// Of lead and quotes.
    pub(crate) quotes: Vec<TermId>,
}

impl Texts {
    pub(super) fn reserve(&mut self, n_texts: usize, n_words: usize) {
        self.texts.reserve_exact(n_texts);
        self.terms.reserve_exact(n_words);
    }

    pub(super) fn push(&mut self, words: impl Iterator<Item = TermId>) {
        let start = self.terms.len();
        self.terms.extend(words);
        self.texts.push(Stored {
            start: u32::try_from(start).unwrap_or(u32::MAX),
            n_words: u32::try_from(self.terms.len() - start).unwrap_or(u32::MAX),
            norm: 1.0,
        });
    }

    /// The words of the last text.
    pub(super) fn last_words(&self) -> &[TermId] {
        let start = self.texts.last().and_then(|text| usize::try_from(text.start).ok());
        start.and_then(|start| self.terms.get(start..)).unwrap_or_default()
    }

    /// Adds concepts to the last text, behind its words.
    pub(super) fn push_concepts(&mut self, concepts: impl Iterator<Item = TermId>) {
        self.terms.extend(concepts);
    }

    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    /// Bytes on the heap.
    pub(super) fn n_bytes(&self) -> usize {
        bytes_of(&self.texts) + bytes_of(&self.terms)
    }

    fn get(&self, idx: usize) -> Option<Text<'_>> {
        let stored = self.texts.get(idx)?;
        let start = usize::try_from(stored.start).ok()?;
        let end = match self.texts.get(idx + 1) {
            Some(next) => usize::try_from(next.start).ok()?,
            None => self.terms.len(),
        };
        let terms = self.terms.get(start..end)?;
        let (words, concepts) = terms.split_at_checked(usize::try_from(stored.n_words).ok()?)?;
        Some(Text { words, concepts, norm: stored.norm })
    }

    /// The phrasings of an entry, in order.
    pub(crate) fn phrasings(&self, entry: &IndexedEntry) -> impl Iterator<Item = Text<'_>> {
        let first = usize::try_from(entry.first_text).unwrap_or(usize::MAX);
        let n = usize::try_from(entry.n_phrasings).unwrap_or(0);
        (first..first.saturating_add(n)).map_while(|idx| self.get(idx))
    }

    /// An entry's lead and quotes.
    pub(crate) fn quotes(&self, entry: &IndexedEntry) -> Option<Text<'_>> {
        let first = usize::try_from(entry.first_text).ok()?;
        self.get(first + usize::try_from(entry.n_phrasings).ok()?)
    }

    /// Sets every text's norm, from the lengths of all.
    pub(super) fn measure(&mut self, entries: &[IndexedEntry], terms: &[Term]) {
        let lengths: Vec<[f32; 2]> = entries
            .par_iter()
            .with_min_len(MIN_PARALLEL)
            .flat_map_iter(|entry| {
                let phrasings = self.phrasings(entry).map(|text| [length(&text, terms), 0.0]);
                phrasings.chain(self.quotes(entry).map(|text| [0.0, length(&text, terms)]))
            })
            .collect();
        let mean = |kind: usize| {
            let of_kind = lengths.iter().filter_map(|length| length.get(kind));
            mean(of_kind.copied().filter(|length| *length > 0.0))
        };
        let means = [mean(0), mean(1)];
        for (text, [phrasing, quotes]) in self.texts.iter_mut().zip(lengths) {
            let (length, [of_phrasings, of_quotes]) = (phrasing.max(quotes), means);
            let pivot = if quotes > 0.0 { of_quotes } else { of_phrasings };
            text.norm = (1.0 - PIVOT_SLOPE) * pivot + PIVOT_SLOPE * length;
        }
        self.texts.shrink_to_fit();
        self.terms.shrink_to_fit();
    }
}

/// Entries below which splitting work up costs more than it saves.
pub(super) const MIN_PARALLEL: usize = 512;

/// The distinct words of a text.
///
/// Most texts are phrasings of a dozen words, among which looking back is faster than sorting.
pub(super) fn for_each_distinct(words: &[TermId], mut visit: impl FnMut(TermId)) {
    if words.len() <= MAX_LOOKED_BACK {
        for (at, word) in words.iter().enumerate() {
            if words.get(..at).is_some_and(|before| !before.contains(word)) {
                visit(*word);
            }
        }
    } else {
        let mut words = words.to_vec();
        words.sort_unstable();
        words.dedup();
        words.into_iter().for_each(visit);
    }
}

const MAX_LOOKED_BACK: usize = 32;

fn length(text: &Text<'_>, terms: &[Term]) -> f32 {
    let mut squares = 0.0;
    for_each_distinct(text.words, |word| {
        let term = usize::try_from(word).ok().and_then(|word| terms.get(word));
        squares += term.map_or(0.0, |term| term.weight * term.weight);
    });
    squares.sqrt().max(MIN_LENGTH)
}

#[expect(clippy::cast_precision_loss, reason = "counts of phrasings are far below 2^24")]
fn mean(lengths: impl Iterator<Item = f32>) -> f32 {
    let (sum, n) = lengths.fold((0.0, 0usize), |(sum, n), length| (sum + f64::from(length), n + 1));
    (sum / n.max(1) as f64) as f32
}

impl EntryTerms {
    /// The terms of the entry at `idx`, the phrasing `left_out` passed over.
    pub(crate) fn new(index: &Index, idx: usize, left_out: Option<usize>) -> Self {
        let Some(entry) = index.entries.get(idx) else { return Self::default() };
        let phrasings = index.texts.phrasings(entry).enumerate();
        let kept = phrasings.filter(|(number, _)| Some(*number) != left_out).map(|(_, text)| text);
        Self { phrasings: distinct(kept), quotes: distinct(index.texts.quotes(entry).into_iter()) }
    }
}

fn distinct<'a>(texts: impl Iterator<Item = Text<'a>>) -> Vec<TermId> {
    let mut terms: Vec<TermId> =
        texts.flat_map(|text| text.words.iter().chain(text.concepts)).copied().collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}
