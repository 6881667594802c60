//! Fits the confidence to a pack, from its own phrasings: no judged messages are needed.
//!
//! An excluded phrasing is a question that its entry answers; a phrasing of an excluded entry, or
//! of a gap, is a question that nothing answers. The default's log-odds are then scaled and shifted
//! (Platt 1999), for an assumed share of questions that nothing answers.

use rayon::prelude::*;

use super::Index;
use super::calibration::{Calibration, LogisticModel};
use super::decision::{DecisionRule, Excluded, MAX_SUGGESTIONS};
use super::reliability::Prediction;

/// Changes to the log-odds of the default calibration for a pack.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recalibration {
    /// For the probability that the first entry answers.
    pub first: Platt,
    /// For the probability that one of the first three does.
    pub any: Platt,
}

/// Platt scaling: log-odds := scale * log-odds + shift.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platt {
    /// Above 0.0; 1.0 changes nothing.
    pub scale: f64,
    /// 0.0 changes nothing.
    pub shift: f64,
}

/// A sample for Platt scaling: a question from the pack itself, and its default log-odds.
#[derive(Debug, Clone, Copy)]
pub struct CalibrationSample {
    /// Log-odds that the first entry answers, and that one of the first three does.
    first: f64,
    any: f64,
    /// Whether they do.
    first_is_right: bool,
    any_is_right: bool,
    /// Whether an entry that is not excluded answers it.
    is_answerable: bool,
}

/// Fewest samples of either kind from which the two parameters are fitted.
pub const MIN_QUESTIONS: usize = 30;

/// Most phrasings of a pack that are asked; more would not change the two parameters.
pub const MAX_ASKED: usize = 4_000;

/// Folds of the cross-validation in [`Recalibration::predictions`].
const N_FOLDS: usize = 5;

/// Asks `index` its own phrasings with leave-one-out, at most about `max_asked` of them, spread
/// evenly. Calls `progress` after each.
pub fn collect_samples(
    index: &Index,
    max_asked: usize,
    progress: impl Fn() + Sync,
) -> Vec<CalibrationSample> {
    let stride = index.n_phrasings().div_ceil(max_asked.max(1)).max(1);
    let phrasings: Vec<(usize, usize)> = (0..index.n_entries())
        .flat_map(|entry| {
            let n = index.entry(entry).map_or(0, |found| found.phrasings().count());
            (0..n).map(move |number| (entry, number))
        })
        .step_by(stride)
        .collect();
    let asked = phrasings.par_iter().flat_map_iter(|(entry, number)| {
        let samples = excluded_samples(index, *entry, *number);
        progress();
        samples
    });
    asked.collect()
}

fn excluded_samples(index: &Index, entry: usize, number: usize) -> Vec<CalibrationSample> {
    let Some(found) = index.entry(entry) else { return Vec::new() };
    let Some(text) = index.phrasing(entry, number) else { return Vec::new() };
    let without_phrasing = Excluded { phrasing: Some((entry, number)), entry: None };
    let without_entry = Excluded { phrasing: None, entry: Some(entry) };
    let exclusions = if found.is_gap() {
        [Some(without_phrasing).filter(|_| !found.variants.is_empty()), None]
    } else {
        [Some(without_phrasing).filter(|_| !found.variants.is_empty()), Some(without_entry)]
    };
    let (rule, calibration) = (DecisionRule::default(), Calibration::default());
    let ask = |excluded: Excluded| {
        let outcome = index.ask_excluding(text, &rule, excluded);
        let is_answerable = !found.is_gap() && excluded.entry.is_none();
        let near = outcome.ranked.iter().take(MAX_SUGGESTIONS);
        // A question without any candidate is never answered, and adds no information.
        (!outcome.ranked.is_empty()).then(|| CalibrationSample {
            first: calibration.first.log_odds(&outcome.features),
            any: calibration.any.log_odds(&outcome.features),
            first_is_right: is_answerable && outcome.ranked.first() == Some(&entry),
            any_is_right: is_answerable && near.into_iter().any(|found| *found == entry),
            is_answerable,
        })
    };
    exclusions.into_iter().flatten().filter_map(ask).collect()
}

impl Recalibration {
    /// Fits to `samples`, of which the share `unanswerable_share` (0.0 to 1.0) is assumed to have
    /// no answer; `None` if there are fewer than [`MIN_QUESTIONS`] of either kind.
    pub fn fit(samples: &[CalibrationSample], unanswerable_share: f64) -> Option<Self> {
        let n_answerable = samples.iter().filter(|sample| sample.is_answerable).count();
        let n_others = samples.len() - n_answerable;
        if n_answerable.min(n_others) < MIN_QUESTIONS {
            return None;
        }
        let weight = |sample: &CalibrationSample| weight(sample, samples, unanswerable_share);
        let outcomes = |log_odds: fn(&CalibrationSample) -> f64,
                        is_right: fn(&CalibrationSample) -> bool| {
            samples.iter().map(|it| (log_odds(it), is_right(it), weight(it))).collect::<Vec<_>>()
        };
        Some(Self {
            first: Platt::fit(&outcomes(|it| it.first, |it| it.first_is_right)),
            any: Platt::fit(&outcomes(|it| it.any, |it| it.any_is_right)),
        })
    }

