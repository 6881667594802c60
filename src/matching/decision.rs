//! The outcome: answer, suggest or abstain.

use super::Index;
use super::calibration::{Calibration, LogisticModel};
use super::coverage::covered_share;
use super::features::{self, Alternatives, Features};
use super::index::EntryTerms;
use super::query::{MAX_TOKENS, Query};
use super::scorer::{self, ScoredEntry};
use crate::text::tokenize;

/// How many ranked entries an outcome names at the most.
pub const MAX_RANKED: usize = 5;

/// How many entries are suggested at the most.
pub const MAX_SUGGESTIONS: usize = 3;

/// What to do with a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Show the first entry's quotes.
    Answer,
    /// Let the asker pick one of [`Outcome::suggestions`].
    Suggest,
    /// Say that nothing answers; if [`Outcome::gap`] is set, that the source does not.
    Abstain,
}

/// How sure quoth has to be. The defaults are set on held-out judged messages, see
/// docs/quality.md.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// Least probability that the first entry answers, for an answer; 0.0 to 1.0.
    pub answer: f64,
    /// Least probability that one of the first three entries answers, for suggestions; 0.0 to
    /// 1.0.
    pub suggest: f64,
    /// Score of a gap, as a share of the best entry's, from which the gap is what was asked.
    pub gap: f32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { answer: 0.78, suggest: 0.38, gap: 1.0 }
    }
}

/// How evidence becomes a decision.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DecisionRule {
    /// From evidence to probabilities.
    pub calibration: Calibration,
    /// From probabilities to a decision.
    pub thresholds: Thresholds,
}

/// What matching made of a question.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What to do.
    pub decision: Decision,
    /// Probability, 0.0 to 1.0, that the first ranked entry answers; 0.0 if nothing is ranked.
    pub confidence: f64,
    /// Probability, 0.0 to 1.0, that one of the first three ranked entries answers.
    pub any_confidence: f64,
    /// Indices of the best entries, best first, at most [`MAX_RANKED`]; gaps are never among them.
    pub ranked: Vec<usize>,
    /// Indices of the best entries and gaps together, best first, at most [`MAX_SUGGESTIONS`].
    pub nearest: Vec<usize>,
    /// Indices of the entries to suggest, best first, at most [`MAX_SUGGESTIONS`]; no quote is in
    /// two of them. Empty unless the decision is to suggest.
    pub suggestions: Vec<usize>,
    /// The gap that was asked for, if one was: the source does not answer.
    pub gap: Option<usize>,
    /// What the confidence was made from; all zero if nothing is ranked.
    pub evidence: Features,
}

impl Outcome {
    /// The entry or gap that fits best.
    pub fn first(&self) -> Option<usize> {
        self.nearest.first().copied()
    }
}

/// Parts of the index that a search passes over, to learn how it would do without them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Excluded {
    /// A phrasing: the entry's index, and its number among the phrasings from 0.
    pub phrasing: Option<(usize, usize)>,
    /// An entry's index.
    pub entry: Option<usize>,
}

impl Index {
    /// What to do with the question `text`.
    pub fn ask(&self, text: &str, rule: &DecisionRule) -> Outcome {
        self.ask_excluding(text, rule, Excluded::default())
    }

    /// The same as if `left_out` were not in the packs.
    pub fn ask_excluding(&self, text: &str, rule: &DecisionRule, left_out: Excluded) -> Outcome {
        let query = Query::new(self, text);
        let scored = scorer::score(self, &query, left_out);
        let total = self.has_classifier().then(|| total(&scored));
        let nearest = scored.iter().take(MAX_SUGGESTIONS).map(|scored| scored.entry).collect();
        let is_gap =
            |scored: &ScoredEntry| self.entries.get(scored.entry).is_some_and(|e| e.is_gap);
        let (gaps, answers): (Vec<ScoredEntry>, Vec<ScoredEntry>) =
            scored.into_iter().partition(is_gap);
        let candidates = Candidates { answers: &answers, gaps: &gaps, total, left_out };
        let outcome = decide(self, &query, candidates, rule);
        Outcome { nearest, ..outcome }
    }
}

impl Excluded {
    /// The terms of an entry without what is left out of it.
    pub(crate) fn terms_of(self, index: &Index, entry: usize) -> EntryTerms {
        let phrasing = self.phrasing.filter(|(of, _)| *of == entry).map(|(_, number)| number);
        EntryTerms::new(index, entry, phrasing)
    }
}

fn total(scored: &[ScoredEntry]) -> f32 {
    scored.iter().map(|scored| scored.logit.exp()).sum()
}

/// What the packs have to offer, best first.
#[derive(Debug, Clone, Copy)]
struct Candidates<'a> {
    answers: &'a [ScoredEntry],
    gaps: &'a [ScoredEntry],
    /// Sum of e^logit over all, if a classifier gave logits.
    total: Option<f32>,
    left_out: Excluded,
}

