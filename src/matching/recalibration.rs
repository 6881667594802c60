//! Fitting the confidence to a pack, from its own phrasings: no judged messages are needed.
//!
//! A phrasing that is left out is a question that its entry answers; a phrasing of an entry that is
//! left out, or of a gap, is one that nothing answers. The default's log-odds are then scaled and
//! shifted (Platt 1999), for an assumed share of questions that nothing answers.

use rayon::prelude::*;

use super::Index;
use super::calibration::{Calibration, LogisticModel};
use super::decision::{DecisionRule, Excluded, MAX_SUGGESTIONS};
use super::reliability::Prediction;

/// How the log-odds of the default calibration are changed for a pack.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recalibration {
    /// Of the probability that the first entry answers.
    pub first: Platt,
    /// Of the probability that one of the first three does.
    pub any: Platt,
}

/// log-odds := scale * log-odds + shift.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platt {
    /// Above 0.0; 1.0 changes nothing.
    pub scale: f64,
    /// 0.0 changes nothing.
    pub shift: f64,
}

/// A question made of the pack itself, and what the default calibration makes of it.
#[derive(Debug, Clone, Copy)]
pub struct CalibrationSample {
    /// Log-odds that the first entry answers, and that one of the first three does.
    first: f64,
    any: f64,
    /// Whether they do.
    first_is_right: bool,
    any_is_right: bool,
    /// Whether an entry that is not left out answers it.
    is_answerable: bool,
}

/// Least number of questions of either kind from which two parameters are fitted.
pub const MIN_QUESTIONS: usize = 30;

/// How many of a pack's phrasings are asked at the most; more would change nothing in two
/// parameters.
pub const MAX_ASKED: usize = 4_000;

/// Parts of the cross-validation of [`Recalibration::predictions`].
const N_FOLDS: usize = 5;

/// Asks `index` the phrasings of its own entries and gaps, left out, at most `max_asked` of them
/// spread evenly; `progress` is told after each.
pub fn collect_samples(
    index: &Index,
    max_asked: usize,
    progress: impl Fn() + Sync,
) -> Vec<CalibrationSample> {
    let stride = index.n_phrasings().div_ceil(max_asked.max(1)).max(1);
    let places: Vec<(usize, usize)> = (0..index.n_entries())
        .flat_map(|entry| {
            let n = index.entry(entry).map_or(0, |found| found.phrasings().count());
            (0..n).map(move |number| (entry, number))
        })
        .step_by(stride)
        .collect();
    let asked = places.par_iter().flat_map_iter(|(entry, number)| {
        let questions = held_out_questions(index, *entry, *number);
        progress();
        questions
    });
    asked.collect()
}

fn held_out_questions(index: &Index, entry: usize, number: usize) -> Vec<CalibrationSample> {
    let Some(found) = index.entry(entry) else { return Vec::new() };
    let Some(text) = index.phrasing(entry, number) else { return Vec::new() };
    let without_phrasing = Excluded { phrasing: Some((entry, number)), entry: None };
    let without_entry = Excluded { phrasing: None, entry: Some(entry) };
    let questions = if found.is_gap() {
        [Some(without_phrasing).filter(|_| !found.variants.is_empty()), None]
    } else {
        [Some(without_phrasing).filter(|_| !found.variants.is_empty()), Some(without_entry)]
    };
    let (rule, calibration) = (DecisionRule::default(), Calibration::default());
    let ask = |left_out: Excluded| {
        let outcome = index.ask_excluding(text, &rule, left_out);
        let is_answerable = !found.is_gap() && left_out.entry.is_none();
        let near = outcome.ranked.iter().take(MAX_SUGGESTIONS);
        // What shares no word with anything is never answered, and teaches nothing.
        (!outcome.ranked.is_empty()).then(|| CalibrationSample {
            first: calibration.first.log_odds(&outcome.evidence),
            any: calibration.any.log_odds(&outcome.evidence),
            first_is_right: is_answerable && outcome.ranked.first() == Some(&entry),
            any_is_right: is_answerable && near.into_iter().any(|found| *found == entry),
            is_answerable,
        })
    };
    questions.into_iter().flatten().filter_map(ask).collect()
}

impl Recalibration {
    /// Fits to `questions`, of which `unanswerable_share` (0.0 to 1.0) are assumed to have no
    /// answer; `None` if there are less than [`MIN_QUESTIONS`] of either kind.
    pub fn fit(questions: &[CalibrationSample], unanswerable_share: f64) -> Option<Self> {
        let n_answerable = questions.iter().filter(|question| question.is_answerable).count();
        let n_others = questions.len() - n_answerable;
        if n_answerable.min(n_others) < MIN_QUESTIONS {
            return None;
        }
        let weight = |question: &CalibrationSample| weight(question, questions, unanswerable_share);
        let samples = |log_odds: fn(&CalibrationSample) -> f64,
                       is_right: fn(&CalibrationSample) -> bool| {
            questions.iter().map(|it| (log_odds(it), is_right(it), weight(it))).collect::<Vec<_>>()
        };
        Some(Self {
            first: Platt::fit(&samples(|it| it.first, |it| it.first_is_right)),
            any: Platt::fit(&samples(|it| it.any, |it| it.any_is_right)),
        })
    }

