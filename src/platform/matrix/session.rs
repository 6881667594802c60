//! The bot's session with its homeserver. It is stored together with the encryption keys of its
//! device, since neither is usable without the other.

pub(super) mod error;
mod legacy;
pub(super) mod login;
pub(super) mod persisted;
pub(super) mod store_dir;

use std::time::Duration;

use matrix_sdk::authentication::matrix::MatrixSession;
use matrix_sdk::config::RequestConfig;
use matrix_sdk::encryption::{BackupDownloadStrategy, EncryptionSettings};
use matrix_sdk::ruma::UserId;
use matrix_sdk::{Client, ClientBuildError, ClientBuilder};
use secrecy::ExposeSecret;

use super::super::PlatformError;
use super::settings::{Login, Settings};
pub(super) use error::{expired, logged_out};
use login::{TokenStatus, log_in, tokens_of, whoami};

/// The timeout of a request, in addition to the time that a sync may be held open.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Restores the stored session, or logs in and stores the new one.
///
/// # Errors
/// [`PlatformError`] says whether a retry can help, else what to do.
pub(super) async fn open(settings: &Settings) -> Result<Client, PlatformError> {
    store_dir::create(&settings.folder).map_err(|error| error::folder(&settings.folder, error))?;
    let client = if !store_dir::has_store(&settings.folder) {
        // A session without a store is that of a login that was interrupted.
        let server = server(settings).await?;
        let session = log_in(&server, &settings.login, None).await?;
        persisted::save(&session, settings)?;
        tracing::info!("Logged in to the homeserver as a new device");
        restore(client(settings, &server).await?, session, settings).await?
    } else if let Some(session) = persisted::load(settings)? {
        let server = server(settings).await?;
        let session = current(session, settings, &server).await?;
        restore(client(settings, &server).await?, session, settings).await?
    } else {
        let server = server(settings).await?;
        let client = client(settings, &server).await?;
        let session = legacy::load(&client, settings).await?;
        let session = session.ok_or_else(|| error::no_session(&settings.folder))?;
        let session = current(session, settings, &server).await?;
        restore(client, session, settings).await?
    };
    legacy::remove(&client, settings).await?;
    store_dir::restrict_files(&settings.folder);
    Ok(client)
}

/// A client without session and store, with the URL of the homeserver.
async fn server(settings: &Settings) -> Result<Client, PlatformError> {
    build_server(settings).await.map_err(|error| error::build(&settings.folder, error))
}

/// The same, with the error of the client library.
pub(super) async fn build_server(settings: &Settings) -> Result<Client, ClientBuildError> {
    let builder = if settings.homeserver.contains("://") {
        builder().homeserver_url(&settings.homeserver)
    } else {
        builder().server_name_or_homeserver_url(&settings.homeserver)
    };
    builder.build().await
}

/// A client with the store and without a session.
async fn client(settings: &Settings, server: &Client) -> Result<Client, PlatformError> {
    let passphrase = settings.passphrase.as_ref().map(ExposeSecret::expose_secret);
    let builder = builder()
        .homeserver_url(server.homeserver())
        .sqlite_store(store_dir::path(&settings.folder), passphrase)
        .with_encryption_settings(EncryptionSettings {
            auto_enable_cross_signing: true,
            backup_download_strategy: BackupDownloadStrategy::AfterDecryptionFailure,
            auto_enable_backups: false,
        });
    builder.build().await.map_err(|error| error::build(&settings.folder, error))
}

fn builder() -> ClientBuilder {
    // Callers retry, because they know which requests may be repeated.
    let config = RequestConfig::new().timeout(REQUEST_TIMEOUT).disable_retry();
    Client::builder().request_config(config)
}

/// Gives `client` the session.
async fn restore(
    client: Client,
    session: MatrixSession,
    settings: &Settings,
) -> Result<Client, PlatformError> {
    let restored = client.restore_session(session).await;
    restored.map_err(|error| error::store(&settings.folder, &error))?;
    Ok(client)
}

/// The `stored` session with its current token. Checks that the homeserver still accepts it and that
/// it belongs to the configured account. An expired session is continued by a login with the
/// password.
async fn current(
    stored: MatrixSession,
    settings: &Settings,
    server: &Client,
) -> Result<MatrixSession, PlatformError> {
    let mut session = stored.clone();
    match &settings.login {
        Login::Password { user, .. } if !is_account(user, &stored.meta.user_id) => {
            return Err(error::other_account(&settings.folder));
        }
        Login::Password { .. } => {}
        Login::Token(token) => session.tokens = tokens_of(token),
    }
    // CheckOutcome before the restore, because the keys must not be used for another device.
    let is_same = match whoami(server, &session.tokens.access_token).await? {
        TokenStatus::Valid(whoami) => {
            whoami.user_id == stored.meta.user_id
                && whoami.device_id.as_ref() == Some(&stored.meta.device_id)
        }
        TokenStatus::Expired => {
            session = log_in(server, &settings.login, Some(&stored.meta.device_id)).await?;
            tracing::info!("The session had expired: logged in again as the same device");
            session.meta == stored.meta
        }
    };
    if !is_same {
        return Err(error::other_device(&settings.folder));
    }
    if session.tokens.access_token != stored.tokens.access_token {
        persisted::save(&session, settings)?;
    }
    Ok(session)
}

/// Whether `configured`, a user ID or a localpart, is the account `user`.
pub(super) fn is_account(configured: &str, user: &UserId) -> bool {
    let localpart = configured.strip_prefix('@').unwrap_or(configured);
    match localpart.split_once(':') {
        Some(_) => configured == user.as_str(),
        None => localpart.eq_ignore_ascii_case(user.localpart()),
    }
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::user_id;

    use super::*;

    #[test]
    fn accounts_are_matched_by_user_id_or_localpart() {
        let user = user_id!("@quoth:example.org");
        let rows = [
            ("@quoth:example.org", true),
            ("quoth", true),
            ("@quoth", true),
            ("Quoth", true),
            ("@quoth:example.com", false),
            ("raven", false),
        ];
        for (configured, want) in rows {
            assert_eq!(is_account(configured, user), want, "{configured}");
        }
    }
}
