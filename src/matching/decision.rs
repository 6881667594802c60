//! The decision for a question: answer, suggest or abstain.

use super::PackIndex;
use super::calibration::{Calibration, LogisticModel};
use super::contradiction;
use super::coverage::covered_share;
use super::entry_terms::EntryTerms;
use super::excluded::Excluded;
use super::features::{self, Alternatives, DecisionInput, Features};
use super::objection::{Objection, objection};
use super::query::{MAX_TOKENS, Query};
use super::ranking;
use super::scorer::{self, ScoredEntry};
use super::vocabulary::TermId;
use crate::knowledge::Entry;
use crate::text::{Language, Origin};

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

/// Confidence thresholds. The defaults are tuned on judged messages of packs that the fit has not
/// seen, see docs/quality.md.
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
        Self { answer: 0.8, suggest: 0.3, gap: 1.0 }
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
    /// Whether the question is, word for word, a phrasing of the entry or gap that has decided: whoever wrote
    /// the pack has decided.
    pub is_exact: bool,
    /// The features from which the confidence is computed; all zero if nothing is ranked.
    pub features: Features,
    /// What forbids to answer with the first ranked entry, if anything does.
    pub objection: Option<Objection>,
    /// The language by whose rules the question was matched; `None` without a pack.
    pub language: Option<Language>,
}

impl Outcome {
    /// The outcome without a pack.
    pub(crate) fn nothing() -> Self {
        Self {
            decision: Decision::Abstain,
            confidence: 0.0,
            any_confidence: 0.0,
            ranked: Vec::new(),
            nearest: Vec::new(),
            suggestions: Vec::new(),
            gap: None,
            is_exact: false,
            features: Features::default(),
            objection: None,
            language: None,
        }
    }

    /// The best entry or gap.
    pub fn first(&self) -> Option<usize> {
        self.nearest.first().copied()
    }
}

