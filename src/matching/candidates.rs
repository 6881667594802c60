//! The entries worth scoring: a first pass over the postings that costs the same for every
//! question and every size of index.
//!
//! Anytime ranking (Lin and Trotman 2015): terms give their impacts in the order of what they are
//! worth to the question, until so many postings are read. What is left out is what everybody
//! says; it still counts when the candidates are scored in full.

use std::sync::{Mutex, PoisonError};

use super::Index;
use super::query::Query;

/// Postings read for a question. docs/performance.md has what fewer and more would give.
const MAX_POSTINGS: usize = 8192;

/// Entries that are scored in full.
const MAX_CANDIDATES: usize = 128;

/// What the postings gave each entry.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    by_entry: Vec<f32>,
    /// Entries with more than nothing.
    touched: Vec<u32>,
}

/// Sums that no search uses at the moment, all zero: making them anew would cost more than a
/// search.
#[derive(Debug, Default)]
pub(crate) struct SumsPool(Mutex<Vec<Sums>>);

impl SumsPool {
    fn take(&self) -> Sums {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn give_back(&self, sums: Sums) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(sums);
    }
}

/// The indices of the entries that are worth scoring, in no order.
pub(super) fn find(index: &Index, query: &Query) -> Vec<usize> {
    let mut sums = index.sums.take();
    sums.by_entry.resize(index.entries.len(), 0.0);
    sums.gather(index, query);
    let best = sums.best();
    sums.clear();
    index.sums.give_back(sums);
    best.into_iter().filter_map(|entry| usize::try_from(entry).ok()).collect()
}

impl Sums {
    fn gather(&mut self, index: &Index, query: &Query) {
        let step = index.postings.step();
        let mut lists: Vec<(f32, &[super::index::Posting])> = query
            .terms
            .hits()
            .iter()
            .map(|hit| (hit.factor * step, index.postings.of(hit.term)))
            .filter(|(factor, list)| *factor > 0.0 && !list.is_empty())
            .collect();
        let worth = |(factor, list): &(f32, &[super::index::Posting])| {
            list.first().map_or(0.0, |posting| factor * f32::from(posting.level()))
        };
        lists.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
        let mut budget = MAX_POSTINGS;
        for (factor, list) in lists {
            let list = list.get(..budget.min(list.len())).unwrap_or(list);
            budget -= list.len();
            for posting in list {
                let entry = posting.entry();
                let sum = usize::try_from(entry).ok().and_then(|idx| self.by_entry.get_mut(idx));
                let Some(sum) = sum else { continue };
                if *sum == 0.0 {
                    self.touched.push(entry);
                }
                *sum += factor * f32::from(posting.level());
            }
        }
    }

    fn sum(&self, entry: u32) -> f32 {
        usize::try_from(entry).ok().and_then(|idx| self.by_entry.get(idx)).copied().unwrap_or(0.0)
    }

    /// The [`MAX_CANDIDATES`] entries with the largest sums.
    fn best(&self) -> Vec<u32> {
        if self.touched.len() <= MAX_CANDIDATES {
            return self.touched.clone();
        }
        let order = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        let mut kept: Vec<(f32, u32)> = Vec::with_capacity(2 * MAX_CANDIDATES);
        let mut least = 0.0;
        for entry in &self.touched {
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
        for entry in self.touched.drain(..) {
            if let Some(sum) = usize::try_from(entry).ok().and_then(|e| self.by_entry.get_mut(e)) {
                *sum = 0.0;
            }
        }
    }
}
