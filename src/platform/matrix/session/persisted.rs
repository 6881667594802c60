//! The stored session: a file beside the store of its encryption keys, encrypted by the same
//! passphrase. The client library does not encrypt custom values of its store.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use matrix_sdk::authentication::matrix::MatrixSession;
use matrix_sdk::ruma::serde::Base64;
use matrix_sdk_store_encryption::{EncryptedValueBase64, StoreCipher};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::super::settings::Settings;
use super::error;
use crate::platform::PlatformError;
use crate::store::atomic;

/// The content of the file.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum StoredSession {
    /// With a passphrase.
    Encrypted {
        /// The key of [`Self::Encrypted::session`], encrypted by the passphrase.
        cipher: Base64,
        session: EncryptedValueBase64,
    },
    /// Without a passphrase. Only the permissions of the file protect it.
    Plain(MatrixSession),
}

/// Loads the session; `None` if there is none.
///
/// # Errors
/// If the file cannot be read or parsed, or was written with another passphrase.
pub(in super::super) fn load(settings: &Settings) -> Result<Option<MatrixSession>, PlatformError> {
    let bytes = match fs::read(path(&settings.folder)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error::folder(&settings.folder, error)),
    };
    let stored = serde_json::from_slice(&bytes).map_err(|_| error::damaged(&settings.folder))?;
    match (stored, &settings.passphrase) {
        (StoredSession::Plain(session), None) => Ok(Some(session)),
        (StoredSession::Plain(_), Some(_)) => Err(error::no_passphrase_expected(&settings.folder)),
        (StoredSession::Encrypted { .. }, None) => Err(error::passphrase_missing(&settings.folder)),
        (StoredSession::Encrypted { cipher, session }, Some(passphrase)) => {
            decrypt(&cipher, session, passphrase)
                .map(Some)
                .ok_or_else(|| error::wrong_passphrase(&settings.folder))
        }
    }
}

/// Stores `session`.
///
/// # Errors
/// If it cannot be encrypted or written.
pub(super) fn save(session: &MatrixSession, settings: &Settings) -> Result<(), PlatformError> {
    let bytes = match &settings.passphrase {
        Some(passphrase) => encrypt(session, passphrase),
        None => serde_json::to_vec(session).ok(),
    };
    let bytes = bytes.ok_or_else(error::not_stored)?;
    atomic::write_private(&path(&settings.folder), &bytes).map_err(error::not_written)
}

fn path(folder: &Path) -> PathBuf {
    folder.join("session")
}

fn encrypt(session: &MatrixSession, passphrase: &SecretString) -> Option<Vec<u8>> {
    let cipher = StoreCipher::new().ok()?;
    let session = cipher.encrypt_value_base64_data(serde_json::to_vec(session).ok()?).ok()?;
    let cipher = Base64::new(cipher.export(passphrase.expose_secret()).ok()?);
    serde_json::to_vec(&StoredSession::Encrypted { cipher, session }).ok()
}

fn decrypt(
    cipher: &Base64,
    session: EncryptedValueBase64,
    passphrase: &SecretString,
) -> Option<MatrixSession> {
    let cipher = StoreCipher::import(passphrase.expose_secret(), cipher.as_bytes()).ok()?;
    serde_json::from_slice(&cipher.decrypt_value_base64_data(session).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::{device_id, user_id};
    use matrix_sdk::{SessionMeta, SessionTokens};

    use super::*;

    #[test]
    fn encrypted_session_is_readable_with_its_passphrase_only() {
        let meta = SessionMeta {
            user_id: user_id!("@quoth:example.org").to_owned(),
            device_id: device_id!("ABC").to_owned(),
        };
        let tokens = SessionTokens { access_token: "token-of-it".to_owned(), refresh_token: None };
        let bytes = encrypt(&MatrixSession { meta, tokens }, &"right".into()).unwrap();
        assert!(!bytes.windows(8).any(|window| window == b"token-of"));
        let StoredSession::Encrypted { cipher, session } = serde_json::from_slice(&bytes).unwrap()
        else {
            panic!("it is encrypted")
        };
        let again = serde_json::from_value(serde_json::to_value(&session).unwrap()).unwrap();
        assert!(decrypt(&cipher, again, &"wrong".into()).is_none());
        let read = decrypt(&cipher, session, &"right".into()).unwrap();
        assert_eq!(read.tokens.access_token, "token-of-it");
    }
}