    /// Cross-validated predictions that the first entry answers: each fold is predicted by a fit to
    /// the others.
    pub fn predictions(samples: &[CalibrationSample], unanswerable_share: f64) -> Vec<Prediction> {
        let mut predictions = Vec::new();
        for fold in 0..N_FOLDS {
            let is_in = |number: usize| number % N_FOLDS == fold;
            let part = |inside: bool| -> Vec<CalibrationSample> {
                let numbered = samples.iter().enumerate();
                numbered.filter(|(n, _)| is_in(*n) == inside).map(|(_, it)| *it).collect()
            };
            let Some(fitted) = Self::fit(&part(false), unanswerable_share) else { continue };
            let samples = part(true);
            predictions.extend(samples.iter().map(|sample| Prediction {
                confidence: probability(fitted.first.apply(sample.first)),
                is_right: sample.first_is_right,
                weight: weight(sample, &samples, unanswerable_share),
            }));
        }
        predictions
    }

    /// The default calibration with these changes applied.
    pub fn calibration(&self) -> Calibration {
        let Calibration { first, any } = Calibration::default();
        Calibration { first: self.first.apply_to(&first), any: self.any.apply_to(&any) }
    }
}

/// The weight of a sample: those without an answer sum to `unanswerable_share`, the others to the
/// rest of 1.0.
#[expect(clippy::cast_precision_loss, reason = "a number of samples")]
fn weight(sample: &CalibrationSample, all: &[CalibrationSample], unanswerable_share: f64) -> f64 {
    let n = all.iter().filter(|other| other.is_answerable == sample.is_answerable).count() as f64;
    let share = if sample.is_answerable { 1.0 - unanswerable_share } else { unanswerable_share };
    share / n.max(1.0)
}

fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// Ridge penalty towards the identity, as a share of the total weight.
const RIDGE: f64 = 0.01;

/// Newton steps; the likelihood of two parameters is smooth, and most fits need six.
const MAX_STEPS: usize = 50;

impl Platt {
    fn apply(self, log_odds: f64) -> f64 {
        self.scale.mul_add(log_odds, self.shift)
    }

    #[expect(clippy::cast_possible_truncation, reason = "coefficients need no double precision")]
    fn apply_to(self, model: &LogisticModel) -> LogisticModel {
        LogisticModel {
            intercept: self.apply(f64::from(model.intercept)) as f32,
            coefficients: model.coefficients.map(|it| (self.scale * f64::from(it)) as f32),
        }
    }

    /// Maximum-likelihood fit to `samples` (log-odds, outcome, weight) by Newton's method.
    fn fit(samples: &[(f64, bool, f64)]) -> Self {
        let mut platt = Self { scale: 1.0, shift: 0.0 };
        for _ in 0..MAX_STEPS {
            let (mut gradient_scale, mut gradient_shift) =
                (RIDGE * (platt.scale - 1.0), RIDGE * platt.shift);
            let (mut hessian_scale, mut hessian_shift, mut hessian_mixed) = (RIDGE, RIDGE, 0.0);
            for (log_odds, is_right, weight) in samples {
                let predicted = probability(platt.apply(*log_odds));
                let error = weight * (predicted - f64::from(u8::from(*is_right)));
                let variance = weight * predicted * (1.0 - predicted);
                gradient_scale += error * log_odds;
                gradient_shift += error;
                hessian_scale += variance * log_odds * log_odds;
                hessian_shift += variance;
                hessian_mixed += variance * log_odds;
            }
            let determinant = hessian_scale * hessian_shift - hessian_mixed * hessian_mixed;
            let scale =
                (hessian_shift * gradient_scale - hessian_mixed * gradient_shift) / determinant;
            let shift =
                (hessian_scale * gradient_shift - hessian_mixed * gradient_scale) / determinant;
            platt =
                Self { scale: (platt.scale - scale).max(MIN_SCALE), shift: platt.shift - shift };
            if scale.abs().max(shift.abs()) < 1e-9 {
                break;
            }
        }
        platt
    }
}

/// Least scale: stronger features must never lower the confidence, whatever a small pack's
/// phrasings suggest.
const MIN_SCALE: f64 = 0.1;

#[cfg(test)]
mod tests {
    use super::*;

    /// Samples whose true log-odds are `scale` times the default's, plus `shift`.
    fn samples(scale: f64, shift: f64) -> Vec<CalibrationSample> {
        let mut samples = Vec::new();
        for step in -30..=30 {
            let log_odds = f64::from(step) / 10.0;
            let n_right = (probability(scale * log_odds + shift) * 40.0).round();
            for number in 0..40 {
                let is_right = f64::from(number) < n_right;
                samples.push(CalibrationSample {
                    first: log_odds,
                    any: log_odds,
                    first_is_right: is_right,
                    any_is_right: is_right,
                    is_answerable: is_right,
                });
            }
        }
        samples
    }

    #[test]
    fn fit_recovers_scale_and_shift_of_the_log_odds() {
        for (scale, shift) in [(1.0, 0.0), (2.0, 0.5), (0.5, -1.0)] {
            let samples = samples(scale, shift);
            let n = samples.iter().filter(|it| !it.is_answerable).count();
            let share = n as f64 / samples.len() as f64;
            let fitted = Recalibration::fit(&samples, share).unwrap();
            assert!((fitted.first.scale - scale).abs() < 0.15, "{scale} {fitted:?}");
            assert!((fitted.first.shift - shift).abs() < 0.15, "{shift} {fitted:?}");
        }
    }

    #[test]
    fn shift_decreases_with_the_unanswerable_share() {
        let samples = samples(1.0, 0.0);
        let shift = |share| Recalibration::fit(&samples, share).unwrap().first.shift;
        assert!(shift(0.7) < shift(0.5) && shift(0.5) < shift(0.3));
    }

    #[test]
    fn fit_needs_enough_samples() {
        assert_eq!(Recalibration::fit(&samples(1.0, 0.0)[..50], 0.3), None);
        assert!(Recalibration::predictions(&[], 0.3).is_empty());
    }
}
