//! Explains an outcome: which words matched which terms, by which rule, and what was not covered.

use std::collections::BTreeMap;

use serde::Serialize;

use super::ask::MessageOutcome;
use super::calibration::Calibration;
use super::coverage::{MIN_COVERED, coverage};
use super::decision::{Decision, DecisionRule, Outcome};
use super::entry_terms::EntryTerms;
use super::excluded::Excluded;
use super::features::{FEATURE_LABELS, FEATURE_NAMES};
use super::language_part::LanguagePart;
use super::objection::Objection;
use super::query::{MatchKind, Query, QueryToken, TermMatch};
use super::ranking;
use super::scorer::{self, ScoredEntry};
use super::{Index, PackIndex, Passage};

/// Explanation of the outcome for one question.
#[derive(Debug, Serialize)]
pub struct Explanation {
    /// The question.
    pub question: String,
    /// The clause of the question that was asked alone and has decided, if one has.
    pub asked_alone: Option<String>,
    /// The decision.
    pub decision: Decision,
    /// Probability that the first entry answers, 0.0 to 1.0.
    pub confidence: f64,
    /// Probability that one of the first three entries answers, 0.0 to 1.0.
    pub any_confidence: f64,
    /// Least confidence for an answer.
    pub answer_from: f64,
    /// Least probability that one of the first three entries answers, for suggestions.
    pub suggest_from: f64,
    /// The rule that forbids to answer with the first entry, if one does.
    pub objection: Option<Objection>,
    /// Id of the gap that wins, if one does.
    pub gap: Option<String>,
    /// The question's words, in order.
    pub words: Vec<Word>,
    /// The best entries and gaps, best first.
    pub entries: Vec<ExplainedEntry>,
    /// What is suggested of the sources beside entries, best first.
    pub passages: Vec<ExplainedPassage>,
    /// What would have to change for an answer, in sentences; empty if there is one.
    pub changes: Vec<String>,
    /// The features of the first entry, and what each adds to the log-odds of the confidence.
    #[serde(rename = "evidence")]
    pub contributions: Vec<FeatureContribution>,
}

/// A word of the question.
#[derive(Debug, Serialize)]
pub struct Word {
    /// The word, normalized.
    pub word: String,
    /// Its weight, 0.0 to 1.0.
    pub weight: f32,
    /// Whether it is a content word, which an answer must cover.
    #[serde(rename = "is_telling")]
    pub is_content_word: bool,
    /// Whether any pack knows it, possibly misspelled.
    pub is_known: bool,
}

/// A sentence that no entry quotes and that may answer.
#[derive(Debug, Serialize)]
pub struct ExplainedPassage {
    /// The name of its source.
    pub source: String,
    /// The number of its paragraph, from 1.
    pub paragraph: usize,
    /// The sentence.
    pub text: String,
    /// Share of the weight of the question's content words that it covers, 0.0 to 1.0.
    pub score: f32,
}

/// An entry, and how it matches the words of the question.
#[derive(Debug, Serialize)]
pub struct ExplainedEntry {
    /// Its public id.
    pub id: String,
    /// Whether it is a gap.
    pub is_gap: bool,
    /// Its canonical question.
    pub question: String,
    /// Its score, 0.0 or more.
    pub score: f32,
    /// Its score before the best entries were put into their final order.
    pub base_score: f32,
    /// How many phrasings it has.
    pub n_phrasings: usize,
    /// The features that order the best entries, see [`ranking::FEATURE_NAMES`].
    pub ranking: BTreeMap<&'static str, f32>,
    /// The phrasing with the largest similarity.
    pub best_phrasing: String,
    /// The match of each content word of the question.
    #[serde(rename = "met")]
    pub matches: Vec<ExplainedMatch>,
}

/// How an entry matches a word of the question.
#[derive(Debug, Serialize)]
pub struct ExplainedMatch {
    /// The word.
    pub word: String,
    /// Its weight, 0.0 to 1.0.
    pub weight: f32,
    /// Coverage by the entry, 0.0 to 1.0.
    pub coverage: f32,
    /// The kind of match, in plain words.
    pub rule: String,
}

