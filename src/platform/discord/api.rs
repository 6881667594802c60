//! The REST client. Sends requests through the rate limiter and classifies their errors.

pub(super) mod error;
pub(super) mod rate_limit;

use std::time::Duration;

use reqwest::{RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serenity::builder::CreateAttachment;
use serenity::http::{Http, HttpBuilder, LightMethod, Multipart, MultipartUpload, Request, Route};

use self::error::{RequestError, parse_error};
use self::rate_limit::RateLimiter;
use super::payload::Payload;
use super::settings::Settings;
use crate::conversation::reply::ReplyFile;
use crate::service::SendError;
pub(super) use error::{ApiError, code};

/// Timeout of a request. One that takes longer may have been executed.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);

/// Attempts of a rate-limited request before the error is returned.
const MAX_RATE_LIMITED: usize = 3;

/// A client of Discord's REST API.
pub(super) struct Api {
    http: Http,
    client: reqwest::Client,
    /// `None` if a proxy at `api_base` keeps the limits.
    limiter: Option<RateLimiter>,
}

impl Api {
    /// Builds a client from `settings`.
    pub(super) fn new(settings: &Settings) -> reqwest::Result<Self> {
        let client = http_client()?;
        let limiter = settings.rate_limiter.then(RateLimiter::default);
        Ok(Self { http: serenity_http(settings, client.clone()), client, limiter })
    }

    /// Sends `body` to `route` and returns the successful response.
    pub(super) async fn call(
        &self,
        route: Route<'_>,
        method: LightMethod,
        body: Option<&impl Serialize>,
    ) -> Result<Response, ApiError> {
        self.request(Request::new(route, method).body(to_json(body)?)).await
    }

    /// Like [`Self::call`], with the response parsed as `T`. A successful response that does not
    /// parse is ambiguous: it does not show what was executed.
    pub(super) async fn fetch<T: DeserializeOwned>(
        &self,
        route: Route<'_>,
        method: LightMethod,
        body: Option<&impl Serialize>,
    ) -> Result<T, ApiError> {
        decode(self.call(route, method, body).await?).await
    }

    /// Sends `payload` with its file to `route` and returns the successful response.
    pub(super) async fn send_payload(
        &self,
        route: Route<'_>,
        method: LightMethod,
        payload: &Payload,
    ) -> Result<Response, ApiError> {
        self.request(with_body(Request::new(route, method), payload, payload.file())?).await
    }

    /// Sends a GET request and parses the response.
    pub(super) async fn get<T: DeserializeOwned>(&self, route: Route<'_>) -> Result<T, ApiError> {
        self.fetch(route, LightMethod::Get, None::<&()>).await
    }

    /// Like [`Self::get`], with the parameters `query`.
    pub(super) async fn get_with<T: DeserializeOwned>(
        &self,
        route: Route<'_>,
        query: Vec<(&'static str, String)>,
    ) -> Result<T, ApiError> {
        let request = Request::new(route, LightMethod::Get).params(Some(query));
        decode(self.request(request).await?).await
    }

    /// Sends `request`. With the rate limiter, waits for its bucket and retries 429 responses;
    /// without, returns them to the caller.
    pub(super) async fn request(&self, request: Request<'_>) -> Result<Response, ApiError> {
        let limit = self.limiter.as_ref().zip(rate_limit::bucket_key(&request));
        // Building fails only for an invalid address. The body of a file can be sent only once.
        let build = |request: Request<'_>| {
            let proxy = self.http.proxy.as_deref();
            request.build(&self.client, self.http.token(), proxy).map_err(|_| ApiError::PERMANENT)
        };
        let Some((limiter, key)) = limit else {
            return send(build(request)?).await.map_err(ApiError::from);
        };
        let mut n_left = MAX_RATE_LIMITED;
        loop {
            let wait = limiter.wait(key).await;
            wait.map_err(|wait| ApiError::transient(Some(wait)))?;
            let failed = match send(build(request.clone())?).await {
                Ok(response) => {
                    limiter.update(key, response.headers());
                    return Ok(response);
                }
                Err(failed) => failed,
            };
            let SendError::Transient { retry_after: Some(wait) } = failed.error.error else {
                return Err(failed.error);
            };
            limiter.block(key, wait, failed.is_global);
            n_left -= 1;
            if n_left == 0 {
                return Err(failed.error);
            }
        }
    }
}

async fn send(request: RequestBuilder) -> Result<Response, RequestError> {
    let response = request.send().await.map_err(|error| RequestError {
        error: ApiError::from_transport(&error),
        is_global: false,
    })?;
    if response.status().is_success() { Ok(response) } else { Err(parse_error(response).await) }
}

/// An HTTP client with a connection pool of its own. Its connections end with the runtime in which
/// they are used.
pub(super) fn http_client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().timeout(REQUEST_TIMEOUT).build()
}

/// serenity's HTTP client for `settings`. Its rate limiter is off: it ignores the proxy address,
/// keeps the state of each interaction forever, and does not report whether a request was sent.
pub(super) fn serenity_http(settings: &Settings, client: reqwest::Client) -> Http {
    let builder = HttpBuilder::new(settings.token()).client(client).ratelimiter_disabled(true);
    match &settings.api_base {
        Some(base) => builder.proxy(base.as_str()).build(),
        None => builder.build(),
    }
}

/// Parses the body of `response`.
pub(super) async fn decode<T: DeserializeOwned>(response: Response) -> Result<T, ApiError> {
    let bytes = response.bytes().await.map_err(|_| ApiError::AMBIGUOUS)?;
    serde_json::from_slice(&bytes).map_err(|_| ApiError::AMBIGUOUS)
}

/// `request` with a JSON body, and a file beside it.
pub(super) fn with_body<'r>(
    request: Request<'r>,
    body: &impl Serialize,
    file: Option<&ReplyFile>,
) -> Result<Request<'r>, ApiError> {
    let Some(file) = file else { return Ok(request.body(to_json(Some(body))?)) };
    let json = serde_json::to_string(body).map_err(|_| ApiError::PERMANENT)?;
    let attachment = CreateAttachment::bytes(file.text.as_bytes(), file.name.clone());
    let upload = MultipartUpload::Attachments(vec![attachment]);
    Ok(request.multipart(Some(Multipart { upload, fields: Vec::new(), payload_json: Some(json) })))
}

fn to_json(body: Option<&impl Serialize>) -> Result<Option<Vec<u8>>, ApiError> {
    body.map(serde_json::to_vec).transpose().map_err(|_| ApiError::PERMANENT)
}
