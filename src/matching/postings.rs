//! Posting lists: the entries that have a term, in descending order of impact.

use rayon::prelude::*;

use super::forward_index::{EntryTexts, ForwardIndex, MIN_PARALLEL, bytes_of};
use super::score_parts::{ScoreParts, log_odds};
use super::term::Term;
use super::vocabulary::TermId;

/// Most entries of an index that can be found.
pub const MAX_ENTRIES: usize = 1 << ENTRY_BITS;

const ENTRY_BITS: u32 = 24;
const ENTRY_MASK: u32 = (1 << ENTRY_BITS) - 1;

/// Number of levels to which impacts are quantized; level 0 is unused.
const MAX_LEVEL: u8 = u8::MAX;

/// An entry that has a term, and the term's impact: the level in the upper 8 bits, the entry,
/// inverted, in the lower 24. In descending order the largest impact comes first, and among equal
/// ones the entry with the lowest index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Posting(u32);

/// The posting lists of all terms, sorted by impact (Anh and Moffat 2006): the score of the entry
/// for a query that is only this term.
#[derive(Debug, Default)]
pub(crate) struct Postings {
    /// Offset of each term's postings, and the end of the last.
    starts: Vec<u32>,
    postings: Vec<Posting>,
    /// Impact of level 1.
    step: f32,
}

impl Posting {
    fn new(entry: u32, level: u8) -> Self {
        Self((u32::from(level) << ENTRY_BITS) | (ENTRY_MASK - (entry & ENTRY_MASK)))
    }

    /// The entry's index.
    pub(crate) fn entry(self) -> u32 {
        ENTRY_MASK - (self.0 & ENTRY_MASK)
    }

    /// The impact in steps of [`Postings::step`], 1 to 255.
    pub(crate) fn level(self) -> u8 {
        let [level, ..] = self.0.to_be_bytes();
        level
    }
}

