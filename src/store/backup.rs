//! A copy of everything that another machine needs to go on, made while a service runs.
//!
//! Of Matrix it has nothing: the keys of a device change with every message, and a copy that comes back into use repeats
//! keys. A restored bot logs in as a new device, which the account's recovery key verifies.

pub mod manifest;

use std::io;
use std::path::{Path, PathBuf};

use super::asker_key::{self, AskerKey, KeyError};
use super::atomic::{self, WriteError};
use super::pack_files::{self, ReadError};
use super::records::RecordsError;
use super::records::sqlite::{self, CopyError};
use super::{file_permissions, replacement};
use crate::conversation::Timestamp;
use crate::knowledge::{PackFile, PackFiles};
use manifest::{FORMAT, FileOfBackup, INCOMPLETE_FILE, Manifest, PackOfBackup};

/// Folder of the packs in a backup.
pub(super) const PACKS_FOLDER: &str = "packs";

/// How often packs and records are copied until no pack changes meanwhile. After that, the history of the last edit may
/// be a step behind its pack, which the next start repairs.
const MAX_ATTEMPTS: usize = 5;

/// What is backed up.
#[derive(Debug)]
pub struct BackupSource<'a> {
    /// The data folder.
    pub data: &'a Path,
    /// The folders of the packs.
    pub packs: Vec<PathBuf>,
    /// The key of the hashes, if the configuration has it. It is not backed up then.
    pub hash_key: Option<&'a str>,
    /// Further files by name, such as the configuration.
    pub texts: Vec<(String, String)>,
    /// The names of the secrets that are left out of them.
    pub secrets_left_out: Vec<String>,
}

/// A pack that was read, with its files and those beside it.
#[derive(Debug, PartialEq, Eq)]
struct ReadPack {
    name: String,
    files: Vec<PackFile>,
    others: Vec<PackFile>,
}

/// Backs `source` up to `target`, a folder that is missing or empty. `now` is the current time. The records are those of
/// one moment, and the packs those of the same moment, as they are, whether `is_proved` accepts them or not. All files
/// are for their owner only.
///
/// # Errors
/// [`BackupError`]. Nothing of an incomplete backup is left.
pub fn create(
    source: &BackupSource<'_>,
    target: &Path,
    now: Timestamp,
    is_proved: impl Fn(&PackFiles) -> bool,
) -> Result<Manifest, BackupError> {
    let records = source.data.join(sqlite::FILE);
    if !records.is_file() {
        return Err(BackupError::NoRecords { path: records });
    }
    if replacement::is_pending(source.data) {
        return Err(RecordsError::Restoring { path: source.data.to_owned() }.into());
    }
    let unusable = |source| BackupError::Write(WriteError::new(target, source));
    let is_new = !target.exists();
    file_permissions::create_private_dir(target).map_err(unusable)?;
    if std::fs::read_dir(target).map_err(unusable)?.next().is_some() {
        return Err(BackupError::NotEmpty { path: target.to_owned() });
    }
    let mut writer = BackupWriter { target, files: Vec::new() };
    let written = write(source, &mut writer, now, is_proved);
    if written.is_err() {
        remove_all(target, is_new);
    }
    written
}

/// Removes what is in the folder `target`, and the folder as well if it `is_new`.
fn remove_all(target: &Path, is_new: bool) {
    // What cannot be removed is marked as incomplete.
    if is_new {
        drop(std::fs::remove_dir_all(target));
        return;
    }
    for file in std::fs::read_dir(target).into_iter().flatten().flatten() {
        let path = file.path();
        drop(if path.is_dir() {
            std::fs::remove_dir_all(path)
        } else {
            std::fs::remove_file(path)
        });
    }
}

fn write(
    source: &BackupSource<'_>,
    writer: &mut BackupWriter<'_>,
    now: Timestamp,
    is_proved: impl Fn(&PackFiles) -> bool,
) -> Result<Manifest, BackupError> {
    writer.write(INCOMPLETE_FILE, b"quoth backup was interrupted: this is no backup\n")?;
    // The marker is no part of the backup.
    writer.files.clear();
    let key_check = write_key(source, writer)?;
    let (read, schema) = write_records(source, writer)?;
    let packs = write_packs(source, read, writer, is_proved)?;
    for (name, text) in &source.texts {
        writer.write(name, text.as_bytes())?;
    }
    let manifest = Manifest {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: now.rfc3339(),
        schema,
        key_check,
        packs,
        secrets_left_out: source.secrets_left_out.clone(),
        files: std::mem::take(&mut writer.files),
    };
    let mut json =
        serde_json::to_vec_pretty(&manifest).map_err(io::Error::other).map_err(|error| {
            BackupError::Write(WriteError::new(&writer.target.join(manifest::FILE), error))
        })?;
    json.push(b'\n');
    writer.write(manifest::FILE, &json)?;
    writer.finish(&manifest.files)?;
    Ok(manifest)
}

