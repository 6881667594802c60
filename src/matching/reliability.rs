//! Reliability of confidences: of answers with a confidence of 80 %, 80 in 100 should be right.

/// A confidence and its outcome.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// 0.0 to 1.0.
    pub confidence: f64,
    /// Whether it was right.
    pub is_right: bool,
    /// Weight in means.
    pub weight: f64,
}

/// The predictions with confidences in one interval.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Bin {
    /// Lower bound of the interval, 0.0 to 0.9.
    pub from: f64,
    /// Number of predictions.
    pub n: usize,
    /// Weighted mean of their confidences.
    pub confidence: f64,
    /// Weighted share of them that is right.
    pub right: f64,
}

/// Number of bins.
const N_BINS: usize = 10;

/// The reliability table: the predictions in ten bins of equal width, without empty ones.
pub fn bins(predictions: &[Prediction]) -> Vec<Bin> {
    let bin_of = |prediction: &Prediction| {
        let below = (1..N_BINS).filter(|bin| prediction.confidence >= lower_bound(*bin));
        below.count()
    };
    let bin = |number: usize| {
        let inside = || predictions.iter().filter(|it| bin_of(it) == number);
        let weight: f64 = inside().map(|it| it.weight).sum();
        let mean = |value: fn(&Prediction) -> f64| {
            inside().map(|it| it.weight * value(it)).sum::<f64>() / weight
        };
        let n = inside().count();
        (n > 0).then(|| Bin {
            from: lower_bound(number),
            n,
            confidence: mean(|it| it.confidence),
            right: mean(|it| f64::from(u8::from(it.is_right))),
        })
    };
    (0..N_BINS).filter_map(bin).collect()
}

#[expect(clippy::cast_precision_loss, reason = "at most ten")]
fn lower_bound(bin: usize) -> f64 {
    bin as f64 / N_BINS as f64
}

/// Expected calibration error, 0.0 to 1.0: the weighted mean of the difference between confidence
/// and share right over all bins.
pub fn expected_calibration_error(predictions: &[Prediction]) -> f64 {
    let total: f64 = predictions.iter().map(|it| it.weight).sum();
    let mut error = 0.0;
    for bin in bins(predictions) {
        let inside = predictions.iter().filter(|it| {
            it.confidence >= bin.from && (it.confidence < bin.from + 0.1 || bin.from >= 0.9)
        });
        error += inside.map(|it| it.weight).sum::<f64>() * (bin.confidence - bin.right).abs();
    }
    if total > 0.0 { error / total } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prediction(confidence: f64, is_right: bool) -> Prediction {
        Prediction { confidence, is_right, weight: 1.0 }
    }

    #[test]
    fn bins_have_mean_confidence_and_share_right() {
        let predictions = [
            prediction(0.82, true),
            prediction(0.88, false),
            prediction(0.0, false),
            prediction(1.0, true),
        ];
        let all_bins = bins(&predictions);
        let found: Vec<(usize, f64)> = all_bins.iter().map(|bin| (bin.n, bin.right)).collect();
        assert_eq!(found, [(1, 0.0), (2, 0.5), (1, 1.0)]);
        assert!((all_bins[1].confidence - 0.85).abs() < 1e-9);
        assert!((expected_calibration_error(&predictions) - 0.5 * 0.35).abs() < 1e-9);
        assert!(bins(&[]).is_empty() && expected_calibration_error(&[]).abs() < 1e-9);
    }
}
