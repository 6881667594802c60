//! Logins, and the check of a token, before there is a store.

use matrix_sdk::authentication::matrix::MatrixSession;
use matrix_sdk::ruma::api::client::session::login::v3::{LoginInfo, Password, Request};
use matrix_sdk::ruma::api::client::uiaa::{MatrixUserIdentifier, UserIdentifier};
use matrix_sdk::ruma::{DeviceId, OwnedDeviceId, OwnedUserId};
use matrix_sdk::{Client, SessionMeta, SessionTokens};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::super::settings::Login;
use super::{REQUEST_TIMEOUT, error};
use crate::platform::PlatformError;

/// The display name of the bot's device.
const DEVICE_NAME: &str = "quoth";

/// The account and device of a token.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(in super::super) struct Whoami {
    pub(in super::super) user_id: OwnedUserId,
    pub(in super::super) device_id: Option<OwnedDeviceId>,
}

/// Whether the homeserver accepts a token.
pub(in super::super) enum TokenStatus {
    Valid(Whoami),
    /// It has expired, but its device remains: a login can continue with its keys (soft logout).
    Expired,
}

/// The body of an error response.
#[derive(Default, Deserialize)]
struct ErrorBody {
    #[serde(default)]
    soft_logout: bool,
}

/// Logs in with `login`: with a password as the device `device`, else as a new one; with a token as
/// the device of the token.
///
/// `server` is a client without a session. A store is created only for the device of a session, so
/// that no failed login leaves one behind.
pub(super) async fn log_in(
    server: &Client,
    login: &Login,
    device: Option<&DeviceId>,
) -> Result<MatrixSession, PlatformError> {
    match login {
        Login::Password { user, password } => {
            let user = UserIdentifier::Matrix(MatrixUserIdentifier::new(user.clone()));
            let password = Password::new(user, password.expose_secret().to_owned());
            let mut request = Request::new(LoginInfo::Password(password));
            request.device_id = device.map(ToOwned::to_owned);
            request.initial_device_display_name = Some(DEVICE_NAME.to_owned());
            let response = server.send(request).await;
            let response = response.map_err(|error| error::log_in(&error.into()))?;
            Ok((&response).into())
        }
        Login::Token(token) => match whoami(server, token.expose_secret()).await? {
            TokenStatus::Valid(Whoami { user_id, device_id }) => {
                let device_id = device_id.ok_or_else(error::token_without_device)?;
                let meta = SessionMeta { user_id, device_id };
                Ok(MatrixSession { meta, tokens: tokens_of(token) })
            }
            TokenStatus::Expired => Err(error::token_expired()),
        },
    }
}

pub(super) fn tokens_of(token: &SecretString) -> SessionTokens {
    SessionTokens { access_token: token.expose_secret().to_owned(), refresh_token: None }
}

/// Fetches the account and device of `token`. matrix-sdk can send this request only with a session,
/// which has both already.
pub(in super::super) async fn whoami(
    server: &Client,
    token: &str,
) -> Result<TokenStatus, PlatformError> {
    let url = server.homeserver().join("/_matrix/client/v3/account/whoami");
    let url = url.map_err(|_| error::not_a_homeserver())?;
    let request = server.http_client().get(url).bearer_auth(token).timeout(REQUEST_TIMEOUT);
    let response = request.send().await.map_err(|error| error::no_response(&error))?;
    let status = response.status().as_u16();
    let body = response.bytes().await.map_err(|error| error::no_response(&error))?;
    match status {
        200 => serde_json::from_slice(&body)
            .map(TokenStatus::Valid)
            .map_err(|_| error::not_a_homeserver()),
        401 if serde_json::from_slice::<ErrorBody>(&body).unwrap_or_default().soft_logout => {
            Ok(TokenStatus::Expired)
        }
        status => Err(error::whoami(status)),
    }
}
