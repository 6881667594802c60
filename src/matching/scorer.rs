//! Scores the similarity of a query to each candidate entry.

use std::cmp::Reverse;

use super::Index;
use super::candidates;
use super::classifier::Classifier;
use super::decision::Excluded;
use super::index::IndexedText;
use super::query::Query;
use super::query_terms::Hit;

/// Weights of an entry's best, second and third phrasing in its score. Several matching phrasings
/// are better evidence than one; a prototype found halving best (docs/quality.md).
const POOL: [f32; 3] = [1.0, 0.5, 0.25];

/// Weight of the similarity to all of an entry's phrasings together, relative to 1.0 for the pooled
/// phrasings.
const CENTROID_WEIGHT: f32 = 0.5;

/// Weight of the similarity to lead and quotes, relative to 1.0 for the pooled phrasings: they help
/// to rank paraphrases, but many messages share words with a quote that does not answer them.
const QUOTES_WEIGHT: f32 = 0.2;

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

/// An entry and its score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoredEntry {
    /// Index of the entry.
    pub entry: usize,
    /// The score for ranking: about 0.0 for nothing in common, 1.0 and more for the same words.
    pub score: f32,
    /// Similarity of the best phrasing, 0.0 to about 1.5.
    pub best_similarity: f32,
    /// Number of the best phrasing among the entry's, from 0.
    pub best_phrasing: usize,
    /// Similarity to lead and quotes.
    pub quotes: f32,
    /// The classifier's logit, see [`Classifier::logit`].
    pub logit: f32,
}

/// The candidate entries for `query`, best first; ties are in the order of the packs.
pub(crate) fn score(index: &Index, query: &Query, excluded: Excluded) -> Vec<ScoredEntry> {
    let mut scorer = Scorer::new(index, query, excluded);
    let candidates = candidates::select(index, query);
    index.texts.prefetch(&candidates);
    let mut scored: Vec<ScoredEntry> = candidates
        .into_iter()
        .filter(|entry| Some(*entry) != excluded.entry)
        .filter_map(|entry| scorer.score(entry))
        .collect();
    scored.sort_by_key(|scored| (Reverse(rounded(scored.score)), scored.entry));
    scored
}

/// Scores are compared in units of a millionth, so that rounding differences between machines do
/// not change the order.
#[expect(clippy::cast_possible_truncation, reason = "scores are small")]
fn rounded(score: f32) -> i64 {
    (f64::from(score) * 1e6).round() as i64
}

/// The components of an entry's score.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ScoreParts {
    best: [f32; POOL.len()],
    best_phrasing: usize,
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

/// Scores entries for one query. Its buffers are reused from entry to entry.
struct Scorer<'a> {
    index: &'a Index,
    query: &'a Query,
    classifier: &'a Classifier,
    excluded: Excluded,
    /// Score of each query token, followed by each bigram, in the current text: of several terms
    /// that match a token, only the best counts.
    token_scores: TokenScores,
    /// Use of each hit of the query, followed by each bigram, in the phrasings of the current
    /// entry.
    uses: Vec<TermUse>,
    /// Indices in `uses` that are set for the current entry.
    used_idxs: Vec<usize>,
}

/// Use of a term in the phrasings of an entry.
#[derive(Debug, Clone, Copy, Default)]
struct TermUse {
    sum: f32,
    /// 1 + the number of the last phrasing that used it: repetition within a phrasing counts once.
    last: usize,
}

#[derive(Debug, Default)]
struct TokenScores {
    by_token: Vec<f32>,
    /// Tokens whose score is not 0.0.
    touched: Vec<usize>,
    sum: f32,
}

impl TokenScores {
    /// Raises the score of `token` to `score`, if that is larger.
    fn raise(&mut self, token: usize, score: f32) {
        let Some(current) = self.by_token.get_mut(token).filter(|current| score > **current) else {
            return;
        };
        if *current == 0.0 {
            self.touched.push(token);
        }
        self.sum += score - *current;
        *current = score;
    }

    /// Returns the sum of all scores and resets them.
    fn take(&mut self) -> f32 {
        for token in self.touched.drain(..) {
            if let Some(score) = self.by_token.get_mut(token) {
                *score = 0.0;
            }
        }
        std::mem::take(&mut self.sum)
    }
}

