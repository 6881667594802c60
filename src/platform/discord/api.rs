//! Requests to Discord, and what their failures mean.

pub(super) mod rate_limit;

use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::{RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serenity::http::{Http, HttpBuilder, LightMethod, Request, Route, StatusCode};

use self::rate_limit::RateLimiter;
use super::settings::Settings;
use crate::service::SendError;

/// A request that takes longer may have been carried out or not.
const REQUEST_LIMIT: Duration = Duration::from_secs(15);

/// So often a request is refused for lack of room before whoever wants it is told.
const MAX_RATE_LIMITED: usize = 3;

/// Why a request failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ApiError {
    /// What that means for whoever wants something sent.
    pub(super) error: SendError,
    /// The HTTP status, if there was one.
    pub(super) status: Option<u16>,
    /// Discord's own number for it, if there was one.
    pub(super) code: Option<isize>,
}

/// Discord's own numbers of failures.
pub(super) mod code {
    pub(in super::super) const UNKNOWN_MESSAGE: isize = 10008;
    pub(in super::super) const MISSING_ACCESS: isize = 50001;
    pub(in super::super) const MISSING_PERMISSIONS: isize = 50013;
    pub(in super::super) const NO_REPLY_WITHOUT_HISTORY: isize = 160_002;
    pub(in super::super) const ALREADY_ACKNOWLEDGED: isize = 40060;
}

impl ApiError {
    const fn transient(retry_after: Option<Duration>) -> Self {
        Self { error: SendError::Transient { retry_after }, status: None, code: None }
    }

    /// It may have been carried out.
    pub(super) const AMBIGUOUS: Self =
        Self { error: SendError::Ambiguous, status: None, code: None };

    /// It may have been carried out, and nobody will ever know.
    pub(super) const AMBIGUOUS_FINAL: Self =
        Self { error: SendError::AmbiguousFinal, status: None, code: None };

    /// It was not carried out and never will be.
    pub(super) const PERMANENT: Self =
        Self { error: SendError::Permanent, status: None, code: None };

    /// What an answer without success means. 401, 403 and 404 stay what they are, and asking
    /// again and again has Discord shut one out.
    fn from_status(status: u16, code: Option<isize>) -> Self {
        let error = match status {
            429 => SendError::Transient { retry_after: None },
            400..500 => SendError::Permanent,
            _ => SendError::Ambiguous,
        };
        Self { error, status: Some(status), code }
    }

    fn from_transport(error: &reqwest::Error) -> Self {
        if error.is_connect() {
            Self::transient(None)
        } else if error.is_builder() {
            Self::PERMANENT
        } else {
            Self::AMBIGUOUS
        }
    }
}

/// A client of Discord's HTTP interface.
pub(super) struct Api {
    http: Http,
    client: reqwest::Client,
    limits: Option<RateLimiter>,
}

impl Api {
    /// A client as `settings` say.
    pub(super) fn new(settings: &Settings) -> reqwest::Result<Self> {
        let client = http_client()?;
        let limits = settings.rate_limiter.then(RateLimiter::default);
        Ok(Self { http: serenity_http(settings, client.clone()), client, limits })
    }

    /// What `route` answers to `method`.
    pub(super) async fn call(
        &self,
        route: Route<'_>,
        method: LightMethod,
        body: Option<&impl Serialize>,
    ) -> Result<Response, ApiError> {
        self.request(Request::new(route, method).body(bytes(body)?)).await
    }

    /// The same, as a `T`. An answer that makes no sense says nothing about what was done.
    pub(super) async fn fetch<T: DeserializeOwned>(
        &self,
        route: Route<'_>,
        method: LightMethod,
        body: Option<&impl Serialize>,
    ) -> Result<T, ApiError> {
        decode(self.call(route, method, body).await?).await
    }

    /// Reads what is at `route`.
    pub(super) async fn get<T: DeserializeOwned>(&self, route: Route<'_>) -> Result<T, ApiError> {
        self.fetch(route, LightMethod::Get, None::<&()>).await
    }

