//! The decision for a question: answer, suggest or abstain.

use super::Index;
use super::calibration::{Calibration, LogisticModel};
use super::coverage::covered_share;
use super::features::{self, Alternatives, Features};
use super::index::EntryTerms;
use super::query::{MAX_TOKENS, Query};
use super::scorer::{self, ScoredEntry};
use crate::text::tokenize;

/// Most ranked entries of an outcome.
pub const MAX_RANKED: usize = 5;

/// Most entries that are suggested.
pub const MAX_SUGGESTIONS: usize = 3;

/// What to do with a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Show the quotes of the first entry.
    Answer,
    /// Let the asker select one of [`Outcome::suggestions`].
    Suggest,
    /// Reply that nothing answers; if [`Outcome::gap`] is set, that the source does not say.
    Abstain,
}

/// Confidence thresholds. The defaults are tuned on held-out judged messages, see docs/quality.md.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// Least probability that the first entry answers, for an answer; 0.0 to 1.0.
    pub answer: f64,
    /// Least probability that one of the first three entries answers, for suggestions; 0.0 to
    /// 1.0.
    pub suggest: f64,
    /// Least score of a gap, as a share of the best entry's, for the gap to win.
    pub gap: f32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { answer: 0.78, suggest: 0.38, gap: 1.0 }
    }
}

/// How features become a decision.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DecisionRule {
    /// From features to probabilities.
    pub calibration: Calibration,
    /// From probabilities to a decision.
    pub thresholds: Thresholds,
}

/// The result of matching a question.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What to do.
    pub decision: Decision,
    /// Probability, 0.0 to 1.0, that the first ranked entry answers; 0.0 if nothing is ranked.
    pub confidence: f64,
    /// Probability, 0.0 to 1.0, that one of the first three ranked entries answers.
    pub any_confidence: f64,
    /// Indices of the best entries, best first, at most [`MAX_RANKED`], without gaps.
    pub ranked: Vec<usize>,
    /// Indices of the best entries and gaps, best first, at most [`MAX_SUGGESTIONS`].
    pub nearest: Vec<usize>,
    /// Indices of the entries to suggest, best first, at most [`MAX_SUGGESTIONS`]; no two share a
    /// quote. Empty unless the decision is to suggest.
    pub suggestions: Vec<usize>,
    /// The gap that matches the question, if one wins: the source does not answer.
    pub gap: Option<usize>,
    /// The features from which the confidence is computed; all zero if nothing is ranked.
    pub features: Features,
}

impl Outcome {
    /// The best entry or gap.
    pub fn first(&self) -> Option<usize> {
        self.nearest.first().copied()
    }
}

/// Parts of the index to exclude from a search, for leave-one-out evaluation.
#[derive(Debug, Clone, Copy, Default)]
pub struct Excluded {
    /// A phrasing: index of the entry, and number among its phrasings from 0.
    pub phrasing: Option<(usize, usize)>,
    /// An entry, by index.
    pub entry: Option<usize>,
}

impl Index {
    /// The outcome for the question `text`.
    pub fn ask(&self, text: &str, rule: &DecisionRule) -> Outcome {
        self.ask_excluding(text, rule, Excluded::default())
    }

    /// The outcome as if `excluded` were not in the packs.
    pub fn ask_excluding(&self, text: &str, rule: &DecisionRule, excluded: Excluded) -> Outcome {
        let query = Query::new(self, text);
        let scored = scorer::score(self, &query, excluded);
        let total = self.has_classifier().then(|| total(&scored));
        let nearest = scored.iter().take(MAX_SUGGESTIONS).map(|scored| scored.entry).collect();
        let is_gap =
            |scored: &ScoredEntry| self.entries.get(scored.entry).is_some_and(|e| e.is_gap);
        let (gaps, answers): (Vec<ScoredEntry>, Vec<ScoredEntry>) =
            scored.into_iter().partition(is_gap);
        let candidates = Candidates { answers: &answers, gaps: &gaps, total, excluded };
        let outcome = decide(self, &query, candidates, rule);
        Outcome { nearest, ..outcome }
    }
}

impl Excluded {
    /// The terms of an entry without the excluded phrasing.
    pub(crate) fn terms_of(self, index: &Index, entry: usize) -> EntryTerms {
        let phrasing = self.phrasing.filter(|(of, _)| *of == entry).map(|(_, number)| number);
        EntryTerms::new(index, entry, phrasing)
    }
}

fn total(scored: &[ScoredEntry]) -> f32 {
    scored.iter().map(|scored| scored.logit.exp()).sum()
}

/// Scored entries and gaps, best first.
#[derive(Debug, Clone, Copy)]
struct Candidates<'a> {
    answers: &'a [ScoredEntry],
    gaps: &'a [ScoredEntry],
    /// Sum of e^logit over all candidates, if there is a classifier.
    total: Option<f32>,
    excluded: Excluded,
}