impl<'a> Scorer<'a> {
    fn new(index: &'a Index, query: &'a Query, excluded: Excluded) -> Self {
        let n_tokens = query.tokens.len() + query.bigrams.len();
        Self {
            index,
            query,
            classifier: index.classifier(excluded.phrasing.map(|(_, number)| number)),
            excluded,
            token_scores: TokenScores { by_token: vec![0.0; n_tokens], ..TokenScores::default() },
            uses: vec![TermUse::default(); query.terms.hits().len() + query.bigrams.len()],
            used_idxs: Vec::new(),
        }
    }

    fn score(&mut self, idx: usize) -> Option<ScoredEntry> {
        let entry = self.index.texts.of(idx)?;
        let excluded_phrasing =
            self.excluded.phrasing.filter(|(of, _)| *of == idx).map(|(_, number)| number);
        let mut parts = ScoreParts::default();
        for (number, text) in entry.numbered() {
            match number {
                Some(_) if number == excluded_phrasing => {}
                Some(number) => {
                    parts.add_phrasing(number, self.text_similarity(text, Some(number)));
                }
                None => parts.quotes = self.text_similarity(text, None),
            }
        }
        parts.log_odds = self.log_odds() / self.query.norm;
        parts.logit = self.classifier.logit(idx, &self.query.term_features);
        let n_phrasings = entry.n_phrasings - usize::from(excluded_phrasing.is_some());
        Some(ScoredEntry {
            entry: idx,
            score: parts.score(n_phrasings, entry.centroid_norm),
            best_similarity: parts.best[0],
            best_phrasing: parts.best_phrasing,
            quotes: parts.quotes,
            logit: parts.logit,
        })
    }

    /// Similarity of a text to the query. For a phrasing, given by its number, the use of the
    /// query's terms is recorded for the language model.
    fn text_similarity(&mut self, text: IndexedText<'_>, phrasing: Option<usize>) -> f32 {
        let query = self.query;
        let mut previous_hits: &[Hit] = &[];
        for (at, term) in text.words.iter().chain(text.concepts).enumerate() {
            let Some((first, hits)) = query.terms.of(*term) else {
                previous_hits = &[];
                continue;
            };
            for (use_idx, hit) in (first..).zip(hits) {
                self.token_scores.raise(hit.token, hit.contribution);
                if let Some(number) = phrasing {
                    self.record_use(use_idx, hit.contribution / text.norm, number + 1);
                }
            }
            if at < text.words.len() {
                self.score_bigrams(previous_hits, hits, phrasing.map(|number| (number, text.norm)));
            }
            previous_hits = hits;
        }
        self.token_scores.take() / (query.norm * text.norm)
    }

    /// Scores the query's bigrams that the text has, too. For a phrasing, given by its number and
    /// norm, their use is recorded.
    fn score_bigrams(
        &mut self,
        previous_hits: &[Hit],
        hits: &[Hit],
        phrasing: Option<(usize, f32)>,
    ) {
        for first in previous_hits.iter().filter(|hit| hit.is_primary) {
            if hits.iter().any(|hit| hit.is_primary && hit.token == first.token + 1)
                && let Some(bigram) = self.query.bigrams.get(first.token)
            {
                let contribution = bigram.weight * bigram.weight;
                self.token_scores.raise(self.query.tokens.len() + first.token, contribution);
                if let Some((number, norm)) = phrasing {
                    let use_idx = self.query.terms.hits().len() + first.token;
                    self.record_use(use_idx, contribution / norm, number + 1);
                }
            }
        }
    }

    fn record_use(&mut self, use_idx: usize, sum: f32, phrasing: usize) {
        let Some(term_use) = self.uses.get_mut(use_idx) else { return };
        if term_use.last == 0 {
            self.used_idxs.push(use_idx);
        }
        if term_use.last != phrasing {
            *term_use = TermUse { sum: term_use.sum + sum, last: phrasing };
        }
    }

    /// The log-odds of the entry's language model for the query.
    fn log_odds(&mut self) -> f32 {
        let (hits, tokens) = (self.query.terms.hits(), &self.query.tokens);
        for use_idx in self.used_idxs.drain(..) {
            let Some(TermUse { sum, .. }) = self.uses.get_mut(use_idx).map(std::mem::take) else {
                continue;
            };
            let (token, factor, share) = match hits.get(use_idx) {
                Some(hit) => (hit.token, hit.factor, hit.share),
                None => {
                    let number = use_idx - hits.len();
                    let bigram = self.query.bigrams.get(number).copied().unwrap_or_default();
                    (tokens.len() + number, bigram.weight, bigram.share)
                }
            };
            self.token_scores.raise(token, factor * log_odds(sum / factor, share));
        }
        self.token_scores.take()
    }
}
