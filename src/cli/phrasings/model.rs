//! A chat model behind an API like OpenAI's.
//! <https://platform.openai.com/docs/api-reference/chat/create>

use std::time::Duration;

use anyhow::Context;
use backon::{BackoffBuilder, ExponentialBuilder};
use reqwest::header::RETRY_AFTER;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::moderation::phrasing_drafts::Prompt;

/// Most bytes of a response: far more than a list of questions.
const MAX_RESPONSE_BYTES: usize = 1024 * 1024;

/// Most characters of a server's message in an error.
const MAX_MESSAGE_CHARS: usize = 300;

/// How often a request is repeated after a transient error.
const N_RETRIES: usize = 4;

/// Longest wait before a request is repeated. A server that asks for more is out of service for now.
const MAX_WAIT: Duration = Duration::from_secs(60);

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A chat model.
pub(super) struct Model {
    client: Client,
    address: Url,
    name: String,
    key: Option<SecretString>,
}

/// Why there is no reply.
#[derive(Debug, thiserror::Error)]
pub(super) enum ModelError {
    #[error("{0} cannot be reached")]
    Unreachable(String, #[source] reqwest::Error),
    #[error("{0} did not reply in time; --timeout allows more")]
    TimedOut(String),
    #[error("the server is busy (status {status})")]
    Busy { status: StatusCode, retry_after: Option<Duration> },
    #[error(
        "the server refuses the key; put the right one into PHRASINGS_API_KEY, or into a file for --key-file"
    )]
    Key,
    #[error(
        "the server has no such address or model: --endpoint is that of an API like http://localhost:11434/v1, without /chat/completions{0}"
    )]
    NotFound(String),
    #[error("the server refuses the request (status {status}){message}")]
    Refused { status: StatusCode, message: String },
    #[error("the reply is not that of a chat model: {0}")]
    Unexpected(String),
}

impl ModelError {
    /// Whether the same request may succeed later.
    fn is_transient(&self) -> bool {
        matches!(self, Self::Busy { .. })
            || matches!(self, Self::Unreachable(_, error) if !error.is_connect())
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// A response, as far as it is read.
#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    /// A model that refuses may have none.
    content: Option<String>,
}

impl Model {
    /// The model `name` behind the API at `endpoint`.
    pub(super) fn new(
        endpoint: &Url,
        name: &str,
        key: Option<SecretString>,
        timeout: Duration,
    ) -> anyhow::Result<Self> {
        let mut address = endpoint.clone();
        let path = address.path().trim_end_matches('/').trim_end_matches("/chat/completions");
        let path = format!("{path}/chat/completions");
        address.set_path(&path);
        // A key must not follow a redirect to another server.
        let client = Client::builder().redirect(Policy::none()).connect_timeout(CONNECT_TIMEOUT);
        let client = client.timeout(timeout).build().context("cannot make requests")?;
        Ok(Self { client, address, name: name.to_owned(), key })
    }

    /// The model's reply to `prompt`. After a transient error, the request is repeated a few times.
    pub(super) async fn reply(&self, prompt: &Prompt) -> Result<String, ModelError> {
        let backoff = ExponentialBuilder::default().with_min_delay(Duration::from_secs(1));
        let mut delays = backoff.with_max_times(N_RETRIES).build();
        loop {
            let error = match self.reply_once(prompt).await {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            let delay = delays.next().filter(|_| error.is_transient());
            let delay = delay.map(|delay| error.retry_after().unwrap_or(delay));
            match delay.filter(|delay| *delay <= MAX_WAIT) {
                Some(delay) => tokio::time::sleep(delay).await,
                None => return Err(error),
            }
        }
    }

    async fn reply_once(&self, prompt: &Prompt) -> Result<String, ModelError> {
        let message = |role: &str, content: &str| json!({ "role": role, "content": content });
        let body = json!({
            "model": self.name,
            "messages": [message("system", &prompt.system), message("user", &prompt.user)],
            "stream": false,
        });
        let request = self.client.post(self.address.clone());
        let request = request.header("content-type", "application/json").body(body.to_string());
        let request = match &self.key {
            Some(key) => request.bearer_auth(key.expose_secret()),
            None => request,
        };
        let response = request.send().await.map_err(|error| self.transport_error(error))?;
        let (status, retry_after) = (response.status(), retry_after(&response));
        let body = self.body(response).await?;
        match status.as_u16() {
            200..=299 => text_of(&body),
            401 | 403 => Err(ModelError::Key),
            404 | 405 => Err(ModelError::NotFound(message_of(&body))),
            408 | 429 | 500..=599 => Err(ModelError::Busy { status, retry_after }),
            _ => Err(ModelError::Refused { status, message: message_of(&body) }),
        }
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, ModelError> {
        let mut body = Vec::new();
        while let Some(chunk) =
            response.chunk().await.map_err(|error| self.transport_error(error))?
        {
            if body.len() + chunk.len() > MAX_RESPONSE_BYTES {
                let message = format!("it has more than {MAX_RESPONSE_BYTES} bytes");
                return Err(ModelError::Unexpected(message));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn transport_error(&self, error: reqwest::Error) -> ModelError {
        let host = self.address.host_str().unwrap_or("the server");
        let port = self.address.port().map(|port| format!(":{port}")).unwrap_or_default();
        let server = format!("{host}{port}");
        if error.is_timeout() && !error.is_connect() {
            return ModelError::TimedOut(server);
        }
        // The address may have a key in its query.
        ModelError::Unreachable(server, error.without_url())
    }
}

/// What the model says.
fn text_of(body: &[u8]) -> Result<String, ModelError> {
    let completion: Completion =
        serde_json::from_slice(body).map_err(|error| ModelError::Unexpected(error.to_string()))?;
    let choice = completion.choices.into_iter().next();
    let choice = choice.ok_or_else(|| ModelError::Unexpected("it has no choices".to_owned()))?;
    Ok(choice.message.content.unwrap_or_default())
}

/// The message of a server in an error, after a colon; empty if it has none.
fn message_of(body: &[u8]) -> String {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let error = value.get("error").unwrap_or(&value);
    let message = error.get("message").unwrap_or(error).as_str().unwrap_or_default();
    let message: String = message.chars().take(MAX_MESSAGE_CHARS).collect();
    if message.is_empty() { message } else { format!(": {message}") }
}

/// The wait that the server asks for, in seconds.
fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    Some(Duration::from_secs(seconds.trim().parse().ok()?))
}
