//! The key that turns askers into hashes, so that records hold no names.

use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;

use super::file_permissions;
use crate::conversation::{AskerHash, PrincipalId};

/// Name of the key's file in the data folder.
pub const FILE: &str = "asker.key";

/// Bytes of a key that is made here: as many as the hash has.
const KEY_BYTES: usize = 32;

/// Bytes of a hash that are kept: more than enough that no two askers share one.
const HASH_BYTES: usize = 16;

/// A key. Without it nobody can tell from the records who asked.
#[derive(Debug, Clone)]
pub struct AskerKey(SecretSlice<u8>);

impl AskerKey {
    /// The key made of a secret of the configuration.
    pub fn new(secret: impl Into<Vec<u8>>) -> Self {
        Self(SecretSlice::from(secret.into()))
    }

    /// A key that nobody has, for records that are forgotten with the process.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub fn random() -> io::Result<Self> {
        let mut key = vec![0; KEY_BYTES];
        getrandom::fill(&mut key).map_err(io::Error::other)?;
        Ok(Self::new(key))
    }

    /// The key in the data folder; the first time one is made.
    ///
    /// # Errors
    /// [`KeyError`] says what is wrong with the file.
    pub fn load_or_create(folder: &Path) -> Result<Self, KeyError> {
        let path = folder.join(FILE);
        let refused = |source| KeyError::Unusable { path: path.clone(), source };
        match Self::create(&path).map_err(refused)? {
            Some(key) => Ok(key),
            None => {
                let mut key = Vec::new();
                let mut file = std::fs::File::open(&path).map_err(refused)?;
                file.read_to_end(&mut key).map_err(refused)?;
                if key.len() < KEY_BYTES {
                    return Err(KeyError::TooShort { path, n_bytes: key.len() });
                }
                Ok(Self::new(key))
            }
        }
    }

    /// A new key in a new file at `path`; `None` if there is one.
    fn create(path: &Path) -> io::Result<Option<Self>> {
        let made = file_permissions::owner_only(OpenOptions::new().write(true).create_new(true))
            .open(path);
        let mut file = match made {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(None),
            made => made?,
        };
        let key = Self::random()?;
        file.write_all(key.0.expose_secret())?;
        file.sync_all()?;
        Ok(Some(key))
    }

    /// The hash that stands for `person`: HMAC-SHA-256, its first 16 bytes, in hexadecimal digits.
    pub fn hash(&self, person: &PrincipalId) -> AskerHash {
        // HMAC takes keys of any length; an empty hash would only lump askers together.
        let Ok(mut hmac) = Hmac::<Sha256>::new_from_slice(self.0.expose_secret()) else {
            return AskerHash::from(String::new());
        };
        hmac.update(person.as_str().as_bytes());
        let hash = hmac.finalize().into_bytes();
        let digits = hash.iter().take(HASH_BYTES).map(|byte| format!("{byte:02x}"));
        AskerHash::from(digits.collect::<String>())
    }
}

/// Why the key in the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or made.
    #[error("cannot read or make the key {}: make it readable for the user that runs quoth", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file was cut, or is not ours.
    #[error(
        "the key {} has {n_bytes} bytes instead of {KEY_BYTES}: restore it from a backup; without one, delete it, and askers of before are no longer known as theirs",
        path.display()
    )]
    TooShort {
        /// The file.
        path: PathBuf,
        /// How long it is.
        n_bytes: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asker_has_the_same_hash_under_the_same_key_only() {
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
    fn the_hash_is_hmac_sha_256() {
        // Test case 2 of RFC 4231, cut to 16 bytes.
        let key = AskerKey::new(b"Jefe".to_vec());
        let hash = key.hash(&PrincipalId::from("what do ya want for nothing?"));
        assert_eq!(hash.as_str(), "5bdcc146bf60754e6a042426089575c7");
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_its_owners_alone_and_a_cut_one_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        AskerKey::load_or_create(folder.path()).unwrap();
        let path = folder.path().join(FILE);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&path, b"short").unwrap();
        let refused = AskerKey::load_or_create(folder.path());
        assert!(matches!(refused, Err(KeyError::TooShort { n_bytes: 5, .. })));
    }
}
