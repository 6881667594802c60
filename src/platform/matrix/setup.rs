//! `quoth matrix setup`: cross-signs the bot's device, so that clients trust it, and manages the
//! account's recovery key, with which another device can be verified.

use std::time::Duration;

use matrix_sdk::config::SyncSettings;
use matrix_sdk::encryption::CrossSigningResetAuthType;
use matrix_sdk::encryption::recovery::{RecoveryError, RecoveryState};
use matrix_sdk::ruma::api::client::uiaa::{
    AuthData, MatrixUserIdentifier, Password, UserIdentifier,
};
use matrix_sdk::{Client, Error};
use secrecy::{ExposeSecret, SecretString};

use super::super::PlatformError;
use super::error;
use super::session;
use super::settings::{Login, Settings};

/// What to set up.
#[derive(Debug, Clone)]
pub enum SetupMode {
    /// Create the cross-signing identity and the recovery key if they are missing.
    CreateMissing,
    /// Fetch the account's secrets with this recovery key.
    Recover(SecretString),
    /// Replace the recovery key by a new one.
    NewRecoveryKey,
    /// Replace the cross-signing identity and the recovery key, because the old ones are lost.
    NewIdentity,
}

/// The state of the account and its device after the setup.
#[derive(Debug)]
pub struct VerificationStatus {
    /// Whether the device is cross-signed.
    pub is_verified: bool,
    /// The state of the recovery key.
    pub recovery: RecoveryKey,
}

/// The state of the recovery key.
#[derive(Debug)]
pub enum RecoveryKey {
    /// It was created now. It cannot be shown again.
    Created(SecretString),
    /// It exists, and this device has the secrets that it protects.
    Existing,
    /// It exists, and this device needs it to fetch the secrets.
    Required,
    /// There is none, and it cannot be created here: only another device has the secrets.
    Unavailable,
}

/// Logs in if there is no session, cross-signs the device and sets up the recovery key as `mode`
/// says.
///
/// No other process may use the same folder meanwhile.
///
/// # Errors
/// [`PlatformError`], whose text says what to do.
pub async fn set_up(
    settings: &Settings,
    mode: SetupMode,
) -> Result<VerificationStatus, PlatformError> {
    let client = session::open(settings).await?;
    let synced = client.sync_once(SyncSettings::new().timeout(Duration::ZERO)).await;
    synced.map_err(|error| request_error(&error))?;
    client.encryption().wait_for_e2ee_initialization_tasks().await;
    if matches!(mode, SetupMode::NewIdentity) {
        reset_identity(&client, &settings.login).await?;
    } else {
        cross_sign(&client, &settings.login).await?;
    }
    let recovery = recover(&client, mode).await?;
    let is_verified = is_verified(&client).await;
    Ok(VerificationStatus { is_verified, recovery })
}

/// Whether the device of `client` is cross-signed by its account.
pub(super) async fn is_verified(client: &Client) -> bool {
    if let Some(bot_id) = client.user_id() {
        // Another client may have signed the device since the last sync.
        drop(client.encryption().request_user_identity(bot_id).await);
    }
    let device = client.encryption().get_own_device().await.ok().flatten();
    device.is_some_and(|device| device.is_cross_signed_by_owner())
}

/// Whether the account has no recovery key, as far as is known.
pub(super) fn lacks_recovery_key(client: &Client) -> bool {
    client.encryption().recovery().state() == RecoveryState::Disabled
}

/// Creates the cross-signing identity of the account and signs the device with it, unless there is
/// one.
async fn cross_sign(client: &Client, login: &Login) -> Result<(), PlatformError> {
    let encryption = client.encryption();
    let Err(error) = encryption.bootstrap_cross_signing_if_needed(None).await else {
        return Ok(());
    };
    let Some(uiaa) = error.as_uiaa_response() else { return Err(request_error(&error)) };
    let auth = auth_data(client, login, uiaa.session.clone())?;
    let signed = encryption.bootstrap_cross_signing_if_needed(Some(auth)).await;
    signed.map_err(|error| request_error(&error))
}

