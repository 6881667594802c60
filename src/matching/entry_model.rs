//! Which entry a query's words speak of, all phrasings of an entry taken as one text.
//!
//! The query likelihood model with Dirichlet smoothing (Zhai and Lafferty 2001), over weights
//! instead of counts.

use super::Index;
use super::scorer::Slot;
use super::vocabulary::TermId;

/// The log-odds of every entry, gathered token by token.
pub(super) struct EntryModel<'a> {
    index: &'a Index,
    left_out: Option<usize>,
    slots: Vec<Slot>,
}

impl<'a> EntryModel<'a> {
    /// Nothing gathered yet. The phrasing `left_out` counts as if it were not there.
    pub(super) fn new(index: &'a Index, left_out: Option<usize>) -> Self {
        Self { index, left_out, slots: vec![Slot::default(); index.entries.len()] }
    }

    /// Gives each entry that uses `term` its log-odds for `token` (from 1), times `factor`.
    pub(super) fn give(&mut self, term: TermId, token: u32, factor: f32) {
        let left_out =
            self.left_out.and_then(|phrasing| self.index.share_of_phrasing(phrasing, term));
        for posting in self.index.entry_postings_of(term) {
            let log_odds = match left_out {
                Some((entry, share)) if entry == posting.entry => {
                    (posting.log_odds.exp_m1() * (1.0 - share)).max(0.0).ln_1p()
                }
                _ => posting.log_odds,
            };
            let place = usize::try_from(posting.entry).ok();
            if let Some(slot) = place.and_then(|place| self.slots.get_mut(place)) {
                slot.give(token, factor * log_odds);
            }
        }
    }

    /// What was gathered for the entry at `idx`.
    pub(super) fn log_odds(&self, idx: usize) -> f32 {
        self.slots.get(idx).map_or(0.0, |slot| slot.sum)
    }
}
