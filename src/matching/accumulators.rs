//! Score accumulators of the first pass over the posting lists.

use std::sync::{Mutex, PoisonError};

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
    /// One that nobody uses.
    pub(super) fn take(&self) -> Accumulators {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Gives it back, all zero.
    pub(super) fn put_back(&self, accumulators: Accumulators) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(accumulators);
    }
}

impl Accumulators {
    /// Makes room for `n_entries` entries and `n_additions` additions.
    pub(super) fn prepare(&mut self, n_entries: usize, n_additions: usize) {
        self.scores.resize(n_entries, 0.0);
        // One more slot than can be touched: a slot is written before the entry is known to be new.
        self.touched.resize(n_additions + 1, 0);
    }

    /// Adds to the score of an entry.
    #[inline]
    pub(super) fn add(&mut self, entry: u32, score: f32) {
        let sum = usize::try_from(entry).ok().and_then(|idx| self.scores.get_mut(idx));
        let (Some(sum), Some(slot)) = (sum, self.touched.get_mut(self.n_touched)) else {
            return;
        };
        // Written always and kept if it is new: a branch here would be unpredictable.
        *slot = entry;
        self.n_touched += usize::from(*sum == 0.0);
        *sum += score;
    }

    fn score(&self, entry: u32) -> f32 {
        usize::try_from(entry).ok().and_then(|idx| self.scores.get(idx)).copied().unwrap_or(0.0)
    }

    /// The `n` entries with the largest scores, in no particular order.
    pub(super) fn top(&self, n: usize) -> Vec<u32> {
        let touched = self.touched.get(..self.n_touched).unwrap_or_default();
        if touched.len() <= n {
            return touched.to_vec();
        }
        let order = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        let mut top: Vec<(f32, u32)> = Vec::with_capacity(2 * n);
        let mut min_score = 0.0;
        for entry in touched {
            let score = self.score(*entry);
            if score < min_score {
                continue;
            }
            top.push((score, *entry));
            if top.len() == 2 * n {
                let (_, last, _) = top.select_nth_unstable_by(n - 1, order);
                min_score = last.0;
                top.truncate(n);
            }
        }
        if top.len() > n {
            top.select_nth_unstable_by(n - 1, order);
            top.truncate(n);
        }
        top.into_iter().map(|(_, entry)| entry).collect()
    }

    /// Sets all scores to 0.0.
    pub(super) fn clear(&mut self) {
        for entry in self.touched.iter().take(self.n_touched) {
            if let Some(score) = usize::try_from(*entry).ok().and_then(|e| self.scores.get_mut(e)) {
                *score = 0.0;
            }
        }
        self.n_touched = 0;
    }
}
