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
                intercept: -3.192,
                coefficients: [
                    1.418, -1.741, 2.234, 1.764, 3.180, -3.292, -0.120, -2.451, 0.032, -0.419,
                    -0.442, -1.852, -0.709, 0.673, 0.614, -0.747,
                ],
            },
            any: Logistic {
                intercept: -2.354,
                coefficients: [
                    2.080, -1.936, 1.886, 1.109, 1.791, -3.007, -0.425, -2.572, 0.000, -0.482,
                    -0.467, -1.755, -0.577, 0.616, 0.521, -0.646,
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
