//! The reliability table as text.

use crate::matching::reliability::{Prediction, bins, expected_calibration_error};

/// Mean confidence and share of right answers in bins of ten percent, and the expected calibration
/// error.
pub(super) fn render(predictions: &[Prediction]) -> String {
    let mut text = format!("{:<13}{:>6}{:>14}{:>9}\n", "RELIABILITY", "n", "confidence", "right");
    for bin in bins(predictions) {
        text.push_str(&format!(
            "{:<13}{:>6}{:>12.1} %{:>7.1} %\n",
            format!("{:>3.0} to {:.0} %", bin.from * 100.0, bin.from * 100.0 + 10.0),
            bin.n,
            bin.confidence * 100.0,
            bin.right * 100.0
        ));
    }
    text.push_str(&format!(
        "expected calibration error {:.1} %\n",
        expected_calibration_error(predictions) * 100.0
    ));
    text
}
