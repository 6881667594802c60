//! Why a backup is not restored.

use std::io;
use std::path::PathBuf;

use crate::store::atomic::WriteError;
use crate::store::pack_files::ReadError;
use crate::store::records::RecordsError;
use crate::store::records::sqlite::CopyError;
use crate::store::replacement::ReplacementError;

/// Why a backup is not restored. But for [`Self::Interrupted`], nothing has been replaced.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// There is no backup.
    #[error("{} has no backup: name a folder that `quoth backup` has made", path.display())]
    NoBackup {
        /// The folder.
        path: PathBuf,
    },
    /// The backup was interrupted.
    #[error("the backup {} is incomplete, since `quoth backup` was interrupted: restore another one", path.display())]
    Incomplete {
        /// The folder.
        path: PathBuf,
    },
    /// The manifest cannot be parsed.
    #[error("{} is damaged: restore another backup", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// A file of the manifest is missing.
    #[error("{} is missing in the backup: copy all of the backup again, or restore another one", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// A file is not the one that was backed up.
    #[error(
        "{} is not as it was backed up (size or SHA-256 differ): copy the backup again, or restore another one",
        path.display()
    )]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A file cannot be read.
    #[error("cannot read {}: make it readable for the user that runs `quoth restore`", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A newer version has made the backup, in another format.
    #[error("the backup {} was made by a newer version of quoth ({version}): restore it with that version or later", path.display())]
    NewerBackup {
        /// The folder.
        path: PathBuf,
        /// The version.
        version: String,
    },
    /// The records are of a newer version.
    #[error(
        "the backup {} was made by a newer version of quoth (schema {found}, this version supports {known}): restore it with that version or later",
        path.display()
    )]
    NewerRecords {
        /// The folder.
        path: PathBuf,
        /// The schema of the backup.
        found: i64,
        /// The newest schema that this version supports.
        known: i64,
    },
    /// The records of the backup are damaged.
    #[error("the records of the backup cannot be used: restore another one")]
    Records(#[from] CopyError),
    /// A pack cannot be read.
    #[error(transparent)]
    Pack(#[from] ReadError),
    /// The configuration has no folder for a pack.
    #[error(
        "the backup has the pack {name}, and `packs` in the configuration names no folder of this name: add the folder in which it should be (it need not exist), or restore without packs (--without-packs)"
    )]
    NoPackFolder {
        /// The name of the pack.
        name: String,
    },
    /// The configuration has several folders for a pack.
    #[error(
        "the backup has the pack {name}, and `packs` in the configuration names several folders of this name: restore without packs (--without-packs), and copy them by hand"
    )]
    SeveralPackFolders {
        /// The name of the pack.
        name: String,
    },
    /// The backup has several packs of a name, and the configuration has one folder for them.
    #[error(
        "the backup has several packs {name}, and `packs` in the configuration has only {} for them: name the other folders, too (they need not exist), or restore without packs (--without-packs), and copy them by hand",
        folder.display()
    )]
    SeveralPacks {
        /// The name of the packs.
        name: String,
        /// The folder.
        folder: PathBuf,
    },
    /// The data folder has records.
    #[error(
        "the data folder {} already has records, a key or a Matrix session: --force replaces them, and keeps them in a folder inside of it",
        path.display()
    )]
    HasRecords {
        /// The folder.
        path: PathBuf,
    },
    /// A pack's folder has another state of it.
    #[error(
        "the pack {} is not as in the backup: --force replaces it, and keeps it in the data folder; --without-packs leaves it as it is",
        path.display()
    )]
    HasPack {
        /// The folder.
        path: PathBuf,
    },
    /// The data folder cannot be locked.
    #[error(transparent)]
    Lock(#[from] RecordsError),
    /// A file cannot be written.
    #[error("nothing is restored")]
    Write(#[from] WriteError),
    /// A restore that was interrupted before cannot be finished.
    #[error(
        "an earlier restore was interrupted, and cannot be finished: fix the cause and repeat it"
    )]
    Unfinished(#[from] ReplacementError),
    /// The backup is in place in part.
    #[error(
        "the restore of {} is not finished: fix the cause, and repeat the command or start quoth, which finishes it",
        path.display()
    )]
    Interrupted {
        /// The data folder.
        path: PathBuf,
        /// What failed.
        source: ReplacementError,
    },
}
