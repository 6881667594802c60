//! Scores: how well each entry's phrasings fit a query.

use std::cmp::Reverse;

use super::Index;
use super::candidates;
use super::classifier::Classifier;
use super::decision::Excluded;
use super::index::IndexedText;
use super::query::Query;
use super::query_terms::Hit;

/// Weights of an entry's best, second and third phrasing in its score. Several phrasings that fit
/// are better evidence than one; a prototype found halving best (docs/quality.md).
const POOL: [f32; 3] = [1.0, 0.5, 0.25];

/// Weight of the similarity to all of an entry's phrasings together, beside the pool's 1.0.
const CENTROID_WEIGHT: f32 = 0.5;

/// Weight of the similarity to lead and quotes, beside the pool's 1.0: they rank paraphrases, but
/// many messages share words with a quote that does not answer them.
const QUOTES_WEIGHT: f32 = 0.2;

/// Weight of the fourth power of the best phrasing's similarity: next to nothing until a question
/// has nearly the very words of a phrasing, which then has to win.
const SAME_WORDS_WEIGHT: f32 = 0.4;

/// Weight of the entry's language model, which tells words that are this entry's own from words
/// that every entry has; its log-odds reach some 20 for a whole question.
const LANGUAGE_MODEL_WEIGHT: f32 = 0.03;

/// Mu of the Dirichlet smoothing, in unit phrasings: 10 to 100 do about the same on the question sets
/// for tuning (docs/quality.md).
const SMOOTHING: f32 = 30.0;

/// Weight of the classifier's logit, which reaches some 8 for a question that is clearly an entry's.
/// With 0.04 to 0.1 the question sets for tuning come out alike; more costs right answers of the judged
/// messages (docs/quality.md).
const CLASSIFIER_WEIGHT: f32 = 0.06;

/// An entry's score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoredEntry {
    /// Index of the entry.
    pub entry: usize,
    /// The score that ranks: about 0.0 for nothing in common, 1.0 and more for the same words.
    pub score: f32,
    /// Similarity of the best phrasing, 0.0 to about 1.5.
    pub best_similarity: f32,
    /// Number of the best phrasing among the entry's, from 0.
    pub best_phrasing: usize,
    /// Similarity to lead and quotes.
    pub quotes: f32,
    /// The classifier's logit; see there.
    pub logit: f32,
}

/// The entries that share most with `query`, best first; ties in the order of the packs.
pub(crate) fn score(index: &Index, query: &Query, left_out: Excluded) -> Vec<ScoredEntry> {
    let mut scorer = Scorer::new(index, query, left_out);
    let candidates = candidates::select(index, query);
    index.texts.prefetch(&candidates);
    let mut scored: Vec<ScoredEntry> = candidates
        .into_iter()
        .filter(|entry| Some(*entry) != left_out.entry)
        .filter_map(|entry| scorer.score(entry))
        .collect();
    scored.sort_by_key(|scored| (Reverse(rounded(scored.score)), scored.entry));
    scored
}

/// Scores are compared at a millionth, so that the last bit of a machine's arithmetic decides
/// nothing.
#[expect(clippy::cast_possible_truncation, reason = "scores are small")]
fn rounded(score: f32) -> i64 {
    (f64::from(score) * 1e6).round() as i64
}

/// What an entry's score is made of.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ScoreParts {
    best: [f32; POOL.len()],
    best_phrasing: usize,
    /// Sum of its phrasings' similarities.
    pub(crate) sum: f32,
    /// Similarity to lead and quotes.
    pub(crate) quotes: f32,
    /// Log-odds of its language model.
    pub(crate) log_odds: f32,
    /// The classifier's logit.
    pub(crate) logit: f32,
}

impl ScoreParts {
    /// Adds a phrasing by its number.
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

    /// The score of an entry with so many phrasings and with their sum's length.
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
            + SAME_WORDS_WEIGHT * best.min(1.0).powi(4);
        score / (1.0 + CENTROID_WEIGHT)
    }
}

/// How much more an entry uses a term than all phrasings do: the query likelihood model with
/// Dirichlet smoothing (Zhai and Lafferty 2001) over weights instead of counts. `sum` is the term's
/// weight in the entry's phrasings, each divided by its norm, `share` its share of all phrasings.
pub(crate) fn log_odds(sum: f32, share: f32) -> f32 {
    (sum / (SMOOTHING * share).max(f32::EPSILON)).ln_1p()
}

/// Scores entries for one query; its memory is used for one after another.
struct Scorer<'a> {
    index: &'a Index,
    query: &'a Query,
    classifier: &'a Classifier,
    left_out: Excluded,
    /// For each word of the query, and each pair behind them, what the text at hand gives it: of
    /// the several terms that a word may stand for, only the best counts.
    credits: TokenScores,
    /// For each hit of the query, and each pair behind them, its use in the entry's phrasings.
    uses: Vec<TermUse>,
    /// Places in `uses` that hold something for the entry at hand.
    used: Vec<usize>,
}

/// How the phrasings of an entry use a term.
#[derive(Debug, Clone, Copy, Default)]
struct TermUse {
    sum: f32,
    /// The phrasing that used it last, from 1: one that says a word twice counts once.
    last: usize,
}

