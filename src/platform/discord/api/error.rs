//! Errors of REST requests: which status or transport error is transient, permanent or ambiguous.

use std::time::Duration;

use reqwest::Response;
use reqwest::header::RETRY_AFTER;
use serde::Deserialize;
use serenity::http::StatusCode;

use crate::service::SendError;

/// A REST request that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::platform::discord) struct ApiError {
    /// What the failure means for a send.
    pub(in crate::platform::discord) error: SendError,
    /// The HTTP status, if Discord responded.
    pub(in crate::platform::discord) status: Option<u16>,
    /// Discord's JSON error code, if the response had one.
    pub(in crate::platform::discord) code: Option<isize>,
}

/// Discord's JSON error codes.
pub(in crate::platform::discord) mod code {
    pub(in crate::platform::discord) const UNKNOWN_MESSAGE: isize = 10008;
    pub(in crate::platform::discord) const MISSING_ACCESS: isize = 50001;
    pub(in crate::platform::discord) const MISSING_PERMISSIONS: isize = 50013;
    pub(in crate::platform::discord) const NO_REPLY_WITHOUT_HISTORY: isize = 160_002;
    pub(in crate::platform::discord) const ALREADY_ACKNOWLEDGED: isize = 40060;
}

impl ApiError {
    pub(super) const fn transient(retry_after: Option<Duration>) -> Self {
        Self { error: SendError::Transient { retry_after }, status: None, code: None }
    }

    /// The request may have been executed.
    pub(in crate::platform::discord) const AMBIGUOUS: Self =
        Self { error: SendError::Ambiguous, status: None, code: None };

    /// The request may have been executed, and Discord would not deduplicate a retry.
    pub(in crate::platform::discord) const AMBIGUOUS_FINAL: Self =
        Self { error: SendError::AmbiguousFinal, status: None, code: None };

    /// The request was not executed, and a retry would fail as well.
    pub(in crate::platform::discord) const PERMANENT: Self =
        Self { error: SendError::Permanent, status: None, code: None };

    /// Classifies an unsuccessful status. 401, 403 and 404 are permanent: Discord bans addresses
    /// that repeat such requests.
    fn from_status(status: u16, code: Option<isize>) -> Self {
        let error = match status {
            429 => SendError::Transient { retry_after: None },
            400..500 => SendError::Permanent,
            _ => SendError::Ambiguous,
        };
        Self { error, status: Some(status), code }
    }

    pub(super) fn from_transport(error: &reqwest::Error) -> Self {
        if error.is_connect() {
            Self::transient(None)
        } else if error.is_builder() {
            Self::PERMANENT
        } else {
            Self::AMBIGUOUS
        }
    }
}

/// An [`ApiError`], and whether it reports the global rate limit.
pub(super) struct RequestError {
    pub(super) error: ApiError,
    /// From the header `X-RateLimit-Global`: the limit applies to all routes.
    pub(super) is_global: bool,
}

impl From<RequestError> for ApiError {
    fn from(failed: RequestError) -> Self {
        failed.error
    }
}

/// The body of an unsuccessful response.
#[derive(Deserialize, Default)]
#[serde(default)]
struct ErrorBody {
    code: Option<isize>,
    retry_after: Option<f64>,
}

/// Classifies an unsuccessful `response` by its status, headers and body.
pub(super) async fn parse_error(response: Response) -> RequestError {
    let status = response.status();
    let is_global = response.headers().contains_key("x-ratelimit-global");
    let header = response.headers().get(RETRY_AFTER).and_then(|it| it.to_str().ok());
    let header: Option<f64> = header.and_then(|seconds| seconds.parse().ok());
    let body = response.bytes().await.unwrap_or_default();
    let body: ErrorBody = serde_json::from_slice(&body).unwrap_or_default();
    let error = ApiError::from_status(status.as_u16(), body.code);
    if status != StatusCode::TOO_MANY_REQUESTS {
        return RequestError { error, is_global };
    }
    // The header is in whole seconds, the body is more precise.
    let seconds = body.retry_after.or(header).filter(|seconds| *seconds >= 0.0);
    let retry_after = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let error = ApiError { error: SendError::Transient { retry_after }, ..error };
    RequestError { error, is_global }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_classified_for_retries() {
        let transient = SendError::Transient { retry_after: None };
        for (status, want) in [
            (400, SendError::Permanent),
            (401, SendError::Permanent),
            (403, SendError::Permanent),
            (404, SendError::Permanent),
            (429, transient),
            (500, SendError::Ambiguous),
            (502, SendError::Ambiguous),
        ] {
            assert_eq!(ApiError::from_status(status, None).error, want, "{status}");
        }
    }
}
