//! Why an outcome is what it is: which word met which, by what rule, and what was not covered.

use serde::Serialize;

use super::Index;
use super::calibration::Calibration;
use super::coverage::{COVERED, coverage};
use super::decision::{Decision, DecisionRule, Excluded, GAP_MARGIN, Outcome};
use super::features::{FEATURE_LABELS, FEATURE_NAMES};
use super::index::EntryTerms;
use super::query::{MatchKind, Query, QueryToken, TermMatch};
use super::scorer::{self, ScoredEntry};

/// How many entries are explained.
const MAX_EXPLAINED: usize = 3;

/// The whole of it, for one question.
#[derive(Debug, Serialize)]
pub struct Explanation {
    /// The question.
    pub question: String,
    /// The decision.
    pub decision: Decision,
    /// Probability that the first entry answers, 0.0 to 1.0.
    pub confidence: f64,
    /// Probability that one of the first three entries answers, 0.0 to 1.0.
    pub any_confidence: f64,
    /// From which confidence an answer is given.
    pub answer_from: f64,
    /// From which probability of one of three suggestions are made.
    pub suggest_from: f64,
    /// Id of the gap that was asked for.
    pub gap: Option<String>,
    /// The question's words, in order.
    pub words: Vec<Word>,
    /// The best entries and gaps, best first.
    pub entries: Vec<ExplainedEntry>,
    /// What would have to change for an answer, in plain words; empty if there is one.
    pub changes: Vec<String>,
    /// The features of the first entry and what each adds to the log-odds of the confidence.
    pub evidence: Vec<FeatureContribution>,
}

/// A word of the question.
#[derive(Debug, Serialize)]
pub struct Word {
    /// The word, normalized.
    pub word: String,
    /// How much it tells, 0.0 to 1.0.
    pub weight: f32,
    /// Whether an answer has to cover it.
    pub is_telling: bool,
    /// Whether any pack knows it, be it misspelt.
    pub is_known: bool,
}

/// An entry, and how its words met the question's.
#[derive(Debug, Serialize)]
pub struct ExplainedEntry {
    /// Its public id.
    pub id: String,
    /// Whether it is a gap.
    pub is_gap: bool,
    /// Its canonical question.
    pub question: String,
    /// Its score, from 0.0 upwards.
    pub score: f32,
    /// The phrasing that fits best.
    pub best_phrasing: String,
    /// For each telling word of the question, what it met.
    pub met: Vec<ExplainedMatch>,
}

/// What a word of the question met in an entry.
#[derive(Debug, Serialize)]
pub struct ExplainedMatch {
    /// The word.
    pub word: String,
    /// Its weight, 0.0 to 1.0.
    pub weight: f32,
    /// How well the entry covers it, 0.0 to 1.0.
    pub coverage: f32,
    /// By what rule, in plain words.
    pub rule: String,
}

/// A feature of the first entry.
#[derive(Debug, Serialize)]
pub struct FeatureContribution {
    /// Its name.
    pub name: &'static str,
    /// What it is, in plain words.
    pub label: &'static str,
    /// Its value.
    pub value: f32,
    /// What it adds to the log-odds.
    pub log_odds: f32,
}

/// Explains what `index` makes of `text`.
pub fn explain(index: &Index, text: &str, rule: &DecisionRule) -> Explanation {
    let outcome = index.ask(text, rule);
    let query = Query::new(index, text);
    let scored = scorer::score(index, &query, Excluded::default());
    Explanation {
        question: text.to_owned(),
        decision: outcome.decision,
        confidence: outcome.confidence,
        any_confidence: outcome.any_confidence,
        answer_from: rule.thresholds.answer,
        suggest_from: rule.thresholds.suggest,
        gap: outcome.gap.map(|gap| index.entry_id(gap)),
        words: query.tokens.iter().map(word).collect(),
        entries: scored.iter().take(MAX_EXPLAINED).map(|s| entry(index, &query, s)).collect(),
        changes: changes(index, &query, &outcome, rule),
        evidence: features(&outcome, &rule.calibration),
    }
}

