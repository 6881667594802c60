//! Replaces the content of a data folder, and of pack folders, as a whole: everything or nothing, also if the process is
//! killed at any point.
//!
//! The new files wait in a staging folder inside of the data folder. A journal in it, written last, says what is to be done;
//! from then on the replacement is decided, and whoever next locks the data folder finishes it. Each step can be repeated.
//! Whole folders are not renamed, since both kinds may be where a volume is mounted.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::atomic::{self, WriteError};
use super::file_permissions;

/// The staging folder in the data folder.
const STAGING: &str = "restoring";

/// The journal in the staging folder.
const JOURNAL: &str = "journal.json";

/// The staging folder of the data folder `data`.
pub(super) fn staging(data: &Path) -> PathBuf {
    data.join(STAGING)
}

/// What is to be replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Replacement {
    /// What the new files come from.
    pub(super) source: PathBuf,
    /// The folder in the data folder to which the old files are moved.
    pub(super) kept: String,
    /// The files and folders in the data folder that are moved there.
    pub(super) old: Vec<String>,
    /// The files in the staging folder that are moved to the data folder, in this order.
    pub(super) new: Vec<String>,
    /// The packs.
    pub(super) packs: Vec<PackReplacement>,
}

/// A pack folder of which files are replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PackReplacement {
    /// Its absolute path.
    pub(super) folder: PathBuf,
    /// Where its new files are in the staging folder, and its old ones in that of the old files.
    pub(super) staged: String,
    /// The files that are written.
    pub(super) files: Vec<String>,
    /// The files that are deleted.
    pub(super) deleted: Vec<String>,
    /// The files that stay as they are. They are copied to the old ones, so that the old pack is complete there.
    pub(super) unchanged: Vec<String>,
}

impl Replacement {
    /// Decides the replacement in the data folder `data`, whose staging folder has all new files on the disk.
    ///
    /// # Errors
    /// [`WriteError`]. Nothing is decided then.
    pub(super) fn decide(&self, data: &Path) -> Result<(), WriteError> {
        let path = staging(data).join(JOURNAL);
        let json = serde_json::to_vec_pretty(self).map_err(io::Error::other);
        let json = json.map_err(|error| WriteError::new(&path, error))?;
        atomic::write_private(&path, &json)
    }

    fn apply(&self, data: &Path) -> Result<(), ReplacementError> {
        let kept = data.join(&self.kept);
        file_permissions::create_private_dir(&kept)
            .map_err(|error| WriteError::new(&kept, error))?;
        give_to_owner(data, &kept)?;
        for pack in &self.packs {
            pack.apply(&staging(data).join(&pack.staged), &kept.join(&pack.staged))?;
        }
        // The last new file is moved when all old ones are.
        let is_pending = |name: &String| staging(data).join(name).exists();
        for name in &self.old {
            let in_place_of_it = self.new.iter().find(|new| *new == name).or(self.new.last());
            let from = data.join(name);
            if from.exists() && in_place_of_it.is_none_or(is_pending) {
                rename(&from, &free_name(&kept.join(name)))?;
            }
        }
        sync(&kept)?;
        sync(data)?;
        for name in self.new.iter().filter(|name| is_pending(name)) {
            rename(&staging(data).join(name), &data.join(name))?;
        }
        Ok(sync(data)?)
    }
}

