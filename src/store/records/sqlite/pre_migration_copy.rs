//! The copy of the records that is made before a migration, so that an upgrade can be taken back.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::copy::copy;
use super::{CopyError, FILE};
use crate::store::atomic::{self, WriteError};
use crate::store::records::RecordsError;

/// Copies that are kept.
const MAX_COPIES: usize = 2;

/// How long a copy is kept. It has what was deleted from the records since, such as the questions of those who wanted to
/// be forgotten, so not for ever.
const MAX_AGE: Duration = Duration::from_secs(30 * 24 * 3600);

/// Copies the records at `path`, of the schema `found`, which are about to be migrated to the schema `known`, to
/// `quoth.db.before-<known>` beside them. An earlier copy of this name is replaced.
///
/// # Errors
/// [`RecordsError::NotCopied`].
pub(super) fn create(path: &Path, found: i64, known: i64) -> Result<(), RecordsError> {
    let folder = path.parent().unwrap_or(path);
    let target = folder.join(format!("{}{known}", prefix()));
    let temporary = folder.join(format!("{FILE}.copying"));
    let not_copied = |source| RecordsError::NotCopied { path: path.to_owned(), source };
    let unwritable = |error| not_copied(CopyError::Write(WriteError::new(&target, error)));
    // Of a process that was killed: only one at a time is here.
    drop(std::fs::remove_file(&temporary));
    copy(path, &temporary).map_err(not_copied)?;
    std::fs::rename(&temporary, &target).map_err(unwritable)?;
    atomic::sync_folder(folder).map_err(unwritable)?;
    tracing::info!(
        found,
        known,
        "The records are migrated from schema {found} to {known}; as they were, they are in {}",
        target.display()
    );
    Ok(())
}

/// Deletes the copies in the data folder `folder` that are old or too many.
pub(super) fn delete_old(folder: &Path) {
    let mut copies: Vec<(SystemTime, PathBuf)> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|file| file.file_name().to_string_lossy().starts_with(&prefix()))
        .filter_map(|file| Some((file.metadata().ok()?.modified().ok()?, file.path())))
        .collect();
    copies.sort_unstable_by(|one, other| other.cmp(one));
    for (number, (modified, path)) in copies.into_iter().enumerate() {
        // The time of a file in the future says nothing about its age.
        let is_old = modified.elapsed().is_ok_and(|age| age > MAX_AGE);
        if (is_old || number >= MAX_COPIES) && std::fs::remove_file(&path).is_ok() {
            tracing::info!("Deleted {}, a copy from before an upgrade", path.display());
        }
    }
}

fn prefix() -> String {
    format!("{FILE}.before-")
}
