//! [`KnowledgeBase`]: the packs and indexes of all spaces, in one snapshot that is replaced as a
//! whole.

mod pack_update;
mod prepared_packs;
mod snapshot;
mod space_index;

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::packs::{self, PackError};
use crate::conversation::Spaces;
use crate::conversation::setting_overrides::OverridesBySpace;
use crate::knowledge::ProvedPack;
use crate::matching::recalibration::{
    CalibrationSample, MAX_ASKED, Recalibration, collect_samples,
};
use crate::matching::{Index, Thresholds};
use crate::store::pack_files;
use crate::store::records::AcceptedTexts;

pub use pack_update::{PackUpdate, PackUpdateKind};
pub use prepared_packs::PreparedPack;
use prepared_packs::PreparedPacks;
pub use snapshot::Snapshot;
pub use space_index::SpaceIndex;

/// Holder of the current [`Snapshot`].
pub struct KnowledgeBase {
    current: RwLock<Arc<Snapshot>>,
    /// Held while the next snapshot is built, so that no update is lost. The folders whose packs have a
    /// problem that was reported, or may have been reported before the start.
    building: Mutex<BTreeSet<PathBuf>>,
    prepared: Mutex<PreparedPacks>,
}

impl KnowledgeBase {
    /// Opens the packs of all `spaces`. `thresholds` apply where a space sets none of its own.
    ///
    /// # Errors
    /// [`PackError`] if a pack has errors.
    pub fn open(spaces: Spaces, thresholds: Thresholds) -> Result<Self, PackError> {
        let snapshot = Snapshot::build(spaces, thresholds, None, &[], packs::load)?;
        Ok(Self::new(snapshot))
    }

    /// Like [`Self::open`], for a service, which goes on where the last process ended: `accepted` has the
    /// texts that were served last, by the names of the packs. If a source has changed since then, entries whose
    /// quotes are no longer in it are disabled; if `faq.toml` or `lexicon.toml` is invalid now, the texts that were
    /// served last are used.
    ///
    /// # Errors
    /// [`PackError`] if a pack has other errors.
    pub fn open_again(
        spaces: Spaces,
        thresholds: Thresholds,
        accepted: &HashMap<String, AcceptedTexts>,
    ) -> Result<(Self, Vec<PackUpdate>), PackError> {
        let mut updates = Vec::new();
        let mut folders = BTreeSet::new();
        let snapshot = Snapshot::build(spaces, thresholds, None, &[], |folder| {
            let (loaded, rejected) = packs::load_again(folder, accepted)?;
            let before = accepted.get(&*loaded.pack.name);
            updates.extend(PackUpdate::at_start(folder, &loaded, before));
            updates.extend(rejected.map(|error| PackUpdate::rejected(folder, &loaded, &error)));
            folders.insert(folder.to_owned());
            Ok(loaded)
        })?;
        Ok((Self { building: Mutex::new(folders), ..Self::new(snapshot) }, updates))
    }

    fn new(snapshot: Snapshot) -> Self {
        Self {
            current: RwLock::new(Arc::new(snapshot)),
            building: Mutex::default(),
            prepared: Mutex::default(),
        }
    }

