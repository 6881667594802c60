//! Leave-one-out evaluation of a pack on its own phrasings: whether each finds its entry, with and
//! without the phrasing itself.

use super::Index;
use super::decision::{Decision, DecisionRule, Outcome};
use super::excluded::Excluded;
use crate::knowledge::pack::{EntrySpans, FAQ_FILE};
use crate::knowledge::{Finding, Rule};

/// Result of asking a phrasing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhrasingResult {
    /// Its entry's index.
    pub entry: usize,
    /// Its number among the entry's phrasings, from 0.
    pub number: usize,
    /// The entry that is found first for the phrasing.
    pub found: Option<usize>,
    /// The decision for the phrasing.
    pub decision: Decision,
    /// Whether the phrasing is answered with its entry; a gap's, whether the reply is that the source does
    /// not say.
    pub is_found: bool,
    /// The entry that is found first with this phrasing excluded.
    pub found_without: Option<usize>,
    /// Whether its own entry is then the first of those that answer, ignoring gaps.
    pub is_ranked_first_without: bool,
    /// Whether its own entry is then among the first [`super::decision::MAX_SUGGESTIONS`].
    pub is_near_without: bool,
    /// Whether the decision is then to answer with another entry.
    pub is_answered_wrongly: bool,
}

/// Counts of phrasings that find their entry; those of gaps are not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct PhrasingSummary {
    /// Phrasings asked.
    pub asked: usize,
    /// Phrasings that find their entry first, with nothing excluded.
    pub found: usize,
    /// Phrasings asked with themselves excluded: those of entries that have others.
    pub left_out: usize,
    /// How many of these find their entry first among the entries that answer.
    pub found_left_out: usize,
}

impl PhrasingSummary {
    /// Counts `results`.
    pub fn new(index: &Index, results: &[PhrasingResult]) -> Self {
        let is_gap = |idx: usize| index.entry(idx).is_some_and(crate::knowledge::Entry::is_gap);
        let counted: Vec<_> = results.iter().filter(|result| !is_gap(result.entry)).collect();
        let left_out: Vec<_> = counted
            .iter()
            .filter(|PhrasingResult { entry, number, .. }| {
                let entry = index.entry(*entry);
                entry.is_some_and(|entry| entry.numbers_in_language_of(*number).len() > 1)
            })
            .collect();
        Self {
            left_out: left_out.len(),
            asked: counted.len(),
            found: counted.iter().filter(|result| result.is_found).count(),
            found_left_out: left_out.iter().filter(|result| result.is_ranked_first_without).count(),
        }
    }
}

/// Asks the index its own phrasings, each with and without the phrasing itself: all of them, or
/// about `max_asked`, spread evenly. Calls `progress` after each.
pub fn ask_own_phrasings(
    index: &Index,
    rule: &DecisionRule,
    max_asked: usize,
    mut progress: impl FnMut(),
) -> Vec<PhrasingResult> {
    let stride = index.n_phrasings().div_ceil(max_asked.max(1)).max(1);
    let mut results = Vec::new();
    let mut at = 0usize;
    for entry in 0..index.n_entries() {
        let Some(found) = index.entry(entry) else { continue };
        for (number, text) in found.phrasings().enumerate() {
            at += 1;
            if !at.is_multiple_of(stride) {
                continue;
            }
            let with = index.ask(text, rule);
            let left_out = Excluded { phrasing: Some((entry, number)), ..Excluded::default() };
            // The only phrasing in a language cannot be excluded.
            let without = if found.numbers_in_language_of(number).len() == 1 {
                with.clone()
            } else {
                index.ask_excluding(text, rule, left_out)
            };
            results.push(result(entry, number, &with, &without));
            progress();
        }
    }
    results
}

fn result(entry: usize, number: usize, with: &Outcome, without: &Outcome) -> PhrasingResult {
    PhrasingResult {
        entry,
        number,
        found: with.first(),
        decision: with.decision,
        is_found: match with.decision {
            Decision::Answer => with.ranked.first() == Some(&entry),
            Decision::Suggest => false,
            Decision::Abstain => with.gap == Some(entry),
        },
        found_without: without.first(),
        is_ranked_first_without: without.ranked.first() == Some(&entry),
        is_near_without: without.nearest.contains(&entry),
        is_answered_wrongly: without.decision == Decision::Answer && without.first() != Some(entry),
    }
}

/// The findings of `results`, which come from an index of one pack; `spans` are the entry spans of
/// its proof.
///
/// A phrasing is reported if it does not find its entry. With the phrasing excluded, near misses
/// are accepted: it is reported if its entry is not among the first three, and a gap's phrasing if
/// another entry would be answered with.
pub fn findings(index: &Index, spans: &[EntrySpans], results: &[PhrasingResult]) -> Vec<Finding> {
    results.iter().filter_map(|result| finding(index, spans, *result)).collect()
}

fn finding(index: &Index, spans: &[EntrySpans], result: PhrasingResult) -> Option<Finding> {
    let span = spans.get(result.entry)?.phrasings.get(result.number)?.clone();
    let is_gap = index.entry(result.entry)?.is_gap();
    let id = index.entry_id(result.entry);
    let leads_to = |found: Option<usize>| match found {
        Some(other) => format!("leads to `{}`", index.entry_id(other)),
        None => "finds nothing".to_owned(),
    };
    if !result.is_found {
        let what = match result.decision {
            Decision::Suggest if result.found == Some(result.entry) => {
                "is only suggested".to_owned()
            }
            _ => leads_to(result.found.filter(|found| *found != result.entry)),
        };
        let message = format!("this phrasing of `{id}` is not answered: it {what}");
        return Some(
            Finding::new(Rule::PhrasingNotFound, FAQ_FILE, span, message)
                .label("leads elsewhere")
                .help(
                    "word it so that it can only mean its own entry, or move it to the other one",
                ),
        );
    }
    let is_unsupported = if is_gap { result.is_answered_wrongly } else { !result.is_near_without };
    is_unsupported.then(|| {
        let found = leads_to(result.found_without);
        let message = format!("with this phrasing of `{id}` left out, its text {found}");
        Finding::new(Rule::UnsupportedPhrasing, FAQ_FILE, span, message).label("few other phrasings support it").help(
            "add phrasings that share its words, or check whether it belongs to the other entry",
        )
    })
}