    /// What fits to the other questions predict of each part of them: that the first entry answers.
    pub fn predictions(
        questions: &[CalibrationSample],
        unanswerable_share: f64,
    ) -> Vec<Prediction> {
        let mut predictions = Vec::new();
        for fold in 0..N_FOLDS {
            let is_in = |number: usize| number % N_FOLDS == fold;
            let part = |inside: bool| -> Vec<CalibrationSample> {
                let numbered = questions.iter().enumerate();
                numbered.filter(|(n, _)| is_in(*n) == inside).map(|(_, it)| *it).collect()
            };
            let Some(fitted) = Self::fit(&part(false), unanswerable_share) else { continue };
            let questions = part(true);
            predictions.extend(questions.iter().map(|question| Prediction {
                confidence: probability(fitted.first.apply(question.first)),
                is_right: question.first_is_right,
                weight: weight(question, &questions, unanswerable_share),
            }));
        }
        predictions
    }

    /// The default calibration, changed by it.
    pub fn calibration(&self) -> Calibration {
        let Calibration { first, any } = Calibration::default();
        Calibration { first: self.first.change(&first), any: self.any.change(&any) }
    }
}

/// A question's weight: answerable ones together have what the others leave of 1.0.
#[expect(clippy::cast_precision_loss, reason = "a number of questions")]
fn weight(question: &CalibrationSample, all: &[CalibrationSample], unanswerable_share: f64) -> f64 {
    let n = all.iter().filter(|other| other.is_answerable == question.is_answerable).count() as f64;
    let share = if question.is_answerable { 1.0 - unanswerable_share } else { unanswerable_share };
    share / n.max(1.0)
}

fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// Pull towards changing nothing, as a share of all questions' weight.
const RIDGE: f64 = 0.01;

/// Newton steps; the likelihood of two parameters is smooth, and most fits need six.
const MAX_STEPS: usize = 50;

impl Platt {
    fn apply(self, log_odds: f64) -> f64 {
        self.scale.mul_add(log_odds, self.shift)
    }

    #[expect(clippy::cast_possible_truncation, reason = "coefficients need no double precision")]
    fn change(self, model: &LogisticModel) -> LogisticModel {
        LogisticModel {
            intercept: self.apply(f64::from(model.intercept)) as f32,
            coefficients: model.coefficients.map(|it| (self.scale * f64::from(it)) as f32),
        }
    }

    /// The likeliest change of the log-odds of `samples`: log-odds, outcome and weight; by Newton's
    /// method.
    fn fit(samples: &[(f64, bool, f64)]) -> Self {
        let mut platt = Self { scale: 1.0, shift: 0.0 };
        for _ in 0..MAX_STEPS {
            let (mut by_scale, mut by_shift) = (RIDGE * (platt.scale - 1.0), RIDGE * platt.shift);
            let (mut of_scale, mut of_shift, mut of_both) = (RIDGE, RIDGE, 0.0);
            for (log_odds, is_right, weight) in samples {
                let predicted = probability(platt.apply(*log_odds));
                let error = weight * (predicted - f64::from(u8::from(*is_right)));
                let variance = weight * predicted * (1.0 - predicted);
                by_scale += error * log_odds;
                by_shift += error;
                of_scale += variance * log_odds * log_odds;
                of_shift += variance;
                of_both += variance * log_odds;
            }
            let determinant = of_scale * of_shift - of_both * of_both;
            let scale = (of_shift * by_scale - of_both * by_shift) / determinant;
            let shift = (of_scale * by_shift - of_both * by_scale) / determinant;
            platt =
                Self { scale: (platt.scale - scale).max(MIN_SCALE), shift: platt.shift - shift };
            if scale.abs().max(shift.abs()) < 1e-9 {
                break;
            }
        }
        platt
    }
}

/// More evidence always makes an answer likelier, whatever a small pack's phrasings say.
const MIN_SCALE: f64 = 0.1;

#[cfg(test)]
mod tests {
    use super::*;

    /// Questions whose true log-odds are `scale` times what the default says, plus `shift`.
    fn questions(scale: f64, shift: f64) -> Vec<CalibrationSample> {
        let mut questions = Vec::new();
        for step in -30..=30 {
            let log_odds = f64::from(step) / 10.0;
            let n_right = (probability(scale * log_odds + shift) * 40.0).round();
            for number in 0..40 {
                let is_right = f64::from(number) < n_right;
                questions.push(CalibrationSample {
                    first: log_odds,
                    any: log_odds,
                    first_is_right: is_right,
                    any_is_right: is_right,
                    is_answerable: is_right,
                });
            }
        }
        questions
    }

    #[test]
    fn a_fit_finds_how_the_log_odds_are_off() {
        for (scale, shift) in [(1.0, 0.0), (2.0, 0.5), (0.5, -1.0)] {
            let questions = questions(scale, shift);
            let n = questions.iter().filter(|it| !it.is_answerable).count();
            let share = n as f64 / questions.len() as f64;
            let fitted = Recalibration::fit(&questions, share).unwrap();
            assert!((fitted.first.scale - scale).abs() < 0.15, "{scale} {fitted:?}");
            assert!((fitted.first.shift - shift).abs() < 0.15, "{shift} {fitted:?}");
        }
    }

    #[test]
    fn the_more_questions_are_taken_to_have_no_answer_the_less_sure_it_is() {
        let questions = questions(1.0, 0.0);
        let shift = |share| Recalibration::fit(&questions, share).unwrap().first.shift;
        assert!(shift(0.7) < shift(0.5) && shift(0.5) < shift(0.3));
    }

    #[test]
    fn a_few_questions_fit_nothing() {
        assert_eq!(Recalibration::fit(&questions(1.0, 0.0)[..50], 0.3), None);
        assert!(Recalibration::predictions(&[], 0.3).is_empty());
    }
}
