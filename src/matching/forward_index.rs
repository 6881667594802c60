//! Forward index: the texts of all entries as terms.

use rayon::prelude::*;

use super::term::Term;
use super::vocabulary::TermId;

/// Slope of pivoted length normalization (Singhal, Buckley, Mitra 1996): 1.0 is plain cosine,
/// 0.0 ignores length. A prototype found 0.5 best over six FAQs (docs/quality.md).
const PIVOT_SLOPE: f32 = 0.5;

/// Least norm of a text, a query or an entry, so that a text of everyday words only does not
/// dominate after division by its norm.
pub(crate) const MIN_LENGTH: f32 = 0.05;

/// Fewest entries per parallel task; with fewer, splitting costs more than it saves.
pub(super) const MIN_PARALLEL: usize = 512;

/// The texts of all entries, stored contiguously, so that scoring an entry reads memory in
/// sequence.
#[derive(Debug, Default)]
pub(crate) struct ForwardIndex {
    /// Offset of each entry in `packed`.
    starts: Vec<u32>,
    /// Layout of an entry: number of phrasings, bits of the centroid's norm, texts. Layout of a
    /// text: number of words, number of concepts, bits of the norm, words, concepts.
    packed: Vec<u32>,
}

const ENTRY_HEADER: usize = 2;
const TEXT_HEADER: usize = 3;

/// The texts of an entry: its phrasings, and lead and quotes as one text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EntryTexts<'a> {
    /// Number of its phrasings, not counting lead and quotes.
    pub(crate) n_phrasings: usize,
    /// Norm of the sum of its phrasings' vectors, each divided by its norm.
    pub(crate) centroid_norm: f32,
    packed: &'a [u32],
}

/// A text of an entry, as terms.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IndexedText<'a> {
    /// The terms of its words, in order.
    pub(crate) words: &'a [TermId],
    /// The concepts of the synonyms in it.
    pub(crate) concepts: &'a [TermId],
    /// Pivoted norm, by which a similarity to this text is divided.
    pub(crate) norm: f32,
}

impl<'a> EntryTexts<'a> {
    /// All texts in order; the last, after [`Self::n_phrasings`], is lead and quotes.
    fn all(self) -> impl Iterator<Item = IndexedText<'a>> {
        let mut rest = self.packed;
        std::iter::from_fn(move || {
            let (header, tail) = rest.split_first_chunk::<TEXT_HEADER>()?;
            let [n_words, n_concepts, norm] = *header;
            let (words, tail) = tail.split_at_checked(usize::try_from(n_words).ok()?)?;
            let (concepts, tail) = tail.split_at_checked(usize::try_from(n_concepts).ok()?)?;
            rest = tail;
            Some(IndexedText { words, concepts, norm: f32::from_bits(norm) })
        })
    }

    /// The phrasings, in order.
    pub(crate) fn phrasings(self) -> impl Iterator<Item = IndexedText<'a>> {
        self.all().take(self.n_phrasings)
    }

    /// All texts in order, with the number of the phrasing (`None`: lead and quotes).
    pub(crate) fn numbered(self) -> impl Iterator<Item = (Option<usize>, IndexedText<'a>)> {
        let number = move |number| (number < self.n_phrasings).then_some(number);
        self.all().enumerate().map(move |(at, text)| (number(at), text))
    }
}

impl ForwardIndex {
    pub(super) fn reserve(&mut self, n_entries: usize, n_texts: usize, n_words: usize) {
        self.starts.reserve_exact(n_entries);
        self.packed.reserve_exact(n_entries * ENTRY_HEADER + n_texts * TEXT_HEADER + n_words);
    }

    /// Starts the next entry.
    pub(super) fn push_entry(&mut self, n_phrasings: u32) {
        self.starts.push(u32::try_from(self.packed.len()).unwrap_or(u32::MAX));
        self.packed.extend([n_phrasings, 1f32.to_bits()]);
    }

    /// Adds a text to the last entry: first its phrasings, then lead and quotes.
    /// [`Self::set_norms`] must set its norm later.
    pub(super) fn push(
        &mut self,
        words: impl Iterator<Item = TermId>,
        concepts: impl FnOnce(&[TermId]) -> Vec<TermId>,
    ) {
        let header = self.packed.len();
        self.packed.extend([0, 0, 1f32.to_bits()]);
        self.packed.extend(words);
        let words = self.packed.get(header + TEXT_HEADER..).unwrap_or_default();
        let n_words = words.len();
        let concepts = concepts(words);
        if let Some([words, n_concepts, _]) = self.header_mut(header) {
            *words = u32::try_from(n_words).unwrap_or(u32::MAX);
            *n_concepts = u32::try_from(concepts.len()).unwrap_or(u32::MAX);
        }
        self.packed.extend(concepts);
    }