impl Postings {
    /// Builds the posting lists of all entries.
    pub(super) fn new(texts: &ForwardIndex, terms: &[Term]) -> Self {
        let numbered: Vec<(u32, EntryTexts<'_>)> =
            (0..).zip(texts.entries().take(MAX_ENTRIES)).collect();
        let chunks: Vec<Vec<Impact>> = numbered
            .par_chunks(MIN_PARALLEL)
            .map(|chunk| {
                let (mut impacts, mut occurrences) = (Vec::new(), Vec::new());
                for (idx, entry) in chunk {
                    add_impacts(*idx, *entry, terms, &mut occurrences, &mut impacts);
                }
                impacts
            })
            .collect();
        let impacts = || chunks.iter().flatten();
        let max_impact = impacts().map(|it| it.impact).fold(0.0, f32::max);
        let step = (max_impact / f32::from(MAX_LEVEL)).max(f32::EPSILON);
        let mut starts = vec![0u32; terms.len() + 1];
        for Impact { term, .. } in impacts() {
            if let Some(n) = usize::try_from(*term).ok().and_then(|term| starts.get_mut(term + 1)) {
                *n += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut postings = vec![Posting(0); chunks.iter().map(Vec::len).sum()];
        for Impact { entry, term, impact } in impacts() {
            let Some(at) = usize::try_from(*term).ok().and_then(|t| next.get_mut(t)) else {
                continue;
            };
            let slot = usize::try_from(*at).ok().and_then(|at| postings.get_mut(at));
            if let Some(slot) = slot {
                *slot = Posting::new(*entry, level(*impact, step));
            }
            *at += 1;
        }
        drop(chunks);
        let mut rest = postings.as_mut_slice();
        let mut lists = Vec::with_capacity(terms.len());
        for (start, end) in starts.iter().zip(starts.iter().skip(1)) {
            let len = usize::try_from(end - start).unwrap_or(0);
            let (list, tail) = rest.split_at_mut(len.min(rest.len()));
            rest = tail;
            lists.push(list);
        }
        lists.par_iter_mut().with_min_len(MIN_PARALLEL).for_each(|list| sort(list));
        Self { starts, postings, step }
    }

    /// The posting list of `term`, in descending order of impact.
    pub(crate) fn of(&self, term: TermId) -> &[Posting] {
        let at = |idx: usize| usize::try_from(*self.starts.get(idx)?).ok();
        usize::try_from(term)
            .ok()
            .and_then(|term| self.postings.get(at(term)?..at(term + 1)?))
            .unwrap_or_default()
    }

    /// Heap size in bytes.
    pub(super) fn n_bytes(&self) -> usize {
        bytes_of(&self.starts) + bytes_of(&self.postings)
    }

    /// The impact of level 1.
    pub(crate) fn step(&self) -> f32 {
        self.step
    }
}

/// Sorts a posting list, given in the order of the entries, by descending impact.
fn sort(list: &mut [Posting]) {
    if list.len() < MIN_COUNTING_SORT {
        list.sort_unstable_by(|a, b| b.cmp(a));
        return;
    }
    // Counting sort: long lists have few distinct levels.
    let mut ends = [0usize; 1 << u8::BITS];
    for posting in &*list {
        if let Some(n) = ends.get_mut(usize::from(posting.level())) {
            *n += 1;
        }
    }
    let mut end = 0;
    for n in ends.iter_mut().rev() {
        end += *n;
        *n = end;
    }
    let unsorted = list.to_vec();
    for posting in unsorted.into_iter().rev() {
        let Some(end) = ends.get_mut(usize::from(posting.level())) else { continue };
        *end -= 1;
        if let Some(place) = list.get_mut(*end) {
            *place = posting;
        }
    }
}

/// Length from which counting sort is faster than comparing.
const MIN_COUNTING_SORT: usize = 256;

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1.0 to 255.0")]
fn level(impact: f32, step: f32) -> u8 {
    (impact / step).round().clamp(1.0, f32::from(MAX_LEVEL)) as u8
}

/// The impact of a term for an entry.
struct Impact {
    entry: u32,
    term: TermId,
    impact: f32,
}

/// An occurrence of a term in a text: the term, the number of the phrasing (`None`: lead and
/// quotes), and 1.0 / norm of the text.
type TermOccurrence = (TermId, Option<usize>, f32);

/// Adds the impact of each term of an entry. `uses` is reusable memory.
fn add_impacts(
    idx: u32,
    entry: EntryTexts<'_>,
    terms: &[Term],
    occurrences: &mut Vec<TermOccurrence>,
    impacts: &mut Vec<Impact>,
) {
    occurrences.clear();
    for (number, text) in entry.numbered() {
        let all = text.words.iter().chain(text.concepts);
        occurrences.extend(all.map(|term| (*term, number, 1.0 / text.norm)));
    }
    occurrences.sort_unstable_by_key(|(term, number, _)| (*term, *number));
    occurrences.dedup_by_key(|(term, number, _)| (*term, *number));
    for of_term in occurrences.chunk_by(|a, b| a.0 == b.0) {
        let Some((term, ..)) = of_term.first().copied() else { continue };
        let Some(term_data) = usize::try_from(term).ok().and_then(|idx| terms.get(idx)) else {
            continue;
        };
        let mut parts = ScoreParts::default();
        for (_, number, per_norm) in of_term {
            let similarity = term_data.weight * per_norm;
            match number {
                Some(number) => parts.add_phrasing(*number, similarity),
                None => parts.quotes = similarity,
            }
        }
        parts.log_odds = log_odds(parts.sum, term_data.share);
        let impact = parts.score(entry.n_phrasings, entry.centroid_norm);
        impacts.push(Impact { entry: idx, term, impact });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postings_sort_by_impact_then_by_entry() {
        let posting = Posting::new(ENTRY_MASK, 255);
        assert_eq!((posting.entry(), posting.level()), (ENTRY_MASK, 255));
        let mut postings = [Posting::new(7, 3), Posting::new(2, 3), Posting::new(9, 200)];
        postings.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!(postings.map(Posting::entry), [9, 2, 7]);
    }

    #[test]
    fn long_posting_lists_are_sorted_like_short_ones() {
        let list: Vec<Posting> =
            (0..1000u32).map(|n| Posting::new(n, u8::try_from(n * 7 % 31).unwrap())).collect();
        let (mut counted, mut compared) = (list.clone(), list);
        sort(&mut counted);
        compared.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!(counted, compared);
    }

    #[test]
    fn impacts_are_quantized_to_level_one_or_more() {
        assert_eq!([0.0, 0.014, 0.5, 9.9].map(|impact| level(impact, 0.01)), [1, 1, 50, 255]);
    }
}
