//! [`PackUpdate`]: the result of loading a pack whose files have changed.

use std::path::{Path, PathBuf};

use crate::knowledge::EntryChange;
use crate::service::packs::{LoadedPack, PackError};

/// The result of loading a pack whose files have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackUpdate {
    /// Name of the pack.
    pub pack: String,
    /// Folder of the pack.
    pub folder: PathBuf,
    /// Deduplication key: updates with the same key are reported once, also across restarts.
    pub key: String,
    /// The result.
    pub kind: PackUpdateKind,
    /// Entries that were changed, added or removed.
    pub changes: Vec<EntryChange>,
}

/// Kind of a [`PackUpdate`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackUpdateKind {
    /// The new version is in use.
    Reloaded,
    /// The new version has errors; the previous one stays in use.
    Rejected {
        /// The first error and what to do.
        message: String,
    },
    /// The new version is in use, except for entries whose quotes are no longer in their source.
    EntriesDisabled {
        /// Ids of these entries.
        entries: Vec<String>,
    },
}

impl PackUpdate {
    pub(super) fn reloaded(folder: &Path, loaded: &LoadedPack) -> Self {
        Self::new(folder, loaded, loaded.fingerprint.clone(), PackUpdateKind::Reloaded)
    }

    /// `None` if no entry of `loaded` is disabled.
    pub(super) fn entries_disabled(folder: &Path, loaded: &LoadedPack) -> Option<Self> {
        let entries: Vec<String> = loaded.disabled.iter().map(ToString::to_string).collect();
        let kind = PackUpdateKind::EntriesDisabled { entries };
        (!loaded.disabled.is_empty())
            .then(|| Self::new(folder, loaded, loaded.fingerprint.clone(), kind))
    }

    /// `previous` is the version that stays in use.
    pub(super) fn rejected(folder: &Path, previous: &LoadedPack, error: &PackError) -> Self {
        let message = error.to_string();
        // The same error of the same pack is reported once, also across restarts. The key is in the
        // database: its beginning must not change between versions.
        let key = format!("refused {} {message}", previous.pack.name);
        Self::new(folder, previous, key, PackUpdateKind::Rejected { message })
    }

    fn new(folder: &Path, loaded: &LoadedPack, key: String, kind: PackUpdateKind) -> Self {
        let (pack, folder) = (loaded.pack.name.clone(), folder.to_owned());
        Self { pack, folder, key, kind, changes: Vec::new() }
    }
}
