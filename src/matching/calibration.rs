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
                intercept: -3.208,
                coefficients: [
                    1.418, -1.734, 2.203, 1.628, 3.159, -3.444, -0.067, -2.149, 0.027, -0.430,
                    -0.362, -1.897, -0.734, 0.735, 0.640, -0.749,
                ],
            },
            any: Logistic {
                intercept: -2.385,
                coefficients: [
                    2.105, -1.921, 1.856, 1.009, 1.779, -3.171, -0.367, -2.295, 0.000, -0.441,
                    -0.373, -1.806, -0.601, 0.630, 0.532, -0.643,
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
        assert_eq!((SCORER_VERSION, (sum * 1e3).round()), (1, -297_222.0), "raise the version");
    }
}
