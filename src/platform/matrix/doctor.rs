//! What `quoth doctor` checks on Matrix. It asks the homeserver by HTTP with the token of the stored session, and opens
//! no store: a second client on the store of a running service would break its encryption.

mod device;
mod rooms;
mod server;
mod session;

use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use device::AccountKeys;
use matrix_sdk::Client;
use matrix_sdk::authentication::matrix::MatrixSession;
use matrix_sdk::reqwest::header::HeaderMap;
use rooms::JoinedRooms;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::OnceCell;

use super::session::login::TokenStatus;
use super::session::persisted;
use super::settings::{Login, Settings};
use super::tls_error::TlsError;
use crate::conversation::PlaceId;
use crate::platform::PlatformError;
use crate::platform::diagnosis::{Check, ServerTime, async_check};

/// All checks of Matrix.
pub const CHECKS: [Check<MatrixSetup>; 15] = [
    async_check!(
        "ca-certificates",
        "this machine has certificate authorities",
        server::has_authorities
    ),
    async_check!("matrix-homeserver", "the homeserver can be reached", server::is_reachable),
    async_check!(
        "matrix-tls",
        "the homeserver's certificate is valid",
        server::is_certificate_valid
    ),
    async_check!(
        "matrix-versions",
        "the homeserver speaks a version of Matrix that quoth knows",
        server::is_version_known
    ),
    async_check!(
        "matrix-login",
        "the homeserver offers the login that is configured",
        server::offers_login
    ),
    async_check!(
        "matrix-session",
        "the stored session can be read, with the passphrase that is configured",
        session::can_read
    ),
    async_check!(
        "matrix-account",
        "the stored session is that of the configured account",
        session::is_of_account
    ),
    async_check!(
        "matrix-store",
        "the encryption keys of the session are there",
        session::has_store
    ),
    async_check!("matrix-token", "the homeserver accepts the session", session::is_accepted),
    async_check!(
        "matrix-cross-signing",
        "the account has an identity for cross-signing",
        device::has_identity
    ),
    async_check!("matrix-device", "the bot's device is verified", device::is_verified),
    async_check!("matrix-recovery-key", "the account has a recovery key", device::has_recovery_key),
    async_check!(
        "matrix-rooms",
        "the bot is in the rooms of the configuration, and may write there",
        rooms::may_write
    ),
    async_check!("matrix-invites", "somebody may invite the bot", rooms::accepts_invites),
    async_check!(
        "matrix-rate-limit",
        "the bot is exempt from the homeserver's limit of messages, where that can be seen",
        rooms::is_exempt
    ),
];

/// Timeout of a request.
const TIMEOUT: Duration = Duration::from_secs(6);

