//! The bot's session with its homeserver. It is stored together with the encryption keys of its
//! device, since neither is usable without the other.

mod error;
mod persisted;
mod store_dir;

use std::time::Duration;

use matrix_sdk::authentication::matrix::MatrixSession;
use matrix_sdk::config::RequestConfig;
use matrix_sdk::encryption::{BackupDownloadStrategy, EncryptionSettings};
use matrix_sdk::ruma::{OwnedDeviceId, OwnedUserId, UserId};
use matrix_sdk::{Client, SessionMeta, SessionTokens};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::super::PlatformError;
use super::settings::{Login, Settings};
pub(super) use error::logged_out;

/// The timeout of a request, in addition to the time that a sync may be held open.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The display name of the bot's device.
const DEVICE_NAME: &str = "quoth";

/// Restores the stored session, or logs in and stores the new one.
///
/// # Errors
/// [`PlatformError`] says whether a retry can help, else what to do.
pub(super) async fn open(settings: &Settings) -> Result<Client, PlatformError> {
    store_dir::create(&settings.folder).map_err(|error| error::folder(&settings.folder, error))?;
    let client = client(settings).await?;
    if let Some(session) = persisted::load(&client).await? {
        restore(&client, session, settings).await?;
        store_dir::restrict_files(&settings.folder);
        return Ok(client);
    }
    // A store without a session was never used. Its keys belong to no device of the account.
    drop(client);
    store_dir::clear(&settings.folder).map_err(|error| error::folder(&settings.folder, error))?;
    let client = self::client(settings).await?;
    log_in(&client, &settings.login).await?;
    persisted::save(&client).await?;
    store_dir::restrict_files(&settings.folder);
    tracing::info!("Logged in to the homeserver as a new device");
    Ok(client)
}

async fn client(settings: &Settings) -> Result<Client, PlatformError> {
    let passphrase = settings.passphrase.as_ref().map(ExposeSecret::expose_secret);
    let builder = Client::builder()
        .sqlite_store(store_dir::path(&settings.folder), passphrase)
        // Callers retry, because they know which requests may be repeated.
        .request_config(RequestConfig::new().timeout(REQUEST_TIMEOUT).disable_retry())
        .with_encryption_settings(EncryptionSettings {
            auto_enable_cross_signing: true,
            backup_download_strategy: BackupDownloadStrategy::AfterDecryptionFailure,
            auto_enable_backups: false,
        });
    let builder = if settings.homeserver.contains("://") {
        builder.homeserver_url(&settings.homeserver)
    } else {
        builder.server_name_or_homeserver_url(&settings.homeserver)
    };
    builder.build().await.map_err(|error| error::build(&settings.folder, error))
}

/// Restores `session` after checking that the homeserver still accepts it and that it belongs to
/// the configured account.
async fn restore(
    client: &Client,
    session: MatrixSession,
    settings: &Settings,
) -> Result<(), PlatformError> {
    let MatrixSession { meta, tokens } = session;
    let (tokens, is_new) = match &settings.login {
        Login::Password { user, .. } if !is_account(user, &meta.user_id) => {
            return Err(error::other_account(&settings.folder));
        }
        Login::Password { .. } => (tokens, false),
        Login::Token(token) => {
            let is_new = token.expose_secret() != tokens.access_token;
            (tokens_of(token), is_new)
        }
    };
    // Checked before the restore, because the keys must not be used for another device.
    let whoami = whoami(client, &tokens.access_token).await?;
    if whoami.user_id != meta.user_id || whoami.device_id.as_ref() != Some(&meta.device_id) {
        return Err(error::other_device(&settings.folder));
    }
    let session = MatrixSession { meta, tokens };
    client.restore_session(session).await.map_err(|error| error::store(&error))?;
    if is_new { persisted::save(client).await } else { Ok(()) }
}

async fn log_in(client: &Client, login: &Login) -> Result<(), PlatformError> {
    match login {
        Login::Password { user, password } => {
            let login = client.matrix_auth().login_username(user, password.expose_secret());
            let login = login.initial_device_display_name(DEVICE_NAME).await;
            login.map(drop).map_err(|error| error::log_in(&error))
        }
        Login::Token(token) => {
            let Whoami { user_id, device_id } = whoami(client, token.expose_secret()).await?;
            let device_id = device_id.ok_or_else(error::token_without_device)?;
            let meta = SessionMeta { user_id, device_id };
            let session = MatrixSession { meta, tokens: tokens_of(token) };
            client.restore_session(session).await.map_err(|error| error::store(&error))
        }
    }
}

fn tokens_of(token: &SecretString) -> SessionTokens {
    SessionTokens { access_token: token.expose_secret().to_owned(), refresh_token: None }
}

/// Whether `configured`, a user ID or a localpart, is the account `user`.
fn is_account(configured: &str, user: &UserId) -> bool {
    let localpart = configured.strip_prefix('@').unwrap_or(configured);
    match localpart.split_once(':') {
        Some(_) => configured == user.as_str(),
        None => localpart.eq_ignore_ascii_case(user.localpart()),
    }
}

/// The account and device of a token.
#[derive(Deserialize)]
struct Whoami {
    user_id: OwnedUserId,
    device_id: Option<OwnedDeviceId>,
}

/// Fetches the account and device of `token`. matrix-sdk can send this request only with a session,
/// which has both already.
async fn whoami(client: &Client, token: &str) -> Result<Whoami, PlatformError> {
    let url = client.homeserver().join("/_matrix/client/v3/account/whoami");
    let url = url.map_err(|_| error::not_a_homeserver())?;
    let request = client.http_client().get(url).bearer_auth(token).timeout(REQUEST_TIMEOUT);
    let response = request.send().await.map_err(|_| error::unreachable())?;
    let status = response.status().as_u16();
    let body = response.bytes().await.map_err(|_| error::unreachable())?;
    match status {
        200 => serde_json::from_slice(&body).map_err(|_| error::not_a_homeserver()),
        status => Err(error::whoami(status)),
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
