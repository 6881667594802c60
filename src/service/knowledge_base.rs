//! [`KnowledgeBase`]: the packs and indexes of all spaces, in one snapshot that is replaced as a
//! whole.

mod pack_update;
mod snapshot;
mod space_index;

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::packs::{self, PackError};
use crate::conversation::Spaces;
use crate::knowledge::patch;
use crate::matching::Thresholds;
use crate::matching::recalibration::{MAX_ASKED, Recalibration, collect_samples};
use crate::store::pack_files;

pub use pack_update::{PackUpdate, PackUpdateKind};
pub use snapshot::Snapshot;
pub use space_index::SpaceIndex;

/// Holder of the current [`Snapshot`].
pub struct KnowledgeBase {
    current: RwLock<Arc<Snapshot>>,
    /// Held while the next snapshot is built, so that no update is lost.
    build_lock: Mutex<()>,
}

impl KnowledgeBase {
    /// Opens the packs of all `spaces`. `thresholds` apply where a space sets none of its own.
    ///
    /// # Errors
    /// [`PackError`] if a pack has errors.
    pub fn open(spaces: Spaces, thresholds: Thresholds) -> Result<Self, PackError> {
        let snapshot = Snapshot::build(spaces, thresholds, None, packs::load)?;
        Ok(Self::new(snapshot))
    }

    /// Like [`Self::open`], for a service, which has to start also after a source has changed:
    /// entries whose quotes are no longer in their source are disabled and reported.
    ///
    /// # Errors
    /// [`PackError`] if a pack has other errors.
    pub fn open_lenient(
        spaces: Spaces,
        thresholds: Thresholds,
    ) -> Result<(Self, Vec<PackUpdate>), PackError> {
        let mut updates = Vec::new();
        let snapshot = Snapshot::build(spaces, thresholds, None, |folder| {
            let loaded = packs::load_lenient(folder, None)?;
            updates.extend(PackUpdate::entries_disabled(folder, &loaded));
            Ok(loaded)
        })?;
        Ok((Self::new(snapshot), updates))
    }

    fn new(snapshot: Snapshot) -> Self {
        Self { current: RwLock::new(Arc::new(snapshot)), build_lock: Mutex::default() }
    }

    /// The current snapshot.
    pub fn current(&self) -> Arc<Snapshot> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace(&self, snapshot: Snapshot) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
    }

    /// Reads the packs again and replaces the snapshot. Questions that are being answered keep
    /// theirs. A pack that has errors now keeps its previous version.
    ///
    /// # Errors
    /// [`PackError`] if the packs cannot be used together; then the snapshot stays.
    pub fn reload_packs(&self) -> Result<Vec<PackUpdate>, PackError> {
        let current = self.current();
        self.reload(current.spaces.clone(), current.thresholds)
    }

    /// What the folders of the packs have now: a fingerprint of each, `None` if it cannot be read.
    pub fn fingerprints(&self) -> Vec<Option<String>> {
        let current = self.current();
        let folders = current.spaces.pack_folders().into_iter();
        let files = folders.map(|folder| pack_files::read(folder).ok());
        files.map(|files| files.map(|files| files.fingerprint())).collect()
    }

    /// Like [`Self::reload_packs`], with other spaces and thresholds.
    ///
    /// # Errors
    /// [`PackError`] if a pack that was not served before has errors; then the snapshot stays.
    pub fn reload(
        &self,
        spaces: Spaces,
        thresholds: Thresholds,
    ) -> Result<Vec<PackUpdate>, PackError> {
        let _lock = self.build_lock.lock().unwrap_or_else(PoisonError::into_inner);
        let previous = self.current();
        let mut updates = Vec::new();
        let snapshot = Snapshot::build(spaces, thresholds, Some(&previous), |folder| {
            let old = previous.packs.get(folder);
            match (packs::load_lenient(folder, old), old) {
                (Ok(loaded), old) => {
                    if old.is_none_or(|old| old.fingerprint != loaded.fingerprint) {
                        let update = PackUpdate::entries_disabled(folder, &loaded)
                            .unwrap_or_else(|| PackUpdate::reloaded(folder, &loaded));
                        let changes = old.map(|old| patch::changes(&old.faq, &loaded.faq));
                        let changes = changes.unwrap_or_default();
                        updates.push(PackUpdate { changes, ..update });
                    }
                    Ok(loaded)
                }
                (Err(error), Some(old)) => {
                    updates.push(PackUpdate::rejected(folder, old, &error));
                    Ok(old.clone())
                }
                (Err(error), None) => Err(error),
            }
        })?;
        self.replace(snapshot);
        Ok(updates)
    }

    /// Calibrates the packs that have changed since their calibration, and replaces the snapshot.
    /// Takes up to a second of all cores per pack. Returns the names of the spaces that have a new
    /// calibration.
    pub fn recalibrate(&self) -> Vec<String> {
        let current = self.current();
        let mut recalibrated = Vec::new();
        for space_index in current.indexes.values() {
            let Some(unanswerable_share) = space_index.stale_share else { continue };
            let samples = collect_samples(&space_index.index, MAX_ASKED, || {});
            // A pack that keeps the default keeps it until it changes again.
            let thresholds = &space_index.rule.thresholds;
            let calibrated = Recalibration::fit(&samples, unanswerable_share, thresholds);
            let change = calibrated.ok().map(|calibrated| calibrated.change);
            recalibrated.extend(self.apply_calibration(&space_index.fingerprints, change.as_ref()));
        }
        recalibrated.sort_unstable();
        recalibrated
    }

    /// Applies `change`, if there is one, to the spaces that still have the packs with these fingerprints.
    fn apply_calibration(
        &self,
        fingerprints: &[String],
        change: Option<&Recalibration>,
    ) -> Vec<String> {
        let _lock = self.build_lock.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = Snapshot::clone(&self.current());
        let mut recalibrated = Vec::new();
        for (space, space_index) in &mut next.indexes {
            if space_index.stale_share.is_some() && space_index.fingerprints == fingerprints {
                space_index.stale_share = None;
                if let Some(change) = change {
                    space_index.rule.calibration = change.calibration();
                    recalibrated.push(space.clone());
                }
            }
        }
        self.replace(next);
        recalibrated
    }
}

#[cfg(test)]
mod tests;
