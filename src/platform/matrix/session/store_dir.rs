//! The folder of the session and the keys, which is its owner's alone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::store::file_permissions;

/// The store itself, in the folder of all that is kept for Matrix.
pub(super) fn path(folder: &Path) -> PathBuf {
    folder.join("store")
}

/// Makes the folder, if it is missing, and sees whether it can be written.
pub(super) fn make(folder: &Path) -> io::Result<()> {
    file_permissions::create_private_dir(&path(folder))?;
    tempfile::tempfile_in(folder).map(drop)
}

/// Takes away what is in the store.
pub(super) fn empty(folder: &Path) -> io::Result<()> {
    fs::remove_dir_all(path(folder))?;
    file_permissions::create_private_dir(&path(folder))
}

/// Makes the files of the store their owner's alone. That the folder is so protects them already.
pub(super) fn protect(folder: &Path) {
    let files = fs::read_dir(path(folder)).into_iter().flatten().flatten();
    for file in files {
        if let Err(error) = file_permissions::restrict_to_owner(&file.path()) {
            tracing::warn!(%error, "A file of the store could not be made its owner's alone");
        }
    }
}
