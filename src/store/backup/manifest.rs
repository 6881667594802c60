//! [`Manifest`]: what a backup has, so that a restore can check it.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Name of the manifest in the folder of a backup. It is written last.
pub const FILE: &str = "manifest.json";

/// Name of the file that a backup has until it is complete.
pub(in crate::store) const INCOMPLETE_FILE: &str = "incomplete";

/// The version of the format. Versions of quoth that know a format restore backups of it and of earlier ones.
pub(in crate::store) const FORMAT: u32 = 1;

/// What a backup has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the format.
    pub format: u32,
    /// The version of quoth that has made the backup.
    pub version: String,
    /// When it was made: UTC, RFC 3339.
    pub made_at: String,
    /// The schema of the records.
    pub schema: i64,
    /// What [`AskerKey::check_value`](crate::store::asker_key::AskerKey::check_value) says of the key of the hashes; `None` if
    /// there was no key.
    pub key_check: Option<String>,
    /// The packs.
    pub packs: Vec<PackOfBackup>,
    /// The secrets that stood in the configuration file and are not in the backup, like `discord.token`.
    pub secrets_left_out: Vec<String>,
    /// Every file but the manifest.
    pub files: Vec<FileOfBackup>,
}

/// A pack in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackOfBackup {
    /// Its name.
    pub name: String,
    /// Its folder in the backup, with `/` between the parts.
    pub folder: String,
    /// The folder that it was copied from.
    pub from: PathBuf,
    /// Whether every quote was in its source, and nothing else wrong. A pack is copied as it is in any case.
    pub is_proved: bool,
}

/// A file in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileOfBackup {
    /// Its path in the backup, with `/` between the parts.
    pub path: String,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// The SHA-256 of its content, in hexadecimal digits.
    pub sha256: String,
}

impl FileOfBackup {
    /// The entry of the file at `path` in the backup `folder`, which is read.
    pub(super) fn read(folder: &Path, path: &str) -> io::Result<Self> {
        let (size_bytes, sha256) = hash(&mut File::open(folder.join(path))?, |_| Ok(()))?;
        Ok(Self { path: path.to_owned(), size_bytes, sha256 })
    }

    /// Whether the path stays in the folder of the backup.
    pub(in crate::store) fn is_inside(&self) -> bool {
        let path = Path::new(&self.path);
        path.components().next().is_some()
            && path.components().all(|part| matches!(part, Component::Normal(_)))
    }
}

/// Reads `file` to its end, gives each part to `each`, and returns the size in bytes and the SHA-256.
pub(in crate::store) fn hash(
    file: &mut impl Read,
    mut each: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<(u64, String)> {
    const BUFFER_BYTES: usize = 64 * 1024;
    let (mut buffer, mut hash, mut size_bytes) = (vec![0; BUFFER_BYTES], Sha256::new(), 0);
    loop {
        let n_bytes = file.read(&mut buffer)?;
        let Some(part) = buffer.get(..n_bytes).filter(|part| !part.is_empty()) else { break };
        hash.update(part);
        each(part)?;
        size_bytes += part.len() as u64;
    }
    let digits = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((size_bytes, digits))
}
