//! The order of the best candidates: what the score leaves out of an entry, since it would have to be
//! known of every candidate, decides between the first ones.
//!
//! Where an entry has few phrasings, it is the words of its quotes and the share of the question that
//! it covers at all that tell; where it has many, the score knows better.

use std::cmp::Reverse;

use super::PackIndex;
use super::coverage::Relation;
use super::excluded::Excluded;
use super::query::Query;
use super::scorer::{ScoredEntry, rounded};

/// Names of the features of [`features`] for programs.
pub const FEATURE_NAMES: [&str; N_FEATURES] = [
    "coverage",
    "quote_coverage",
    "quotes",
    "meaning",
    "quote_meaning",
    "nearest_meaning",
    "question_type",
    "classifier",
    "related",
];

const N_FEATURES: usize = 9;

/// What one unit of a feature adds to a score.
#[derive(Debug, Clone, Copy)]
struct Weight {
    /// To that of any entry.
    any: f32,
    /// To that of an entry of one phrasing, beside; less of it where there are more.
    few: f32,
}

impl Weight {
    const fn new(any: f32, few: f32) -> Self {
        Self { any, few }
    }

    fn of(self, fewness: f32) -> f32 {
        self.any + self.few * fewness
    }
}

/// The weights for the order, by feature. Fitted by `scripts/fit_ranking.py`.
const WEIGHTS: [Weight; N_FEATURES] = [
    Weight::new(0.23, 0.13),
    Weight::new(0.19, 0.06),
    Weight::new(0.44, 0.35),
    Weight::new(0.56, 0.13),
    Weight::new(0.61, 0.24),
    Weight::new(0.59, 0.17),
    Weight::new(0.11, 0.0),
    Weight::new(0.30, 0.02),
    Weight::new(0.56, 0.15),
];

/// The weights for [`ScoredEntry::text_score`], by feature, of the first ones only. With those for the order, entries
/// would win over gaps that have no quotes to share words with.
const TEXT_WEIGHTS: [Weight; 3] =
    [Weight::new(0.19, 0.08), Weight::new(0.16, 0.07), Weight::new(0.10, 0.04)];

/// Number of the first candidates whose words are compared with those of the question one by one, which takes a
/// twentieth of a millisecond where entries have forty phrasings. The weights
/// were fitted with eight; with eight, no more messages are answered rightly.
const N_COMPARED: usize = 4;

/// Puts the candidates into their final order, and corrects their scores accordingly.
pub(crate) fn reorder(
    index: &PackIndex,
    query: &Query,
    excluded: Excluded,
    scored: &mut [ScoredEntry],
) {
    let by_score = |entry: &ScoredEntry| (Reverse(rounded(entry.score)), entry.entry);
    for entry in &mut *scored {
        rescore(entry);
    }
    scored.sort_by_key(by_score);
    // What is added is never negative, so the first ones stay before the others.
    let first = scored.get_mut(..N_COMPARED.min(scored.len())).unwrap_or_default();
    if index.directions.is_none() || first.len() < 2 {
        return;
    }
    for entry in &mut *first {
        let terms = excluded.terms_of(&index.texts, entry.entry);
        entry.related = Relation::new(index, &terms, query).mean;
        rescore(entry);
    }
    first.sort_by_key(by_score);
}

/// Computes the scores of a candidate from its features.
fn rescore(entry: &mut ScoredEntry) {
    let (features, fewness) = (features(entry), fewness(entry.n_phrasings));
    let sum = |weights: &[Weight]| -> f32 {
        weights.iter().zip(features).map(|(weight, feature)| weight.of(fewness) * feature).sum()
    };
    entry.text_score = entry.base_score + sum(&TEXT_WEIGHTS);
    entry.score = entry.base_score + sum(&WEIGHTS);
}

/// 1.0 for an entry of one phrasing, 0.5 for five, near 0.0 for many.
#[expect(clippy::cast_precision_loss, reason = "counts of phrasings are far below 2^24")]
pub(super) fn fewness(n_phrasings: usize) -> f32 {
    4.0 / (3.0 + n_phrasings.max(1) as f32)
}

/// The features of a candidate, in the order of [`FEATURE_NAMES`], each 0.0 to about 1.0.
pub(crate) fn features(scored: &ScoredEntry) -> [f32; N_FEATURES] {
    [
        scored.coverage,
        scored.quote_coverage,
        scored.quotes,
        scored.meaning,
        scored.quote_meaning,
        scored.nearest_meaning(),
        scored.question_type,
        (scored.logit / FULL_LOGIT).clamp(0.0, 1.0),
        scored.related,
    ]
}

/// Logit of the classifier for which the feature is 1.0: more than nearly every right entry has.
const FULL_LOGIT: f32 = 10.0;

#[cfg(test)]
mod tests {
    use super::*;

    /// The name of a feature, a change that raises it, and whether it is part of the text score.
    type Change = (&'static str, fn(&mut ScoredEntry), bool);

    fn scored() -> ScoredEntry {
        ScoredEntry {
            entry: 0,
            score: 0.0,
            text_score: 0.0,
            base_score: 0.5,
            best_similarity: 0.5,
            best_phrasing: 0,
            quotes: 0.3,
            coverage: 0.3,
            quote_coverage: 0.3,
            meaning: 0.3,
            quote_meaning: 0.3,
            question_type: 0.3,
            related: 0.3,
            n_phrasings: 2,
            logit: 3.0,
        }
    }

    #[test]
    fn features_of_meaning_raise_the_score_but_not_the_text_score() {
        let changes: [Change; 8] = [
            ("coverage", |it| it.coverage = 0.6, true),
            ("quote_coverage", |it| it.quote_coverage = 0.6, true),
            ("quotes", |it| it.quotes = 0.6, true),
            ("meaning", |it| it.meaning = 0.6, false),
            ("quote_meaning", |it| it.quote_meaning = 0.6, false),
            ("question_type", |it| it.question_type = 0.6, false),
            ("classifier", |it| it.logit = 6.0, false),
            ("related", |it| it.related = 0.6, false),
        ];
        let mut before = scored();
        rescore(&mut before);
        for (what, change, is_of_text) in changes {
            let mut after = scored();
            change(&mut after);
            rescore(&mut after);
            assert!(after.score > before.score, "{what}");
            assert_eq!(after.text_score > before.text_score, is_of_text, "{what}");
            assert!(after.text_score >= before.text_score, "{what}");
        }
    }
}
