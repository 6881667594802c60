//! `[matching]`: how sure an answer has to be.

use serde::{Deserialize, Serialize};

use crate::matching::Thresholds;

/// How sure an answer has to be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MatchingSettings {
    /// Minimum probability that the first entry answers, for an answer; above 0.0, at most 1.0.
    /// Default: 0.8.
    pub answer_from: f64,
    /// Minimum probability that one of three entries answers, for suggestions; above 0.0, at most
    /// 1.0. Default: 0.3.
    pub suggest_from: f64,
    /// Share of unanswerable questions that `quoth calibrate` assumes; between 0.0 and 1.0.
    /// Default: 0.3.
    pub unanswerable_share: f64,
}

impl Default for MatchingSettings {
    fn default() -> Self {
        let Thresholds { answer, suggest, .. } = Thresholds::default();
        Self { answer_from: answer, suggest_from: suggest, unanswerable_share: 0.3 }
    }
}

impl MatchingSettings {
    /// The thresholds for the decision rule.
    pub fn thresholds(&self) -> Thresholds {
        Thresholds { answer: self.answer_from, suggest: self.suggest_from, ..Thresholds::default() }
    }
}
