//! What keeps the bot from its homeserver, in words that say what to do. No name, password or token is
//! in them.

use std::error::Error;
use std::io;
use std::path::Path;

use matrix_sdk::ruma::api::error::ErrorKind;
use matrix_sdk::{ClientBuildError, HttpError};

use super::super::error;
use crate::platform::PlatformError;

fn hopeless(advice: impl Into<String>) -> PlatformError {
    PlatformError::Permanent { advice: advice.into(), source: None }
}

fn passing(what: &str) -> PlatformError {
    PlatformError::Transient { what: what.to_owned(), source: None }
}

/// The folder of the session cannot be used.
pub(super) fn folder(folder: &Path, error: io::Error) -> PlatformError {
    let advice = format!(
        "the folder {} cannot be made or written: give the user that runs quoth the right to write there, or name another data folder (`data`)",
        folder.display()
    );
    PlatformError::Permanent { advice, source: Some(error.into()) }
}

/// No client could be made.
pub(super) fn build(folder: &Path, error: ClientBuildError) -> PlatformError {
    match error {
        ClientBuildError::SqliteStore(_) => hopeless(format!(
            "the store of Matrix's keys in {} does not open: `passphrase` in [matrix] is not the one that it was made with, or the store is damaged. Set the old passphrase; or, if it is lost, move the folder away, and quoth logs in as a new device (docs/matrix.md)",
            folder.display()
        )),
        ClientBuildError::Http(HttpError::Reqwest(_)) => unreachable(),
        _ => no_homeserver(),
    }
}

/// Nothing answers.
pub(super) fn unreachable() -> PlatformError {
    passing(
        "the homeserver cannot be reached: look at `homeserver` in [matrix], and at the network, name resolution and firewall of this machine",
    )
}

/// Something else answers.
pub(super) fn no_homeserver() -> PlatformError {
    hopeless(
        "what answers is no Matrix homeserver: look at `homeserver` in [matrix], which takes the server's name, like \"example.org\", or the address of its client interface, like \"https://matrix.example.org\"",
    )
}

/// The homeserver does not let us in.
pub(super) fn log_in(error: &matrix_sdk::Error) -> PlatformError {
    match error.client_api_error_kind() {
        Some(ErrorKind::Forbidden) => hopeless(
            "the homeserver does not take user and password: look at `user` and `password` in [matrix] (QUOTH_MATRIX__PASSWORD_FILE)",
        ),
        Some(ErrorKind::UserDeactivated | ErrorKind::UserLocked | ErrorKind::UserSuspended) => {
            hopeless(
                "the bot's account is locked or was deactivated: ask whoever runs the homeserver",
            )
        }
        Some(ErrorKind::LimitExceeded(_)) => passing("the homeserver takes no more logins for now"),
        Some(ErrorKind::Unknown | ErrorKind::Unrecognized) => hopeless(
            "the homeserver does not let accounts log in with a password: set `token` in [matrix] to an access token instead (docs/matrix.md)",
        ),
        _ => other(error),
    }
}

/// The homeserver said so much when it was asked whose a token is.
pub(super) fn whoami(status: u16) -> PlatformError {
    match status {
        401 | 403 => logged_out(),
        404 => no_homeserver(),
        _ => passing("the homeserver does not say whose session it is"),
    }
}

/// The homeserver does not know the session any more.
pub(in super::super) fn logged_out() -> PlatformError {
    hopeless(
        "the homeserver does not know the bot's session any more: it was logged out, or its account deactivated. With a password, move the folder `matrix` in the data folder away, and quoth logs in as a new device; then run `quoth matrix setup`. With `token`, set a new one first (docs/matrix.md)",
    )
}

/// The session is that of another account than the configured one.
pub(super) fn other_account(folder: &Path) -> PlatformError {
    hopeless(format!(
        "the session in {} is that of another account than `user` in [matrix] says: set `user` back, or name another data folder, or move this one away for good",
        folder.display()
    ))
}

/// The token is that of another device than the one whose keys are kept.
pub(super) fn other_device(folder: &Path) -> PlatformError {
    hopeless(format!(
        "the token is that of another account or device than the keys in {}: set the old `token` in [matrix], or move the folder away, and quoth starts as that device (docs/matrix.md)",
        folder.display()
    ))
}

/// The token has no device, without which nothing can be decrypted.
pub(super) fn token_without_device() -> PlatformError {
    hopeless(
        "the token belongs to no device, like those of application services: log in with a client or `user` and `password`, which make one (docs/matrix.md)",
    )
}

/// What is kept of the session makes no sense.
pub(super) fn damaged() -> PlatformError {
    hopeless(
        "what is kept of the session is damaged: move the folder `matrix` in the data folder away, and quoth logs in as a new device (docs/matrix.md)",
    )
}

/// The store failed.
pub(super) fn store(error: &matrix_sdk::Error) -> PlatformError {
    match error {
        matrix_sdk::Error::Http(_) => other(error),
        _ => hopeless(
            "the store of Matrix's keys cannot be used: look at the free space and the permissions of the data folder; if it is damaged, move its folder `matrix` away, and quoth logs in as a new device (docs/matrix.md)",
        ),
    }
}

fn other(error: &matrix_sdk::Error) -> PlatformError {
    let source: Box<dyn Error + Send + Sync> = error::describe(error).into();
    let what = "the homeserver did not open a session".to_owned();
    PlatformError::Transient { what, source: Some(source) }
}