    fn header_mut(&mut self, at: usize) -> Option<&mut [u32; TEXT_HEADER]> {
        self.packed.get_mut(at..)?.first_chunk_mut()
    }

    /// Number of entries.
    pub(crate) fn len(&self) -> usize {
        self.starts.len()
    }

    /// The texts of the entry at `idx`.
    pub(crate) fn of(&self, idx: usize) -> Option<EntryTexts<'_>> {
        let start = usize::try_from(*self.starts.get(idx)?).ok()?;
        let end = match self.starts.get(idx + 1) {
            Some(next) => usize::try_from(*next).ok()?,
            None => self.packed.len(),
        };
        let (header, packed) = self.packed.get(start..end)?.split_first_chunk::<ENTRY_HEADER>()?;
        let [n_phrasings, centroid_norm] = *header;
        Some(EntryTexts {
            n_phrasings: usize::try_from(n_phrasings).ok()?,
            centroid_norm: f32::from_bits(centroid_norm),
            packed,
        })
    }

    /// Loads the start of the texts of `entries` into the CPU caches at once, so that the cache
    /// misses overlap.
    pub(crate) fn prefetch(&self, entries: &[usize]) {
        let first = |idx: &usize| {
            let start = usize::try_from(*self.starts.get(*idx)?).ok()?;
            self.packed.get(start).copied()
        };
        std::hint::black_box(entries.iter().filter_map(first).fold(0, u32::wrapping_add));
    }

    /// All entries' texts, in order.
    pub(crate) fn entries(&self) -> impl Iterator<Item = EntryTexts<'_>> {
        (0..self.len()).map_while(|idx| self.of(idx))
    }

    /// Heap size in bytes.
    pub(super) fn n_bytes(&self) -> usize {
        bytes_of(&self.starts) + bytes_of(&self.packed)
    }

    /// Sets the norm of every text, relative to the mean length of all, and then of every entry.
    pub(super) fn set_norms(&mut self, terms: &[Term]) {
        let lengths: Vec<(bool, f32)> = self
            .par_map(|entry, lengths: &mut Vec<(bool, f32)>| {
                for (number, text) in entry.numbered() {
                    lengths.push((number.is_some(), length(&text, terms)));
                }
            })
            .concat();
        let mean_of = |kind: bool| {
            mean(lengths.iter().filter(|(is_phrasing, _)| *is_phrasing == kind).map(|(_, it)| *it))
        };
        let (of_phrasings, of_quotes) = (mean_of(true), mean_of(false));
        let mut lengths = lengths.into_iter();
        self.for_each_header(|header| {
            let Some((is_phrasing, length)) = lengths.next() else { return };
            let pivot = if is_phrasing { of_phrasings } else { of_quotes };
            let norm = (1.0 - PIVOT_SLOPE) * pivot + PIVOT_SLOPE * length;
            let [_, _, bits] = header;
            *bits = norm.to_bits();
        });
        let norms: Vec<f32> = self
            .par_map(|entry, norms: &mut Vec<f32>| norms.push(centroid_norm(entry, terms)))
            .concat();
        for (start, norm) in self.starts.iter().zip(norms) {
            let at = usize::try_from(*start).unwrap_or(usize::MAX);
            if let Some(bits) = self.packed.get_mut(at.saturating_add(1)) {
                *bits = norm.to_bits();
            }
        }
    }

    /// Calls `map` for all entries in parallel chunks; each chunk collects into its own list.
    fn par_map<T: Send>(&self, map: impl Fn(EntryTexts<'_>, &mut Vec<T>) + Sync) -> Vec<Vec<T>> {
        let numbers: Vec<usize> = (0..self.len()).collect();
        let part = |numbers: &[usize]| {
            let mut list = Vec::with_capacity(numbers.len());
            for entry in numbers.iter().filter_map(|idx| self.of(*idx)) {
                map(entry, &mut list);
            }
            list
        };
        numbers.par_chunks(MIN_PARALLEL).map(part).collect()
    }

    fn for_each_header(&mut self, mut visit: impl FnMut(&mut [u32; TEXT_HEADER])) {
        let ends = self.starts.iter().skip(1).copied().chain([u32::MAX]);
        let mut rest = self.packed.as_mut_slice();
        let mut at = 0usize;
        for end in ends {
            let end = usize::try_from(end).unwrap_or(usize::MAX);
            let Some((_, tail)) = rest.split_at_mut_checked(ENTRY_HEADER) else { return };
            (rest, at) = (tail, at + ENTRY_HEADER);
            while at < end {
                let Some((header, tail)) = rest.split_first_chunk_mut::<TEXT_HEADER>() else {
                    return;
                };
                visit(header);
                let [n_words, n_concepts, _] = *header;
                let len = usize::try_from(n_words + n_concepts).unwrap_or(usize::MAX);
                let Some((_, tail)) = tail.split_at_mut_checked(len) else { return };
                (rest, at) = (tail, at + TEXT_HEADER + len);
            }
        }
    }
}

