//! The outcome: answer, suggest or abstain.

use super::PackIndex;
use super::calibration::{Calibration, LogisticModel};
use super::contradiction;
use super::coverage::covered_share;
use super::entry_terms::EntryTerms;
use super::excluded::Excluded;
use super::features::{self, Alternatives, Features};
use super::objection::{Objection, objection};
use super::query::{MAX_TOKENS, Query};
use super::ranking;
use super::scorer::{self, ScoredEntry};
use super::vocabulary::TermId;
use crate::knowledge::Entry;
use crate::text::Origin;

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

/// How sure quoth has to be. The defaults are set on judged messages of packs that the
/// fit has not seen, see docs/quality.md.
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
        Self { answer: 0.77, suggest: 0.3, gap: 1.0 }
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
    pub features: Features,
}

impl Outcome {
    /// The outcome where there is no pack.
    pub(crate) fn nothing() -> Self {
        Self {
            decision: Decision::Abstain,
            confidence: 0.0,
            any_confidence: 0.0,
            ranked: Vec::new(),
            nearest: Vec::new(),
            suggestions: Vec::new(),
            gap: None,
            features: Features::default(),
        }
    }

    /// The same with all entries numbered from `start`.
    pub(crate) fn shifted(mut self, start: usize) -> Self {
        let lists = [&mut self.ranked, &mut self.nearest, &mut self.suggestions];
        for idx in lists.into_iter().flatten().chain(&mut self.gap) {
            *idx += start;
        }
        self
    }

    /// The entry or gap that fits best.
    pub fn first(&self) -> Option<usize> {
        self.nearest.first().copied()
    }
}