impl PackIndex {
    /// The outcome for the question `text` as if `left_out` were not in the pack.
    pub(crate) fn ask_excluding(
        &self,
        text: &str,
        rule: &DecisionRule,
        left_out: Excluded,
    ) -> Outcome {
        let query = Query::new(self, text);
        let mut scored = scorer::score(self, &query, left_out);
        ranking::reorder(self, &query, left_out, &mut scored);
        let total = self.has_classifier().then(|| total(&scored));
        let nearest = scored.iter().take(MAX_SUGGESTIONS).map(|scored| scored.entry).collect();
        let is_gap =
            |scored: &ScoredEntry| self.entries.get(scored.entry).is_some_and(|e| e.is_gap);
        let (mut gaps, mut answers): (Vec<ScoredEntry>, Vec<ScoredEntry>) =
            scored.into_iter().partition(is_gap);
        let [is_exact_gap, is_exact] =
            [&mut gaps, &mut answers].map(|entries| move_exact_first(self, &query, entries));
        let candidates =
            Candidates { answers: &answers, gaps: &gaps, is_exact, is_exact_gap, total, left_out };
        let outcome = decide(self, &query, candidates, rule);
        Outcome { nearest, ..outcome }
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
    /// Whether the question equals a phrasing of the first answer.
    is_exact: bool,
    /// Whether the question equals a phrasing of the first gap.
    is_exact_gap: bool,
    /// Sum of e^logit over all candidates, if there is a classifier.
    total: Option<f32>,
    left_out: Excluded,
}

fn decide(
    index: &PackIndex,
    query: &Query,
    candidates: Candidates<'_>,
    DecisionRule { calibration, thresholds }: &DecisionRule,
) -> Outcome {
    let Candidates { answers, gaps, is_exact, is_exact_gap, left_out, .. } = candidates;
    let best = answers.first().map_or(0.0, |first| first.text_score);
    let is_asked = |gap: &&ScoredEntry| {
        let fits = || {
            gap.text_score >= thresholds.gap * best
                && fits(index, &left_out.terms_of(&index.texts, gap.entry), query)
        };
        !is_exact && (is_exact_gap || fits())
    };
    let gap = gaps.first().filter(is_asked);
    let evidence = evidence_of_first(index, query, candidates, gap.is_some());
    let probability = |model: &LogisticModel| {
        evidence.as_ref().map_or(0.0, |evidence| model.probability(&evidence.features))
    };
    let floor = if is_exact { EXACT_PHRASING_CONFIDENCE } else { 0.0 };
    let confidence = probability(&calibration.first).max(floor);
    let objection = evidence.as_ref().and_then(objection);
    // The first is one of the first three.
    let any_confidence = probability(&calibration.any).max(confidence);
    let decision = match gap {
        _ if is_exact => Decision::Answer,
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
        is_exact: is_exact || is_exact_gap && gap.is_some(),
        features: evidence.unwrap_or_default().features,
        objection,
        language: Some(index.language().clone()),
    }
}

/// The evidence about the first answer, if there is one.
fn evidence_of_first(
    index: &PackIndex,
    query: &Query,
    candidates: Candidates<'_>,
    gap_wins: bool,
) -> Option<DecisionInput> {
    let Candidates { answers, gaps, total, left_out, .. } = candidates;
    let first = answers.first()?;
    let others: Vec<&ScoredEntry> =
        answers.iter().filter(|other| !share_quote_in(index, first.entry, other.entry)).collect();
    let best_of =
        |value: fn(&ScoredEntry) -> f32| others.iter().map(|it| value(it)).fold(0.0, f32::max);
    let (other_score, other_meaning) = (best_of(|it| it.text_score), best_of(|it| it.meaning));
    let other_nearest_meaning = best_of(ScoredEntry::nearest_meaning);
    let covered = |gap: &ScoredEntry| {
        covered_share(index, &left_out.terms_of(&index.texts, gap.entry), query)
    };
    let gap_coverage = gaps.iter().take(MAX_COVERING).map(covered).fold(0.0, f32::max);
    let posterior = total.map(|total| first.logit.exp() / total);
    let contradiction = contradiction::compare(index, query, first.entry);
    let rivals = Alternatives {
        other_score,
        other_meaning,
        other_nearest_meaning,
        gap_wins,
        posterior,
        gap_coverage,
        contradiction,
    };
    Some(features::extract(index, query, first, rivals, left_out))
}

/// Number of best gaps whose coverage is computed.
const MAX_COVERING: usize = 3;

/// Least confidence for a question that equals one of the entry's phrasings: its curator has stated
/// that the entry answers it. It is below 1.0 for phrasings written under two entries.
const EXACT_PHRASING_CONFIDENCE: f64 = 0.95;

/// Moves the entry that has a phrasing equal to the question to the front; whether there is one.
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
    // Tokenizing the phrasing again is only worthwhile for one of the same terms.
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

/// Share of the weight of the content words that a gap must cover for the reply "the source does
/// not say", which is a claim about this very question.
const GAP_COVERAGE: f32 = 0.5;

fn fits(index: &PackIndex, gap: &EntryTerms, query: &Query) -> bool {
    covered_share(index, gap, query) >= GAP_COVERAGE
}

/// Least score of a suggestion, as a share of the best entry's: entries below share a word by
/// chance.
const SUGGESTED_SHARE: f32 = 0.5;

/// Least share of the weight of the content words that a suggestion covers, unless its meaning is near.
const SUGGESTED_COVERAGE: f32 = 0.1;

/// Least cosine of what the question and a suggestion mean, unless it covers a word.
const SUGGESTED_MEANING: f32 = 0.45;

/// Least cosine of the suggestion that the others stand beside, in a language with word vectors. Less has a word in
/// common by chance: a message in chat, a question about another subject.
const MIN_MEANING: f32 = 0.3;

/// Cosine from which it need not have any word of the question. With models that had not seen the small pack, 0.60 gave
/// 176 useful replies of 240 and suggestions for 12 of 96 messages on other subjects, 0.62 gave 175 and 11, 0.66 gave
/// 172 and 10 (before entries of near meaning were suggested beside a strong one).
const SAME_MEANING: f32 = 0.62;

/// The best entries that have some of the question's words or are near its meaning, best first, no two of which share
/// a quote. None if all of them are weak.
fn suggestions(
    index: &PackIndex,
    query: &Query,
    answers: &[ScoredEntry],
    left_out: Excluded,
) -> Vec<usize> {
    let has_vectors = query.direction.is_some();
    let mut chosen: Vec<usize> = Vec::new();
    let mut is_any_strong = false;
    let best = answers.first().map_or(0.0, |first| first.score);
    for scored in answers {
        if chosen.len() == MAX_SUGGESTIONS || scored.score < SUGGESTED_SHARE * best {
            break;
        }
        let meaning = scored.nearest_meaning();
        let terms = left_out.terms_of(&index.texts, scored.entry);
        let is_covered = covered_share(index, &terms, query) >= SUGGESTED_COVERAGE;
        if (is_covered || meaning >= SUGGESTED_MEANING)
            && !chosen.iter().any(|entry| share_quote_in(index, *entry, scored.entry))
        {
            chosen.push(scored.entry);
            let is_near = !has_vectors || meaning >= MIN_MEANING;
            is_any_strong |= meaning >= SAME_MEANING || is_near && is_covered;
        }
    }
    if is_any_strong { chosen } else { Vec::new() }
}

fn share_quote_in(index: &PackIndex, a: usize, b: usize) -> bool {
    share_quote(index.entry(a), index.entry(b))
}

/// Whether two entries have a quote in common.
pub(super) fn share_quote(a: Option<&Entry>, b: Option<&Entry>) -> bool {
    let (Some(a), Some(b)) = (a, b) else { return false };
    a.quotes().iter().any(|quote| b.quotes().contains(quote))
}

#[cfg(test)]
mod tests;
