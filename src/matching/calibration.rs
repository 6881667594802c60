//! From evidence to probabilities.

use super::evidence::{Evidence, N_FEATURES};

/// Version of what makes evidence and of the default below: a calibration that was fitted to another
/// does not fit. To be raised when either changes; a test remembers the default's coefficients.
pub const SCORER_VERSION: u32 = 1;

/// How evidence becomes probabilities: two logistic models over the same features.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Calibration {
    /// That the first entry answers.
    pub first: Logistic,
    /// That one of the first three entries answers.
    pub any: Logistic,
}

/// A logistic model.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Logistic {
    /// Log-odds where every feature is 0.0.
    pub intercept: f32,
    /// Change of the log-odds for each feature, in the order of [`Evidence::features`].
    pub coefficients: [f32; N_FEATURES],
}

/// The stated default, made by `scripts/fit_confidence.py` from the judged messages in
/// `tests/data/devset` and four question sets for tuning, for a share of 30 % unanswerable
/// messages. `docs/quality.md` has the held-out figures.
impl Default for Calibration {
    fn default() -> Self {
        Self {
            first: Logistic {
                intercept: -3.198,
                coefficients: [
                    1.412, -1.727, 2.197, 1.623, 3.167, -3.443, -0.071, -2.150, 0.021, -0.431,
                    -0.371, -1.899, -0.731, 0.750, 0.633, -0.753,
                ],
            },
            any: Logistic {
                intercept: -2.377,
                coefficients: [
                    2.093, -1.920, 1.846, 1.001, 1.794, -3.170, -0.372, -2.296, 0.000, -0.447,
                    -0.383, -1.808, -0.596, 0.651, 0.526, -0.648,
                ],
            },
        }
    }
}

impl Logistic {
    /// The probability, 0.0 to 1.0.
    pub fn probability(&self, evidence: &Evidence) -> f64 {
        1.0 / (1.0 + (-self.log_odds(evidence)).exp())
    }

    /// Its log-odds.
    pub fn log_odds(&self, evidence: &Evidence) -> f64 {
        self.coefficients
            .iter()
            .zip(evidence.features())
            .fold(f64::from(self.intercept), |sum, (coefficient, feature)| {
                f64::from(*coefficient).mul_add(f64::from(feature), sum)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn better_evidence_makes_both_probabilities_larger() {
        let weak = Evidence {
            score: 0.3,
            faint: 0.14,
            met: 0.4,
            question_type: 0.5,
            ..Evidence::default()
        };
        let strong = Evidence {
            score: 0.9,
            met: 1.2,
            margin: 0.5,
            question_type: 1.0,
            ..Evidence::default()
        };
        let Calibration { first, any } = Calibration::default();
        for model in [&first, &any] {
            assert!(model.probability(&weak) < model.probability(&strong));
            assert!((0.0..=1.0).contains(&model.probability(&strong)));
        }
        assert!(first.probability(&weak) < any.probability(&weak), "one of three is likelier");
    }

    #[test]
    fn another_default_has_another_version() {
        let Calibration { first, any } = Calibration::default();
        let sum: f32 = [first, any]
            .iter()
            .flat_map(|model| model.coefficients.iter().chain([&model.intercept]))
            .zip(1u8..)
            .map(|(coefficient, place)| coefficient * f32::from(place))
            .sum();
        assert_eq!((SCORER_VERSION, (sum * 1e3).round()), (1, -297_320.0), "raise the version");
    }
}
