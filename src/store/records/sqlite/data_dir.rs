//! The data folder: made, kept private, and used by one quoth at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use crate::store::file_permissions;
use crate::store::records::RecordsError;

const LOCK_FILE: &str = "quoth.lock";

/// Held while the folder is ours. The system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "holds the lock until it is dropped")] File);

impl Lock {
    /// Makes the folder if it is missing, and takes it.
    pub(super) fn take(folder: &Path) -> Result<Self, RecordsError> {
        let refused = |source| RecordsError::Folder { path: folder.to_owned(), source };
        file_permissions::create_private_dir(folder).map_err(refused)?;
        let file = open_private(&folder.join(LOCK_FILE)).map_err(refused)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(RecordsError::InUse { path: folder.to_owned() }),
            Err(TryLockError::Error(source)) => Err(refused(source)),
        }
    }
}

/// Makes an empty file at `path` that only its owner can read, unless there is one.
pub(super) fn make_private_file(path: &Path) -> Result<(), RecordsError> {
    let refused =
        |source| RecordsError::Folder { path: path.parent().unwrap_or(path).to_owned(), source };
    open_private(path).map(drop).map_err(refused)
}

fn open_private(path: &Path) -> io::Result<File> {
    file_permissions::owner_only(OpenOptions::new().write(true).create(true).truncate(false))
        .open(path)
}
