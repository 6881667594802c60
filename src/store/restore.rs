//! Puts a backup in place of a data folder and of packs. Everything is checked before anything is replaced.

mod error;
mod staging;

use std::path::{Path, PathBuf};

use super::asker_key::{self, AskerKey};
use super::atomic;
use super::backup::manifest::{INCOMPLETE_FILE, Manifest};
use super::pack_files;
use super::records::sqlite::{self, Lock};
use super::replacement::{self, PackReplacement, Replacement};
use crate::conversation::Timestamp;
use crate::knowledge::{PackFile, PackFiles};
pub use error::RestoreError;
use staging::Staging;

/// The folder of the Matrix session in the data folder.
pub(crate) const MATRIX_FOLDER: &str = "matrix";

/// What the names of folders with replaced files begin with.
const KEPT_PREFIX: &str = "before-restore-";

/// What is restored, and where to.
#[derive(Debug, Clone)]
pub struct RestoreTarget {
    /// The data folder, which is created if it is missing.
    pub data: PathBuf,
    /// The folders of the packs. A pack of the backup goes to the folder of its name.
    pub packs: Vec<PathBuf>,
    /// The key of the hashes, if the configuration has it.
    pub hash_key: Option<String>,
    /// Whether packs are left as they are.
    pub leaves_packs: bool,
    /// Whether the Matrix session that is in the data folder stays. Only right where it is that of the bot, and no copy.
    pub keeps_matrix_device: bool,
    /// Whether existing records and packs are replaced.
    pub replaces: bool,
}

/// A backup that is checked, but for the proof of its packs, and waits in the data folder, which is locked. Dropped, it has
/// changed nothing.
#[derive(Debug)]
pub struct StagedRestore {
    /// The packs that differ from those in their folders.
    pub packs: Vec<StagedPack>,
    replacement: Replacement,
    report: RestoreReport,
    staging: Staging,
    _lock: Lock,
}

/// A pack of the backup.
#[derive(Debug)]
pub struct StagedPack {
    /// Its files, as they were backed up.
    pub files: PackFiles,
    /// Where it is in the backup.
    pub backup_folder: PathBuf,
    /// The folder that it was copied from.
    pub from: PathBuf,
    /// Whether it was known to be wrong when it was backed up.
    pub was_wrong: bool,
}

/// What a restore has done.
#[derive(Debug, Clone, Default)]
pub struct RestoreReport {
    /// The manifest; `None` in backups of the first versions.
    pub manifest: Option<Manifest>,
    /// The folders of the packs that were replaced or created.
    pub packs: Vec<PathBuf>,
    /// The folders of the packs that were as in the backup.
    pub same_packs: Vec<PathBuf>,
    /// The folder with what was replaced; `None` if nothing was.
    pub kept: Option<PathBuf>,
    /// Whether the key of the hashes that is in use from now on is another one than when the backup was made.
    pub has_other_key: bool,
    /// Whether the data folder was created.
    pub is_data_new: bool,
    /// Whether the data folder has a Matrix session.
    pub has_matrix_device: bool,
    /// Whether a restore of this backup had been interrupted, and was finished.
    pub was_interrupted: bool,
}

/// A restore that is checked, or one that was interrupted and is finished now.
#[derive(Debug)]
pub enum Restore {
    /// CheckOutcome.
    Staged(Box<StagedRestore>),
    /// Finished.
    Finished(Box<RestoreReport>),
}

