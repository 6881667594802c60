//! The data folder: owner-only, and locked by one process at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use crate::store::file_permissions;
use crate::store::records::RecordsError;

const LOCK_FILE: &str = "quoth.lock";

/// An exclusive lock on the data folder. The system releases it when the process ends, however it
/// ends.
#[derive(Debug)]
pub(in crate::store) struct Lock(
    #[expect(dead_code, reason = "holds the lock until it is dropped")] File,
);

impl Lock {
    /// Locks the folder, which is created if it is missing.
    pub(in crate::store) fn acquire(folder: &Path) -> Result<Self, RecordsError> {
        let unusable = |source| RecordsError::Folder { path: folder.to_owned(), source };
        file_permissions::create_private_dir(folder).map_err(unusable)?;
        let file = open_private(&folder.join(LOCK_FILE)).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(RecordsError::InUse { path: folder.to_owned() }),
            Err(TryLockError::Error(source)) => Err(unusable(source)),
        }
    }
}

/// Creates an empty owner-only file at `path`, if none exists. One that exists is not opened: on POSIX, closing any
/// descriptor of a file releases all locks that the process has on it, also those of SQLite
/// (<https://www.sqlite.org/howtocorrupt.html>, section 2.2).
pub(super) fn create_private_file(path: &Path) -> Result<(), RecordsError> {
    let folder = path.parent().unwrap_or(path);
    match file_permissions::create_private_file(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(RecordsError::Folder { path: folder.to_owned(), source: error })
        }
        _ => Ok(()),
    }
}

fn open_private(path: &Path) -> io::Result<File> {
    file_permissions::owner_only(OpenOptions::new().write(true).create(true).truncate(false))
        .open(path)
}
