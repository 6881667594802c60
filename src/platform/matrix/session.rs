//! The bot's session with its homeserver, which is one with its keys: both are in one store, and
//! neither is of use without the other.

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

/// How long an answer may take, besides what the homeserver was asked to wait.
const REQUEST_LIMIT: Duration = Duration::from_secs(30);

/// Names the bot's device among those of its account.
const DEVICE_NAME: &str = "quoth";

/// Opens the session that is kept, or logs in and keeps it.
///
/// # Errors
/// [`PlatformError`] says whether trying again can help, else what to do.
pub(super) async fn open(settings: &Settings) -> Result<Client, PlatformError> {
    store_dir::make(&settings.folder).map_err(|error| error::folder(&settings.folder, error))?;
    let client = client(settings).await?;
    if let Some(session) = persisted::read(&client).await? {
        restore(&client, session, settings).await?;
        store_dir::protect(&settings.folder);
        return Ok(client);
    }
    // A store without a session was never used: its keys are of a device that does not exist.
    drop(client);
    store_dir::empty(&settings.folder).map_err(|error| error::folder(&settings.folder, error))?;
    let client = self::client(settings).await?;
    log_in(&client, &settings.login).await?;
    persisted::write(&client).await?;
    store_dir::protect(&settings.folder);
    tracing::info!("Logged in to the homeserver as a new device");
    Ok(client)
}

async fn client(settings: &Settings) -> Result<Client, PlatformError> {
    let passphrase = settings.passphrase.as_ref().map(ExposeSecret::expose_secret);
    let builder = Client::builder()
        .sqlite_store(store_dir::path(&settings.folder), passphrase)
        // Who calls tries again: it knows what may be done twice.
        .request_config(RequestConfig::new().timeout(REQUEST_LIMIT).disable_retry())
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

/// Goes on with `session`, if it still is one, and that of the account that is configured.
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
    // Only with the right token is it asked whose it is; keys must not be used for another device.
    let whoami = whoami(client, &tokens.access_token).await?;
    if whoami.user_id != meta.user_id || whoami.device_id.as_ref() != Some(&meta.device_id) {
        return Err(error::other_device(&settings.folder));
    }
    let session = MatrixSession { meta, tokens };
    client.restore_session(session).await.map_err(|error| error::store(&error))?;
    if is_new { persisted::write(client).await } else { Ok(()) }
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

/// Whether `configured` names the account `user`.
fn is_account(configured: &str, user: &UserId) -> bool {
    let local = configured.strip_prefix('@').unwrap_or(configured);
    match local.split_once(':') {
        Some(_) => configured == user.as_str(),
        None => local.eq_ignore_ascii_case(user.localpart()),
    }
}

/// Whose a token is.
#[derive(Deserialize)]
struct Whoami {
    user_id: OwnedUserId,
    device_id: Option<OwnedDeviceId>,
}

/// Asks whose `token` is. The library can ask that only when it knows.
async fn whoami(client: &Client, token: &str) -> Result<Whoami, PlatformError> {
    let url = client.homeserver().join("/_matrix/client/v3/account/whoami");
    let url = url.map_err(|_| error::no_homeserver())?;
    let request = client.http_client().get(url).bearer_auth(token).timeout(REQUEST_LIMIT);
    let answer = request.send().await.map_err(|_| error::unreachable())?;
    let status = answer.status().as_u16();
    let body = answer.bytes().await.map_err(|_| error::unreachable())?;
    match status {
        200 => serde_json::from_slice(&body).map_err(|_| error::no_homeserver()),
        status => Err(error::whoami(status)),
    }
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::user_id;

    use super::*;

    #[test]
    fn an_account_is_named_by_its_id_or_the_part_before_the_server() {
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
