//! Fits the confidence to a pack, from its own phrasings: no judged messages are needed.
//!
//! An excluded phrasing is a question that its entry answers; a phrasing of an excluded entry, or
//! of a gap, is a question that nothing answers. The default's log-odds are then scaled and shifted
//! (Platt 1999), for an assumed share of questions that nothing answers. What comes out is used only
//! if it decides better than the default does, by folds that it was not fitted to.

mod platt;
mod samples;

use super::calibration::Calibration;
use super::decision::{Decision, Thresholds};
use super::reliability::Prediction;
pub use platt::Platt;
pub use samples::{CalibrationSample, collect_samples};

/// Changes to the log-odds of the default calibration for a pack.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recalibration {
    /// For the probability that the first entry answers.
    pub first: Platt,
    /// For the probability that one of the first three does.
    pub any: Platt,
}

/// Fewest samples of either kind from which the two parameters are fitted.
pub const MIN_QUESTIONS: usize = 60;

/// Most phrasings of a pack that are asked; more would not change the two parameters.
pub const MAX_ASKED: usize = 4_000;

/// Folds of the cross-validation.
const N_FOLDS: usize = 5;

/// What a wrong or false answer costs, in right answers.
const COST_OF_ERROR: f64 = 4.0;

/// Least gain for a pack to leave the default, in right answers of all questions. Less is chance, or comes
/// of questions of left-out entries, which are nearer to other entries than what people ask: with 0.02 the
/// first pack would lose 9 of 122 right answers to judged messages for one false one.
const MIN_GAIN: f64 = 0.03;

/// By how much the share of questions that get a reply although nothing answers them may rise.
const MAX_MORE_NOISE: f64 = 0.05;

/// Decisions on questions of the pack itself, as shares of the questions that something answers
/// (first three) and of those that nothing answers (last two), 0.0 to 1.0.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct DecisionShares {
    /// Answered rightly.
    pub right: f64,
    /// Answered with another entry.
    pub wrong: f64,
    /// Suggested, with the right entry among three.
    pub suggested: f64,
    /// Answered although nothing does.
    pub falsely_answered: f64,
    /// Suggested although nothing answers.
    pub falsely_suggested: f64,
}

impl DecisionShares {
    /// The share of questions that get a reply although nothing answers them.
    fn noise(&self) -> f64 {
        self.falsely_answered + self.falsely_suggested
    }
}

/// Why a pack keeps the default calibration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NotCalibrated {
    /// Its phrasings make fewer than [`MIN_QUESTIONS`] questions that something answers, or that
    /// nothing does.
    TooFewQuestions {
        /// How many that something answers.
        answerable: usize,
        /// How many that nothing answers.
        unanswerable: usize,
    },
    /// It would not decide clearly better.
    NotBetter {
        /// What the default decides.
        default: DecisionShares,
        /// What the calibration would decide.
        calibrated: DecisionShares,
    },
}

/// A calibration that decides better than the default, and by what that shows.
#[derive(Debug, Clone)]
pub struct CalibrationReport {
    /// The change.
    pub change: Recalibration,
    /// What the default decides.
    pub default: DecisionShares,
    /// What folds decide that were not fitted to.
    pub calibrated: DecisionShares,
    /// Predictions of these folds.
    pub predictions: Vec<Prediction>,
}

impl Recalibration {
    /// Fits to `samples`, of which the share `unanswerable_share` (0.0 to 1.0) is assumed to have
    /// no answer, and compares what is decided at `thresholds`.
    ///
    /// # Errors
    /// Why the pack keeps the default.
    pub fn fit(
        samples: &[CalibrationSample],
        unanswerable_share: f64,
        thresholds: &Thresholds,
    ) -> Result<CalibrationReport, NotCalibrated> {
        let answerable = samples.iter().filter(|sample| sample.is_answerable).count();
        let unanswerable = samples.len() - answerable;
        if answerable.min(unanswerable) < MIN_QUESTIONS {
            return Err(NotCalibrated::TooFewQuestions { answerable, unanswerable });
        }
        let by_fold = by_fold(samples, unanswerable_share);
        let default = shares(samples.iter().map(|sample| (sample, Self::IDENTITY)), thresholds);
        let calibrated =
            shares(by_fold.iter().map(|(sample, fitted)| (sample, *fitted)), thresholds);
        let is_noisy = calibrated.noise() > default.noise() + MAX_MORE_NOISE;
        let gain = calibrated.value(unanswerable_share) - default.value(unanswerable_share);
        if gain < MIN_GAIN || is_noisy {
            return Err(NotCalibrated::NotBetter { default, calibrated });
        }
        let prediction = |(sample, fitted): &(CalibrationSample, Self)| Prediction {
            confidence: probability(fitted.first.apply(sample.first)),
            is_right: sample.first_is_right,
            weight: weight(sample, samples, unanswerable_share),
        };
        Ok(CalibrationReport {
            change: Self::fitted_to(samples, unanswerable_share),
            default,
            calibrated,
            predictions: by_fold.iter().map(prediction).collect(),
        })
    }

    /// The change that changes nothing.
    const IDENTITY: Self =
        Self { first: Platt { scale: 1.0, shift: 0.0 }, any: Platt { scale: 1.0, shift: 0.0 } };

