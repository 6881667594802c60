//! From evidence to probabilities.

use super::evidence::{Evidence, N_FEATURES};

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
                intercept: -2.669,
                coefficients: [
                    0.611, -1.776, 2.466, 3.538, -3.622, -0.080, 0.000, 0.063, -0.664, -1.158,
                    0.000, -2.160, -0.637, 1.022, 0.751, -1.009, 0.000,
                ],
            },
            any: Logistic {
                intercept: -2.277,
                coefficients: [
                    1.434, -1.914, 2.249, 1.908, -3.457, -0.459, 0.000, 0.040, -0.801, -1.092,
                    0.000, -2.218, -0.452, 0.850, 0.735, -0.994, 0.000,
                ],
            },
        }
    }
}

impl Logistic {
    /// The probability, 0.0 to 1.0.
    pub fn probability(&self, evidence: &Evidence) -> f64 {
        let log_odds = self
            .coefficients
            .iter()
            .zip(evidence.features())
            .fold(f64::from(self.intercept), |sum, (coefficient, feature)| {
                f64::from(*coefficient).mul_add(f64::from(feature), sum)
            });
        1.0 / (1.0 + (-log_odds).exp())
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
}
