//! The folder of the session and the encryption keys, which only its owner can access.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use matrix_sdk::STATE_STORE_DATABASE_NAME;

use crate::store::file_permissions;

/// Bytes that are written to check that the folder is writable, and the disk not full: more than a
/// session has. A login whose session could not be stored would leave a device behind.
const N_PROBE_BYTES: usize = 16 * 1024;

/// The path of the store inside the platform's data folder.
pub(super) fn path(folder: &Path) -> PathBuf {
    folder.join("store")
}

/// Creates the folder if it is missing, and checks that it is writable.
pub(super) fn create(folder: &Path) -> io::Result<()> {
    file_permissions::create_private_dir(&path(folder))?;
    let mut probe = tempfile::tempfile_in(folder)?;
    probe.write_all(&[0; N_PROBE_BYTES])?;
    probe.sync_all()
}

/// Whether the store was created.
pub(in super::super) fn has_store(folder: &Path) -> bool {
    path(folder).join(STATE_STORE_DATABASE_NAME).exists()
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