/// What would have to change for an answer.
fn changes(index: &Index, query: &Query, outcome: &Outcome, rule: &DecisionRule) -> Vec<String> {
    let mut changes = Vec::new();
    if outcome.decision == Decision::Answer {
        return changes;
    }
    if query.content_words().next().is_none() {
        changes.push("The message has no telling word: nothing can answer it.".to_owned());
        return changes;
    }
    let Some(first) = outcome.ranked.first() else {
        changes.push("No entry shares a word with it: it takes a new entry or gap.".to_owned());
        return changes;
    };
    let id = index.entry_id(*first);
    if let Some(gap) = outcome.gap.map(|gap| index.entry_id(gap)) {
        changes.push(format!(
            "The gap {gap} fits at least as well as any entry. If {id} does answer, add the question \
             to its variants, and take what is like it out of the gap."
        ));
        return changes;
    }
    // Rounded down, so that what falls short by little does not read as enough.
    let percent = |probability: f64| (probability * 100.0 + 1e-9).floor();
    changes.push(format!(
        "That the best entry answers is {:.0} % likely, and an answer takes {:.0} %.",
        percent(outcome.confidence),
        percent(rule.thresholds.answer)
    ));
    let terms = EntryTerms::new(index, *first, None);
    if outcome.evidence.gap_coverage >= GAP_MARGIN {
        changes.push(format!(
            "A gap covers clearly more of the question than {id}: then it is not answered, however \
             likely."
        ));
    }
    let missing: Vec<String> = query
        .content_words()
        .filter(|token| coverage(&terms, token) < COVERED)
        .map(|token| format!("“{}”", token.word))
        .collect();
    if !missing.is_empty() {
        changes.push(format!("{id} has no phrasing with {}.", missing.join(", ")));
    }
    if let Some(second) =
        outcome.ranked.get(1).filter(|_| outcome.evidence.relative_margin < NARROW)
    {
        changes.push(format!("{} fits nearly as well.", index.entry_id(*second)));
    }
    changes.push(format!(
        "If {id} answers the question, add it to its variants. If nothing does, a gap with it makes \
         that sure."
    ));
    changes
}

/// Lead over the next entry, as a share of the score, below which the two are hard to tell apart.
const NARROW: f32 = 0.15;

fn word(token: &QueryToken) -> Word {
    Word {
        word: token.word.clone(),
        weight: token.weight,
        is_telling: token.is_content_word,
        is_known: token.direct_match().is_some(),
    }
}

fn entry(index: &Index, query: &Query, scored: &ScoredEntry) -> ExplainedEntry {
    let found = index.entry(scored.entry);
    let terms = EntryTerms::new(index, scored.entry, None);
    ExplainedEntry {
        id: index.entry_id(scored.entry),
        is_gap: found.is_some_and(crate::knowledge::Entry::is_gap),
        question: found.map(|entry| entry.question.clone()).unwrap_or_default(),
        score: scored.score,
        best_phrasing: index
            .phrasing(scored.entry, scored.best_phrasing)
            .unwrap_or_default()
            .to_owned(),
        met: query.content_words().map(|token| met(index, &terms, token)).collect(),
    }
}

fn met(index: &Index, entry: &EntryTerms, token: &QueryToken) -> ExplainedMatch {
    let meeting = token
        .matches
        .iter()
        .map(|meeting| {
            let alone = QueryToken { matches: vec![*meeting], ..token.clone() };
            (coverage(entry, &alone), meeting)
        })
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let (coverage, rule) = match meeting {
        None => (0.0, "no pack knows this word".to_owned()),
        Some((coverage, _)) if coverage <= 0.0 => (0.0, "not in this entry".to_owned()),
        Some((coverage, meeting)) => (coverage, rule_text(index, meeting)),
    };
    ExplainedMatch { word: token.word.clone(), weight: token.weight, coverage, rule }
}

fn rule_text(index: &Index, meeting: &TermMatch) -> String {
    match meeting.rule {
        MatchKind::Stem => "same word".to_owned(),
        MatchKind::Synonym => "synonym by the lexicon".to_owned(),
        MatchKind::Misspelling(known) => format!("spelling of “{}”", index.vocabulary.word(known)),
        MatchKind::Compound => {
            format!("written apart or in one, “{}”", index.vocabulary.name(meeting.term))
        }
        MatchKind::Neighbor => {
            format!("near in meaning to “{}”", index.vocabulary.name(meeting.term))
        }
    }
}

fn features(outcome: &Outcome, calibration: &Calibration) -> Vec<FeatureContribution> {
    FEATURE_NAMES
        .iter()
        .zip(outcome.evidence.to_array())
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