/// What the checks of Matrix look at. What several of them need is fetched once.
pub struct MatrixSetup {
    settings: Settings,
    /// Places of the spaces on any platform, each with the key that names it.
    places: Vec<(&'static str, PlaceId)>,
    /// Opened once, since a passphrase is stretched for that. The error says what to do.
    stored: OnceLock<Result<Option<MatrixSession>, String>>,
    server: OnceCell<Result<Server, ServerError>>,
    token: OnceCell<Result<TokenStatus, TokenError>>,
    keys: OnceCell<Result<AccountKeys, String>>,
    rooms: OnceCell<Result<JoinedRooms, String>>,
}

/// A homeserver that responds.
struct Server {
    client: Client,
    versions: Versions,
    server_time: Option<ServerTime>,
}

/// Why there is no homeserver.
enum ServerError {
    Tls(TlsError),
    /// Anything else, in words that say what to do.
    Other(String),
}

/// Why a token is not known to be valid.
enum TokenError {
    /// The homeserver refuses it. The text says what to do.
    Refused(String),
    /// It could not be asked.
    NoResponse,
}

/// The response to `GET /_matrix/client/versions`.
#[derive(Deserialize)]
struct Versions {
    versions: Vec<String>,
}

/// A response of the homeserver.
struct Response {
    status: u16,
    body: Vec<u8>,
}

impl Response {
    /// The body of a successful response.
    ///
    /// # Errors
    /// Why what needs it is not applicable.
    fn success<T: DeserializeOwned>(&self) -> Result<T, String> {
        match self.status {
            200 => serde_json::from_slice(&self.body).map_err(|_| NO_RESPONSE.to_owned()),
            status => Err(format!("the homeserver responds with HTTP status {status}")),
        }
    }
}

impl MatrixSetup {
    /// The setup with these settings. `places` are those that the spaces name.
    pub fn new(settings: Settings, places: Vec<(&'static str, PlaceId)>) -> Arc<Self> {
        let (stored, server, token, keys, rooms) = Default::default();
        Arc::new(Self { settings, places, stored, server, token, keys, rooms })
    }

    /// The time of the homeserver's clock; `None` if it does not respond.
    pub async fn server_time(&self) -> Option<ServerTime> {
        self.fetched_server().await.as_ref().ok()?.server_time
    }

    async fn fetched_server(&self) -> &Result<Server, ServerError> {
        self.server.get_or_init(|| Box::pin(server::fetch(&self.settings))).await
    }

    /// The homeserver.
    ///
    /// # Errors
    /// Why what needs it is not applicable.
    async fn server(&self) -> Result<&Server, String> {
        self.fetched_server().await.as_ref().map_err(|error| match error {
            ServerError::Tls(TlsError::NoAuthorities) => {
                "this machine trusts no certificate (see ca-certificates)".to_owned()
            }
            ServerError::Tls(_) => "there is no TLS connection (see matrix-tls)".to_owned(),
            ServerError::Other(_) => {
                "the homeserver cannot be reached (see matrix-homeserver)".to_owned()
            }
        })
    }

    fn stored(&self) -> &Result<Option<MatrixSession>, String> {
        self.stored.get_or_init(|| persisted::load(&self.settings).map_err(|it| it.to_string()))
    }

    /// The stored session.
    ///
    /// # Errors
    /// Why what needs it is not applicable.
    fn session(&self) -> Result<MatrixSession, String> {
        match self.stored() {
            Ok(Some(session)) => Ok(session.clone()),
            Ok(None) => Err("the bot has not logged in yet: the first `quoth run` does".to_owned()),
            Err(_) => Err("the session cannot be read (see matrix-session)".to_owned()),
        }
    }

    /// The access token of the session: the configured one, else the stored one.
    fn access_token(&self, session: &MatrixSession) -> String {
        match &self.settings.login {
            Login::Token(token) => token.expose_secret().to_owned(),
            Login::Password { .. } => session.tokens.access_token.clone(),
        }
    }

    /// What the homeserver says of the token of `session`.
    async fn token_status(
        &self,
        session: &MatrixSession,
    ) -> Result<&Result<TokenStatus, TokenError>, String> {
        let client = &self.server().await?.client;
        let token = self.access_token(session);
        let fetch = async {
            let asked =
                tokio::time::timeout(TIMEOUT, super::session::login::whoami(client, &token));
            match asked.await {
                Ok(Ok(status)) => Ok(status),
                Ok(Err(error @ PlatformError::Permanent { .. })) => {
                    Err(TokenError::Refused(error.to_string()))
                }
                Ok(Err(PlatformError::Transient { .. })) | Err(_) => Err(TokenError::NoResponse),
            }
        };
        Ok(self.token.get_or_init(|| fetch).await)
    }

    /// The stored session, which the homeserver accepts.
    ///
    /// # Errors
    /// Why what needs it is not applicable.
    async fn accepted_session(&self) -> Result<MatrixSession, String> {
        let session = self.session()?;
        match self.token_status(&session).await? {
            Ok(TokenStatus::Valid(_)) => Ok(session),
            _ => Err("the homeserver does not accept the session (see matrix-token)".to_owned()),
        }
    }

    /// The response to a GET request with the token of `session`.
    ///
    /// # Errors
    /// Why what needs it is not applicable.
    async fn get(&self, session: &MatrixSession, path: &str) -> Result<Response, String> {
        self.send(session, path, None).await
    }

    /// The response to a request with the token of `session`: POST if there is a body, else GET.
    async fn send(
        &self,
        session: &MatrixSession,
        path: &str,
        body: Option<Value>,
    ) -> Result<Response, String> {
        let client = &self.server().await?.client;
        let url = client.homeserver().join(path).map_err(|error| error.to_string())?;
        let http = client.http_client();
        let request = match body {
            Some(body) => {
                http.post(url).header("Content-Type", "application/json").body(body.to_string())
            }
            None => http.get(url),
        };
        let request = request.bearer_auth(self.access_token(session)).timeout(TIMEOUT);
        let response = request.send().await.map_err(|_| NO_RESPONSE.to_owned())?;
        let status = response.status().as_u16();
        let body = response.bytes().await.map_err(|_| NO_RESPONSE.to_owned())?;
        Ok(Response { status, body: body.to_vec() })
    }
}

/// Why a check is not applicable whose request failed, though the homeserver can be reached.
const NO_RESPONSE: &str = "the homeserver does not respond to this request: try again later";

/// The time in the header `Date` of a response that has just come.
fn server_time(headers: &HeaderMap) -> Option<ServerTime> {
    ServerTime::parse(headers.get("date")?.to_str().ok()?, SystemTime::now())
}
