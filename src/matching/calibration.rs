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
                intercept: -4.444,
                coefficients: [
                    0.658, -1.991, 3.173, 3.158, -2.867, -0.455, 0.615, 0.907, -0.388, -1.849,
                    0.165, -1.915, -0.383, 1.116, 1.329, -0.741, -0.651,
                ],
            },
            any: Logistic {
                intercept: -3.041,
                coefficients: [
                    1.626, -2.162, 2.275, 1.732, -3.022, -0.584, 0.483, 0.388, -0.512, -1.045,
                    -0.319, -1.625, 0.239, 0.449, 1.000, -0.784, -0.622,
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
