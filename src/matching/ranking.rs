//! The order of the best candidates: what the score leaves out of an entry, since it would have to be
//! known of every candidate, decides between the first ones.
//!
//! Where an entry has few phrasings, it is the words of its quotes and the share of the question that
//! it covers at all that tell; where it has many, the score knows better.

use std::cmp::Reverse;

use super::scorer::{ScoredEntry, rounded};

/// Names of the features of [`features`] for programs.
pub const FEATURE_NAMES: [&str; N_FEATURES] =
    ["coverage", "quote_coverage", "quotes", "meaning", "quote_meaning"];

const N_FEATURES: usize = 5;

/// How many of the features, the first, are of words; the others are of meaning.
const N_OF_WORDS: usize = 3;

/// What one unit of each feature adds to the score of an entry of one phrasing, and how much of it
/// is left where there are many. Fitted by `scripts/fit_ranking.py`.
const WEIGHTS: [f32; N_FEATURES] = [0.08, 0.07, 0.04, 0.32, 0.29];

/// What one unit of each feature adds to the score of any entry.
const WEIGHTS_OF_MANY: [f32; N_FEATURES] = [0.19, 0.16, 0.10, 0.57, 0.50];

/// Puts the candidates into their final order, and corrects their scores accordingly.
pub(crate) fn reorder(scored: &mut [ScoredEntry]) {
    for entry in &mut *scored {
        let fewness = fewness(entry.n_phrasings);
        let weights = WEIGHTS.iter().zip(WEIGHTS_OF_MANY).map(|(few, many)| few * fewness + many);
        let features = features(entry);
        let mut added = features.iter().zip(weights).map(|(feature, weight)| feature * weight);
        entry.text_score = entry.base_score + added.by_ref().take(N_OF_WORDS).sum::<f32>();
        entry.score = entry.text_score + added.sum::<f32>();
    }
    scored.sort_by_key(|entry| (Reverse(rounded(entry.score)), entry.entry));
}

/// 1.0 for an entry of one phrasing, 0.5 for five, near 0.0 for many.
#[expect(clippy::cast_precision_loss, reason = "counts of phrasings are far below 2^24")]
pub(super) fn fewness(n_phrasings: usize) -> f32 {
    4.0 / (3.0 + n_phrasings.max(1) as f32)
}

/// The features of a candidate, in the order of [`FEATURE_NAMES`], each 0.0 to about 1.0.
pub(crate) fn features(scored: &ScoredEntry) -> [f32; N_FEATURES] {
    [scored.coverage, scored.quote_coverage, scored.quotes, scored.meaning, scored.quote_meaning]
}