fn write_packs(
    source: &BackupSource<'_>,
    read: Vec<ReadPack>,
    writer: &mut BackupWriter<'_>,
    is_proved: impl Fn(&PackFiles) -> bool,
) -> Result<Vec<PackOfBackup>, BackupError> {
    let mut packs: Vec<PackOfBackup> = Vec::new();
    for (from, pack) in source.packs.iter().zip(read) {
        let mut folder = format!("{PACKS_FOLDER}/{}", pack.name);
        // Packs of different spaces may have the same name.
        while packs.iter().any(|other| other.folder == folder) {
            folder.push('_');
        }
        for file in pack.files.iter().chain(&pack.others) {
            writer.write(&format!("{folder}/{}", file.path), &file.bytes)?;
        }
        let files = PackFiles { name: pack.name.clone(), files: pack.files };
        let is_proved = is_proved(&files);
        let from = std::path::absolute(from).unwrap_or_else(|_| from.clone());
        packs.push(PackOfBackup { name: pack.name, folder, from, is_proved });
    }
    Ok(packs)
}

/// Copies the key in the data folder. Returns the check value of the key that is in use.
fn write_key(
    source: &BackupSource<'_>,
    writer: &mut BackupWriter<'_>,
) -> Result<Option<String>, BackupError> {
    if let Some(secret) = source.hash_key {
        return Ok(Some(AskerKey::new(secret).check_value()));
    }
    let path = source.data.join(asker_key::FILE);
    match std::fs::read(&path) {
        Ok(bytes) => {
            writer.write(asker_key::FILE, &bytes)?;
            Ok(Some(AskerKey::new(bytes).check_value()))
        }
        // A command has made the records, and no service has run yet.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(KeyError::Unusable { path, source }.into()),
    }
}

/// Copies the records. Returns the packs of the same moment, and the schema.
fn write_records(
    source: &BackupSource<'_>,
    writer: &mut BackupWriter<'_>,
) -> Result<(Vec<ReadPack>, i64), BackupError> {
    let from = source.data.join(sqlite::FILE);
    let to = writer.target.join(sqlite::FILE);
    let mut packs = read_packs(&source.packs)?;
    let mut n_attempts = 0;
    loop {
        n_attempts += 1;
        let schema = sqlite::copy(&from, &to)?;
        let now = read_packs(&source.packs)?;
        let is_same = now == packs;
        packs = now;
        if is_same || n_attempts == MAX_ATTEMPTS {
            writer.add(sqlite::FILE)?;
            return Ok((packs, schema));
        }
        std::fs::remove_file(&to).map_err(|error| WriteError::new(&to, error))?;
    }
}

fn read_packs(folders: &[PathBuf]) -> Result<Vec<ReadPack>, ReadError> {
    let read = |folder: &PathBuf| {
        let PackFiles { name, files } = pack_files::read(folder)?;
        Ok(ReadPack { name, files, others: pack_files::read_others(folder)? })
    };
    folders.iter().map(read).collect()
}

/// Writes the files of a backup.
struct BackupWriter<'a> {
    target: &'a Path,
    /// Those that were written.
    files: Vec<FileOfBackup>,
}

impl BackupWriter<'_> {
    /// Writes the file `path`, which is on the disk then.
    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), WriteError> {
        let full = self.target.join(path);
        let folder = full.parent().unwrap_or(self.target);
        file_permissions::create_private_dir(folder)
            .map_err(|error| WriteError::new(folder, error))?;
        atomic::write_private(&full, bytes)?;
        self.add(path)
    }

    /// Adds the file `path`, which is there, to the manifest.
    fn add(&mut self, path: &str) -> Result<(), WriteError> {
        let file = FileOfBackup::read(self.target, path);
        self.files.push(file.map_err(|error| WriteError::new(&self.target.join(path), error))?);
        Ok(())
    }

    /// Marks the backup with these files as complete. It stays so if power fails.
    fn finish(&self, files: &[FileOfBackup]) -> Result<(), WriteError> {
        let mut folders = vec![self.target.to_owned()];
        folders.extend(
            self.target.parent().filter(|it| !it.as_os_str().is_empty()).map(Path::to_owned),
        );
        for file in files {
            let path = self.target.join(&file.path);
            folders.extend(
                path.ancestors().skip(1).map(Path::to_owned).take_while(|it| it != self.target),
            );
        }
        let marker = self.target.join(INCOMPLETE_FILE);
        let synced = || -> io::Result<()> {
            folders.iter().try_for_each(|folder| atomic::sync_folder(folder))?;
            std::fs::remove_file(&marker)?;
            atomic::sync_folder(self.target)
        };
        synced().map_err(|error| WriteError::new(self.target, error))
    }
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
    /// The target has files.
    #[error("{} is not empty: back up to a new folder", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// The records cannot be copied, or the copy is damaged.
    #[error("there is no backup, since the records cannot be copied")]
    Records(#[from] CopyError),
    /// A backup is being restored to the data folder.
    #[error(transparent)]
    Restoring(#[from] RecordsError),
    /// A pack cannot be read.
    #[error(
        "there is no backup, since a pack cannot be read: fix it, or `packs` in the configuration"
    )]
    Pack(#[from] ReadError),
    /// The key cannot be read.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The target cannot be written.
    #[error("there is no backup")]
    Write(#[from] WriteError),
}
