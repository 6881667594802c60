//! [`Setup`]: what the checks of this machine look at.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::config::{Config, PartialConfig, Sources};
use crate::conversation::Spaces;
use crate::knowledge::{Proof, prove};
use crate::store::pack_files::{self, ReadError};
use crate::store::records::{LockState, RecordsError, RecordsInspection, lock_state};

/// The configuration as far as it can be read, and the files that it names.
pub(super) struct Setup {
    /// The configuration file, if there is one.
    pub(super) file: Option<PathBuf>,
    /// The configuration. Settings with problems have their defaults.
    pub(super) read: PartialConfig,
    /// Whether a process uses the data folder.
    pub(super) lock: LockState,
    packs: OnceLock<Vec<ReadPack>>,
}

/// A pack folder, its files and their proof.
pub(super) struct ReadPack {
    pub(super) folder: PathBuf,
    pub(super) proof: Result<ProvedFiles, ReadError>,
}

/// The proof of a pack's files.
pub(super) struct ProvedFiles {
    /// [`PackFiles::fingerprint`](crate::knowledge::PackFiles::fingerprint) of them.
    pub(super) fingerprint: String,
    pub(super) proof: Proof,
}

impl Setup {
    /// Reads the configuration of `sources`.
    pub(super) fn new(sources: &Sources) -> Self {
        let read = sources.read_partially();
        let lock = lock_state(&read.config.data);
        Self { file: sources.file(), read, lock, packs: OnceLock::new() }
    }

    pub(super) fn config(&self) -> &Config {
        &self.read.config
    }

    /// The spaces, with what moderators have changed of their settings, as far as the records can be read.
    pub(super) fn spaces(&self) -> Spaces {
        let overrides = RecordsInspection::setting_overrides_in(self.data()).unwrap_or_default();
        self.config().spaces().with_overrides(&overrides)
    }

    /// The data folder.
    pub(super) fn data(&self) -> &Path {
        &self.read.config.data
    }

    /// The data folder, if it exists.
    ///
    /// # Errors
    /// Why what needs it is not applicable.
    pub(super) fn existing_data(&self) -> Result<&Path, String> {
        let data = self.data();
        let missing = || format!("there is no folder {} (see data-folder)", data.display());
        if data.is_dir() { Ok(data) } else { Err(missing()) }
    }

    /// Whether a process, which is most likely the service, uses the data folder.
    pub(super) fn is_running(&self) -> bool {
        matches!(self.lock, LockState::Held(_))
    }

    /// The records, if there are any.
    ///
    /// # Errors
    /// Why what needs them is not applicable.
    pub(super) fn records(&self) -> Result<RecordsInspection, String> {
        match RecordsInspection::open(self.existing_data()?) {
            Ok(Some(records)) => Ok(records),
            Ok(None) => Err(NO_RECORDS.to_owned()),
            Err(_) => Err(UNREADABLE_RECORDS.to_owned()),
        }
    }

    /// The packs of all spaces, read and proved once.
    ///
    /// # Errors
    /// Why what needs them is not applicable.
    pub(super) fn packs(&self) -> Result<&[ReadPack], String> {
        let packs = self.packs.get_or_init(|| {
            let spaces = self.config().spaces();
            spaces.pack_folders().into_iter().map(read_pack).collect()
        });
        let no_packs = || "the configuration names no packs (see config-complete)".to_owned();
        if packs.is_empty() { Err(no_packs()) } else { Ok(packs) }
    }
}

/// Why nothing about records is checked before the first start.
pub(super) const NO_RECORDS: &str = "there are no records yet: the first `quoth run` makes them";

/// Why nothing else about records is checked that cannot be read.
pub(super) const UNREADABLE_RECORDS: &str = "the records cannot be read (see records)";

/// What a failure to read the records is about, and what to do.
pub(super) fn unreadable(error: &RecordsError) -> (String, String) {
    ("the records cannot be read".to_owned(), error.to_string())
}

fn read_pack(folder: &Path) -> ReadPack {
    let proof = pack_files::read(folder)
        .map(|files| ProvedFiles { fingerprint: files.fingerprint(), proof: prove(&files) });
    ReadPack { folder: folder.to_owned(), proof }
}