/// A feature of the first entry.
#[derive(Debug, Serialize)]
pub struct FeatureContribution {
    /// Its name.
    pub name: &'static str,
    /// Its description for users.
    pub label: &'static str,
    /// Its value.
    pub value: f32,
    /// What it adds to the log-odds.
    pub log_odds: f32,
}

/// Explains the outcome of `index` for `text`.
pub fn explain(index: &Index, text: &str, rule: &DecisionRule) -> Explanation {
    let MessageOutcome { outcome, part, text: asked } =
        index.ask_message(text, rule, Excluded::default());
    let query = part.map(|part| Query::new(&part.index, asked)).unwrap_or_default();
    let scored = part.map(|part| {
        let mut scored = scorer::score(&part.index, &query, Excluded::default());
        ranking::reorder(&part.index, &query, Excluded::default(), &mut scored);
        scored
    });
    let scored = scored.unwrap_or_default();
    let explained = scored.iter().zip(part.into_iter().cycle());
    let entries = explained.map(|(it, part)| entry(index, part, &query, it));
    let passages = index.passages(text, &outcome);
    Explanation {
        question: text.to_owned(),
        asked_alone: (asked != text).then(|| asked.to_owned()),
        decision: outcome.decision,
        confidence: outcome.confidence,
        any_confidence: outcome.any_confidence,
        answer_from: rule.thresholds.answer,
        suggest_from: rule.thresholds.suggest,
        objection: outcome.objection,
        gap: outcome.gap.map(|gap| index.entry_id(gap)),
        words: query.tokens.iter().map(word).collect(),
        entries: entries.collect(),
        passages: passages.iter().map(passage).collect(),
        changes: changes(index, part, &query, &outcome, rule),
        contributions: contributions(&outcome, &rule.calibration),
    }
}

fn passage(passage: &Passage) -> ExplainedPassage {
    ExplainedPassage {
        source: passage.quote.source().name().to_owned(),
        paragraph: passage.quote.paragraph(),
        text: passage.quote.text().to_owned(),
        score: passage.score,
    }
}

/// What would have to change for an answer.
fn changes(
    index: &Index,
    part: Option<&LanguagePart>,
    query: &Query,
    outcome: &Outcome,
    rule: &DecisionRule,
) -> Vec<String> {
    let mut changes = Vec::new();
    if outcome.decision == Decision::Answer {
        return changes;
    }
    if query.content_words().next().is_none() {
        changes.push("The message has no content word, so nothing can answer it.".to_owned());
        return changes;
    }
    let Some(first) = outcome.ranked.first() else {
        changes.push("No entry shares a word with the message; add a new entry or gap.".to_owned());
        return changes;
    };
    let id = index.entry_id(*first);
    if let Some(gap) = outcome.gap.map(|gap| index.entry_id(gap)) {
        changes.push(format!(
            "The gap {gap} fits at least as well as any entry. If {id} does answer, add the question \
             to its variants, and remove similar phrasings from the gap."
        ));
        return changes;
    }
    // Rounded down, so that a value just below the threshold does not look sufficient.
    let percent = |probability: f64| (probability * 100.0 + 1e-9).floor();
    if outcome.confidence < rule.thresholds.answer {
        changes.push(format!(
            "The confidence in the best entry is {:.0} %, and an answer requires {:.0} %.",
            percent(outcome.confidence),
            percent(rule.thresholds.answer)
        ));
    }
    let terms = part.and_then(|part| {
        Some(EntryTerms::new(&part.index.texts, part.number_of(*first)?, |_| false))
    });
    let terms = terms.unwrap_or_default();
    if let Some(objection) = outcome.objection {
        changes.push(format!("It is not answered at any confidence: {} {id}.", reason(objection)));
    }
    let missing: Vec<String> = query
        .content_words()
        .filter(|token| coverage(&terms, token) < MIN_COVERED)
        .map(|token| format!("“{}”", token.word))
        .collect();
    if !missing.is_empty() {
        changes.push(format!("{id} has no phrasing with {}.", missing.join(", ")));
    }
    if let Some(second) = outcome
        .ranked
        .get(1)
        .filter(|_| outcome.features.margin < NARROW_MARGIN * outcome.features.score)
    {
        changes.push(format!("{} fits nearly as well.", index.entry_id(*second)));
    }
    changes.push(format!(
        "If {id} answers the question, add it to its variants. If nothing does, add it to a \
         gap."
    ));
    changes
}

