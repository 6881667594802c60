//! Errors that prevent a session, each with advice. The texts contain no names, passwords or
//! tokens.

use std::error::Error;
use std::io;
use std::path::Path;

use matrix_sdk::ruma::api::error::{ErrorKind, FromHttpResponseError};
use matrix_sdk::{ClientBuildError, HttpError};

use super::super::error;
use super::super::tls_error::TlsError;
use crate::platform::PlatformError;
use crate::store::atomic::WriteError;

fn permanent(advice: impl Into<String>) -> PlatformError {
    PlatformError::Permanent { advice: advice.into(), source: None }
}

fn transient(what: &str) -> PlatformError {
    PlatformError::Transient { what: what.to_owned(), source: None }
}

/// The folder of the session cannot be created, read or written. A full disk or a folder that is not
/// mounted yet passes.
pub(super) fn folder(folder: &Path, error: io::Error) -> PlatformError {
    use io::ErrorKind::{NotADirectory, PermissionDenied, ReadOnlyFilesystem};
    let folder = folder.display();
    if matches!(error.kind(), NotADirectory | PermissionDenied | ReadOnlyFilesystem) {
        let advice = format!(
            "the folder {folder} cannot be created or written: give the user that runs quoth write access, or set another data folder (`data`)"
        );
        return PlatformError::Permanent { advice, source: Some(error.into()) };
    }
    let what = format!("the folder {folder} cannot be written at the moment: check the free space");
    PlatformError::Transient { what, source: Some(error.into()) }
}

/// The client could not be built.
pub(in super::super) fn build(folder: &Path, error: ClientBuildError) -> PlatformError {
    match error {
        ClientBuildError::SqliteStore(error) => open_store(folder, &error),
        ClientBuildError::Http(HttpError::Reqwest(error)) => no_response(&error),
        ClientBuildError::AutoDiscovery(error) => {
            match error::status(&HttpError::Api(Box::new(error))) {
                Some(429 | 500..) => unreachable(),
                _ => not_a_homeserver(),
            }
        }
        _ => not_a_homeserver(),
    }
}

/// What to do when the keys in the folder are lost or unusable.
const NEW_DEVICE: &str = "quoth logs in as a new device, which `quoth matrix setup --recover` verifies with the account's recovery key (docs/matrix.md)";

/// SQLite's messages for files that it can never open.
const SQLITE_CORRUPT: [&str; 2] = ["file is not a database", "malformed"];

