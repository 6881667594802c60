//! A copy of the data folder, made while a service uses it.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use super::atomic::{self, WriteError};
use super::records::sqlite;
use super::{asker_key, file_permissions};

/// How long to wait for a lock that the service holds, for instance while it is starting.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Copies the records and the key of the hashes of user ids from the data folder `data` to `target`, which
/// is created if it is missing. The records are those of one moment. Both files are for their owner only.
///
/// # Errors
/// [`BackupError`]. An incomplete copy of the records is deleted.
pub fn create(data: &Path, target: &Path) -> Result<(), BackupError> {
    let (from, to) = (data.join(sqlite::FILE), target.join(sqlite::FILE));
    if !from.is_file() {
        return Err(BackupError::NoRecords { path: from });
    }
    let unusable = |source| BackupError::Target { path: target.to_owned(), source };
    file_permissions::create_private_dir(target).map_err(unusable)?;
    match file_permissions::create_private_file(&to) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(BackupError::Exists { path: to });
        }
        created => created.map_err(unusable)?,
    }
    if let Err(source) = copy_records(&from, &to) {
        // What is there is no backup.
        drop(std::fs::remove_file(&to));
        return Err(BackupError::Records { path: from, source });
    }
    File::open(&to).and_then(|file| file.sync_all()).map_err(unusable)?;
    let key = data.join(asker_key::FILE);
    match std::fs::read(&key) {
        Ok(bytes) => Ok(atomic::write_private(&target.join(asker_key::FILE), &bytes)?),
        // The key is in the configuration.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(BackupError::Key { path: key, source }),
    }
}

/// Copies the database at `from` to the empty file `to`.
fn copy_records(from: &Path, to: &Path) -> Result<(), CopyError> {
    open(from)?.execute("VACUUM INTO ?", [to.to_string_lossy()])?;
    let found: String = open(to)?.pragma_query_value(None, "integrity_check", |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(CopyError::Damaged(found)) }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(connection)
}

/// Why the records cannot be copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// An error of the database.
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
    /// The copy is damaged, as the records are.
    #[error("the copy is damaged: {0}")]
    Damaged(String),
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The data folder has no records.
    #[error("there are no records at {}: name the data folder (`data` in the configuration, QUOTH_DATA)", path.display())]
    NoRecords {
        /// The file.
        path: PathBuf,
    },
    /// The target has a backup already.
    #[error("{} exists: back up to a new folder", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The target cannot be written.
    #[error("cannot write to {}", path.display())]
    Target {
        /// The folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The records cannot be copied, or the copy is damaged.
    #[error("cannot copy the records {}", path.display())]
    Records {
        /// The file.
        path: PathBuf,
        /// What failed.
        source: CopyError,
    },
    /// The key cannot be read.
    #[error("cannot read the key {}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The key cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}
