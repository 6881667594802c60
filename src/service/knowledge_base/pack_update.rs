//! [`PackUpdate`]: the result of loading a pack whose files have changed.

use std::path::{Path, PathBuf};

use crate::knowledge::{CuratedTexts, EntryChange};
use crate::service::packs::{LoadedPack, PackError};
use crate::store::records::AcceptedTexts;

/// The result of loading a pack whose files have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackUpdate {
    /// Name of the pack.
    pub pack: String,
    /// Folder of the pack.
    pub folder: PathBuf,
    /// Deduplication key: updates with the same key are reported once, also across restarts, until the
    /// pack has no problem.
    pub key: String,
    /// The result.
    pub kind: PackUpdateKind,
    /// Entries that were changed, added or removed, and the lexicon if it was changed.
    pub changes: Vec<EntryChange>,
    /// The texts that are served from now on; `None` if they are the same as before.
    pub texts: Option<CuratedTexts>,
}

/// Kind of a [`PackUpdate`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackUpdateKind {
    /// It is served for the first time.
    Added,
    /// It has no problem any more, or none since the start, and is in use as before.
    Intact,
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
        let update =
            Self::new(folder, loaded, loaded.fingerprint.clone(), PackUpdateKind::Reloaded);
        Self { texts: Some(loaded.texts.clone()), ..update }
    }

    pub(super) fn intact(folder: &Path, loaded: &LoadedPack) -> Self {
        Self::new(folder, loaded, loaded.fingerprint.clone(), PackUpdateKind::Intact)
    }

    /// What `loaded` is at a start, compared to the texts that were served `before`; `None` if they are the same.
    pub(super) fn at_start(
        folder: &Path,
        loaded: &LoadedPack,
        before: Option<&AcceptedTexts>,
    ) -> Option<Self> {
        let changes = before.map(|before| before.changes_to(&loaded.texts));
        let is_recorded = before.is_some_and(|before| before.are(&loaded.texts));
        // An earlier version has recorded less of it.
        let is_same =
            before.is_some_and(|before| before.completed_by(&loaded.texts) == loaded.texts);
        let update = match Self::entries_disabled(folder, loaded) {
            Some(disabled) => disabled,
            None if is_recorded => return None,
            None if is_same => {
                Self { texts: Some(loaded.texts.clone()), ..Self::intact(folder, loaded) }
            }
            None if before.is_none() => {
                Self { kind: PackUpdateKind::Added, ..Self::reloaded(folder, loaded) }
            }
            None => Self::reloaded(folder, loaded),
        };
        Some(Self { changes: changes.unwrap_or_default(), ..update })
    }

    /// `None` if no entry of `loaded` is disabled.
    pub(super) fn entries_disabled(folder: &Path, loaded: &LoadedPack) -> Option<Self> {
        let entries: Vec<String> = loaded.disabled.iter().map(ToString::to_string).collect();
        let kind = PackUpdateKind::EntriesDisabled { entries };
        (!loaded.disabled.is_empty()).then(|| {
            let key = format!("disabled {} {}", loaded.pack.name, loaded.fingerprint);
            let update = Self::new(folder, loaded, key, kind);
            Self { texts: Some(loaded.texts.clone()), ..update }
        })
    }

    /// `previous` is the version that stays in use.
    pub(super) fn rejected(folder: &Path, previous: &LoadedPack, error: &PackError) -> Self {
        let message = error.to_string();
        // The same error of the same pack is reported once, also across restarts. The key is in the
        // database: its beginning must not change between versions.
        let key = format!("refused {} {message}", previous.pack.name);
        Self::new(folder, previous, key, PackUpdateKind::Rejected { message })
    }

    /// The beginnings of the keys of all problems of the pack. When it has none any more, a problem that
    /// was reported before is reported again.
    pub fn problem_keys(&self) -> [String; 2] {
        ["refused", "disabled"].map(|kind| format!("{kind} {} ", self.pack))
    }

    fn new(folder: &Path, loaded: &LoadedPack, key: String, kind: PackUpdateKind) -> Self {
        let (pack, folder) = (loaded.pack.name.clone(), folder.to_owned());
        Self { pack, folder, key, kind, changes: Vec::new(), texts: None }
    }
}