impl PackReplacement {
    /// Writes the files of the folder `staged`. Old ones are copied to the folder `kept` before.
    fn apply(&self, staged: &Path, kept: &Path) -> Result<(), ReplacementError> {
        std::fs::create_dir_all(&self.folder)
            .map_err(|error| WriteError::new(&self.folder, error))?;
        for file in &self.unchanged {
            keep(&self.folder.join(file), &kept.join(file), &[])?;
        }
        for file in &self.files {
            let (from, to) = (staged.join(file), self.folder.join(file));
            let new = std::fs::read(&from).map_err(|error| ReplacementError::read(&from, error))?;
            if keep(&to, &kept.join(file), &new)? {
                continue;
            }
            let folder = to.parent().unwrap_or(&self.folder);
            std::fs::create_dir_all(folder).map_err(|error| WriteError::new(folder, error))?;
            give_to_owner(&self.folder, folder)?;
            atomic::write(&to, &new)?;
            give_to_owner(&self.folder, &to)?;
        }
        for file in &self.deleted {
            let path = self.folder.join(file);
            keep(&path, &kept.join(file), &[])?;
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(WriteError::new(&path, error).into());
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Copies the file at `path` to `kept`, unless it is `new`, missing or copied already. Returns whether it is `new`.
fn keep(path: &Path, kept: &Path, new: &[u8]) -> Result<bool, ReplacementError> {
    let old = match std::fs::read(path) {
        Ok(old) => old,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(ReplacementError::read(path, error)),
    };
    if old == new {
        return Ok(true);
    }
    if std::fs::read(kept).is_ok_and(|copy| copy == old) {
        return Ok(false);
    }
    // Saved by an editor since an interrupted replacement, it may be another one.
    let to = free_name(kept);
    let folder = to.parent().unwrap_or(&to);
    file_permissions::create_private_dir(folder).map_err(|error| WriteError::new(folder, error))?;
    atomic::write_private(&to, &old)?;
    Ok(false)
}

/// `path`, or if it exists `path.2` and so on.
fn free_name(path: &Path) -> PathBuf {
    let mut free = path.to_owned();
    let mut number = 1;
    while free.exists() {
        number += 1;
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{number}"));
        free = name.into();
    }
    free
}

/// Whether a replacement in the data folder `data` is decided and not finished.
pub(super) fn is_pending(data: &Path) -> bool {
    staging(data).join(JOURNAL).exists()
}

/// Finishes the replacement in the data folder `data` that is decided, and removes one that is not. Returns what was
/// finished. The caller has locked the folder.
///
/// # Errors
/// [`ReplacementError`]. It can be finished later.
pub(super) fn finish(data: &Path) -> Result<Option<Replacement>, ReplacementError> {
    let staging = staging(data);
    let journal = staging.join(JOURNAL);
    let replacement = match std::fs::read(&journal) {
        Ok(json) => {
            let parsed = serde_json::from_slice(&json).map_err(io::Error::other);
            let replacement: Replacement =
                parsed.map_err(|error| ReplacementError::read(&journal, error))?;
            replacement.apply(data)?;
            std::fs::remove_file(&journal).map_err(|error| WriteError::new(&journal, error))?;
            // All is in place, whether this succeeds or not.
            drop(sync(&staging));
            Some(replacement)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(ReplacementError::read(&journal, error)),
    };
    discard(data);
    Ok(replacement)
}

/// Removes the staging folder of the data folder `data`, whose replacement is not decided, or finished. What is left of
/// it does no harm.
pub(super) fn discard(data: &Path) {
    drop(std::fs::remove_dir_all(staging(data)));
}

fn rename(from: &Path, to: &Path) -> Result<(), WriteError> {
    std::fs::rename(from, to).map_err(|error| WriteError::new(to, error))
}

fn give_to_owner(folder: &Path, path: &Path) -> Result<(), WriteError> {
    let given = file_permissions::give_to_owner_of(folder, path);
    given.map_err(|error| WriteError::new(path, error))
}

fn sync(folder: &Path) -> Result<(), WriteError> {
    atomic::sync_folder(folder).map_err(|error| WriteError::new(folder, error))
}

/// Why a replacement is not finished.
#[derive(Debug, thiserror::Error)]
pub enum ReplacementError {
    /// A file cannot be written or moved.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

impl ReplacementError {
    fn read(path: &Path, source: io::Error) -> Self {
        Self::Read { path: path.to_owned(), source }
    }

    /// Whether it may be finished later although nobody has changed anything.
    pub(super) fn is_transient(&self) -> bool {
        let source = match self {
            Self::Write(error) => error.system_error(),
            Self::Read { source, .. } => source,
        };
        super::system_error::is_transient(source.kind())
    }
}
