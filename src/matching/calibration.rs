//! From evidence to a probability.

use super::evidence::{Evidence, N_FEATURES};

/// A logistic model: the probability that the first entry answers.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Calibration {
    /// Log-odds where every feature is 0.0.
    pub intercept: f32,
    /// Change of the log-odds for each feature, in the order of [`Evidence::features`].
    pub coefficients: [f32; N_FEATURES],
}

/// The stated default.
impl Default for Calibration {
    fn default() -> Self {
        Self {
            intercept: -4.852,
            coefficients: [
                1.538, 0.172, 4.316, 0.642, -1.701, 2.069, -1.862, -2.691, 0.361, -2.039, 1.622,
                0.673, 1.341, -0.405, -1.127,
            ],
        }
    }
}

impl Calibration {
    /// The probability, 0.0 to 1.0, that the entry with this evidence answers the question.
    pub fn confidence(&self, evidence: &Evidence) -> f64 {
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