/// Visits the distinct words of a text.
///
/// Most texts are phrasings of a dozen words, for which a linear search is faster than sorting.
pub(crate) fn for_each_distinct(words: &[TermId], mut visit: impl FnMut(TermId)) {
    if words.len() <= MAX_LINEAR_SEARCH {
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

const MAX_LINEAR_SEARCH: usize = 32;

fn weight(terms: &[Term], term: TermId) -> f32 {
    usize::try_from(term).ok().and_then(|idx| terms.get(idx)).map_or(0.0, |term| term.weight)
}

fn length(text: &IndexedText<'_>, terms: &[Term]) -> f32 {
    let mut squares = 0.0;
    for_each_distinct(text.words, |word| squares += weight(terms, word).powi(2));
    squares.sqrt().max(MIN_LENGTH)
}

fn centroid_norm(entry: EntryTexts<'_>, terms: &[Term]) -> f32 {
    let mut occurrences: Vec<(TermId, f32)> = Vec::new();
    for text in entry.phrasings() {
        for_each_distinct(text.words, |word| {
            occurrences.push((word, weight(terms, word) / text.norm));
        });
    }
    occurrences.sort_unstable_by_key(|(term, _)| *term);
    let squares = occurrences
        .chunk_by(|a, b| a.0 == b.0)
        .map(|of_term| of_term.iter().map(|(_, share)| share).sum::<f32>().powi(2));
    squares.sum::<f32>().sqrt().max(MIN_LENGTH)
}

#[expect(clippy::cast_precision_loss, reason = "counts of phrasings are far below 2^24")]
#[expect(clippy::cast_possible_truncation, reason = "a mean length needs no double precision")]
fn mean(lengths: impl Iterator<Item = f32>) -> f32 {
    let (sum, n) = lengths.fold((0.0, 0usize), |(sum, n), length| (sum + f64::from(length), n + 1));
    (sum / n.max(1) as f64) as f32
}

/// Heap size of a list in bytes, without what its elements own.
pub(super) fn bytes_of<T>(list: &Vec<T>) -> usize {
    list.capacity() * size_of::<T>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_keep_their_terms_and_get_a_norm() {
        let entries: [&[&[TermId]]; 3] = [&[&[0, 1, 0], &[2]], &[&[], &[]], &[&[1, 2], &[0], &[]]];
        let mut texts = ForwardIndex::default();
        for entry in entries {
            texts.push_entry(u32::try_from(entry.len() - 1).unwrap());
            for text in entry {
                texts.push(text.iter().copied(), |words| words.iter().map(|it| it + 10).collect());
            }
        }
        let terms = [0.5, 1.0, 0.2].map(|weight| Term { weight, ..Term::default() });
        texts.set_norms(&terms);
        assert_eq!(texts.len(), entries.len());
        for (entry, want) in texts.entries().zip(entries) {
            assert_eq!(entry.n_phrasings, want.len() - 1);
            let got: Vec<IndexedText<'_>> = entry.all().collect();
            assert_eq!(got.iter().map(|text| text.words).collect::<Vec<_>>(), want);
            for text in &got {
                assert!(text.concepts.iter().copied().eq(text.words.iter().map(|it| it + 10)));
                assert!(text.norm > 0.0 && text.norm < 1.2, "{text:?}");
            }
            let numbers: Vec<Option<usize>> = entry.numbered().map(|(number, _)| number).collect();
            assert_eq!(numbers.last(), Some(&None), "lead and quotes have no number");
            assert_eq!(numbers.first() == Some(&Some(0)), want.len() > 1);
        }
        let first = texts.of(0).unwrap();
        assert!(first.centroid_norm > 1.0, "{first:?}");
    }
}