    /// Sends `request`: if limits are kept, when there is room for it; without, it is up to whoever
    /// wants it to try again.
    pub(super) async fn request(&self, request: Request<'_>) -> Result<Response, ApiError> {
        let limit = self.limits.as_ref().zip(rate_limit::bucket_key(&request));
        // Nothing but an address that is none keeps it from being made.
        let built = request.build(&self.client, self.http.token(), self.http.proxy.as_deref());
        let built = built.map_err(|_| ApiError::PERMANENT)?;
        let Some((limits, key)) = limit else { return send(built).await.map_err(ApiError::from) };
        let mut n_left = MAX_RATE_LIMITED;
        loop {
            let wait = limits.wait(key).await;
            wait.map_err(|wait| ApiError::transient(Some(wait)))?;
            let again = built.try_clone().ok_or(ApiError::PERMANENT)?;
            let refused = match send(again).await {
                Ok(response) => {
                    limits.update(key, response.headers());
                    return Ok(response);
                }
                Err(refused) => refused,
            };
            let SendError::Transient { retry_after: Some(wait) } = refused.failure.error else {
                return Err(refused.failure);
            };
            limits.block(key, wait, refused.is_global);
            n_left -= 1;
            if n_left == 0 {
                return Err(refused.failure);
            }
        }
    }
}

/// A request that failed, and whether Discord takes none at all for a while.
struct RequestError {
    failure: ApiError,
    is_global: bool,
}

impl From<RequestError> for ApiError {
    fn from(refused: RequestError) -> Self {
        refused.failure
    }
}

async fn send(request: RequestBuilder) -> Result<Response, RequestError> {
    let response = request.send().await.map_err(|error| RequestError {
        failure: ApiError::from_transport(&error),
        is_global: false,
    })?;
    if response.status().is_success() {
        return Ok(response);
    }
    let is_for_all = response.headers().contains_key("x-ratelimit-global");
    Err(RequestError { failure: parse_error(response).await, is_global: is_for_all })
}

/// A client with connections of its own. They end with the runtime that it is used in.
pub(super) fn http_client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().timeout(REQUEST_LIMIT).build()
}

/// The library's client as `settings` say. Its rate limiter would pass over the address, keeps what
/// it knows of each interaction for ever, and does not tell whether a request was made.
pub(super) fn serenity_http(settings: &Settings, client: reqwest::Client) -> Http {
    let builder = HttpBuilder::new(settings.token()).client(client).ratelimiter_disabled(true);
    match &settings.api_base {
        Some(base) => builder.proxy(base.as_str()).build(),
        None => builder.build(),
    }
}

/// `response` as a `T`.
pub(super) async fn decode<T: DeserializeOwned>(response: Response) -> Result<T, ApiError> {
    let bytes = response.bytes().await.map_err(|_| ApiError::AMBIGUOUS)?;
    serde_json::from_slice(&bytes).map_err(|_| ApiError::AMBIGUOUS)
}

fn bytes(body: Option<&impl Serialize>) -> Result<Option<Vec<u8>>, ApiError> {
    body.map(serde_json::to_vec).transpose().map_err(|_| ApiError::PERMANENT)
}

/// What an answer without success says.
#[derive(serde::Deserialize, Default)]
#[serde(default)]
struct ErrorBody {
    code: Option<isize>,
    retry_after: Option<f64>,
}

async fn parse_error(response: Response) -> ApiError {
    let status = response.status();
    let header = response.headers().get(RETRY_AFTER).and_then(|it| it.to_str().ok());
    let header: Option<f64> = header.and_then(|seconds| seconds.parse().ok());
    let body = response.bytes().await.unwrap_or_default();
    let told: ErrorBody = serde_json::from_slice(&body).unwrap_or_default();
    let failure = ApiError::from_status(status.as_u16(), told.code);
    if status != StatusCode::TOO_MANY_REQUESTS {
        return failure;
    }
    // The body is finer than the header, which is in whole seconds.
    let seconds = told.retry_after.or(header).filter(|seconds| *seconds >= 0.0);
    let retry_after = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    ApiError { error: SendError::Transient { retry_after }, ..failure }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_status_means_decides_whether_it_is_tried_again() {
        let passing = SendError::Transient { retry_after: None };
        for (status, want) in [
            (400, SendError::Permanent),
            (401, SendError::Permanent),
            (403, SendError::Permanent),
            (404, SendError::Permanent),
            (429, passing),
            (500, SendError::Ambiguous),
            (502, SendError::Ambiguous),
        ] {
            assert_eq!(ApiError::from_status(status, None).error, want, "{status}");
        }
    }
}
