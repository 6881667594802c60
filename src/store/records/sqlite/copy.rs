//! Copies of the records, made while others use them.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::{error, migrations};
use crate::store::atomic::{self, WriteError};
use crate::store::{file_permissions, system_error};

/// How long to wait for a lock that the service holds, for instance while it is starting.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Copies the records at `from`, as they are at one moment, to the new file `to`, which only its owner can access. It is
/// checked and on the disk when this returns. Returns its schema.
///
/// # Errors
/// [`CopyError`]. An incomplete copy is deleted.
pub(in crate::store) fn copy(from: &Path, to: &Path) -> Result<i64, CopyError> {
    let unwritable = |source| WriteError::new(to, source);
    file_permissions::create_private_file(to).map_err(unwritable)?;
    let copied = vacuum_into(from, to).and_then(|()| {
        let schema = check(to)?;
        File::open(to).and_then(|file| file.sync_all()).map_err(unwritable)?;
        atomic::sync_folder(to.parent().unwrap_or(to)).map_err(unwritable)?;
        Ok(schema)
    });
    if copied.is_err() {
        // What is there is no copy.
        drop(std::fs::remove_file(to));
    }
    copied
}

fn vacuum_into(from: &Path, to: &Path) -> Result<(), CopyError> {
    let database = |source| CopyError::Database { path: from.to_owned(), source };
    let connection = Connection::open(from).map_err(database)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(database)?;
    let copied = connection.execute("VACUUM INTO ?", [to.to_string_lossy()]);
    copied.map(drop).map_err(|source| {
        // Of the two files, only the copy grows.
        if error::is_full(&source) {
            let source = io::Error::new(io::ErrorKind::StorageFull, source);
            return WriteError::new(to, source).into();
        }
        database(source)
    })
}

/// Checks the records at `path`, which nobody uses. Returns their schema: the number of the last migration.
///
/// # Errors
/// [`CopyError`] if they are damaged, or no records of quoth.
pub(in crate::store) fn check(path: &Path) -> Result<i64, CopyError> {
    let database = |source| CopyError::Database { path: path.to_owned(), source };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(database)?;
    let found: String = connection
        .pragma_query_value(None, "integrity_check", |row| row.get(0))
        .map_err(database)?;
    if found != "ok" {
        return Err(CopyError::Damaged { path: path.to_owned(), found });
    }
    let schema = migrations::applied_version(&connection).map_err(database)?;
    if schema == 0 { Err(CopyError::NoRecords { path: path.to_owned() }) } else { Ok(schema) }
}

/// Lets the history of the pack `name` in the copy at `path`, which nobody uses, go on with the folder `folder`: a restored
/// pack is no copy of the one that was backed up, even if that is still there.
///
/// # Errors
/// [`WriteError`].
pub(in crate::store) fn move_pack(
    path: &Path,
    name: &str,
    folder: &Path,
) -> Result<(), WriteError> {
    let moved = || -> rusqlite::Result<()> {
        let connection = Connection::open(path)?;
        // Earlier schemas do not have it.
        let table = "SELECT 1 FROM sqlite_schema WHERE name = 'pack_folders'";
        if connection.query_row(table, [], |_| Ok(())).optional()?.is_some() {
            // The next edit records its folder.
            let other = "DELETE FROM pack_folders WHERE name = ? AND folder <> ?";
            connection.execute(other, [name, &folder.to_string_lossy()])?;
        }
        Ok(())
    };
    moved().map_err(|source| {
        let kind =
            if error::is_full(&source) { io::ErrorKind::StorageFull } else { io::ErrorKind::Other };
        WriteError::new(path, io::Error::new(kind, source))
    })
}

/// Why records cannot be copied, or a copy not be used.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// An error of the database.
    #[error("cannot read the records {}", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// The database's error.
        source: rusqlite::Error,
    },
    /// The copy is damaged, as the records are.
    #[error("the records {} are damaged: {found}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite found first.
        found: String,
    },
    /// The database is not one of quoth.
    #[error("{} has no records of quoth", path.display())]
    NoRecords {
        /// The file.
        path: PathBuf,
    },
    /// The copy cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl CopyError {
    /// Whether it may pass although nobody has changed anything.
    pub(in crate::store) fn is_transient(&self) -> bool {
        match self {
            Self::Database { .. } => true,
            Self::Damaged { .. } | Self::NoRecords { .. } => false,
            Self::Write(error) => system_error::is_transient(error.system_error().kind()),
        }
    }
}
