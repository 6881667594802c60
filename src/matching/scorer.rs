//! Scores the similarity of a query to each candidate entry.

use std::cmp::Reverse;

use super::PackIndex;
use super::candidates;
use super::classifier::Classifier;
use super::excluded::Excluded;
use super::forward_index::IndexedText;
use super::query::Query;
use super::query_terms::Hit;
use super::score_parts::{QUOTE_COVERAGE, ScoreParts, log_odds};

/// An entry and its score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoredEntry {
    /// PackIndex of the entry.
    pub entry: usize,
    /// The score for ranking: about 0.0 for nothing in common, 1.0 and more for the same words.
    pub score: f32,
    /// The score without what vectors of words add: they rank, but do not tell what an entry answers
    /// from what it is near to.
    pub text_score: f32,
    /// The score before [`super::ranking::reorder`].
    pub base_score: f32,
    /// Similarity of the best phrasing, 0.0 to about 1.5.
    pub best_similarity: f32,
    /// Number of the best phrasing among the entry's, from 0.
    pub best_phrasing: usize,
    /// Similarity to lead and quotes.
    pub quotes: f32,
    /// Share of the content words' weight that its phrasings, lead or quotes cover, 0.0 to 1.0.
    pub coverage: f32,
    /// Share of the content words' weight that lead and quotes cover, 0.0 to 1.0.
    pub quote_coverage: f32,
    /// Cosine of what the question means and the nearest of its phrasings, 0.0 to 1.0.
    pub meaning: f32,
    /// The same for lead and quotes.
    pub quote_meaning: f32,
    /// How well its phrasings fit the question's type, 0.0 to 1.0.
    pub question_type: f32,
    /// How near the words of the question are to words of the entry in meaning, 0.0 to 1.0; known of the best
    /// candidates only.
    pub related: f32,
    /// How many phrasings it has.
    pub n_phrasings: usize,
    /// The classifier's logit, see [`Classifier::logit`].
    pub logit: f32,
}

impl ScoredEntry {
    /// Cosine of what the question means and the nearest of its texts, 0.0 to 1.0.
    pub(crate) fn nearest_meaning(&self) -> f32 {
        self.meaning.max(self.quote_meaning)
    }
}

/// The candidate entries for `query`, best first; ties are in the order of the packs.
pub(crate) fn score(index: &PackIndex, query: &Query, excluded: Excluded) -> Vec<ScoredEntry> {
    let mut scorer = Scorer::new(index, query, excluded);
    let candidates = candidates::select(index, query, excluded);
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
pub(super) fn rounded(score: f32) -> i64 {
    (f64::from(score) * 1e6).round() as i64
}

/// Scores entries for one query. Its buffers are reused from entry to entry.
struct Scorer<'a> {
    index: &'a PackIndex,
    query: &'a Query,
    classifier: &'a Classifier,
    excluded: Excluded,
    /// Score of each query token, followed by each bigram, in the current text: of several terms
    /// that match a token, only the best counts.
    token_scores: TokenScores,
    /// How well phrasings and quotes of the current entry cover each query token.
    token_coverage: Vec<TokenCoverage>,
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

/// Coverage of a query token by the texts of an entry, each 0.0 to 1.0.
#[derive(Debug, Clone, Copy, Default)]
struct TokenCoverage {
    phrasings: f32,
    quotes: f32,
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
    fn new(index: &'a PackIndex, query: &'a Query, excluded: Excluded) -> Self {
        let n_tokens = query.tokens.len() + query.bigrams.len();
        Self {
            index,
            query,
            classifier: index.classifier(excluded.unlearned()),
            excluded,
            token_scores: TokenScores { by_token: vec![0.0; n_tokens], ..TokenScores::default() },
            token_coverage: vec![TokenCoverage::default(); query.tokens.len()],
            uses: vec![TermUse::default(); query.terms.hits().len() + query.bigrams.len()],
            used_idxs: Vec::new(),
        }
    }

    fn score(&mut self, idx: usize) -> Option<ScoredEntry> {
        let entry = self.index.texts.of(idx)?;
        let mut parts = ScoreParts::default();
        self.token_coverage.fill(TokenCoverage::default());
        for (number, text) in entry.numbered() {
            match number {
                Some(number) if self.excluded.has_phrasing(idx, number) => {}
                Some(number) => {
                    parts.add_phrasing(number, self.text_similarity(text, Some(number)));
                }
                None => parts.quotes = self.text_similarity(text, None),
            }
        }
        parts.log_odds = self.log_odds() / self.query.norm;
        parts.logit = self.classifier.logit(idx, &self.query.term_features);
        let (coverage, quote_coverage) = self.coverage();
        let (meaning, quote_meaning) = self.meaning(idx);
        let n_phrasings = entry.n_phrasings.saturating_sub(self.excluded.n_phrasings_of(idx));
        let score = parts.score(n_phrasings, entry.centroid_norm);
        Some(ScoredEntry {
            entry: idx,
            score,
            text_score: score,
            base_score: score,
            best_similarity: parts.best[0],
            best_phrasing: parts.best_phrasing,
            quotes: parts.quotes,
            coverage,
            quote_coverage,
            meaning,
            quote_meaning,
            question_type: self.question_type(idx),
            related: 0.0,
            n_phrasings,
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
                if let Some(coverage) = self.token_coverage.get_mut(hit.token) {
                    let of_text = match phrasing {
                        Some(_) => &mut coverage.phrasings,
                        None => &mut coverage.quotes,
                    };
                    *of_text = of_text.max(hit.similarity);
                }
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

    fn question_type(&self, idx: usize) -> f32 {
        let entry = self.index.entries.get(idx);
        entry.map_or(0.0, |entry| entry.question_type_fit(self.query.question_types))
    }

    /// How near the meaning of the question is to the nearest phrasing of an entry, and to its quotes.
    fn meaning(&self, idx: usize) -> (f32, f32) {
        let directions = self.index.directions.as_ref().and_then(|directions| directions.of(idx));
        let (Some(asked), Some((phrasings, quotes))) = (&self.query.direction, directions) else {
            return (0.0, 0.0);
        };
        let nearest = phrasings
            .iter()
            .enumerate()
            .filter(|(number, _)| !self.excluded.has_phrasing(idx, *number))
            .filter_map(|(_, direction)| direction.as_ref())
            .map(|direction| direction.cosine(asked))
            .fold(0.0, f32::max);
        (nearest, quotes.map_or(0.0, |quotes| quotes.cosine(asked).max(0.0)))
    }

    /// Shares of the content words' weight that the current entry covers, and that its quotes do.
    fn coverage(&self) -> (f32, f32) {
        let (mut total, mut covered, mut by_quotes) = (0.0, 0.0, 0.0);
        for (token, coverage) in self.query.tokens.iter().zip(&self.token_coverage) {
            if token.is_content_word {
                total += token.weight;
                covered += token.weight * coverage.phrasings.max(QUOTE_COVERAGE * coverage.quotes);
                by_quotes += token.weight * coverage.quotes;
            }
        }
        let total = f32::max(total, f32::EPSILON);
        (covered / total, by_quotes / total)
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