/// The store could not be opened, or failed later. Most reasons pass: a full disk, a locked file, a
/// folder that is not mounted. Only what cannot pass ends serving.
fn open_store(folder: &Path, error: &(dyn Error + 'static)) -> PlatformError {
    let chain = || std::iter::successors(Some(error), |error| (*error).source());
    let is_encryption = |error: &(dyn Error + 'static)| {
        matches!(error.downcast_ref(), Some(matrix_sdk_store_encryption::Error::Encryption(_)))
    };
    if chain().any(is_encryption) {
        return wrong_passphrase(folder);
    }
    let texts: Vec<String> = chain().map(ToString::to_string).collect();
    if texts.iter().any(|text| SQLITE_CORRUPT.iter().any(|it| text.contains(it))) {
        return damaged(folder);
    }
    let what = format!(
        "the Matrix store in {} cannot be used at the moment: check the free space and the permissions of the data folder",
        folder.display()
    );
    let source = texts.into_iter().next().map(Into::into);
    PlatformError::Transient { what, source }
}

/// The session or the store was encrypted by another passphrase.
pub(super) fn wrong_passphrase(folder: &Path) -> PlatformError {
    permanent(format!(
        "`passphrase` in [matrix] is not the one that the session in {} was created with: set the old one. Only if it is lost, move that folder away: {NEW_DEVICE}",
        folder.display()
    ))
}

/// The session is encrypted, and no passphrase is set.
pub(super) fn passphrase_missing(folder: &Path) -> PlatformError {
    permanent(format!(
        "`passphrase` in [matrix] is missing: set the one that the session in {} was created with (QUOTH_MATRIX__PASSPHRASE_FILE). Only if it is lost, move that folder away: {NEW_DEVICE}",
        folder.display()
    ))
}

/// The session is not encrypted, but a passphrase is set.
pub(super) fn no_passphrase_expected(folder: &Path) -> PlatformError {
    permanent(format!(
        "the session in {} was created without a `passphrase` in [matrix], and its keys cannot be encrypted afterwards: remove `passphrase`, or move that folder away: {NEW_DEVICE}",
        folder.display()
    ))
}

/// There is a store without a session.
pub(super) fn no_session(folder: &Path) -> PlatformError {
    permanent(format!(
        "the Matrix store in {} has no session that `passphrase` in [matrix] opens: set `passphrase` as it was when the bot first started. Only if it is lost, or the bot never logged in there, move that folder away: {NEW_DEVICE}",
        folder.display()
    ))
}

/// The session could not be encoded.
pub(super) fn not_stored() -> PlatformError {
    transient("the session could not be encrypted for its file")
}

/// The file of the session could not be written.
pub(super) fn not_written(error: WriteError) -> PlatformError {
    let what = "the session could not be stored".to_owned();
    PlatformError::Transient { what, source: Some(error.into()) }
}

/// There was no response. What is wrong with a certificate is told as that: it may be fixed on either
/// side without another start.
pub(in super::super) fn no_response(error: &(dyn Error + 'static)) -> PlatformError {
    TlsError::find(error).map_or_else(unreachable, |error| transient(&error.to_string()))
}

fn unreachable() -> PlatformError {
    transient(
        "cannot reach the homeserver: check `homeserver` in [matrix], and the network, name resolution and firewall of this machine",
    )
}

/// The response is not that of a homeserver.
pub(in super::super) fn not_a_homeserver() -> PlatformError {
    permanent(
        "this server is not a Matrix homeserver: check `homeserver` in [matrix], which takes the server name, like \"example.org\", or the URL of its client-server API, like \"https://matrix.example.org\"",
    )
}

/// The login failed.
pub(super) fn log_in(error: &matrix_sdk::Error) -> PlatformError {
    match error.client_api_error_kind() {
        Some(ErrorKind::Forbidden) => permanent(
            "the homeserver rejected user and password: check `user` and `password` in [matrix] (QUOTH_MATRIX__PASSWORD_FILE)",
        ),
        Some(ErrorKind::UserDeactivated | ErrorKind::UserLocked | ErrorKind::UserSuspended) => {
            permanent(
                "the bot's account is locked or was deactivated: ask the administrator of the homeserver",
            )
        }
        Some(ErrorKind::LimitExceeded(_)) => {
            transient("the homeserver limits logins at the moment")
        }
        Some(ErrorKind::Unknown | ErrorKind::Unrecognized) => permanent(
            "the homeserver does not support logins with a password: set `token` in [matrix] to an access token instead (docs/matrix.md)",
        ),
        _ => match error {
            matrix_sdk::Error::Http(error) => log_in_request(error),
            error => other(error),
        },
    }
}

/// The request of a login failed without an error code of Matrix.
fn log_in_request(error: &HttpError) -> PlatformError {
    match (error, error::status(error)) {
        (HttpError::Reqwest(error), _) => no_response(error),
        // A web server, or the path of another one.
        (_, Some(404 | 405)) => not_a_homeserver(),
        (HttpError::Api(error), None)
            if matches!(**error, FromHttpResponseError::Deserialization(_)) =>
        {
            not_a_homeserver()
        }
        _ => transient("could not log in: the homeserver failed"),
    }
}

/// The request for the account of a token was answered with the error `status`.
pub(super) fn whoami(status: u16) -> PlatformError {
    match status {
        401 | 403 => logged_out(),
        404 => not_a_homeserver(),
        _ => transient("the homeserver did not return the account of the session"),
    }
}

/// The homeserver has ended the session.
pub(in super::super) fn logged_out() -> PlatformError {
    permanent(
        "the homeserver no longer accepts the bot's session: it was logged out, or its account was deactivated. With a password, move the folder `matrix` in the data folder away, and quoth logs in as a new device, which `quoth matrix setup --recover` verifies with the account's recovery key. With `token`, set a new one first (docs/matrix.md)",
    )
}

/// The homeserver lets the session expire, which a new login continues (soft logout).
pub(in super::super) fn expired() -> PlatformError {
    transient("the session with the homeserver has expired")
}

/// The configured token has expired.
pub(in super::super) fn token_expired() -> PlatformError {
    permanent(
        "the access token has expired: set `token` in [matrix] to a new one of the same device, or set `user` and `password`, with which quoth logs in again by itself (docs/matrix.md)",
    )
}

/// The stored session belongs to another account than the configured one.
pub(in super::super) fn other_account(folder: &Path) -> PlatformError {
    permanent(format!(
        "the session in {} belongs to another account than `user` in [matrix]: set `user` back, or set another data folder, or move this one away for good",
        folder.display()
    ))
}

/// The token belongs to another device than the stored keys.
pub(in super::super) fn other_device(folder: &Path) -> PlatformError {
    permanent(format!(
        "the token belongs to another account or device than the keys in {}: set the old `token` in [matrix], or move the folder away, and quoth starts as the device of the token (docs/matrix.md)",
        folder.display()
    ))
}

/// The token has no device, so that nothing could be decrypted.
pub(super) fn token_without_device() -> PlatformError {
    permanent(
        "the token belongs to no device, like the tokens of application services: use the token of a client, or `user` and `password`, which create a device (docs/matrix.md)",
    )
}

/// The stored session or its store can never be read.
pub(super) fn damaged(folder: &Path) -> PlatformError {
    permanent(format!(
        "the Matrix session in {} is damaged: check the disk, then move that folder away: {NEW_DEVICE}",
        folder.display()
    ))
}

/// The store or a request of it failed.
pub(super) fn store(folder: &Path, error: &matrix_sdk::Error) -> PlatformError {
    match error {
        matrix_sdk::Error::Http(_) => other(error),
        error => open_store(folder, error),
    }
}

fn other(error: &matrix_sdk::Error) -> PlatformError {
    let source: Box<dyn Error + Send + Sync> = error::describe(error).into();
    let what = "could not open a session with the homeserver".to_owned();
    PlatformError::Transient { what, source: Some(source) }
}
