//! Errors that prevent a session, each with advice. The texts contain no names, passwords or
//! tokens.

use std::error::Error;
use std::io;
use std::path::Path;

use matrix_sdk::ruma::api::error::ErrorKind;
use matrix_sdk::{ClientBuildError, HttpError};

use super::super::error;
use crate::platform::PlatformError;

fn permanent(advice: impl Into<String>) -> PlatformError {
    PlatformError::Permanent { advice: advice.into(), source: None }
}

fn transient(what: &str) -> PlatformError {
    PlatformError::Transient { what: what.to_owned(), source: None }
}

/// The folder of the session cannot be created or written.
pub(super) fn folder(folder: &Path, error: io::Error) -> PlatformError {
    let advice = format!(
        "the folder {} cannot be created or written: give the user that runs quoth write access, or set another data folder (`data`)",
        folder.display()
    );
    PlatformError::Permanent { advice, source: Some(error.into()) }
}

/// The client could not be built.
pub(super) fn build(folder: &Path, error: ClientBuildError) -> PlatformError {
    match error {
        ClientBuildError::SqliteStore(_) => permanent(format!(
            "the Matrix store in {} cannot be opened: `passphrase` in [matrix] is not the one it was created with, or the store is damaged. Set the old passphrase; or, if it is lost, move the folder away, and quoth logs in as a new device (docs/matrix.md)",
            folder.display()
        )),
        ClientBuildError::Http(HttpError::Reqwest(_)) => unreachable(),
        _ => not_a_homeserver(),
    }
}

/// There was no response.
pub(super) fn unreachable() -> PlatformError {
    transient(
        "cannot reach the homeserver: check `homeserver` in [matrix], and the network, name resolution and firewall of this machine",
    )
}

/// The response is not that of a homeserver.
pub(super) fn not_a_homeserver() -> PlatformError {
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
        _ => other(error),
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
        "the homeserver no longer accepts the bot's session: it was logged out, or its account was deactivated. With a password, move the folder `matrix` in the data folder away, and quoth logs in as a new device; then run `quoth matrix setup`. With `token`, set a new one first (docs/matrix.md)",
    )
}

/// The stored session belongs to another account than the configured one.
pub(super) fn other_account(folder: &Path) -> PlatformError {
    permanent(format!(
        "the session in {} belongs to another account than `user` in [matrix]: set `user` back, or set another data folder, or move this one away for good",
        folder.display()
    ))
}

/// The token belongs to another device than the stored keys.
pub(super) fn other_device(folder: &Path) -> PlatformError {
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

/// The stored session cannot be parsed.
pub(super) fn damaged() -> PlatformError {
    permanent(
        "the stored session is damaged: move the folder `matrix` in the data folder away, and quoth logs in as a new device (docs/matrix.md)",
    )
}

/// The store or a request of it failed.
pub(super) fn store(error: &matrix_sdk::Error) -> PlatformError {
    match error {
        matrix_sdk::Error::Http(_) => other(error),
        _ => permanent(
            "the Matrix store cannot be used: check the free space and the permissions of the data folder; if the store is damaged, move the folder `matrix` in it away, and quoth logs in as a new device (docs/matrix.md)",
        ),
    }
}

fn other(error: &matrix_sdk::Error) -> PlatformError {
    let source: Box<dyn Error + Send + Sync> = error::describe(error).into();
    let what = "could not open a session with the homeserver".to_owned();
    PlatformError::Transient { what, source: Some(source) }
}