/// Checks the backup in the folder `backup` for `target`. `now` is the current time. If a restore of it was interrupted
/// after it had replaced something, it is finished instead.
///
/// # Errors
/// [`RestoreError`]. Nothing is replaced then.
pub fn stage(
    backup: &Path,
    target: &RestoreTarget,
    now: Timestamp,
) -> Result<Restore, RestoreError> {
    let manifest = staging::read_manifest(backup)?;
    let is_data_new = !target.data.exists();
    let lock = Lock::acquire(&target.data)?;
    let source = std::path::absolute(backup).unwrap_or_else(|_| backup.to_owned());
    if let Some(finished) = replacement::finish(&target.data)? {
        if finished.source == source {
            return Ok(Restore::Finished(Box::new(report_of(&finished, manifest, target))));
        }
        let other = finished.source.display();
        tracing::warn!("The restore of {other} had been interrupted and is finished now");
    }
    let old = replaced_files(target)?;
    let staging = Staging::create(&target.data)?;
    staging.copy_data(backup, manifest.as_ref())?;
    move_packs(&staging, target)?;
    let new = [asker_key::FILE, sqlite::FILE].into_iter().filter(|name| staging.has(name));
    let replacement = Replacement {
        source,
        kept: format!("{KEPT_PREFIX}{}", now.rfc3339().replace(':', "")),
        old,
        new: new.map(str::to_owned).collect(),
        packs: Vec::new(),
    };
    let report = RestoreReport {
        has_other_key: has_other_key(&staging, manifest.as_ref(), target.hash_key.as_deref()),
        manifest,
        is_data_new,
        ..RestoreReport::default()
    };
    let mut staged = StagedRestore { packs: Vec::new(), replacement, report, staging, _lock: lock };
    if !target.leaves_packs {
        staged.add_packs(backup, target)?;
    }
    staged.staging.sync()?;
    Ok(Restore::Staged(Box::new(staged)))
}

impl StagedRestore {
    fn add_packs(&mut self, backup: &Path, target: &RestoreTarget) -> Result<(), RestoreError> {
        let copied = self.staging.copy_packs(backup, self.report.manifest.as_ref())?;
        let mut taken: Vec<PathBuf> = Vec::new();
        for (pack, others, staged) in copied {
            let folder = folder_of(&pack, target)?;
            if taken.contains(&folder) {
                return Err(RestoreError::SeveralPacks { name: pack.files.name, folder });
            }
            taken.push(folder.clone());
            match difference(&folder, &pack.files, &others, staged)? {
                None => self.report.same_packs.push(folder),
                Some((_, true)) if !target.replaces => {
                    return Err(RestoreError::HasPack { path: folder });
                }
                Some((difference, _)) => {
                    check_writable(&difference)?;
                    self.report.packs.push(folder);
                    self.replacement.packs.push(difference);
                    self.packs.push(pack);
                }
            }
        }
        Ok(())
    }

    /// Puts the backup in place. If this is interrupted, the next start of the service finishes it, or the same restore again.
    ///
    /// # Errors
    /// [`RestoreError`], with what to do.
    pub fn commit(self) -> Result<RestoreReport, RestoreError> {
        let data = self.staging.data().to_owned();
        self.replacement.decide(&data)?;
        self.staging.keep();
        let finished = replacement::finish(&data)
            .map_err(|source| RestoreError::Interrupted { path: data.clone(), source })?;
        let mut report = self.report;
        if let Some(finished) = finished {
            report.kept = Some(data.join(finished.kept)).filter(|kept| remove_if_empty(kept));
        }
        report.has_matrix_device = data.join(MATRIX_FOLDER).exists();
        Ok(report)
    }
}

/// The report of a restore that was interrupted.
fn report_of(
    finished: &Replacement,
    manifest: Option<Manifest>,
    target: &RestoreTarget,
) -> RestoreReport {
    RestoreReport {
        manifest,
        packs: finished.packs.iter().map(|pack| pack.folder.clone()).collect(),
        kept: Some(target.data.join(&finished.kept)).filter(|kept| remove_if_empty(kept)),
        has_matrix_device: target.data.join(MATRIX_FOLDER).exists(),
        was_interrupted: true,
        ..RestoreReport::default()
    }
}

/// Removes the folder if nothing is in it. Returns whether something is.
fn remove_if_empty(folder: &Path) -> bool {
    std::fs::remove_dir(folder).is_err()
}

/// The files and folders in the data folder that a bot has made, and that are replaced.
fn replaced_files(target: &RestoreTarget) -> Result<Vec<String>, RestoreError> {
    let mut names = vec![sqlite::FILE, asker_key::FILE];
    if !target.keeps_matrix_device {
        names.push(MATRIX_FOLDER);
    }
    names.retain(|name| target.data.join(name).exists());
    if !names.is_empty() && !target.replaces {
        return Err(RestoreError::HasRecords { path: target.data.clone() });
    }
    let mut names: Vec<String> = names.into_iter().map(str::to_owned).collect();
    // Left beside other records, these would damage them. They may also appear only now.
    names.extend(["-wal", "-shm"].map(|suffix| format!("{}{suffix}", sqlite::FILE)));
    Ok(names)
}

