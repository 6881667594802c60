//! Evaluation of an index on judged messages.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use super::decision::{Decision, DecisionRule, MAX_SUGGESTIONS, Outcome, Thresholds};
use super::reliability::Prediction;
use super::{Index, PackIndex};
use crate::text::Origin;
use crate::text::whitespace::Folded;

/// A message, labeled with what answers it.
#[derive(Debug, Clone, Deserialize)]
pub struct JudgedMessage {
    /// The message.
    pub q: String,
    /// Ids of entries, or texts that a quote of a right entry contains. Empty: nothing answers.
    pub gold: Vec<String>,
    /// Kind of message, for separate tallies.
    #[serde(default = "unnamed")]
    pub kind: String,
}

fn unnamed() -> String {
    "message".to_owned()
}

/// Counts over the messages of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Number of messages.
    pub n: usize,
    /// Answered correctly.
    pub right: usize,
    /// Answered correctly, or suggested with a right entry among the first three.
    pub right_in_three: usize,
    /// Answered wrongly; for messages that nothing answers: answered at all.
    pub wrong: usize,
    /// Suggested.
    pub suggested: usize,
    /// Abstained.
    pub abstained: usize,
    /// The first ranked entry is right, regardless of the decision.
    pub ranked_first: usize,
}

/// The result of an evaluation.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Evaluation {
    /// Messages that something answers, by kind.
    pub in_scope: BTreeMap<String, Tally>,
    /// Messages that nothing answers, by kind.
    pub out_of_scope: BTreeMap<String, Tally>,
    /// Messages in scope that equal a phrasing; they prove little.
    #[serde(rename = "in_a_phrasings_words")]
    pub exact_phrasings: Tally,
    /// Messages out of scope that equal a phrasing, usually one of a gap.
    #[serde(rename = "out_in_a_phrasings_words")]
    pub out_of_scope_exact_phrasings: Tally,
    /// Number of answered messages.
    pub n_answers: usize,
    /// Number of characters quoted in all answers together.
    pub n_quoted_chars: usize,
}

impl Evaluation {
    /// The sum over all kinds.
    pub fn total(kinds: &BTreeMap<String, Tally>) -> Tally {
        kinds.values().fold(Tally::default(), |mut sum, tally| {
            sum.add(tally);
            sum
        })
    }
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.n += other.n;
        self.right += other.right;
        self.right_in_three += other.right_in_three;
        self.wrong += other.wrong;
        self.suggested += other.suggested;
        self.abstained += other.abstained;
        self.ranked_first += other.ranked_first;
    }
}

/// Asks every judged message and counts the outcomes. Calls `progress` after each.
pub fn evaluate(
    index: &Index,
    messages: &[JudgedMessage],
    rule: &DecisionRule,
    mut progress: impl FnMut(),
) -> Evaluation {
    let phrasings = phrasing_words(index);
    let mut evaluation = Evaluation::default();
    for message in messages {
        let outcome = index.ask(&message.q, rule);
        let tally = tally(index, message, &outcome);
        let (by_kind, exact_phrasings) = if message.gold.is_empty() {
            (&mut evaluation.out_of_scope, &mut evaluation.out_of_scope_exact_phrasings)
        } else {
            (&mut evaluation.in_scope, &mut evaluation.exact_phrasings)
        };
        if is_in(&phrasings, index, &message.q) {
            exact_phrasings.add(&tally);
        }
        by_kind.entry(message.kind.clone()).or_default().add(&tally);
        if outcome.decision == Decision::Answer {
            evaluation.n_answers += 1;
            evaluation.n_quoted_chars += quoted_chars(index, &outcome);
        }
        progress();
    }
    evaluation
}

/// Outcomes with one threshold for answers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SweepRow {
    /// The threshold: least confidence for an answer.
    pub answer_from: f64,
    /// Messages in scope that would be answered correctly.
    pub right: usize,
    /// Messages in scope that would be answered wrongly.
    pub wrong: usize,
    /// Messages out of scope that would be answered.
    pub false_answers: usize,
}

/// Outcomes with different thresholds for answers.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Sweep {
    /// Number of messages that something answers.
    pub in_scope: usize,
    /// Number of messages that nothing answers.
    pub out_of_scope: usize,
    /// Rows by ascending threshold.
    pub rows: Vec<SweepRow>,
    /// The confidences of all messages, except those for which a gap wins.
    #[serde(skip)]
    pub predictions: Vec<Prediction>,
}

/// Thresholds that [`sweep`] tries, in percent.
const SWEPT_PERCENT: [u8; 13] = [30, 40, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 98];

