//! How a pack does on its own phrasings: does each find its entry, and would it without itself?

use super::Index;
use super::calibration::Calibration;
use super::decision::{Decision, LeftOut, Outcome, Thresholds};

/// How a phrasing does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhrasingResult {
    /// Its entry's index.
    pub entry: usize,
    /// Its number among the entry's phrasings, from 0.
    pub number: usize,
    /// The entry that a question in its very words finds first.
    pub found: Option<usize>,
    /// The entry that they find first if this phrasing were not there.
    pub found_without: Option<usize>,
    /// Whether its own entry is among the first [`super::decision::MAX_SUGGESTIONS`] then.
    pub is_near_without: bool,
    /// Whether another entry would then be answered with.
    pub is_answered_wrongly: bool,
}

impl PhrasingResult {
    /// Whether a question in its very words finds its entry.
    pub fn is_found(&self) -> bool {
        self.found == Some(self.entry)
    }

    /// Whether they would without it.
    pub fn is_found_without(&self) -> bool {
        self.found_without == Some(self.entry)
    }
}

/// Asks the index every phrasing of its entries and gaps, with it in place and with it left out.
///
/// `progress` is told after each phrasing.
pub fn ask_own_phrasings(
    index: &Index,
    calibration: &Calibration,
    thresholds: &Thresholds,
    mut progress: impl FnMut(),
) -> Vec<PhrasingResult> {
    let mut results = Vec::with_capacity(index.n_phrasings());
    for entry in 0..index.n_entries() {
        let Some(found) = index.entry(entry) else { continue };
        let n_phrasings = 1 + found.variants.len();
        for (number, text) in found.phrasings().enumerate() {
            let with = index.ask(text, calibration, thresholds);
            let left_out = LeftOut { phrasing: Some((entry, number)), entry: None };
            // A single phrasing cannot be done without.
            let without = if n_phrasings == 1 {
                with.clone()
            } else {
                index.ask_without(text, calibration, thresholds, left_out)
            };
            results.push(result(entry, number, &with, &without));
            progress();
        }
    }
    results
}

fn result(entry: usize, number: usize, with: &Outcome, without: &Outcome) -> PhrasingResult {
    PhrasingResult {
        entry,
        number,
        found: with.first(),
        found_without: without.first(),
        is_near_without: without.nearest.contains(&entry),
        is_answered_wrongly: without.decision == Decision::Answer && without.first() != Some(entry),
    }
}
