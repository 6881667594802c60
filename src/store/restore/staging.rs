//! The copy of a backup in the data folder, which is checked while it is made.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{INCOMPLETE_FILE, KEPT_PREFIX, RestoreError, StagedPack};
use crate::knowledge::{PackFile, PackFiles};
use crate::store::atomic::{self, WriteError};
use crate::store::backup::PACKS_FOLDER;
use crate::store::backup::manifest::{self, FORMAT, FileOfBackup, Manifest, PackOfBackup};
use crate::store::records::sqlite;
use crate::store::{asker_key, file_permissions, pack_files, replacement};

/// Reads the manifest of the backup in `folder`; `None` if it is one of the first versions, which wrote none.
///
/// # Errors
/// [`RestoreError`] if the folder has no backup, an incomplete one, or one of a newer version.
pub(super) fn read_manifest(folder: &Path) -> Result<Option<Manifest>, RestoreError> {
    if folder.join(INCOMPLETE_FILE).exists() {
        return Err(RestoreError::Incomplete { path: folder.to_owned() });
    }
    let path = folder.join(manifest::FILE);
    let json = match std::fs::read(&path) {
        Ok(json) => json,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return if folder.join(sqlite::FILE).is_file() {
                Ok(None)
            } else {
                Err(RestoreError::NoBackup { path: folder.to_owned() })
            };
        }
        Err(source) => return Err(RestoreError::Unreadable { path, source }),
    };
    let damaged = || RestoreError::Damaged { path: path.clone() };
    let value: serde_json::Value = serde_json::from_slice(&json).map_err(|_| damaged())?;
    let format = value.get("format").and_then(serde_json::Value::as_u64).ok_or_else(damaged)?;
    let version = value.get("version").and_then(serde_json::Value::as_str).unwrap_or_default();
    if format > u64::from(FORMAT) {
        let (path, version) = (folder.to_owned(), version.to_owned());
        return Err(RestoreError::NewerBackup { path, version });
    }
    let manifest: Manifest = serde_json::from_value(value).map_err(|_| damaged())?;
    let has_records = manifest.files.iter().any(|file| file.path == sqlite::FILE);
    if has_records && manifest.files.iter().all(FileOfBackup::is_inside) {
        Ok(Some(manifest))
    } else {
        Err(damaged())
    }
}

/// The staging folder. It is removed when this is dropped.
#[derive(Debug)]
pub(super) struct Staging {
    data: PathBuf,
    is_kept: std::cell::Cell<bool>,
}

impl Staging {
    /// Creates the folder in the data folder `data`, which is locked and has none.
    pub(super) fn create(data: &Path) -> Result<Self, WriteError> {
        let folder = replacement::staging(data);
        file_permissions::create_private_dir(&folder)
            .map_err(|error| WriteError::new(&folder, error))?;
        Ok(Self { data: data.to_owned(), is_kept: false.into() })
    }

    /// The data folder.
    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    /// Leaves the folder where it is.
    pub(super) fn keep(&self) {
        self.is_kept.set(true);
    }

