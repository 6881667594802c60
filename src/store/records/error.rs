//! Why the records cannot be used.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::sqlite::CopyError;
use crate::store::replacement::ReplacementError;
use crate::store::system_error;

/// Why the records cannot be used. Each text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    /// The data folder cannot be created or written to.
    #[error(
        "cannot write to the data folder {}: make it, and the files in it, writable for the user that runs quoth, or name another one (`data` in the configuration, QUOTH_DATA)",
        path.display()
    )]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// Another process of quoth uses the same folder.
    #[error(
        "the data folder {} is in use by another quoth process: stop it, or give each process its own folder",
        path.display()
    )]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// The records were written by a later version.
    #[error(
        "the records {} were written by a newer version of quoth (schema {found}, this version supports {known}): run that version or later, or restore a copy made before the upgrade",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version of its schema.
        found: i64,
        /// The newest version of the schema that this version of quoth supports.
        known: i64,
    },
    /// The copy that is made before a migration cannot be made.
    #[error(
        "the records {} have to be migrated, and cannot be copied before that: nothing is migrated",
        path.display()
    )]
    NotCopied {
        /// The file.
        path: PathBuf,
        /// What failed, with what to do.
        source: CopyError,
    },
    /// A restore was interrupted, and cannot be finished.
    #[error(
        "the restore of a backup to {} was interrupted and cannot be finished: fix the cause and start again, or repeat `quoth restore` as a user that may write there",
        path.display()
    )]
    Restore {
        /// The data folder.
        path: PathBuf,
        /// What failed.
        source: ReplacementError,
    },
    /// A restore is in progress, or was interrupted.
    #[error(
        "a backup is being restored to {}: wait for it. If it was interrupted, start quoth or repeat `quoth restore`, which finish it",
        path.display()
    )]
    Restoring {
        /// The data folder.
        path: PathBuf,
    },
    /// The file is damaged or not a database.
    #[error(
        "the records {} are damaged: stop quoth, keep a copy of the file, and restore a backup, or move it away to start with empty records",
        path.display()
    )]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// The database's error.
        source: Arc<rusqlite::Error>,
    },
    /// The disk is full.
    #[error("no space is left for the records {}: free some; no data was lost", path.display())]
    Full {
        /// The file.
        path: PathBuf,
        /// The database's error.
        source: Arc<rusqlite::Error>,
    },
    /// The file is not in its place any more.
    #[error(
        "the records {} were removed or replaced while quoth uses them: what is recorded from now on is lost; restart quoth, and restore a backup (`quoth restore`) if they were deleted by mistake",
        path.display()
    )]
    Removed {
        /// The file.
        path: PathBuf,
    },
    /// There is no file, though there was one.
    #[error(
        "there are no records {}, though this data folder was used before: restore a backup (`quoth restore`), or start quoth, which makes new ones",
        path.display()
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// Another program holds a lock on the file.
    #[error(
        "the records {} are locked by another program (a backup, a database browser): close it; no data was lost",
        path.display()
    )]
    Locked {
        /// The file.
        path: PathBuf,
        /// The database's error.
        source: Arc<rusqlite::Error>,
    },
    /// Any other error of the database.
    #[error("the records {} cannot be used", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// The database's error.
        source: Arc<rusqlite::Error>,
    },
    /// The thread of the records cannot be started.
    #[error("cannot start a thread for the records")]
    Thread {
        /// The system's error.
        source: io::Error,
    },
    /// The records are closed or closing.
    #[error("the records are closed: quoth is stopping")]
    Closed,
}

impl RecordsError {
    /// Whether the records may be usable later although nobody has changed anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Folder { source, .. } => system_error::is_transient(source.kind()),
            Self::NotCopied { source, .. } => source.is_transient(),
            Self::Restore { source, .. } => source.is_transient(),
            Self::InUse { .. }
            | Self::Restoring { .. }
            | Self::Full { .. }
            | Self::Removed { .. }
            | Self::Missing { .. }
            | Self::Locked { .. }
            | Self::Database { .. }
            | Self::Thread { .. }
            | Self::Closed => true,
            Self::Newer { .. } | Self::Corrupt { .. } => false,
        }
    }
}
