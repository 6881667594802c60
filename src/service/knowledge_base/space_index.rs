//! [`SpaceIndex`]: the index of one space and its decision rule.

use std::sync::Arc;

use super::prepared_packs::PreparedPack;
use crate::conversation::Space;
use crate::matching::calibration::Calibration;
use crate::matching::{DecisionRule, Index, Thresholds};
use crate::service::packs::{self, LoadedPack, PackCalibration, PackError};

/// The index of one space and the rule by which it answers.
#[derive(Clone)]
pub struct SpaceIndex {
    /// The index of the packs; spaces with the same packs share it.
    pub index: Arc<Index>,
    /// Calibration and thresholds.
    pub rule: DecisionRule,
    /// Fingerprints of the packs, in order.
    pub(super) fingerprints: Vec<String>,
    /// Set if the pack's calibration is stale: the share of unanswerable questions that it assumes,
    /// 0.0 to 1.0. The default calibration applies until
    /// [`KnowledgeBase::recalibrate`](super::KnowledgeBase::recalibrate) makes a new one.
    pub(super) stale_share: Option<f64>,
}

impl SpaceIndex {
    /// The index of `space`, whose packs are `loaded`. Takes index and calibration from an
    /// `existing` one of the same packs. What these or `prepared` ones have of the index is not built again.
    pub(super) fn build<'e>(
        space: &Space,
        loaded: &[LoadedPack],
        thresholds: Thresholds,
        existing: impl Iterator<Item = &'e Self> + Clone,
        prepared: &[PreparedPack],
    ) -> Result<Self, PackError> {
        let fingerprints: Vec<String> = loaded.iter().map(|it| it.fingerprint.clone()).collect();
        let same = existing.clone().find(|existing| existing.fingerprints == fingerprints);
        let index = match same {
            Some(same) => Arc::clone(&same.index),
            None => {
                let prepared = prepared.iter().filter_map(|it| it.index.as_deref());
                let existing = existing.map(|existing| &*existing.index);
                Arc::new(packs::index(loaded, prepared.chain(existing))?)
            }
        };
        let (calibration, stale_share) = match packs::calibration(&space.packs, loaded)? {
            PackCalibration::None => (Calibration::default(), None),
            PackCalibration::Current(calibration) => (*calibration, None),
            PackCalibration::Stale { unanswerable_share } => match same {
                Some(Self { rule, stale_share: None, .. }) => (rule.calibration.clone(), None),
                _ => (Calibration::default(), Some(unanswerable_share)),
            },
        };
        let rule = DecisionRule { calibration, thresholds: space.settings.thresholds(thresholds) };
        Ok(Self { index, rule, fingerprints, stale_share })
    }

    /// Whether a calibration of `other` is one of this: the packs and thresholds are the same.
    pub(super) fn has_same_calibration(&self, other: &Self) -> bool {
        self.fingerprints == other.fingerprints && self.rule.thresholds == other.rule.thresholds
    }

    /// An index without packs.
    pub(super) fn empty() -> Self {
        Self {
            index: Arc::new(Index::new(Vec::new())),
            rule: DecisionRule::default(),
            fingerprints: Vec::new(),
            stale_share: None,
        }
    }
}