fn decide(
    index: &Index,
    query: &Query,
    Candidates { answers, gaps, total, left_out }: Candidates<'_>,
    DecisionRule { calibration, thresholds }: &DecisionRule,
) -> Outcome {
    let has_very_words =
        answers.first().is_some_and(|first| is_exact_phrasing(index, query, first));
    let best = answers.first().map_or(0.0, |first| first.score);
    let is_asked = |gap: &&ScoredEntry| {
        !has_very_words
            && gap.score >= thresholds.gap * best
            && fits(&left_out.terms_of(index, gap.entry), query)
    };
    let gap = gaps.first().filter(is_asked);
    let nearest_gap = gaps.iter().map(|gap| gap.best_similarity).fold(0.0, f32::max);
    let evidence = answers.first().map(|first| {
        let other = answers.iter().find(|other| !shares_quote(index, first.entry, other.entry));
        let covered =
            |gap: &ScoredEntry| covered_share(&left_out.terms_of(index, gap.entry), query);
        let gap_coverage = gaps.iter().take(MAX_COVERING).map(covered).fold(0.0, f32::max);
        let posterior = total.map(|total| first.logit.exp() / total);
        let gap_wins = gap.is_some();
        let rivals = Alternatives { other, gap_wins, nearest_gap, posterior, gap_coverage };
        features::extract(index, query, first, rivals, left_out)
    });
    let probability = |model: &LogisticModel| {
        evidence.as_ref().map_or(0.0, |evidence| model.probability(evidence))
    };
    let floor = if has_very_words { EXACT_PHRASING_CONFIDENCE } else { 0.0 };
    let confidence = probability(&calibration.first).max(floor);
    let gap_knows_more = !has_very_words
        && evidence.as_ref().is_some_and(|evidence| evidence.gap_coverage >= GAP_MARGIN);
    // One of the first three is never less likely than the first.
    let any_confidence = probability(&calibration.any).max(confidence);
    let decision = match gap {
        _ if query.content_words().next().is_none() => Decision::Abstain,
        Some(_) => Decision::Abstain,
        None if confidence >= thresholds.answer && !gap_knows_more => Decision::Answer,
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
        evidence: evidence.unwrap_or_default(),
    }
}

/// How much more of a question's telling weight a gap has to cover than the best entry, as a share,
/// for that entry to be no answer but at most a suggestion: what the entry leaves out, its curator
/// has seen asked and found no answer to. Of the judged messages that would be answered, 2 false
/// ones are above and no right one is.
pub(crate) const GAP_MARGIN: f32 = 0.15;

/// How many gaps are looked at for what they cover of the question: the best.
const MAX_COVERING: usize = 3;

/// Least confidence for a question in the very words of one of the entry's phrasings: its curator
/// has said that the entry answers it. The rest is for phrasings written under two entries.
const EXACT_PHRASING_CONFIDENCE: f64 = 0.95;

fn is_exact_phrasing(index: &Index, query: &Query, first: &ScoredEntry) -> bool {
    let texts = index.texts.of(first.entry);
    let text = texts.and_then(|texts| texts.phrasings().nth(first.best_phrasing));
    // Only such a phrasing is worth taking apart again.
    if text.is_none_or(|text| text.words.len() != query.tokens.len()) {
        return false;
    }
    let Some(phrasing) = index.phrasing(first.entry, first.best_phrasing) else { return false };
    let words = tokenize(phrasing, MAX_TOKENS + 1).into_iter().map(|token| token.word);
    !query.tokens.is_empty() && words.eq(query.tokens.iter().map(|token| token.word.clone()))
}

/// Share of a question's telling weight that a gap has to cover before "the source does not say"
/// is said: the sentence is a claim about the very question.
const GAP_COVERAGE: f32 = 0.5;

fn fits(gap: &EntryTerms, query: &Query) -> bool {
    covered_share(gap, query) >= GAP_COVERAGE
}

/// Least score of a suggestion, as a share of the best entry's: what stays further behind shares a
/// word by chance, and is noise to whoever asks.
const SUGGESTED_SHARE: f32 = 0.5;

/// The best entries of which no two show one quote.
fn suggestions(index: &Index, answers: &[ScoredEntry]) -> Vec<usize> {
    let mut chosen: Vec<usize> = Vec::new();
    let best = answers.first().map_or(0.0, |first| first.score);
    for scored in answers {
        if chosen.len() == MAX_SUGGESTIONS || scored.score < SUGGESTED_SHARE * best {
            break;
        }
        if !chosen.iter().any(|entry| shares_quote(index, *entry, scored.entry)) {
            chosen.push(scored.entry);
        }
    }
    chosen
}

/// Whether two entries quote some same words, so that either shows what the other would.
fn shares_quote(index: &Index, a: usize, b: usize) -> bool {
    let quotes = |idx: usize| index.entry(idx).map_or(&[][..], |entry| entry.quotes());
    quotes(a).iter().any(|quote| quotes(b).contains(quote))
}

#[cfg(test)]
mod tests;