    /// Whether it has the file `name`.
    pub(super) fn has(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// The content of the file `name`; `None` if it cannot be read.
    pub(super) fn read(&self, name: &str) -> Option<Vec<u8>> {
        std::fs::read(self.path(name)).ok()
    }

    fn path(&self, name: &str) -> PathBuf {
        replacement::staging(&self.data).join(name)
    }

    /// Copies and checks the records and the key.
    pub(super) fn copy_data(
        &self,
        backup: &Path,
        manifest: Option<&Manifest>,
    ) -> Result<(), RestoreError> {
        for name in [sqlite::FILE, asker_key::FILE] {
            let listed = manifest.map(|it| it.files.iter().find(|file| file.path == name));
            match listed {
                Some(Some(file)) => self.copy(backup, name, Some(file))?,
                Some(None) => {}
                None if backup.join(format!("{name}-wal")).exists() => {
                    sqlite::copy(&backup.join(name), &self.path(name))?;
                }
                None if backup.join(name).exists() => self.copy(backup, name, None)?,
                None => {}
            }
            if self.has(name) {
                self.give_to_owner(name)?;
            }
        }
        let schema = sqlite::check(&self.path(sqlite::FILE))?;
        // Reading records in the mode of a service makes these; they are empty.
        for suffix in ["-wal", "-shm"] {
            drop(std::fs::remove_file(self.path(&format!("{}{suffix}", sqlite::FILE))));
        }
        let known = sqlite::migrations::newest_version();
        if schema > known {
            return Err(RestoreError::NewerRecords {
                path: backup.to_owned(),
                found: schema,
                known,
            });
        }
        Ok(())
    }

    /// Lets the history of the pack `name` go on with `folder`.
    pub(super) fn move_pack(&self, name: &str, folder: &Path) -> Result<(), RestoreError> {
        // Histories have resolved paths.
        let resolved = folder.canonicalize().or_else(|_| std::path::absolute(folder));
        let folder = resolved.unwrap_or_else(|_| folder.to_owned());
        let records = self.path(sqlite::FILE);
        sqlite::move_pack(&records, name, &folder)?;
        let synced = File::open(&records).and_then(|file| file.sync_all());
        Ok(synced.map_err(|error| WriteError::new(&records, error))?)
    }

    /// Copies and checks the packs. Returns each with the files beside it and its folder in this one.
    pub(super) fn copy_packs(
        &self,
        backup: &Path,
        manifest: Option<&Manifest>,
    ) -> Result<Vec<(StagedPack, Vec<PackFile>, String)>, RestoreError> {
        let found;
        let packs = if let Some(manifest) = manifest {
            for file in manifest.files.iter().filter(|it| it.path.starts_with(PACKS_FOLDER)) {
                self.copy(backup, &file.path, Some(file))?;
            }
            &manifest.packs
        } else {
            found = packs_in(backup);
            &found
        };
        packs.iter().map(|pack| self.copied_pack(backup, pack, manifest.is_some())).collect()
    }

    fn copied_pack(
        &self,
        backup: &Path,
        pack: &PackOfBackup,
        is_copied: bool,
    ) -> Result<(StagedPack, Vec<PackFile>, String), RestoreError> {
        let backup_folder = backup.join(&pack.folder);
        let folder = if is_copied { self.path(&pack.folder) } else { backup_folder.clone() };
        let mut files: PackFiles = pack_files::read(&folder)?;
        files.name.clone_from(&pack.name);
        let others = pack_files::read_others(&folder)?;
        if !is_copied {
            for file in files.files.iter().chain(&others) {
                self.write(&format!("{}/{}", pack.folder, file.path), &file.bytes)?;
            }
        }
        let was_wrong = !pack.is_proved;
        let from = pack.from.clone();
        let staged = StagedPack { files, backup_folder, from, was_wrong };
        Ok((staged, others, pack.folder.clone()))
    }

    /// Copies the file `path` of the backup, which has to be as `listed`.
    fn copy(
        &self,
        backup: &Path,
        path: &str,
        listed: Option<&FileOfBackup>,
    ) -> Result<(), RestoreError> {
        let (from, to) = (backup.join(path), self.path(path));
        let unreadable = |source| RestoreError::Unreadable { path: from.clone(), source };
        let mut file = match File::open(&from) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(RestoreError::Missing { path: from });
            }
            Err(error) => return Err(unreadable(error)),
        };
        let mut copy = self.create_file(&to)?;
        let mut write_error = None;
        let hashed = manifest::hash(&mut file, |part| {
            copy.write_all(part).map_err(|error| {
                let kind = error.kind();
                write_error = Some(error);
                kind.into()
            })
        });
        if let Some(error) = write_error {
            return Err(WriteError::new(&to, error).into());
        }
        let (size_bytes, sha256) = hashed.map_err(unreadable)?;
        if listed.is_some_and(|it| (it.size_bytes, &it.sha256) != (size_bytes, &sha256)) {
            return Err(RestoreError::Changed { path: from });
        }
        Ok(copy.sync_all().map_err(|error| WriteError::new(&to, error))?)
    }

    fn write(&self, path: &str, bytes: &[u8]) -> Result<(), WriteError> {
        let to = self.path(path);
        let mut file = self.create_file(&to)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        written.map_err(|error| WriteError::new(&to, error))
    }

    fn create_file(&self, path: &Path) -> Result<File, WriteError> {
        let unwritable = |error| WriteError::new(path, error);
        let folder = path.parent().unwrap_or(&self.data);
        file_permissions::create_private_dir(folder).map_err(unwritable)?;
        file_permissions::create_private_file(path).map_err(unwritable)?;
        File::options().write(true).open(path).map_err(unwritable)
    }

    fn give_to_owner(&self, name: &str) -> Result<(), WriteError> {
        let path = self.path(name);
        let given = file_permissions::give_to_owner_of(&self.data, &path);
        given.map_err(|error| WriteError::new(&path, error))
    }

    /// Syncs all folders. The files are synced already.
    pub(super) fn sync(&self) -> Result<(), WriteError> {
        let mut folders = vec![replacement::staging(&self.data)];
        while let Some(folder) = folders.pop() {
            let unusable = |error| WriteError::new(&folder, error);
            for file in std::fs::read_dir(&folder).map_err(unusable)? {
                let path = file.map_err(unusable)?.path();
                if path.is_dir() {
                    folders.push(path);
                }
            }
            atomic::sync_folder(&folder).map_err(unusable)?;
        }
        atomic::sync_folder(&self.data).map_err(|error| WriteError::new(&self.data, error))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.is_kept.get() {
            replacement::discard(&self.data);
        }
    }
}

/// The packs in a backup without a manifest.
fn packs_in(backup: &Path) -> Vec<PackOfBackup> {
    // A restore also keeps packs that had errors.
    let name = backup.file_name().unwrap_or_default().to_string_lossy();
    let was_replaced = name.starts_with(KEPT_PREFIX);
    let folders = std::fs::read_dir(backup.join(PACKS_FOLDER)).into_iter().flatten().flatten();
    let mut packs: Vec<PackOfBackup> = folders
        .filter(|folder| pack_files::is_pack(&folder.path()))
        .map(|folder| {
            let name = folder.file_name().to_string_lossy().into_owned();
            let folder = format!("{PACKS_FOLDER}/{name}");
            PackOfBackup { name, folder, from: PathBuf::new(), is_proved: !was_replaced }
        })
        .collect();
    packs.sort_by(|one, other| one.name.cmp(&other.name));
    packs
}
