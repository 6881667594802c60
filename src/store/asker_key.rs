//! The secret key with which asker ids are hashed, so that records do not hold the ids themselves.

use std::io;
use std::path::{Path, PathBuf};

use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;

use super::atomic::{self, WriteError};
use crate::conversation::{AskerHash, PrincipalId};

/// Name of the key's file in the data folder.
pub const FILE: &str = "asker.key";

/// Length of a generated key in bytes: the length of a SHA-256 hash.
const KEY_BYTES: usize = 32;

/// Bytes of a hash that are kept: enough that a collision of two askers is practically impossible.
const HASH_BYTES: usize = 16;

/// The key of asker hashes. Without it, the records do not reveal who asked.
#[derive(Debug, Clone)]
pub struct AskerKey(SecretSlice<u8>);

impl AskerKey {
    /// A key from a secret of the configuration.
    pub fn new(secret: impl Into<Vec<u8>>) -> Self {
        Self(SecretSlice::from(secret.into()))
    }

    /// A random key, for records that live in memory only.
    ///
    /// # Errors
    /// If the system provides no random numbers.
    pub fn random() -> io::Result<Self> {
        let mut key = vec![0; KEY_BYTES];
        getrandom::fill(&mut key).map_err(io::Error::other)?;
        Ok(Self::new(key))
    }

    /// The key that the configuration has, or else that of the data folder.
    ///
    /// # Errors
    /// [`KeyError`] if the file cannot be read or written, or is too short.
    pub fn configured(secret: Option<&str>, folder: &Path) -> Result<Self, KeyError> {
        secret.map_or_else(|| Self::load_or_create(folder), |secret| Ok(Self::new(secret)))
    }

    /// The key in the data folder. It is generated if the file is missing.
    ///
    /// # Errors
    /// [`KeyError`] if the file cannot be read or written, or is too short.
    pub fn load_or_create(folder: &Path) -> Result<Self, KeyError> {
        match Self::load(folder)? {
            Some(key) => Ok(key),
            None => {
                Self::create(&folder.join(FILE)).map_err(|source| KeyError::NotWritten { source })
            }
        }
    }

    /// The key in the data folder; `None` if there is none.
    ///
    /// # Errors
    /// [`KeyError`] if the file cannot be read or is too short.
    pub fn load(folder: &Path) -> Result<Option<Self>, KeyError> {
        let path = folder.join(FILE);
        let unusable = |source| KeyError::Unusable { path: path.clone(), source };
        let key = match std::fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            read => read.map_err(unusable)?,
        };
        match key.len() {
            // Earlier versions left an empty file when the disk was full. No record was made with it.
            0 => Ok(None),
            n_bytes if n_bytes < KEY_BYTES => Err(KeyError::TooShort { path, n_bytes }),
            _ => Ok(Some(Self::new(key))),
        }
    }

    /// Generates a key and writes it to the file at `path`: all of it or nothing.
    fn create(path: &Path) -> Result<Self, WriteError> {
        let key = Self::random().map_err(|source| WriteError::new(path, source))?;
        atomic::write_private(path, key.0.expose_secret())?;
        Ok(key)
    }

    /// A text that tells whether two keys are the same, and nothing else of them.
    pub fn check_value(&self) -> String {
        self.hash(&PrincipalId::from("quoth:check of the key")).as_str().to_owned()
    }

    /// The same as a number, of 60 bits, which the records keep.
    pub fn check_number(&self) -> i64 {
        let value = self.check_value();
        value.get(..15).and_then(|digits| i64::from_str_radix(digits, 16).ok()).unwrap_or_default()
    }

    /// The hash of an asker's id: the first 16 bytes of HMAC-SHA-256, in hexadecimal digits.
    pub fn hash(&self, asker: &PrincipalId) -> AskerHash {
        // HMAC takes keys of any length, so this does not fail; an empty hash would merge all askers.
        let Ok(mut hmac) = Hmac::<Sha256>::new_from_slice(self.0.expose_secret()) else {
            return AskerHash::from(String::new());
        };
        hmac.update(asker.as_str().as_bytes());
        let hash = hmac.finalize().into_bytes();
        let digits = hash.iter().take(HASH_BYTES).map(|byte| format!("{byte:02x}"));
        AskerHash::from(digits.collect::<String>())
    }
}

/// Why the key in the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read.
    #[error("cannot read the key {}: make it readable for the user that runs quoth", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The key cannot be written.
    #[error("cannot create the key of the hashes of user ids")]
    NotWritten {
        /// The cause, which says what to do.
        source: WriteError,
    },
    /// The file is truncated, or is not a key.
    #[error(
        "the key {} has {n_bytes} bytes instead of {KEY_BYTES}: restore it from a backup; without one, delete it, and earlier records can no longer be assigned to their askers",
        path.display()
    )]
    TooShort {
        /// The file.
        path: PathBuf,
        /// Its length in bytes.
        n_bytes: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_of_an_asker_depends_on_the_key() {
        let folder = tempfile::tempdir().unwrap();
        let ada = PrincipalId::from("discord:user:1");
        let first = AskerKey::load_or_create(folder.path()).unwrap();
        let again = AskerKey::load_or_create(folder.path()).unwrap();
        assert_eq!(first.hash(&ada), again.hash(&ada));
        assert_eq!(first.hash(&ada).as_str().len(), 2 * HASH_BYTES);
        assert_ne!(first.hash(&ada), first.hash(&PrincipalId::from("discord:user:2")));
        assert_ne!(first.hash(&ada), AskerKey::random().unwrap().hash(&ada));
    }

    #[test]
    fn hash_is_truncated_hmac_sha_256() {
        // Test case 2 of RFC 4231, cut to 16 bytes.
        let key = AskerKey::new(b"Jefe".to_vec());
        let hash = key.hash(&PrincipalId::from("what do ya want for nothing?"));
        assert_eq!(hash.as_str(), "5bdcc146bf60754e6a042426089575c7");
    }

    #[cfg(unix)]
    #[test]
    fn key_file_is_owner_only_and_a_truncated_one_is_rejected() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        AskerKey::load_or_create(folder.path()).unwrap();
        let path = folder.path().join(FILE);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&path, b"short").unwrap();
        let result = AskerKey::load_or_create(folder.path());
        assert!(matches!(result, Err(KeyError::TooShort { n_bytes: 5, .. })));
    }

    #[test]
    fn key_that_a_full_disk_left_empty_is_generated_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        std::fs::write(&path, b"").unwrap();
        AskerKey::load_or_create(folder.path()).unwrap();
        assert_eq!(std::fs::read(&path).unwrap().len(), KEY_BYTES);
    }

    #[test]
    fn key_that_cannot_be_written_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let result = AskerKey::load_or_create(&folder.path().join("missing"));
        assert!(matches!(result, Err(KeyError::NotWritten { .. })), "{result:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
