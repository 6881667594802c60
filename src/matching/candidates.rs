//! The entries worth scoring: a first pass over the postings whose cost no question can choose.
//!
//! Anytime ranking (Lin and Trotman 2015): terms give their impacts in the order of what they are
//! worth to the question, until so many postings are read. What is left out is what everybody
//! says; it still counts when the candidates are scored in full.

use std::sync::{Mutex, PoisonError};

use super::Index;
use super::index::Posting;
use super::query::Query;

/// Least number of postings that may be read for a question. docs/performance.md has what fewer and
/// more would give.
const MIN_BUDGET: usize = 8192;

/// In indexes of more than 131,072 entries, the budget grows with them: a posting for so many.
const ENTRIES_A_POSTING: usize = 16;

fn budget(index: &Index) -> usize {
    MIN_BUDGET.max(index.entries.len() / ENTRIES_A_POSTING)
}

/// Entries that are scored in full.
const MAX_CANDIDATES: usize = 24;

/// What the postings gave each entry.
#[derive(Debug, Default)]
pub(crate) struct Accumulators {
    by_entry: Vec<f32>,
    /// Entries with more than nothing, `n_touched` of them.
    touched: Vec<u32>,
    n_touched: usize,
}

/// Sums that no search uses at the moment, all zero: making them anew would cost more than a
/// search.
#[derive(Debug, Default)]
pub(crate) struct AccumulatorPool(Mutex<Vec<Accumulators>>);

impl AccumulatorPool {
    fn take(&self) -> Accumulators {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn give_back(&self, sums: Accumulators) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(sums);
    }
}

/// The indices of the entries that are worth scoring, in no order.
pub(super) fn select(index: &Index, query: &Query) -> Vec<usize> {
    let mut sums = index.sums.take();
    sums.by_entry.resize(index.entries.len(), 0.0);
    // One more place than can be touched: the next is written before it is known to be new.
    sums.touched.resize(budget(index) + 1, 0);
    sums.accumulate(index, query, budget(index));
    let best = sums.top_candidates();
    sums.clear();
    index.sums.give_back(sums);
    best.into_iter().filter_map(|entry| usize::try_from(entry).ok()).collect()
}

/// The postings of a term of the question.
struct PostingList<'a> {
    /// What the term gives the entry that it speaks for most.
    upper_bound: f32,
    /// Which list it is, from 0: no two are in the same place.
    place: usize,
    /// What a term gives for a level of its impact.
    factor: f32,
    postings: &'a [Posting],
}

impl Accumulators {
    /// Reads at most `budget` postings.
    fn accumulate(&mut self, index: &Index, query: &Query, mut budget: usize) {
        let step = index.postings.step();
        let mut lists: Vec<PostingList<'_>> = Vec::with_capacity(query.terms.hits().len());
        for hit in query.terms.hits() {
            let postings = index.postings.of(hit.term);
            let Some(best) = postings.first().filter(|_| hit.factor > 0.0) else { continue };
            let factor = hit.factor * step;
            let worth = factor * f32::from(best.level());
            lists.push(PostingList { upper_bound: worth, place: lists.len(), factor, postings });
        }
        lists.sort_unstable_by(|a, b| {
            b.upper_bound.total_cmp(&a.upper_bound).then(a.place.cmp(&b.place))
        });
        for PostingList { factor, postings, .. } in lists {
            let postings = postings.get(..budget.min(postings.len())).unwrap_or(postings);
            budget -= postings.len();
            for posting in postings {
                let entry = posting.entry();
                let sum = usize::try_from(entry).ok().and_then(|idx| self.by_entry.get_mut(idx));
                let (Some(sum), Some(place)) = (sum, self.touched.get_mut(self.n_touched)) else {
                    continue;
                };
                // Written in any case and kept if it is new: nobody could predict a branch here.
                *place = entry;
                self.n_touched += usize::from(*sum == 0.0);
                *sum += factor * f32::from(posting.level());
            }
        }
    }

    fn sum(&self, entry: u32) -> f32 {
        usize::try_from(entry).ok().and_then(|idx| self.by_entry.get(idx)).copied().unwrap_or(0.0)
    }

    /// The [`MAX_CANDIDATES`] entries with the largest sums.
    fn top_candidates(&self) -> Vec<u32> {
        let touched = self.touched.get(..self.n_touched).unwrap_or_default();
        if touched.len() <= MAX_CANDIDATES {
            return touched.to_vec();
        }
        let order = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        let mut kept: Vec<(f32, u32)> = Vec::with_capacity(2 * MAX_CANDIDATES);
        let mut least = 0.0;
        for entry in touched {
            let sum = self.sum(*entry);
            if sum < least {
                continue;
            }
            kept.push((sum, *entry));
            if kept.len() == 2 * MAX_CANDIDATES {
                let (_, last, _) = kept.select_nth_unstable_by(MAX_CANDIDATES - 1, order);
                least = last.0;
                kept.truncate(MAX_CANDIDATES);
            }
        }
        if kept.len() > MAX_CANDIDATES {
            kept.select_nth_unstable_by(MAX_CANDIDATES - 1, order);
            kept.truncate(MAX_CANDIDATES);
        }
        kept.into_iter().map(|(_, entry)| entry).collect()
    }

    fn clear(&mut self) {
        for entry in self.touched.iter().take(self.n_touched) {
            if let Some(sum) = usize::try_from(*entry).ok().and_then(|e| self.by_entry.get_mut(e)) {
                *sum = 0.0;
            }
        }
        self.n_touched = 0;
    }
}

#[cfg(test)]
mod tests;