    /// The current snapshot.
    pub fn current(&self) -> Arc<Snapshot> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace(&self, snapshot: Snapshot) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
    }

    /// Keeps a state of a pack that may be served soon.
    pub fn prepare(&self, pack: PreparedPack) {
        self.lock_prepared().add(pack);
    }

    /// The proved states of packs that may be served soon.
    pub fn prepared(&self) -> Vec<ProvedPack> {
        self.lock_prepared().all().iter().map(|it| it.pack.clone()).collect()
    }

    fn lock_prepared(&self) -> MutexGuard<'_, PreparedPacks> {
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the packs again and replaces the snapshot. Questions that are being answered keep
    /// theirs. A pack that has errors now keeps its previous version.
    ///
    /// # Errors
    /// [`PackError`] if the packs cannot be used together; then the snapshot stays.
    pub fn reload_packs(&self) -> Result<Vec<PackUpdate>, PackError> {
        let current = self.current();
        self.reload(current.configured.clone(), current.thresholds)
    }

    /// What the folders of the packs have now: a fingerprint of each, `None` if it cannot be read.
    pub fn fingerprints(&self) -> Vec<Option<String>> {
        let current = self.current();
        let folders = current.spaces.pack_folders().into_iter();
        let files = folders.map(|folder| pack_files::read(folder).ok());
        files.map(|files| files.map(|files| files.fingerprint())).collect()
    }

    /// Applies the settings that moderators have changed, which `read` returns: later calls read later, so none brings older
    /// settings back.
    ///
    /// # Errors
    /// That of `read`; then the snapshot stays.
    pub fn apply_settings<E>(
        &self,
        read: impl FnOnce() -> Result<OverridesBySpace, E>,
    ) -> Result<(), E> {
        let _lock = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        let previous = self.current();
        let overrides = read()?;
        if overrides != previous.overrides {
            self.replace(previous.with_overrides(overrides));
        }
        Ok(())
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
        let mut reported = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        let previous = self.current();
        let prepared = self.lock_prepared().all().to_vec();
        let known: Vec<ProvedPack> = prepared.iter().map(|it| it.pack.clone()).collect();
        let mut updates = Vec::new();
        let snapshot = Snapshot::build(spaces, thresholds, Some(&previous), &prepared, |folder| {
            let old = previous.packs.get(folder);
            match (packs::load_lenient(folder, old, &known), old) {
                (Ok(loaded), old) => {
                    let is_intact = loaded.disabled.is_empty();
                    let was_reported = if is_intact {
                        reported.remove(folder)
                    } else {
                        !reported.insert(folder.to_owned())
                    };
                    if old.is_none_or(|old| old.fingerprint != loaded.fingerprint) {
                        let update = PackUpdate::entries_disabled(folder, &loaded)
                            .unwrap_or_else(|| PackUpdate::reloaded(folder, &loaded));
                        let changes = old.map(|old| old.texts.changes_to(&loaded.texts));
                        let changes = changes.unwrap_or_default();
                        updates.push(PackUpdate { changes, ..update });
                    } else if is_intact && was_reported {
                        updates.push(PackUpdate::intact(folder, &loaded));
                    }
                    Ok(loaded)
                }
                (Err(error), Some(old)) => {
                    reported.insert(folder.to_owned());
                    updates.push(PackUpdate::rejected(folder, old, &error));
                    Ok(old.clone())
                }
                (Err(error), None) => Err(error),
            }
        })?;
        let snapshot = snapshot.with_overrides(previous.overrides.clone());
        let replaced = previous.replaced_by(&snapshot);
        self.replace(snapshot);
        if !replaced.is_empty() {
            // The other states are of an edit that is made now, or would be made of another text.
            let mut prepared = PreparedPacks::default();
            replaced.into_iter().for_each(|replaced| prepared.add(replaced));
            *self.lock_prepared() = prepared;
        }
        Ok(updates)
    }

    /// Calibrates the packs that have changed since their calibration, and replaces the snapshot.
    /// Takes up to a second of all cores per pack. Returns the names of the spaces that have a new
    /// calibration.
    pub fn recalibrate(&self) -> Vec<String> {
        self.recalibrate_by(|index| collect_samples(index, MAX_ASKED, || {}))
    }

    /// Like [`Self::recalibrate`]. `ask` asks the pack of an index its own phrasings.
    fn recalibrate_by(&self, ask: impl Fn(&Index) -> Vec<CalibrationSample>) -> Vec<String> {
        let current = self.current();
        let mut recalibrated = Vec::new();
        // Asking the pack its own phrasings takes the time, and does not depend on the space.
        let mut asked: HashMap<&[String], Vec<CalibrationSample>> = HashMap::new();
        let mut fitted: Vec<&SpaceIndex> = Vec::new();
        for space_index in current.indexes.values() {
            let Some(unanswerable_share) = space_index.stale_share else { continue };
            if fitted.iter().any(|it| it.has_same_calibration(space_index)) {
                continue;
            }
            let samples =
                asked.entry(&space_index.fingerprints).or_insert_with(|| ask(&space_index.index));
            // A pack that keeps the default keeps it until it changes again.
            let thresholds = &space_index.rule.thresholds;
            let calibrated = Recalibration::fit(samples, unanswerable_share, thresholds);
            let change = calibrated.ok().map(|calibrated| calibrated.change);
            recalibrated.extend(self.apply_calibration(space_index, change.as_ref()));
            fitted.push(space_index);
        }
        recalibrated.sort_unstable();
        recalibrated
    }

    /// Applies `change`, if there is one, to the spaces that still have the packs and thresholds of `of`.
    fn apply_calibration(&self, of: &SpaceIndex, change: Option<&Recalibration>) -> Vec<String> {
        let _lock = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = Snapshot::clone(&self.current());
        let mut recalibrated = Vec::new();
        for (space, space_index) in &mut next.indexes {
            if space_index.stale_share.is_some() && space_index.has_same_calibration(of) {
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