impl PackIndex {
    /// What to do with the question `text` as if `left_out` were not in the pack.
    pub(crate) fn ask_excluding(
        &self,
        text: &str,
        rule: &DecisionRule,
        left_out: Excluded,
    ) -> Outcome {
        let query = Query::new(self, text);
        let mut scored = scorer::score(self, &query, left_out);
        ranking::reorder(&mut scored);
        let total = self.has_classifier().then(|| total(&scored));
        let nearest = scored.iter().take(MAX_SUGGESTIONS).map(|scored| scored.entry).collect();
        let is_gap =
            |scored: &ScoredEntry| self.entries.get(scored.entry).is_some_and(|e| e.is_gap);
        let (mut gaps, mut answers): (Vec<ScoredEntry>, Vec<ScoredEntry>) =
            scored.into_iter().partition(is_gap);
        let [gap_has_very_words, has_very_words] =
            [&mut gaps, &mut answers].map(|entries| move_exact_first(self, &query, entries));
        let candidates = Candidates {
            answers: &answers,
            gaps: &gaps,
            has_very_words,
            gap_has_very_words,
            total,
            left_out,
        };
        let outcome = decide(self, &query, candidates, rule);
        Outcome { nearest, ..outcome }
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
    /// Whether the question is in the very words of a phrasing of the first answer.
    has_very_words: bool,
    /// The same of the first gap.
    gap_has_very_words: bool,
    /// Sum of e^logit over all, if a classifier gave logits.
    total: Option<f32>,
    left_out: Excluded,
}

fn decide(
    index: &PackIndex,
    query: &Query,
    candidates: Candidates<'_>,
    DecisionRule { calibration, thresholds }: &DecisionRule,
) -> Outcome {
    let Candidates { answers, gaps, has_very_words, gap_has_very_words, left_out, .. } = candidates;
    let best = answers.first().map_or(0.0, |first| first.score);
    let is_asked = |gap: &&ScoredEntry| {
        let fits = || {
            gap.score >= thresholds.gap * best
                && fits(index, &left_out.terms_of(&index.texts, gap.entry), query)
        };
        !has_very_words && (gap_has_very_words || fits())
    };
    let gap = gaps.first().filter(is_asked);
    let evidence = evidence(index, query, candidates, gap.is_some());
    let probability = |model: &LogisticModel| {
        evidence.as_ref().map_or(0.0, |evidence| model.probability(evidence))
    };
    let floor = if has_very_words { EXACT_PHRASING_CONFIDENCE } else { 0.0 };
    let confidence = probability(&calibration.first).max(floor);
    let n_phrasings = answers.first().map_or(0, |first| first.n_phrasings);
    let objection = evidence.as_ref().and_then(|features| objection(features, n_phrasings));
    // One of the first three is never less likely than the first.
    let any_confidence = probability(&calibration.any).max(confidence);
    let decision = match gap {
        _ if has_very_words => Decision::Answer,
        Some(_) => Decision::Abstain,
        None if objection == Some(Objection::Statement) => Decision::Abstain,
        None if query.content_words().next().is_none() => Decision::Abstain,
        None if confidence >= thresholds.answer && objection.is_none() => Decision::Answer,
        None if any_confidence >= thresholds.suggest => Decision::Suggest,
        None => Decision::Abstain,
    };
    let suggestions = match decision {
        Decision::Suggest => suggestions(index, query, answers, left_out),
        Decision::Answer | Decision::Abstain => Vec::new(),
    };
    let decision = match decision {
        Decision::Suggest if suggestions.is_empty() => Decision::Abstain,
        decision => decision,
    };
    Outcome {
        decision,
        confidence,
        any_confidence,
        ranked: answers.iter().take(MAX_RANKED).map(|scored| scored.entry).collect(),
        nearest: Vec::new(),
        suggestions,
        gap: gap.filter(|_| decision == Decision::Abstain).map(|gap| gap.entry),
        features: evidence.unwrap_or_default(),
    }
}

/// The evidence for the first answer, if there is one.
fn evidence(
    index: &PackIndex,
    query: &Query,
    candidates: Candidates<'_>,
    gap_wins: bool,
) -> Option<Features> {
    let Candidates { answers, gaps, total, left_out, .. } = candidates;
    let first = answers.first()?;
    let nearest_gap = gaps.iter().map(|gap| gap.best_similarity).fold(0.0, f32::max);
    let others: Vec<&ScoredEntry> =
        answers.iter().filter(|other| !share_quote_in(index, first.entry, other.entry)).collect();
    let best_of =
        |value: fn(&ScoredEntry) -> f32| others.iter().map(|it| value(it)).fold(0.0, f32::max);
    let (other_score, other_meaning) = (best_of(|it| it.text_score), best_of(|it| it.meaning));
    let covered = |gap: &ScoredEntry| {
        covered_share(index, &left_out.terms_of(&index.texts, gap.entry), query)
    };
    let gap_coverage = gaps.iter().take(MAX_COVERING).map(covered).fold(0.0, f32::max);
    let posterior = total.map(|total| first.logit.exp() / total);
    let contradiction = contradiction::compare(index, query, first.entry);
    let rivals = Alternatives {
        other_score,
        other_meaning,
        gap_wins,
        nearest_gap,
        posterior,
        gap_coverage,
        contradiction,
    };
    Some(features::extract(index, query, first, rivals, left_out))
}

/// How many gaps are looked at for what they cover of the question: the best.
const MAX_COVERING: usize = 3;

/// Least confidence for a question in the very words of one of the entry's phrasings: its curator
/// has said that the entry answers it. The rest is for phrasings written under two entries.
const EXACT_PHRASING_CONFIDENCE: f64 = 0.95;

/// Moves the entry to the front that has a phrasing in the very words of the question, if one has.
fn move_exact_first(index: &PackIndex, query: &Query, entries: &mut [ScoredEntry]) -> bool {
    let exact = entries.iter().position(|entry| is_exact_phrasing(index, query, entry));
    if let Some(before) = exact.and_then(|at| entries.get_mut(..=at)) {
        before.rotate_right(1);
    }
    exact.is_some()
}

fn is_exact_phrasing(index: &PackIndex, query: &Query, first: &ScoredEntry) -> bool {
    let texts = index.texts.of(first.entry);
    let text = texts.and_then(|texts| texts.phrasings().nth(first.best_phrasing));
    // Only a phrasing of the same terms is worth taking apart again.
    let has_same_terms = |words: &[TermId]| {
        words.len() == query.tokens.len()
            && query
                .tokens
                .iter()
                .zip(words)
                .all(|(token, word)| token.matches.iter().any(|found| found.term == *word))
    };
    if text.is_none_or(|text| !has_same_terms(text.words)) {
        return false;
    }
    let Some(phrasing) = index.phrasing(first.entry, first.best_phrasing) else { return false };
    let words = index.analyzer.tokenize(phrasing, Origin::Pack, MAX_TOKENS + 1);
    let words = words.into_iter().map(|token| token.word);
    !query.tokens.is_empty() && words.eq(query.tokens.iter().map(|token| token.word.clone()))
}

/// Share of a question's telling weight that a gap has to cover before "the source does not say"
/// is said: the sentence is a claim about the very question.
const GAP_COVERAGE: f32 = 0.5;

fn fits(index: &PackIndex, gap: &EntryTerms, query: &Query) -> bool {
    covered_share(index, gap, query) >= GAP_COVERAGE
}

/// Least score of a suggestion, as a share of the best entry's: what stays further behind shares a
/// word by chance, and is noise to whoever asks.
const SUGGESTED_SHARE: f32 = 0.5;

/// Least share of a question's content words, by weight, that a suggestion covers: what covers less
/// was not asked for.
const SUGGESTED_COVERAGE: f32 = 0.1;

/// The best entries of which no two show one quote, and of which some content word was asked.
fn suggestions(
    index: &PackIndex,
    query: &Query,
    answers: &[ScoredEntry],
    left_out: Excluded,
) -> Vec<usize> {
    let mut chosen: Vec<usize> = Vec::new();
    let best = answers.first().map_or(0.0, |first| first.score);
    for scored in answers {
        if chosen.len() == MAX_SUGGESTIONS || scored.score < SUGGESTED_SHARE * best {
            break;
        }
        let terms = left_out.terms_of(&index.texts, scored.entry);
        if covered_share(index, &terms, query) >= SUGGESTED_COVERAGE
            && !chosen.iter().any(|entry| share_quote_in(index, *entry, scored.entry))
        {
            chosen.push(scored.entry);
        }
    }
    chosen
}

fn share_quote_in(index: &PackIndex, a: usize, b: usize) -> bool {
    share_quote(index.entry(a), index.entry(b))
}

/// Whether two entries quote some same words, so that either shows what the other would.
pub(super) fn share_quote(a: Option<&Entry>, b: Option<&Entry>) -> bool {
    let (Some(a), Some(b)) = (a, b) else { return false };
    a.quotes().iter().any(|quote| b.quotes().contains(quote))
}

#[cfg(test)]
mod tests;
