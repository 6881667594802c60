//! How well an index does on judged messages.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use super::Index;
use super::decision::{Decision, DecisionRule, MAX_SUGGESTIONS, Outcome, Thresholds};
use super::reliability::Prediction;
use crate::text::tokenize;
use crate::text::whitespace::Folded;

/// A message and what answers it.
#[derive(Debug, Clone, Deserialize)]
pub struct Judged {
    /// The message.
    pub q: String,
    /// Ids of entries, or texts of which a right quote holds one whole. Empty: nothing answers.
    pub gold: Vec<String>,
    /// What kind of message it is, to tally apart.
    #[serde(default = "unnamed")]
    pub kind: String,
}

fn unnamed() -> String {
    "message".to_owned()
}

/// Counts over the messages of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// How many messages.
    pub n: usize,
    /// Answered rightly.
    pub right: usize,
    /// Answered rightly, or suggested with a right entry among the first three.
    pub right_in_three: usize,
    /// Answered wrongly; of messages that nothing answers: answered at all.
    pub wrong: usize,
    /// Suggested.
    pub suggested: usize,
    /// Abstained.
    pub abstained: usize,
    /// The first ranked entry is right, whatever the decision.
    pub ranked_first: usize,
}

/// The outcome of an evaluation.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Evaluation {
    /// Messages that something answers, by kind.
    pub in_scope: BTreeMap<String, Tally>,
    /// Messages that nothing answers, by kind.
    pub out_of_scope: BTreeMap<String, Tally>,
    /// Of the messages in scope, those in the very words of a phrasing; they prove little.
    pub in_a_phrasings_words: Tally,
    /// The same of the messages out of scope: most often in the words of a gap.
    pub out_in_a_phrasings_words: Tally,
    /// How many messages were answered.
    pub n_answers: usize,
    /// Characters quoted in all answers together.
    pub n_quoted_chars: usize,
}

impl Evaluation {
    /// All kinds of a side together.
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

/// Asks every judged message and counts.
pub fn evaluate(
    index: &Index,
    judged: &[Judged],
    rule: &DecisionRule,
    mut progress: impl FnMut(),
) -> Evaluation {
    let phrasings = phrasing_words(index);
    let mut evaluation = Evaluation::default();
    for message in judged {
        let outcome = index.ask(&message.q, rule);
        let tally = judge(index, message, &outcome);
        let (side, in_very_words) = if message.gold.is_empty() {
            (&mut evaluation.out_of_scope, &mut evaluation.out_in_a_phrasings_words)
        } else {
            (&mut evaluation.in_scope, &mut evaluation.in_a_phrasings_words)
        };
        if phrasings.contains(&words(&message.q)) {
            in_very_words.add(&tally);
        }
        side.entry(message.kind.clone()).or_default().add(&tally);
        if outcome.decision == Decision::Answer {
            evaluation.n_answers += 1;
            evaluation.n_quoted_chars += quoted_chars(index, &outcome);
        }
        progress();
    }
    evaluation
}

/// What answering from some confidence on would do.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SweepRow {
    /// The least confidence for an answer.
    pub answer_from: f64,
    /// Messages that would be answered rightly, of those that something answers.
    pub right: usize,
    /// Messages that would be answered wrongly, of those that something answers.
    pub wrong: usize,
    /// Messages that would be answered, of those that nothing answers.
    pub false_answers: usize,
}

/// What answering from each of many confidences on would do.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Sweep {
    /// How many messages something answers.
    pub in_scope: usize,
    /// How many nothing answers.
    pub out_of_scope: usize,
    /// From the least confidence to the largest.
    pub rows: Vec<SweepRow>,
    /// The confidences of all messages, those aside in which a gap was asked for.
    #[serde(skip)]
    pub predictions: Vec<Prediction>,
}

/// Confidences that [`sweep`] tries, in percent.
const SWEPT_PERCENT: [u8; 13] = [30, 40, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 98];

/// Asks every judged message once and counts what different thresholds would do.
pub fn sweep(
    index: &Index,
    judged: &[Judged],
    rule: &DecisionRule,
    mut progress: impl FnMut(),
) -> Sweep {
    let thresholds = Thresholds { answer: 0.0, ..rule.thresholds };
    let always = DecisionRule { thresholds, ..rule.clone() };
    let mut answers: Vec<(f64, bool, bool)> = Vec::new();
    for message in judged {
        let outcome = index.ask(&message.q, &always);
        if outcome.decision == Decision::Answer {
            let tally = judge(index, message, &outcome);
            answers.push((outcome.confidence, tally.right == 1, message.gold.is_empty()));
        }
        progress();
    }
    let rows = SWEPT_PERCENT.map(|percent| {
        let answer_from = f64::from(percent) / 100.0;
        let count = |right: bool, nothing_answers: bool| {
            let counted = |answer: &&(f64, bool, bool)| {
                answer.0 >= answer_from && (answer.1, answer.2) == (right, nothing_answers)
            };
            answers.iter().filter(counted).count()
        };
        SweepRow {
            answer_from,
            right: count(true, false),
            wrong: count(false, false),
            false_answers: count(false, true),
        }
    });
    let prediction = |(confidence, is_right, _): (f64, bool, bool)| Prediction {
        confidence,
        is_right,
        weight: 1.0,
    };
    Sweep {
        in_scope: judged.iter().filter(|message| !message.gold.is_empty()).count(),
        out_of_scope: judged.iter().filter(|message| message.gold.is_empty()).count(),
        rows: rows.to_vec(),
        predictions: answers.into_iter().map(prediction).collect(),
    }
}

fn judge(index: &Index, message: &Judged, outcome: &Outcome) -> Tally {
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

/// Whether the entry has a gold id, or a quote that holds a gold text.
fn is_right(index: &Index, entry: usize, gold: &[String]) -> bool {
    let id = index.entry_id(entry);
    let Some(found) = index.entry(entry) else { return false };
    gold.iter().any(|gold| {
        let text = Folded::new(gold);
        *gold == id
            || found
                .quotes()
                .iter()
                .any(|quote| Folded::new(quote.text()).as_str().contains(text.as_str()))
    })
}

fn quoted_chars(index: &Index, outcome: &Outcome) -> usize {
    let entry = outcome.ranked.first().and_then(|entry| index.entry(*entry));
    entry.map_or(0, |entry| entry.quotes().iter().map(|q| q.text().chars().count()).sum())
}

fn phrasing_words(index: &Index) -> HashSet<Vec<String>> {
    (0..index.n_entries())
        .filter_map(|idx| index.entry(idx))
        .flat_map(|entry| entry.phrasings().map(words))
        .collect()
}

fn words(text: &str) -> Vec<String> {
    tokenize(text, usize::MAX).into_iter().map(|token| token.word).collect()
}
