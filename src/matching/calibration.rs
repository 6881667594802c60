//! Converts features to probabilities.

use super::features::{ANY_COEFFICIENTS, FIRST_COEFFICIENTS, Features, N_FEATURES};

/// Version of the features and of the default calibration below. A calibration that was fitted to
/// another version is not valid. Raise it when either changes; a test checks the default's
/// coefficients.
pub const SCORER_VERSION: u32 = 7;

/// Calibration: two logistic models over the same features.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Calibration {
    /// Probability that the first entry answers.
    pub first: LogisticModel,
    /// Probability that one of the first three entries answers.
    pub any: LogisticModel,
}

/// A logistic regression model.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct LogisticModel {
    /// Log-odds if every feature is 0.0.
    pub intercept: f32,
    /// Coefficient of each feature, in the order of [`Features::to_array`].
    pub coefficients: [f32; N_FEATURES],
}

/// The default, fitted by `scripts/fit_confidence.py` to the judged messages in `tests/data/devset`,
/// `tests/data/smallpacks`, `tests/data/morepacks` and four question sets for tuning, for a share of 30 % unanswerable
/// messages. `docs/quality.md` has the held-out figures.
impl Default for Calibration {
    fn default() -> Self {
        Self {
            first: LogisticModel { intercept: FIRST_INTERCEPT, coefficients: FIRST_COEFFICIENTS },
            any: LogisticModel { intercept: ANY_INTERCEPT, coefficients: ANY_COEFFICIENTS },
        }
    }
}

/// Log-odds of the default models where every feature is 0.0; their coefficients are with the
/// features.
const FIRST_INTERCEPT: f32 = -3.945;
const ANY_INTERCEPT: f32 = -4.297;

impl LogisticModel {
    /// The probability, 0.0 to 1.0.
    pub fn probability(&self, features: &Features) -> f64 {
        1.0 / (1.0 + (-self.log_odds(features)).exp())
    }

    /// The log-odds of the probability.
    pub fn log_odds(&self, features: &Features) -> f64 {
        self.coefficients
            .iter()
            .zip(features.to_array())
            .fold(f64::from(self.intercept), |sum, (coefficient, feature)| {
                f64::from(*coefficient).mul_add(f64::from(feature), sum)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stronger_features_increase_both_probabilities() {
        let weak = Features {
            score: 0.3,
            coverage: 0.4,
            question_type: 0.5,
            meaning: 0.5,
            fewness: 0.8,
            ..Features::default()
        };
        let strong =
            Features { score: 0.9, coverage: 0.9, margin: 0.5, question_type: 1.0, ..weak };
        let Calibration { first, any } = Calibration::default();
        for model in [&first, &any] {
            assert!(model.probability(&weak) < model.probability(&strong));
            assert!((0.0..=1.0).contains(&model.probability(&strong)));
        }
        assert!(first.probability(&weak) < any.probability(&weak), "one of three is likelier");
    }

    #[test]
    fn changed_default_requires_a_new_version() {
        let Calibration { first, any } = Calibration::default();
        let sum: f32 = [first, any]
            .iter()
            .flat_map(|model| model.coefficients.iter().chain([&model.intercept]))
            .zip(1u8..)
            .map(|(coefficient, place)| coefficient * f32::from(place))
            .sum();
        assert_eq!((SCORER_VERSION, (sum * 1e3).round()), (7, -180_228.0), "raise the version");
    }
}
