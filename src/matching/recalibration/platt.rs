//! Platt scaling of log-odds (Platt 1999).

use super::probability;
use crate::matching::calibration::LogisticModel;

/// Platt scaling: log-odds := scale * log-odds + shift.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platt {
    /// Above 0.0; 1.0 changes nothing.
    pub scale: f64,
    /// 0.0 changes nothing.
    pub shift: f64,
}

/// Ridge penalty towards the identity, as a share of the total weight.
const RIDGE: f64 = 0.01;

/// Newton steps; the likelihood of two parameters is smooth, and most fits need six.
const MAX_STEPS: usize = 50;

impl Platt {
    /// The scaled log-odds.
    pub(super) fn apply(self, log_odds: f64) -> f64 {
        self.scale.mul_add(log_odds, self.shift)
    }

    #[expect(clippy::cast_possible_truncation, reason = "coefficients need no double precision")]
    /// The model with scaled log-odds.
    pub(super) fn apply_to(self, model: &LogisticModel) -> LogisticModel {
        LogisticModel {
            intercept: self.apply(f64::from(model.intercept)) as f32,
            coefficients: model.coefficients.map(|it| (self.scale * f64::from(it)) as f32),
        }
    }

    /// Maximum-likelihood fit to `samples` (log-odds, outcome, weight) by Newton's method.
    pub(super) fn fit(samples: &[(f64, bool, f64)]) -> Self {
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