fn decide(
    index: &Index,
    query: &Query,
    Candidates { answers, gaps, total, excluded }: Candidates<'_>,
    DecisionRule { calibration, thresholds }: &DecisionRule,
) -> Outcome {
    let is_exact = answers.first().is_some_and(|first| is_exact_phrasing(index, query, first));
    let best = answers.first().map_or(0.0, |first| first.score);
    let wins = |gap: &&ScoredEntry| {
        !is_exact
            && gap.score >= thresholds.gap * best
            && covers_enough(&excluded.terms_of(index, gap.entry), query)
    };
    let gap = gaps.first().filter(wins);
    let nearest_gap = gaps.iter().map(|gap| gap.best_similarity).fold(0.0, f32::max);
    let features = answers.first().map(|first| {
        let other = answers.iter().find(|other| !shares_quote(index, first.entry, other.entry));
        let covered =
            |gap: &ScoredEntry| covered_share(&excluded.terms_of(index, gap.entry), query);
        let gap_coverage = gaps.iter().take(MAX_GAPS_CHECKED).map(covered).fold(0.0, f32::max);
        let posterior = total.map(|total| first.logit.exp() / total);
        let gap_wins = gap.is_some();
        let alternatives = Alternatives { other, gap_wins, nearest_gap, posterior, gap_coverage };
        features::extract(index, query, first, alternatives, excluded)
    });
    let probability = |model: &LogisticModel| {
        features.as_ref().map_or(0.0, |features| model.probability(features))
    };
    let floor = if is_exact { EXACT_PHRASING_CONFIDENCE } else { 0.0 };
    let confidence = probability(&calibration.first).max(floor);
    let gap_covers_more =
        !is_exact && features.as_ref().is_some_and(|features| features.gap_coverage >= GAP_MARGIN);
    // The first is one of the first three.
    let any_confidence = probability(&calibration.any).max(confidence);
    let decision = match gap {
        _ if query.content_words().next().is_none() => Decision::Abstain,
        Some(_) => Decision::Abstain,
        None if confidence >= thresholds.answer && !gap_covers_more => Decision::Answer,
        None if any_confidence >= thresholds.suggest => Decision::Suggest,
        None => Decision::Abstain,
    };
    let suggestions = match decision {
        Decision::Suggest => suggestions(index, answers),
        Decision::Answer | Decision::Abstain => Vec::new(),
    };
    Outcome {
        decision,
        confidence,
        any_confidence,
        ranked: answers.iter().take(MAX_RANKED).map(|scored| scored.entry).collect(),
        nearest: Vec::new(),
        suggestions,
        gap: gap.filter(|_| decision == Decision::Abstain).map(|gap| gap.entry),
        features: features.unwrap_or_default(),
    }
}

/// Least margin of a gap's coverage over the best entry's, as a share of the weight of the content
/// words, from which the entry is at most suggested: the curator has seen questions about what the
/// entry does not cover, and found no answer. Of the judged messages that would be answered, 2
/// false ones are above and no right one is.
pub(crate) const GAP_MARGIN: f32 = 0.15;

/// Number of best gaps whose coverage is computed.
const MAX_GAPS_CHECKED: usize = 3;

/// Least confidence for a question that equals one of the entry's phrasings: its curator has stated
/// that the entry answers it. It is below 1.0 for phrasings written under two entries.
const EXACT_PHRASING_CONFIDENCE: f64 = 0.95;

fn is_exact_phrasing(index: &Index, query: &Query, first: &ScoredEntry) -> bool {
    let texts = index.texts.of(first.entry);
    let text = texts.and_then(|texts| texts.phrasings().nth(first.best_phrasing));
    // Tokenizing the phrasing again is only worthwhile for one of the same length.
    if text.is_none_or(|text| text.words.len() != query.tokens.len()) {
        return false;
    }
    let Some(phrasing) = index.phrasing(first.entry, first.best_phrasing) else { return false };
    let words = tokenize(phrasing, MAX_TOKENS + 1).into_iter().map(|token| token.word);
    !query.tokens.is_empty() && words.eq(query.tokens.iter().map(|token| token.word.clone()))
}

/// Share of the weight of the content words that a gap must cover for the reply "the source does
/// not say", which is a claim about this very question.
const MIN_GAP_COVERAGE: f32 = 0.5;

fn covers_enough(gap: &EntryTerms, query: &Query) -> bool {
    covered_share(gap, query) >= MIN_GAP_COVERAGE
}

/// Least score of a suggestion, as a share of the best entry's: entries below share a word by
/// chance.
const MIN_SUGGESTION_SHARE: f32 = 0.5;

/// The best entries, no two of which share a quote.
fn suggestions(index: &Index, answers: &[ScoredEntry]) -> Vec<usize> {
    let mut chosen: Vec<usize> = Vec::new();
    let best = answers.first().map_or(0.0, |first| first.score);
    for scored in answers {
        if chosen.len() == MAX_SUGGESTIONS || scored.score < MIN_SUGGESTION_SHARE * best {
            break;
        }
        if !chosen.iter().any(|entry| shares_quote(index, *entry, scored.entry)) {
            chosen.push(scored.entry);
        }
    }
    chosen
}

/// Whether two entries have a quote in common.
fn shares_quote(index: &Index, a: usize, b: usize) -> bool {
    let quotes = |idx: usize| index.entry(idx).map_or(&[][..], |entry| entry.quotes());
    quotes(a).iter().any(|quote| quotes(b).contains(quote))
}

#[cfg(test)]
mod tests;
