//! The folder of the session and the encryption keys, which only its owner can access.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::store::file_permissions;

/// The path of the store inside the platform's data folder.
pub(super) fn path(folder: &Path) -> PathBuf {
    folder.join("store")
}

/// Creates the folder if it is missing, and checks that it is writable.
pub(super) fn create(folder: &Path) -> io::Result<()> {
    file_permissions::create_private_dir(&path(folder))?;
    tempfile::tempfile_in(folder).map(drop)
}

/// Deletes all files of the store.
pub(super) fn clear(folder: &Path) -> io::Result<()> {
    fs::remove_dir_all(path(folder))?;
    file_permissions::create_private_dir(&path(folder))
}

/// Restricts the files of the store to their owner. A failure is only logged, since the permissions
/// of the folder protect them already.
pub(super) fn restrict_files(folder: &Path) {
    let files = fs::read_dir(path(folder)).into_iter().flatten().flatten();
    for file in files {
        if let Err(error) = file_permissions::restrict_to_owner(&file.path()) {
            tracing::warn!(%error, "Could not restrict a file of the Matrix store to its owner");
        }
    }
}