/// The objection in words, before the entry's id.
fn reason(objection: Objection) -> &'static str {
    match objection {
        Objection::Gap => "a gap covers clearly more of the question than",
        Objection::Coverage => "too few of the words are covered by",
        Objection::Contradiction => "the opposite, or another number or code, is said by",
        Objection::Statement => "the message asks nothing and says much that is not in",
        Objection::QuestionType => "this kind of thing is asked by no phrasing of",
        Objection::Name => "the name is in no phrasing of",
    }
}

/// Relative margin over the next entry below which the two are hard to distinguish.
const NARROW_MARGIN: f32 = 0.15;

fn word(token: &QueryToken) -> Word {
    Word {
        word: token.word.clone(),
        weight: token.weight,
        is_content_word: token.is_content_word,
        is_known: token.direct_match().is_some(),
    }
}

fn entry(
    index: &Index,
    part: &LanguagePart,
    query: &Query,
    scored: &ScoredEntry,
) -> ExplainedEntry {
    let idx = part.idx_of(scored.entry);
    let (found, id) = (index.entry(idx), index.entry_id(idx));
    let index = &part.index;
    let terms = EntryTerms::new(&index.texts, scored.entry, |_| false);
    ExplainedEntry {
        id,
        is_gap: found.is_some_and(crate::knowledge::Entry::is_gap),
        question: found.map(|entry| entry.question.clone()).unwrap_or_default(),
        score: scored.score,
        base_score: scored.base_score,
        n_phrasings: scored.n_phrasings,
        ranking: ranking::FEATURE_NAMES.into_iter().zip(ranking::features(scored)).collect(),
        best_phrasing: index
            .phrasing(scored.entry, scored.best_phrasing)
            .unwrap_or_default()
            .to_owned(),
        matches: query.content_words().map(|token| best_match(index, &terms, token)).collect(),
    }
}

fn best_match(index: &PackIndex, entry: &EntryTerms, token: &QueryToken) -> ExplainedMatch {
    let best = token
        .matches
        .iter()
        .map(|term_match| {
            let alone = QueryToken { matches: vec![*term_match], ..token.clone() };
            (coverage(entry, &alone), term_match)
        })
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let (coverage, rule) = match best {
        None => (0.0, "no pack knows this word".to_owned()),
        Some((coverage, _)) if coverage <= 0.0 => (0.0, "not in this entry".to_owned()),
        Some((coverage, term_match)) => (coverage, kind_text(index, term_match)),
    };
    ExplainedMatch { word: token.word.clone(), weight: token.weight, coverage, rule }
}

fn kind_text(index: &PackIndex, term_match: &TermMatch) -> String {
    match term_match.kind {
        MatchKind::Stem => "same word".to_owned(),
        MatchKind::Synonym => "synonym from the lexicon".to_owned(),
        MatchKind::Misspelling(known) => format!("spelling of “{}”", index.vocabulary.word(known)),
        MatchKind::Compound => {
            format!("compound, “{}”", index.vocabulary.name(term_match.term))
        }
        MatchKind::CompoundPart => "part of a compound".to_owned(),
        MatchKind::Beginning => "same beginning".to_owned(),
        MatchKind::Neighbor => {
            format!("similar in meaning to “{}”", index.vocabulary.name(term_match.term))
        }
    }
}

fn contributions(outcome: &Outcome, calibration: &Calibration) -> Vec<FeatureContribution> {
    FEATURE_NAMES
        .iter()
        .zip(outcome.features.to_array())
        .zip(calibration.first.coefficients)
        .zip(FEATURE_LABELS)
        .map(|(((name, value), coefficient), label)| FeatureContribution {
            name,
            label,
            value,
            log_odds: coefficient * value,
        })
        .collect()
}