/// Lets the history of each pack go on with the folder that the configuration has for it, if it has only one of its name.
fn move_packs(staging: &Staging, target: &RestoreTarget) -> Result<(), RestoreError> {
    let names: Vec<String> = target.packs.iter().map(|it| pack_files::name_of(it)).collect();
    for (folder, name) in target.packs.iter().zip(&names) {
        if names.iter().filter(|other| *other == name).count() == 1 {
            staging.move_pack(name, folder)?;
        }
    }
    Ok(())
}

/// Whether the hashes of user ids are made with another key from now on.
fn has_other_key(staging: &Staging, manifest: Option<&Manifest>, secret: Option<&str>) -> bool {
    let Some(before) = manifest.and_then(|manifest| manifest.key_check.as_ref()) else {
        return false;
    };
    let key = match secret {
        Some(secret) => Some(AskerKey::new(secret)),
        None => staging.read(asker_key::FILE).map(AskerKey::new),
    };
    key.is_none_or(|key| key.check_value() != *before)
}

/// The folder of the configuration that the pack goes to: that of its name. Of several, the one that has the longest end in common
/// with the folder that it was copied from, so that those of `en/faq` and `de/faq` do not get mixed up.
fn folder_of(pack: &StagedPack, target: &RestoreTarget) -> Result<PathBuf, RestoreError> {
    let name = &pack.files.name;
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let of_name = target.packs.iter().filter(|folder| pack_files::name_of(folder) == *name);
    let mut folders: Vec<PathBuf> = of_name.map(|folder| absolute(folder)).collect();
    folders.sort_unstable();
    folders.dedup();
    let most = folders.iter().map(|folder| common_end(folder, &pack.from)).max();
    folders.retain(|folder| Some(common_end(folder, &pack.from)) == most);
    match folders.len() {
        0 => Err(RestoreError::NoPackFolder { name: name.clone() }),
        1 => Ok(folders.remove(0)),
        _ => Err(RestoreError::SeveralPackFolders { name: name.clone() }),
    }
}

/// How many of the last parts of two paths are the same.
fn common_end(one: &Path, other: &Path) -> usize {
    one.components().rev().zip(other.components().rev()).take_while(|(a, b)| a == b).count()
}

/// What has to change in `folder` for the pack `files` with the files `others` beside it, staged at `staged`, and whether
/// `folder` has such files. `None` if nothing.
fn difference(
    folder: &Path,
    files: &PackFiles,
    others: &[PackFile],
    staged: String,
) -> Result<Option<(PackReplacement, bool)>, RestoreError> {
    let mut existing = Vec::new();
    if folder.exists() {
        existing = pack_files::read(folder)?.files;
        existing.extend(pack_files::read_others(folder)?);
    }
    let wanted: Vec<&PackFile> = files.files.iter().chain(others).collect();
    let is_wanted = |file: &PackFile| wanted.iter().any(|it| it.path == file.path);
    let deleted: Vec<String> =
        existing.iter().filter(|it| !is_wanted(it)).map(|it| it.path.clone()).collect();
    let changed: Vec<String> = wanted
        .iter()
        .filter(|file| !existing.contains(file))
        .map(|file| file.path.clone())
        .collect();
    if deleted.is_empty() && changed.is_empty() {
        return Ok(None);
    }
    let is_unchanged = |file: &&PackFile| wanted.contains(file);
    let unchanged = existing.iter().filter(is_unchanged).map(|file| file.path.clone()).collect();
    let folder = folder.to_owned();
    let replacement = PackReplacement { folder, staged, files: changed, deleted, unchanged };
    Ok(Some((replacement, !existing.is_empty())))
}

/// Checks that the files of a pack can be written.
fn check_writable(pack: &PackReplacement) -> Result<(), RestoreError> {
    for file in pack.files.iter().chain(&pack.deleted) {
        let path = pack.folder.join(file);
        let folder = path.ancestors().skip(1).find(|it| it.is_dir()).unwrap_or(&pack.folder);
        tempfile::tempfile_in(folder).map_err(|error| atomic::WriteError::new(&path, error))?;
    }
    Ok(())
}