    fn fitted_to(samples: &[CalibrationSample], unanswerable_share: f64) -> Self {
        let weight = |sample: &CalibrationSample| weight(sample, samples, unanswerable_share);
        let outcomes = |log_odds: fn(&CalibrationSample) -> f64,
                        is_right: fn(&CalibrationSample) -> bool| {
            samples.iter().map(|it| (log_odds(it), is_right(it), weight(it))).collect::<Vec<_>>()
        };
        Self {
            first: Platt::fit(&outcomes(|it| it.first, |it| it.first_is_right)),
            any: Platt::fit(&outcomes(|it| it.any, |it| it.any_is_right)),
        }
    }

    /// The default calibration with these changes applied.
    pub fn calibration(&self) -> Calibration {
        let Calibration { first, any } = Calibration::default();
        Calibration { first: self.first.apply_to(&first), any: self.any.apply_to(&any) }
    }
}

/// The samples, each with what is fitted to the other folds.
fn by_fold(
    samples: &[CalibrationSample],
    unanswerable_share: f64,
) -> Vec<(CalibrationSample, Recalibration)> {
    let mut fitted = Vec::with_capacity(samples.len());
    for fold in 0..N_FOLDS {
        let part = |inside: bool| -> Vec<CalibrationSample> {
            let numbered = samples.iter().enumerate();
            numbered.filter(|(n, _)| (n % N_FOLDS == fold) == inside).map(|(_, it)| *it).collect()
        };
        let change = Recalibration::fitted_to(&part(false), unanswerable_share);
        fitted.extend(part(true).into_iter().map(|sample| (sample, change)));
    }
    fitted
}

/// What is decided of samples with changed log-odds.
fn shares<'a>(
    samples: impl Iterator<Item = (&'a CalibrationSample, Recalibration)>,
    thresholds: &Thresholds,
) -> DecisionShares {
    let (mut sums, mut answerable, mut unanswerable) = (DecisionShares::default(), 0.0f64, 0.0f64);
    for (sample, change) in samples {
        let first = probability(change.first.apply(sample.first));
        let any = probability(change.any.apply(sample.any)).max(first);
        let answers = sample.most == Decision::Answer && first >= thresholds.answer;
        let suggests = !answers && sample.most != Decision::Abstain && any >= thresholds.suggest;
        let count = |it: bool| f64::from(u8::from(it));
        if sample.is_answerable {
            answerable += 1.0;
            sums.right += count(answers && sample.first_is_right);
            sums.wrong += count(answers && !sample.first_is_right);
            sums.suggested += count(suggests && sample.any_is_right);
        } else {
            unanswerable += 1.0;
            sums.falsely_answered += count(answers);
            sums.falsely_suggested += count(suggests);
        }
    }
    let (answerable, unanswerable) = (answerable.max(1.0), unanswerable.max(1.0));
    DecisionShares {
        right: sums.right / answerable,
        wrong: sums.wrong / answerable,
        suggested: sums.suggested / answerable,
        falsely_answered: sums.falsely_answered / unanswerable,
        falsely_suggested: sums.falsely_suggested / unanswerable,
    }
}

impl DecisionShares {
    /// What the decisions are worth, in right answers of all questions.
    fn value(&self, unanswerable_share: f64) -> f64 {
        (1.0 - unanswerable_share) * (self.right - COST_OF_ERROR * self.wrong)
            - unanswerable_share * COST_OF_ERROR * self.falsely_answered
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
                    most: Decision::Answer,
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
            let fitted = Recalibration::fitted_to(&samples, share);
            assert!((fitted.first.scale - scale).abs() < 0.15, "{scale} {fitted:?}");
            assert!((fitted.first.shift - shift).abs() < 0.15, "{shift} {fitted:?}");
        }
    }

    #[test]
    fn shift_decreases_with_the_unanswerable_share() {
        let samples = samples(1.0, 0.0);
        let shift = |share| Recalibration::fitted_to(&samples, share).first.shift;
        assert!(shift(0.7) < shift(0.5) && shift(0.5) < shift(0.3));
    }

    #[test]
    fn too_few_questions_keep_the_default() {
        let few = Recalibration::fit(&samples(1.0, 0.0)[..50], 0.3, &Thresholds::default());
        assert!(matches!(few, Err(NotCalibrated::TooFewQuestions { .. })), "{few:?}");
    }

    #[test]
    fn false_answers_that_become_suggestions_are_no_more_noise() {
        let mut overconfident = samples(1.0, -1.0);
        overconfident.retain(|sample| sample.first >= 0.5);
        let n = overconfident.iter().filter(|it| !it.is_answerable).count();
        let share = n as f64 / overconfident.len() as f64;
        let fitted = Recalibration::fit(&overconfident, share, &Thresholds::default()).unwrap();
        let CalibrationReport { default, calibrated, .. } = fitted;
        assert!(calibrated.falsely_suggested > default.falsely_suggested + MAX_MORE_NOISE);
        assert!(calibrated.noise() <= default.noise(), "{default:?} {calibrated:?}");
    }

    #[test]
    fn calibration_that_decides_no_better_keeps_the_default() {
        let fitting = samples(1.0, 0.0);
        let n = fitting.iter().filter(|it| !it.is_answerable).count();
        let share = n as f64 / fitting.len() as f64;
        let kept = Recalibration::fit(&fitting, share, &Thresholds::default());
        assert!(matches!(kept, Err(NotCalibrated::NotBetter { .. })), "{kept:?}");
        // The default is far too sure here: questions at log-odds of 2.0 are right one time in two.
        let overconfident = samples(1.0, -2.0);
        let better = Recalibration::fit(&overconfident, share, &Thresholds::default()).unwrap();
        assert!(better.calibrated.falsely_answered < better.default.falsely_answered);
    }
}
