//! Candidate selection: a first pass over the posting lists, of bounded cost, finds the entries
//! that are scored in full.
//!
//! Anytime ranking (Lin and Trotman 2015): terms are processed in descending order of their upper
//! bound until the budget of postings is used up. What remains are the most common terms; they
//! still count when the candidates are scored in full.

use std::sync::{Mutex, PoisonError};

use super::Index;
use super::index::Posting;
use super::query::Query;

/// Least budget of postings per question. docs/performance.md has the effect of fewer and more.
const MIN_BUDGET: usize = 8192;

/// In indexes of more than 131,072 entries the budget grows with them: one posting per so many
/// entries.
const ENTRIES_PER_POSTING: usize = 16;

fn budget(index: &Index) -> usize {
    MIN_BUDGET.max(index.entries.len() / ENTRIES_PER_POSTING)
}

/// Most entries that are scored in full.
const MAX_CANDIDATES: usize = 24;

/// Score accumulators, one per entry; filled term by term, reused between searches.
#[derive(Debug, Default)]
pub(crate) struct Accumulators {
    scores: Vec<f32>,
    /// Entries whose accumulator is not 0.0; the first `n_touched` are valid.
    touched: Vec<u32>,
    n_touched: usize,
}

/// Accumulators that no search uses at the moment, all zero. Allocating new ones would cost more
/// than a search.
#[derive(Debug, Default)]
pub(crate) struct AccumulatorPool(Mutex<Vec<Accumulators>>);

impl AccumulatorPool {
    fn take(&self) -> Accumulators {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn put_back(&self, accumulators: Accumulators) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(accumulators);
    }
}

/// The indices of the candidates, in no particular order.
pub(super) fn select(index: &Index, query: &Query) -> Vec<usize> {
    let mut accumulators = index.accumulator_pool.take();
    accumulators.scores.resize(index.entries.len(), 0.0);
    // One more slot than can be touched: a slot is written before the entry is known to be new.
    accumulators.touched.resize(budget(index) + 1, 0);
    accumulators.accumulate(index, query, budget(index));
    let top_candidates = accumulators.top_candidates();
    accumulators.clear();
    index.accumulator_pool.put_back(accumulators);
    top_candidates.into_iter().filter_map(|entry| usize::try_from(entry).ok()).collect()
}

/// The posting list of a query term.
struct PostingList<'a> {
    /// Largest score that the term adds to any entry.
    upper_bound: f32,
    /// Number of the list, from 0, to break ties.
    number: usize,
    /// Score per level of impact.
    factor: f32,
    postings: &'a [Posting],
}

impl Accumulators {
    /// Processes at most `budget` postings.
    fn accumulate(&mut self, index: &Index, query: &Query, mut budget: usize) {
        let step = index.postings.step();
        let mut lists: Vec<PostingList<'_>> = Vec::with_capacity(query.terms.hits().len());
        for hit in query.terms.hits() {
            let postings = index.postings.of(hit.term);
            let Some(first) = postings.first().filter(|_| hit.factor > 0.0) else { continue };
            let factor = hit.factor * step;
            let upper_bound = factor * f32::from(first.level());
            lists.push(PostingList { upper_bound, number: lists.len(), factor, postings });
        }
        lists.sort_unstable_by(|a, b| {
            b.upper_bound.total_cmp(&a.upper_bound).then(a.number.cmp(&b.number))
        });
        for PostingList { factor, postings, .. } in lists {
            let postings = postings.get(..budget.min(postings.len())).unwrap_or(postings);
            budget -= postings.len();
            for posting in postings {
                let entry = posting.entry();
                let score = usize::try_from(entry).ok().and_then(|idx| self.scores.get_mut(idx));
                let (Some(score), Some(slot)) = (score, self.touched.get_mut(self.n_touched))
                else {
                    continue;
                };
                // Written always and kept if it is new: a branch here would be unpredictable.
                *slot = entry;
                self.n_touched += usize::from(*score == 0.0);
                *score += factor * f32::from(posting.level());
            }
        }
    }

    fn score(&self, entry: u32) -> f32 {
        usize::try_from(entry).ok().and_then(|idx| self.scores.get(idx)).copied().unwrap_or(0.0)
    }

    /// The [`MAX_CANDIDATES`] entries with the largest accumulators.
    fn top_candidates(&self) -> Vec<u32> {
        let touched = self.touched.get(..self.n_touched).unwrap_or_default();
        if touched.len() <= MAX_CANDIDATES {
            return touched.to_vec();
        }
        let order = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        let mut top: Vec<(f32, u32)> = Vec::with_capacity(2 * MAX_CANDIDATES);
        let mut min_score = 0.0;
        for entry in touched {
            let score = self.score(*entry);
            if score < min_score {
                continue;
            }
            top.push((score, *entry));
            if top.len() == 2 * MAX_CANDIDATES {
                let (_, last, _) = top.select_nth_unstable_by(MAX_CANDIDATES - 1, order);
                min_score = last.0;
                top.truncate(MAX_CANDIDATES);
            }
        }
        if top.len() > MAX_CANDIDATES {
            top.select_nth_unstable_by(MAX_CANDIDATES - 1, order);
            top.truncate(MAX_CANDIDATES);
        }
        top.into_iter().map(|(_, entry)| entry).collect()
    }

    fn clear(&mut self) {
        for entry in self.touched.iter().take(self.n_touched) {
            if let Some(score) = usize::try_from(*entry).ok().and_then(|e| self.scores.get_mut(e)) {
                *score = 0.0;
            }
        }
        self.n_touched = 0;
    }
}

#[cfg(test)]
mod tests;