/// Replaces the cross-signing identity of the account and signs the device with the new one. The
/// key backup of the old identity is deleted.
async fn reset_identity(client: &Client, login: &Login) -> Result<(), PlatformError> {
    let reset = client.encryption().recovery().reset_identity().await;
    let Some(reset) = reset.map_err(|error| recovery_error(&error))? else { return Ok(()) };
    let session = match reset.auth_type() {
        CrossSigningResetAuthType::Uiaa(uiaa) => uiaa.session.clone(),
        CrossSigningResetAuthType::OAuth(oauth) => {
            let url = &oauth.approval_url;
            return Err(permanent(&format!(
                "the homeserver requires the account's owner to approve the new identity: approve it at {url}, then run this again"
            )));
        }
    };
    let auth = auth_data(client, login, session)?;
    reset.reset(Some(auth)).await.map_err(|error| recovery_error(&error))
}

/// The password authentication that the homeserver requires to change the identity.
fn auth_data(
    client: &Client,
    login: &Login,
    session: Option<String>,
) -> Result<AuthData, PlatformError> {
    let Login::Password { password, .. } = login else {
        return Err(permanent(
            "the homeserver requires a password to create the account's identity: set `user` and `password` in [matrix] instead of `token`, or verify the device from another client",
        ));
    };
    let user = client.user_id().map(ToString::to_string).unwrap_or_default();
    let user = UserIdentifier::Matrix(MatrixUserIdentifier::new(user));
    let mut auth = Password::new(user, password.expose_secret().to_owned());
    auth.session = session;
    Ok(AuthData::Password(auth))
}

async fn recover(client: &Client, mode: SetupMode) -> Result<RecoveryKey, PlatformError> {
    let recovery = client.encryption().recovery();
    if let SetupMode::Recover(key) = &mode {
        if recovery.state() == RecoveryState::Disabled {
            return Err(permanent(
                "the account has no recovery key: run `quoth matrix setup` where the bot ran first. If that data folder is lost, --new-identity starts over",
            ));
        }
        let recovered = recovery.recover(key.expose_secret()).await;
        recovered.map_err(|error| recovery_error(&error))?;
    }
    let created = match (recovery.state(), mode) {
        (RecoveryState::Disabled, _) if !has_secrets(client).await => {
            return Ok(RecoveryKey::Unavailable);
        }
        (RecoveryState::Disabled, _) => recovery.enable().await,
        (RecoveryState::Enabled, SetupMode::NewRecoveryKey) => recovery.reset_key().await,
        (RecoveryState::Enabled, _) => return Ok(RecoveryKey::Existing),
        (RecoveryState::Incomplete, _) => return Ok(RecoveryKey::Required),
        // A new key would replace one that may exist.
        (RecoveryState::Unknown, _) => return Err(failed_request(None)),
    };
    Ok(RecoveryKey::Created(created.map_err(|error| recovery_error(&error))?.into()))
}

/// Whether this device has the secrets of the account's identity, which a recovery key protects.
async fn has_secrets(client: &Client) -> bool {
    client.encryption().cross_signing_status().await.is_some_and(|status| status.is_complete())
}

/// The error for a recovery key or backup that does not belong to the account.
fn recovery_error(error: &RecoveryError) -> PlatformError {
    match error {
        RecoveryError::Sdk(error) => request_error(error),
        _ => permanent(
            "the recovery key or the key backup belongs to another account: use the key that `quoth matrix setup` printed for the bot's account, or create a new one with --new-recovery-key where the bot runs. If both are lost, --new-identity starts over",
        ),
    }
}

fn request_error(error: &Error) -> PlatformError {
    failed_request(Some(error::describe(error)))
}

fn failed_request(why: Option<String>) -> PlatformError {
    let what = "a request to the homeserver failed during the setup: try again later".to_owned();
    PlatformError::Transient { what, source: why.map(Into::into) }
}

fn permanent(advice: &str) -> PlatformError {
    PlatformError::Permanent { advice: advice.to_owned(), source: None }
}
