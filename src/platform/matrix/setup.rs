//! What makes the bot's device one that people's clients trust: cross-signing, and a recovery key with
//! which another device can be made so as well.

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
use super::Login;
use super::Settings;
use super::error;
use super::session;

/// What is wanted.
#[derive(Debug, Clone)]
pub enum SetupMode {
    /// What is missing is made.
    CreateMissing,
    /// The secrets of the account are fetched with its recovery key.
    Recover(SecretString),
    /// The recovery key is replaced by a new one.
    NewRecoveryKey,
    /// The account gets a new identity, with a new recovery key: the old ones are lost.
    NewIdentity,
}

/// How things stand afterwards.
#[derive(Debug)]
pub struct VerificationStatus {
    /// Whether the device is cross-signed.
    pub is_verified: bool,
    /// What is with the recovery key.
    pub recovery: RecoveryKey,
}

/// What is with the recovery key.
#[derive(Debug)]
pub enum RecoveryKey {
    /// It was made now, and nobody will ever be shown it again.
    Created(SecretString),
    /// There is one, and this device has the secrets behind it.
    Existing,
    /// There is one, and this device needs it.
    Required,
}

/// Logs in, if need be, and sees to it that the device is trusted and can be recovered. Nothing else
/// may run on the same folder.
///
/// # Errors
/// [`PlatformError`] says what to do.
pub async fn set_up(
    settings: &Settings,
    wish: SetupMode,
) -> Result<VerificationStatus, PlatformError> {
    let client = session::open(settings).await?;
    let synced = client.sync_once(SyncSettings::new().timeout(Duration::ZERO)).await;
    synced.map_err(|error| failed(&error))?;
    client.encryption().wait_for_e2ee_initialization_tasks().await;
    if matches!(wish, SetupMode::NewIdentity) {
        reset_identity(&client, &settings.login).await?;
    } else {
        cross_sign(&client, &settings.login).await?;
    }
    let recovery = recover(&client, wish).await.map_err(|error| refused(&error))?;
    let is_verified = is_verified(&client).await;
    Ok(VerificationStatus { is_verified, recovery })
}

/// Whether the device of `client` is signed by its account.
pub(super) async fn is_verified(client: &Client) -> bool {
    if let Some(us) = client.user_id() {
        // It may have been signed elsewhere since.
        drop(client.encryption().request_user_identity(us).await);
    }
    let device = client.encryption().get_own_device().await.ok().flatten();
    device.is_some_and(|device| device.is_cross_signed_by_owner())
}

/// Makes an identity of the account and signs the device with it, if there is none.
async fn cross_sign(client: &Client, login: &Login) -> Result<(), PlatformError> {
    let encryption = client.encryption();
    let Err(error) = encryption.bootstrap_cross_signing_if_needed(None).await else {
        return Ok(());
    };
    let Some(asked) = error.as_uiaa_response() else { return Err(failed(&error)) };
    let proof = auth_data(client, login, asked.session.clone())?;
    let signed = encryption.bootstrap_cross_signing_if_needed(Some(proof)).await;
    signed.map_err(|error| failed(&error))
}

/// Makes a new identity of the account and signs the device with it. The backup of the old one goes.
async fn reset_identity(client: &Client, login: &Login) -> Result<(), PlatformError> {
    let reset = client.encryption().recovery().reset_identity().await;
    let Some(reset) = reset.map_err(|error| refused(&error))? else { return Ok(()) };
    let session = match reset.auth_type() {
        CrossSigningResetAuthType::Uiaa(asked) => asked.session.clone(),
        CrossSigningResetAuthType::OAuth(asked) => {
            let url = &asked.approval_url;
            return Err(permanent(&format!(
                "the homeserver wants the account's owner to allow a new identity: do that at {url}, then run this again"
            )));
        }
    };
    let proof = auth_data(client, login, session)?;
    reset.reset(Some(proof)).await.map_err(|error| refused(&error))
}

/// What proves to the homeserver that we are who may change the identity.
fn auth_data(
    client: &Client,
    login: &Login,
    session: Option<String>,
) -> Result<AuthData, PlatformError> {
    let Login::Password { password, .. } = login else {
        return Err(permanent(
            "the homeserver wants a password to make the account's identity: set `user` and `password` in [matrix] instead of `token`, or verify the device from another client",
        ));
    };
    let user = client.user_id().map(ToString::to_string).unwrap_or_default();
    let user = UserIdentifier::Matrix(MatrixUserIdentifier::new(user));
    let mut proof = Password::new(user, password.expose_secret().to_owned());
    proof.session = session;
    Ok(AuthData::Password(proof))
}

async fn recover(client: &Client, wish: SetupMode) -> Result<RecoveryKey, RecoveryError> {
    let recovery = client.encryption().recovery();
    if let SetupMode::Recover(key) = &wish {
        recovery.recover(key.expose_secret()).await?;
    }
    match (recovery.state(), wish) {
        (RecoveryState::Disabled | RecoveryState::Unknown, _) => {
            Ok(RecoveryKey::Created(recovery.enable().await?.into()))
        }
        (RecoveryState::Enabled, SetupMode::NewRecoveryKey) => {
            Ok(RecoveryKey::Created(recovery.reset_key().await?.into()))
        }
        (RecoveryState::Enabled, _) => Ok(RecoveryKey::Existing),
        (RecoveryState::Incomplete, _) => Ok(RecoveryKey::Required),
    }
}

/// What to do about keys that do not go together.
fn refused(error: &RecoveryError) -> PlatformError {
    match error {
        RecoveryError::Sdk(error) => failed(error),
        _ => permanent(
            "the recovery key is not that of the bot's account, or its backup is another one's: look for the key that `quoth matrix setup` printed, or make a new one with --new-recovery-key where the bot runs. If both are lost, --new-identity starts anew",
        ),
    }
}

fn failed(error: &Error) -> PlatformError {
    let source = error::describe(error).into();
    let what = "the homeserver did not do what setting up needs: try again later".to_owned();
    PlatformError::Transient { what, source: Some(source) }
}

fn permanent(advice: &str) -> PlatformError {
    PlatformError::Permanent { advice: advice.to_owned(), source: None }
}
