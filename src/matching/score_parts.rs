//! The score of an entry from its parts, and their weights.

/// Weights of an entry's best, second and third phrasing in its score. Several matching phrasings
/// are better evidence than one; a prototype found halving best (docs/quality.md).
const POOL: [f32; 3] = [1.0, 0.5, 0.25];

/// Weight of the similarity to all of an entry's phrasings together, relative to 1.0 for the pooled
/// phrasings.
const CENTROID_WEIGHT: f32 = 0.5;

/// Weight of the similarity to lead and quotes, relative to 1.0 for the pooled phrasings: they help
/// to rank paraphrases, but many messages share words with a quote that does not answer them.
const QUOTES_WEIGHT: f32 = 0.2;

/// How much a word of the question that only lead or quotes have counts as covered. The curator
/// wrote phrasings for what an entry answers; a quote also mentions what it does not answer. Less
/// loses right answers of small packs (docs/quality.md).
pub(super) const QUOTE_COVERAGE: f32 = 0.85;

/// Weight of the fourth power of the best phrasing's similarity: nearly 0.0 unless the question is
/// almost identical to a phrasing, which must then win.
const IDENTITY_WEIGHT: f32 = 0.4;

/// Weight of the entry's language model, which distinguishes words that are specific to this entry
/// from words that every entry has. Its log-odds reach about 20 for a whole question.
const LANGUAGE_MODEL_WEIGHT: f32 = 0.03;

/// Mu of the Dirichlet smoothing, in phrasings of norm 1.0: 10 to 100 give about the same results
/// on the question sets for tuning (docs/quality.md).
const SMOOTHING: f32 = 30.0;

/// Weight of the classifier's logit, which reaches about 8 for a question that clearly belongs to
/// an entry. The question sets for tuning give the same results with 0.04 to 0.1; more loses right
/// answers to the judged messages (docs/quality.md).
const CLASSIFIER_WEIGHT: f32 = 0.06;

/// The components of an entry's score.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ScoreParts {
    /// The largest similarities of its phrasings.
    pub(super) best: [f32; POOL.len()],
    /// Number of the phrasing with the largest.
    pub(super) best_phrasing: usize,
    /// Sum of the similarities of its phrasings.
    pub(crate) sum: f32,
    /// Similarity to lead and quotes.
    pub(crate) quotes: f32,
    /// Log-odds of its language model.
    pub(crate) log_odds: f32,
    /// The classifier's logit.
    pub(crate) logit: f32,
}

impl ScoreParts {
    /// Adds the similarity of the phrasing with the given number.
    pub(crate) fn add_phrasing(&mut self, number: usize, similarity: f32) {
        self.sum += similarity;
        let [first, second, third] = &mut self.best;
        if similarity > *first {
            (*third, *second, *first) = (*second, *first, similarity);
            self.best_phrasing = number;
        } else if similarity > *second {
            (*third, *second) = (*second, similarity);
        } else if similarity > *third {
            *third = similarity;
        }
    }

    /// The score of an entry with `n_phrasings` phrasings, whose vectors sum to the norm
    /// `centroid_norm`.
    pub(crate) fn score(&self, n_phrasings: usize, centroid_norm: f32) -> f32 {
        let (mut pooled, mut weights) = (0.0, 0.0);
        for (similarity, weight) in self.best.iter().zip(POOL).take(n_phrasings) {
            pooled += similarity * weight;
            weights += weight;
        }
        let [best, ..] = self.best;
        let score = pooled / f32::max(weights, f32::EPSILON)
            + CENTROID_WEIGHT * self.sum / centroid_norm
            + LANGUAGE_MODEL_WEIGHT * self.log_odds
            + CLASSIFIER_WEIGHT * self.logit
            + QUOTES_WEIGHT * self.quotes
            + IDENTITY_WEIGHT * best.min(1.0).powi(4);
        score / (1.0 + CENTROID_WEIGHT)
    }
}

/// How much more an entry uses a term than all phrasings do: the query likelihood model with
/// Dirichlet smoothing (Zhai and Lafferty 2001) over weights instead of counts. `sum` is the term's
/// weight in the entry's phrasings, each divided by its norm; `share` is the term's share of all
/// phrasings.
pub(crate) fn log_odds(sum: f32, share: f32) -> f32 {
    (sum / (SMOOTHING * share).max(f32::EPSILON)).ln_1p()
}