#[derive(Debug, Default)]
struct TokenScores {
    by_token: Vec<f32>,
    /// Tokens with more than nothing.
    given: Vec<usize>,
    sum: f32,
}

impl TokenScores {
    /// Raises what `token` gets to `credit`.
    fn raise(&mut self, token: usize, credit: f32) {
        let Some(given) = self.by_token.get_mut(token).filter(|given| credit > **given) else {
            return;
        };
        if *given == 0.0 {
            self.given.push(token);
        }
        self.sum += credit - *given;
        *given = credit;
    }

    /// The sum of all credits; nothing is left of them.
    fn take(&mut self) -> f32 {
        for token in self.given.drain(..) {
            if let Some(given) = self.by_token.get_mut(token) {
                *given = 0.0;
            }
        }
        std::mem::take(&mut self.sum)
    }
}

impl<'a> Scorer<'a> {
    fn new(index: &'a Index, query: &'a Query, left_out: Excluded) -> Self {
        let n_tokens = query.tokens.len() + query.pairs.len();
        Self {
            index,
            query,
            classifier: index.classifier(left_out.phrasing.map(|(_, number)| number)),
            left_out,
            credits: TokenScores { by_token: vec![0.0; n_tokens], ..TokenScores::default() },
            uses: vec![TermUse::default(); query.terms.hits().len() + query.pairs.len()],
            used: Vec::new(),
        }
    }

    fn score(&mut self, idx: usize) -> Option<ScoredEntry> {
        let entry = self.index.texts.of(idx)?;
        let left_out =
            self.left_out.phrasing.filter(|(of, _)| *of == idx).map(|(_, number)| number);
        let mut parts = ScoreParts::default();
        for (number, text) in entry.numbered() {
            match number {
                Some(_) if number == left_out => {}
                Some(number) => {
                    parts.add_phrasing(number, self.text_similarity(text, Some(number)));
                }
                None => parts.quotes = self.text_similarity(text, None),
            }
        }
        parts.log_odds = self.log_odds() / self.query.norm;
        parts.logit = self.classifier.logit(idx, &self.query.signals);
        let n_phrasings = entry.n_phrasings - usize::from(left_out.is_some());
        Some(ScoredEntry {
            entry: idx,
            score: parts.score(n_phrasings, entry.centroid_norm),
            best_similarity: parts.best[0],
            best_phrasing: parts.best_phrasing,
            quotes: parts.quotes,
            logit: parts.logit,
        })
    }

    /// Similarity of a text to the query. How a phrasing, by its number, uses the query's words is
    /// noted for the language model.
    fn text_similarity(&mut self, text: IndexedText<'_>, phrasing: Option<usize>) -> f32 {
        let query = self.query;
        let mut before: &[Hit] = &[];
        for (at, term) in text.words.iter().chain(text.concepts).enumerate() {
            let Some((first, hits)) = query.terms.of(*term) else {
                before = &[];
                continue;
            };
            for (place, hit) in (first..).zip(hits) {
                self.credits.raise(hit.token, hit.credit);
                if let Some(number) = phrasing {
                    self.record_use(place, hit.credit / text.norm, number + 1);
                }
            }
            if at < text.words.len() {
                self.score_bigrams(before, hits, phrasing.map(|number| (number, text.norm)));
            }
            before = hits;
        }
        self.credits.take() / (query.norm * text.norm)
    }

    /// Gives the query's pairs of words what a text gets for saying them one after the other; of a
    /// phrasing, its number and norm are noted.
    fn score_bigrams(&mut self, before: &[Hit], hits: &[Hit], phrasing: Option<(usize, f32)>) {
        for first in before.iter().filter(|hit| hit.is_first) {
            if hits.iter().any(|hit| hit.is_first && hit.token == first.token + 1)
                && let Some(pair) = self.query.pairs.get(first.token)
            {
                let credit = pair.weight * pair.weight;
                self.credits.raise(self.query.tokens.len() + first.token, credit);
                if let Some((number, norm)) = phrasing {
                    let place = self.query.terms.hits().len() + first.token;
                    self.record_use(place, credit / norm, number + 1);
                }
            }
        }
    }

    fn record_use(&mut self, place: usize, sum: f32, phrasing: usize) {
        let Some(of_hit) = self.uses.get_mut(place) else { return };
        if of_hit.last == 0 {
            self.used.push(place);
        }
        if of_hit.last != phrasing {
            *of_hit = TermUse { sum: of_hit.sum + sum, last: phrasing };
        }
    }

    /// The log-odds of the entry's language model for the query.
    fn log_odds(&mut self) -> f32 {
        let (hits, tokens) = (self.query.terms.hits(), &self.query.tokens);
        for place in self.used.drain(..) {
            let Some(TermUse { sum, .. }) = self.uses.get_mut(place).map(std::mem::take) else {
                continue;
            };
            let (token, factor, share) = match hits.get(place) {
                Some(hit) => (hit.token, hit.factor, hit.share),
                None => {
                    let number = place - hits.len();
                    let pair = self.query.pairs.get(number).copied().unwrap_or_default();
                    (tokens.len() + number, pair.weight, pair.share)
                }
            };
            self.credits.raise(token, factor * log_odds(sum / factor, share));
        }
        self.credits.take()
    }
}
