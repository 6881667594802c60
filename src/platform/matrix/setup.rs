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
use super::{Login, Settings, failure, session};

/// What is wanted.
#[derive(Debug, Clone)]
pub enum Wish {
    /// What is missing is made.
    Complete,
    /// The secrets of the account are fetched with its recovery key.
    Recover(SecretString),
    /// The recovery key is replaced by a new one.
    NewKey,
    /// The account gets a new identity, with a new recovery key: the old ones are lost.
    NewIdentity,
}

/// How things stand afterwards.
#[derive(Debug)]
pub struct Standing {
    /// Whether the device is cross-signed.
    pub is_verified: bool,
    /// What is with the recovery key.
    pub recovery: Recovery,
}

/// What is with the recovery key.
#[derive(Debug)]
pub enum Recovery {
    /// It was made now, and nobody will ever be shown it again.
    New(SecretString),
    /// There is one, and this device has the secrets behind it.
    Kept,
    /// There is one, and this device needs it.
    Needed,
}

/// Logs in, if need be, and sees to it that the device is trusted and can be recovered. Nothing else
/// may run on the same folder.
///
/// # Errors
/// [`PlatformError`] says what to do.
pub async fn set_up(settings: &Settings, wish: Wish) -> Result<Standing, PlatformError> {
    let client = session::open(settings).await?;
    let synced = client.sync_once(SyncSettings::new().timeout(Duration::ZERO)).await;
    synced.map_err(|error| failed(&error))?;
    client.encryption().wait_for_e2ee_initialization_tasks().await;
    if matches!(wish, Wish::NewIdentity) {
        renew(&client, &settings.login).await?;
    } else {
        sign(&client, &settings.login).await?;
    }
    let recovery = recover(&client, wish).await.map_err(|error| refused(&error))?;
    let is_verified = is_verified(&client).await;
    Ok(Standing { is_verified, recovery })
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
async fn sign(client: &Client, login: &Login) -> Result<(), PlatformError> {
    let encryption = client.encryption();
    let Err(error) = encryption.bootstrap_cross_signing_if_needed(None).await else {
        return Ok(());
    };
    let Some(asked) = error.as_uiaa_response() else { return Err(failed(&error)) };
    let proof = proof(client, login, asked.session.clone())?;
    let signed = encryption.bootstrap_cross_signing_if_needed(Some(proof)).await;
    signed.map_err(|error| failed(&error))
}

/// Makes a new identity of the account and signs the device with it. The backup of the old one goes.
async fn renew(client: &Client, login: &Login) -> Result<(), PlatformError> {
    let reset = client.encryption().recovery().reset_identity().await;
    let Some(reset) = reset.map_err(|error| refused(&error))? else { return Ok(()) };
    let session = match reset.auth_type() {
        CrossSigningResetAuthType::Uiaa(asked) => asked.session.clone(),
        CrossSigningResetAuthType::OAuth(asked) => {
            let url = &asked.approval_url;
            return Err(hopeless(&format!(
                "the homeserver wants the account's owner to allow a new identity: do that at {url}, then run this again"
            )));
        }
    };
    let proof = proof(client, login, session)?;
    reset.reset(Some(proof)).await.map_err(|error| refused(&error))
}

/// What proves to the homeserver that we are who may change the identity.
fn proof(
    client: &Client,
    login: &Login,
    session: Option<String>,
) -> Result<AuthData, PlatformError> {
    let Login::Password { password, .. } = login else {
        return Err(hopeless(
            "the homeserver wants a password to make the account's identity: set `user` and `password` in [matrix] instead of `token`, or verify the device from another client",
        ));
    };
    let user = client.user_id().map(ToString::to_string).unwrap_or_default();
    let user = UserIdentifier::Matrix(MatrixUserIdentifier::new(user));
    let mut proof = Password::new(user, password.expose_secret().to_owned());
    proof.session = session;
    Ok(AuthData::Password(proof))
}

async fn recover(client: &Client, wish: Wish) -> Result<Recovery, RecoveryError> {
    let recovery = client.encryption().recovery();
    if let Wish::Recover(key) = &wish {
        recovery.recover(key.expose_secret()).await?;
    }
    match (recovery.state(), wish) {
        (RecoveryState::Disabled | RecoveryState::Unknown, _) => {
            Ok(Recovery::New(recovery.enable().await?.into()))
        }
        (RecoveryState::Enabled, Wish::NewKey) => {
            Ok(Recovery::New(recovery.reset_key().await?.into()))
        }
        (RecoveryState::Enabled, _) => Ok(Recovery::Kept),
        (RecoveryState::Incomplete, _) => Ok(Recovery::Needed),
    }
}

/// What to do about keys that do not go together.
fn refused(error: &RecoveryError) -> PlatformError {
    match error {
        RecoveryError::Sdk(error) => failed(error),
        _ => hopeless(
            "the recovery key is not that of the bot's account, or its backup is another one's: look for the key that `quoth matrix setup` printed, or make a new one with --new-recovery-key where the bot runs. If both are lost, --new-identity starts anew",
        ),
    }
}

fn failed(error: &Error) -> PlatformError {
    let source = failure::in_words(error).into();
    let what = "the homeserver did not do what setting up needs: try again later".to_owned();
    PlatformError::Passing { what, source: Some(source) }
}

fn hopeless(advice: &str) -> PlatformError {
    PlatformError::Hopeless { advice: advice.to_owned(), source: None }
}