/// Asks every judged message with each threshold and counts the outcomes. Calls `progress` after each message.
pub fn sweep(
    index: &Index,
    messages: &[JudgedMessage],
    rule: &DecisionRule,
    mut progress: impl FnMut(),
) -> Sweep {
    let with_threshold = |answer: f64| {
        let thresholds = Thresholds { answer, ..rule.thresholds };
        DecisionRule { thresholds, ..rule.clone() }
    };
    let always = with_threshold(0.0);
    let mut rows = SWEPT_PERCENT.map(|percent| {
        let answer_from = f64::from(percent) / 100.0;
        let row = SweepRow { answer_from, right: 0, wrong: 0, false_answers: 0 };
        (row, with_threshold(answer_from))
    });
    let mut predictions = Vec::new();
    for message in messages {
        let answer_by = |rule: &DecisionRule| {
            let outcome = index.ask(&message.q, rule);
            let is_right = tally(index, message, &outcome).right == 1;
            (outcome.decision == Decision::Answer).then_some((outcome.confidence, is_right))
        };
        let prediction = |(confidence, is_right)| Prediction { confidence, is_right, weight: 1.0 };
        predictions.extend(answer_by(&always).map(prediction));
        // A clause is asked alone only where the whole message has no answer, so one outcome does not tell all.
        for (row, rule) in &mut rows {
            match answer_by(rule) {
                None => {}
                Some(_) if message.gold.is_empty() => row.false_answers += 1,
                Some((_, true)) => row.right += 1,
                Some((_, false)) => row.wrong += 1,
            }
        }
        progress();
    }
    let out_of_scope = messages.iter().filter(|message| message.gold.is_empty()).count();
    Sweep {
        in_scope: messages.len() - out_of_scope,
        out_of_scope,
        rows: rows.into_iter().map(|(row, _)| row).collect(),
        predictions,
    }
}

fn tally(index: &Index, message: &JudgedMessage, outcome: &Outcome) -> Tally {
    let is_right = |entry: usize| is_right(index, entry, &message.gold);
    let first = outcome.ranked.first().is_some_and(|entry| is_right(*entry));
    let mut tally = Tally { n: 1, ranked_first: usize::from(first), ..Tally::default() };
    match outcome.decision {
        Decision::Answer if first => (tally.right, tally.right_in_three) = (1, 1),
        Decision::Answer => tally.wrong = 1,
        Decision::Suggest => {
            tally.suggested = 1;
            let shown = outcome.suggestions.iter().take(MAX_SUGGESTIONS);
            tally.right_in_three = usize::from(shown.copied().any(is_right));
        }
        Decision::Abstain => tally.abstained = 1,
    }
    tally
}

/// Whether the entry has a gold id, or a quote that contains a gold text.
fn is_right(index: &Index, entry: usize, gold: &[String]) -> bool {
    let id = index.entry_id(entry);
    let Some(found) = index.entry(entry) else { return false };
    gold.iter().any(|gold| {
        let text = Folded::new(gold);
        *gold == id
            || found
                .quotes()
                .iter()
                .flat_map(|quote| [quote.text().into(), quote.words()])
                .any(|quoted: Cow<'_, str>| Folded::new(&quoted).as_str().contains(text.as_str()))
    })
}

fn quoted_chars(index: &Index, outcome: &Outcome) -> usize {
    let entry = outcome.ranked.first().and_then(|entry| index.entry(*entry));
    entry.map_or(0, |entry| entry.quotes().iter().map(|q| q.text().chars().count()).sum())
}

/// The words of every phrasing, as the analyzer of its pack has them.
fn phrasing_words(index: &Index) -> HashSet<Vec<String>> {
    let phrasings = |part: &PackIndex| {
        let entries = (0..part.n_entries()).filter_map(|idx| part.entry(idx));
        entries
            .flat_map(|entry| entry.phrasings().map(|text| words(part, text)))
            .collect::<Vec<_>>()
    };
    index.indexes().flat_map(phrasings).collect()
}

/// Whether `text` consists of the words of one of `phrasings`, in the language of any pack.
fn is_in(phrasings: &HashSet<Vec<String>>, index: &Index, text: &str) -> bool {
    index.indexes().any(|part| phrasings.contains(&words(part, text)))
}

fn words(part: &PackIndex, text: &str) -> Vec<String> {
    let tokens = part.analyzer.tokenize(text, Origin::Pack, usize::MAX);
    tokens.into_iter().map(|token| token.word).collect()
}
