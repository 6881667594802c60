//! Questions from the pack itself, whose answers are known.

use rayon::prelude::*;

use crate::knowledge::Entry;
use crate::matching::Index;
use crate::matching::calibration::Calibration;
use crate::matching::decision::{Decision, DecisionRule, MAX_SUGGESTIONS, Thresholds};
use crate::matching::excluded::Excluded;

/// A question from the pack itself, and its default log-odds.
#[derive(Debug, Clone, Copy)]
pub struct CalibrationSample {
    /// Log-odds that the first entry answers, and that one of the first three does.
    pub(super) first: f64,
    pub(super) any: f64,
    /// Whether they do.
    pub(super) first_is_right: bool,
    pub(super) any_is_right: bool,
    /// Whether an entry that is not excluded answers it.
    pub(super) is_answerable: bool,
    /// What the decision is at any confidence: an answer, unless a rule allows only less.
    pub(super) most: Decision,
}

/// Asks `index` its own phrasings with leave-one-out, at most about `max_asked` of them, spread
/// evenly. Calls `progress` after each.
///
/// An entry lacks a phrasing then that it has when others ask, and the fewer it has, the more that is.
/// Where it has three or more, leaving out another shows by how much the log-odds fall for each
/// logarithm of the number of phrasings; the samples are corrected by that.
pub fn collect_samples(
    index: &Index,
    max_asked: usize,
    progress: impl Fn() + Sync,
) -> Vec<CalibrationSample> {
    let stride = index.n_phrasings().div_ceil(max_asked.max(1)).max(1);
    let phrasings: Vec<(usize, usize)> = (0..index.n_entries())
        .flat_map(|entry| {
            let n = index.entry(entry).map_or(0, Entry::n_phrasings);
            (0..n).map(move |number| (entry, number))
        })
        .step_by(stride)
        .collect();
    let asked: Vec<PhrasingSample> = phrasings
        .par_iter()
        .flat_map_iter(|(entry, number)| {
            let asked = ask(index, *entry, *number);
            progress();
            asked
        })
        .collect();
    let of_first = slope(&asked, |sample| sample.first);
    let of_any = slope(&asked, |sample| sample.any);
    let correct = |PhrasingSample { mut sample, lacks, .. }: PhrasingSample| {
        sample.first += of_first * lacks;
        sample.any += of_any * lacks;
        sample
    };
    asked.into_iter().map(correct).collect()
}

/// A sample, and what is known of its entry's phrasings.
#[derive(Debug, Clone, Copy)]
struct PhrasingSample {
    sample: CalibrationSample,
    /// ln(number of the entry's phrasings / number of those that were left); 0.0 if it has all.
    lacks: f64,
    /// The same question with another phrasing left out, and ln(number / number less one) for that.
    with_less: Option<(CalibrationSample, f64)>,
}

/// By how much log-odds rise for each natural logarithm of the number of phrasings, 0.0 or more.
fn slope(asked: &[PhrasingSample], log_odds: impl Fn(&CalibrationSample) -> f64) -> f64 {
    let pairs = asked.iter().filter_map(|asked| Some((asked.sample, asked.with_less?)));
    let (rise, run) = pairs.fold((0.0, 0.0), |(rise, run), (more, (less, step))| {
        (rise + log_odds(&more) - log_odds(&less), run + step)
    });
    if run > 0.0 { f64::max(rise / run, 0.0) } else { 0.0 }
}

fn ask(index: &Index, entry: usize, number: usize) -> Vec<PhrasingSample> {
    let Some(found) = index.entry(entry) else { return Vec::new() };
    let Some(text) = found.phrasings().nth(number) else { return Vec::new() };
    // Phrasings in other languages say nothing about this one.
    let same_language = found.numbers_in_language_of(number);
    let (first, n) = (same_language.start, same_language.len());
    let rule = DecisionRule {
        thresholds: Thresholds { answer: 0.0, suggest: 0.0, ..Thresholds::default() },
        ..DecisionRule::default()
    };
    let ask = |excluded: Excluded| {
        let outcome = index.ask_excluding(text, &rule, excluded);
        let is_answerable = !found.is_gap() && excluded.entry.is_none();
        let near = outcome.ranked.iter().take(MAX_SUGGESTIONS);
        let Calibration { first, any } = &rule.calibration;
        // A question without any candidate is never answered, and adds no information.
        (!outcome.ranked.is_empty()).then(|| CalibrationSample {
            first: first.log_odds(&outcome.features),
            any: any.log_odds(&outcome.features),
            first_is_right: is_answerable && outcome.ranked.first() == Some(&entry),
            any_is_right: is_answerable && near.into_iter().any(|found| *found == entry),
            is_answerable,
            most: outcome.decision,
        })
    };
    let mut asked = Vec::new();
    if n > 1 {
        let without = Excluded { phrasing: Some((entry, number)), ..Excluded::default() };
        asked.extend(ask(without).map(|sample| {
            let is_compared = n > 2 && sample.is_answerable;
            let less =
                Excluded { another_phrasing: Some(first + (number - first + 1) % n), ..without };
            let with_less = is_compared.then(|| ask(less)).flatten();
            PhrasingSample {
                sample,
                lacks: if sample.is_answerable { ln_ratio(n, n - 1) } else { 0.0 },
                with_less: with_less.map(|less| (less, ln_ratio(n - 1, n - 2))),
            }
        }));
    }
    if !found.is_gap() {
        let without = Excluded { entry: Some(entry), ..Excluded::default() };
        asked.extend(ask(without).map(|sample| PhrasingSample {
            sample,
            lacks: 0.0,
            with_less: None,
        }));
    }
    asked
}

#[expect(clippy::cast_precision_loss, reason = "numbers of phrasings")]
fn ln_ratio(more: usize, less: usize) -> f64 {
    (more as f64 / less as f64).ln()
}
