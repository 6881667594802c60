//! [`Snapshot`]: the spaces, packs and indexes at one moment.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::prepared_packs::PreparedPack;
use super::space_index::SpaceIndex;
use crate::conversation::setting_overrides::{OverridesBySpace, SettingOverrides};
use crate::conversation::space::DEFAULT_SPACE;
use crate::conversation::{Setting, Space, Spaces};
use crate::knowledge::{Pack, ProvedPack};
use crate::matching::Thresholds;
use crate::service::packs::{LoadedPack, PackError};

/// The spaces, packs and indexes at one moment. Immutable once it is in use.
#[derive(Clone)]
pub struct Snapshot {
    /// The spaces, with what moderators have changed of their settings.
    pub spaces: Spaces,
    /// The spaces as they are configured.
    pub(super) configured: Spaces,
    pub(super) overrides: OverridesBySpace,
    pub(super) thresholds: Thresholds,
    /// By folder.
    pub(super) packs: HashMap<PathBuf, LoadedPack>,
    /// By name of the space. The default space is always among them.
    pub(super) indexes: HashMap<String, SpaceIndex>,
    /// Returned if a space had no index, which does not happen.
    empty: SpaceIndex,
}

impl Snapshot {
    /// Loads each pack of `spaces`, as they are configured, once and builds an index for each distinct list of packs, unless
    /// `previous` has it, and of what neither that nor `prepared` has an index.
    pub(super) fn build(
        spaces: Spaces,
        thresholds: Thresholds,
        previous: Option<&Self>,
        prepared: &[PreparedPack],
        mut load: impl FnMut(&Path) -> Result<LoadedPack, PackError>,
    ) -> Result<Self, PackError> {
        let mut packs: HashMap<PathBuf, LoadedPack> = HashMap::new();
        let mut indexes: HashMap<String, SpaceIndex> = HashMap::new();
        for space in spaces.all() {
            let mut loaded = Vec::new();
            for folder in &space.packs {
                if !packs.contains_key(folder) {
                    packs.insert(folder.clone(), load(folder)?);
                }
                loaded.extend(packs.get(folder).cloned());
            }
            let existing = previous.into_iter().flat_map(|previous| previous.indexes.values());
            let existing = indexes.values().chain(existing);
            let index = SpaceIndex::build(space, &loaded, thresholds, existing, prepared)?;
            indexes.insert(space.name.clone(), index);
        }
        Ok(Self {
            configured: spaces.clone(),
            spaces,
            overrides: OverridesBySpace::new(),
            thresholds,
            packs,
            indexes,
            empty: SpaceIndex::empty(),
        })
    }

    /// The same with other settings that moderators have changed.
    pub(super) fn with_overrides(&self, overrides: OverridesBySpace) -> Self {
        let spaces = self.configured.with_overrides(&overrides);
        let mut next = Self { spaces, overrides, ..self.clone() };
        for space in next.spaces.all() {
            if let Some(of_space) = next.indexes.get_mut(&space.name) {
                of_space.rule.thresholds = space.settings.thresholds(self.thresholds);
            }
        }
        next
    }

    /// The spaces as they are configured.
    pub fn configured(&self) -> &Spaces {
        &self.configured
    }

    /// What moderators have changed and is not in effect: the names of spaces that are not configured, and settings whose
    /// values are invalid by now, with their spaces.
    pub fn ineffective_overrides(&self) -> Vec<(&str, Vec<Setting>)> {
        let invalid_of = |name: &str, overrides: &SettingOverrides| {
            Some(overrides.invalid(&self.configured.named(name)?.settings))
        };
        let of_spaces = self.overrides.iter();
        let ineffective =
            of_spaces.filter_map(|(name, overrides)| match invalid_of(name, overrides) {
                Some(invalid) if invalid.is_empty() => None,
                invalid => Some((name.as_str(), invalid.unwrap_or_default())),
            });
        ineffective.collect()
    }

    /// The thresholds of spaces that set none of their own.
    pub fn thresholds(&self) -> Thresholds {
        self.thresholds
    }

    /// The packs that `next` has in another state or not at all, with their indexes.
    pub(super) fn replaced_by(&self, next: &Self) -> Vec<PreparedPack> {
        let is_replaced = |folder: &Path, loaded: &LoadedPack| {
            next.packs.get(folder).is_none_or(|next| !Arc::ptr_eq(&next.pack, &loaded.pack))
        };
        let index_of = |pack: &Arc<Pack>| {
            let mut indexes = self.indexes.values().map(|it| &it.index);
            indexes
                .find(|index| matches!(index.packs(), [only] if Arc::ptr_eq(only, pack)))
                .cloned()
        };
        let replaced = self.packs.iter().filter(|(folder, loaded)| is_replaced(folder, loaded));
        let proved = replaced.filter_map(|(_, loaded)| loaded.proved.clone());
        proved.map(|pack| PreparedPack { index: index_of(pack.pack()), pack }).collect()
    }

    /// The pack in `folder` as it was proved; `None` if some of its entries are disabled.
    pub fn proved(&self, folder: &Path) -> Option<&ProvedPack> {
        self.packs.get(folder)?.proved.as_ref()
    }

    /// The pack in `folder`, without its disabled entries.
    pub fn pack(&self, folder: &Path) -> Option<&Arc<Pack>> {
        self.packs.get(folder).map(|loaded| &loaded.pack)
    }

    /// The index of `space`.
    pub fn index_for(&self, space: &Space) -> &SpaceIndex {
        let index = self.indexes.get(&space.name).or_else(|| self.indexes.get(DEFAULT_SPACE));
        index.unwrap_or(&self.empty)
    }
}
