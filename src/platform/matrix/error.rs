//! Classifies errors of requests as transient, permanent or ambiguous, with the time to retry
//! after.

use std::time::{Duration, SystemTime};

use backon::ExponentialBackoff;
use matrix_sdk::ruma::api::error::{ErrorKind, FromHttpResponseError, RetryAfter};
use matrix_sdk::{Error, HttpError, reqwest};

use super::tls_error::TlsError;
use crate::platform::endless_backoff;
use crate::service::SendError;

/// The shortest and longest wait between attempts while the homeserver does not respond.
const MIN_DELAY: Duration = Duration::from_millis(500);
pub(super) const MAX_DELAY: Duration = Duration::from_secs(30);

/// The wait after a rate limit that does not say how long: what the default limit of Synapse takes
/// to allow another event.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(5);

/// The delays between attempts.
pub(super) fn backoff() -> ExponentialBackoff {
    endless_backoff(MIN_DELAY, MAX_DELAY)
}

/// Classifies an error of a call of the client library that sends an event.
pub(super) fn classify_send(error: &Error) -> SendError {
    match error {
        Error::Http(error) => classify_request(error),
        // The bot is no longer a member of the room.
        Error::WrongRoomState(_) => SendError::Permanent,
        // Steps before the request failed, such as finding the devices to encrypt for: nothing was
        // sent.
        _ => SendError::Transient { retry_after: None },
    }
}

/// Classifies an error of a single request.
pub(super) fn classify_request(error: &HttpError) -> SendError {
    let status = status(error);
    match (error, kind(error)) {
        (_, Some(ErrorKind::LimitExceeded(data))) => {
            let retry_after = data.retry_after.as_ref().and_then(retry_delay);
            SendError::Transient { retry_after: retry_after.or(Some(DEFAULT_RETRY_AFTER)) }
        }
        _ if status == Some(429) => SendError::Transient { retry_after: Some(DEFAULT_RETRY_AFTER) },
        // Works again after a new login.
        (_, Some(kind)) if is_logged_out(kind) => SendError::Transient { retry_after: None },
        (HttpError::Cached(error), _) => classify_request(error),
        (HttpError::Reqwest(error), _) if error.is_connect() || error.is_builder() => {
            SendError::Transient { retry_after: None }
        }
        (HttpError::IntoHttp(_), _) => SendError::Permanent,
        _ if status.is_some_and(|status| (400..500).contains(&status)) => SendError::Permanent,
        _ => SendError::Ambiguous,
    }
}

/// The HTTP status of an error response. `None` if there was no response.
pub(super) fn status(error: &HttpError) -> Option<u16> {
    let status = error.as_client_api_error().map(|error| error.status_code.as_u16());
    // A response that requests user-interactive authentication always has the status 401.
    status.or_else(|| error.as_uiaa_response().map(|_| 401))
}

fn kind(error: &HttpError) -> Option<&ErrorKind> {
    error.client_api_error_kind()
}

/// Whether `kind` means that the homeserver has ended the session.
pub(super) fn is_logged_out(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UnknownToken(_) | ErrorKind::MissingToken | ErrorKind::UserDeactivated
    )
}

/// Whether `kind` means that the session has expired, and a login can continue it.
pub(super) fn is_soft_logout(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::UnknownToken(data) if data.soft_logout)
}

/// Whether the requested resource does not exist.
pub(super) fn is_not_found(error: &HttpError) -> bool {
    status(error) == Some(404)
}

/// Whether the bot is not permitted to do what it requested.
pub(super) fn is_forbidden(error: &Error) -> bool {
    matches!(error, Error::Http(error) if status(error) == Some(403))
}

/// The wait that the homeserver requests in a rate-limit response.
pub(super) fn retry_after(error: &Error) -> Option<Duration> {
    match error.client_api_error_kind() {
        Some(ErrorKind::LimitExceeded(data)) => data.retry_after.as_ref().and_then(retry_delay),
        _ => None,
    }
}

fn retry_delay(retry_after: &RetryAfter) -> Option<Duration> {
    match retry_after {
        RetryAfter::Delay(delay) => Some(*delay),
        RetryAfter::DateTime(time) => time.duration_since(SystemTime::now()).ok(),
    }
}

/// Describes `error` briefly for the log, without any part of the request or response.
pub(super) fn describe(error: &Error) -> String {
    match error {
        Error::Http(error) => match error.as_ref() {
            HttpError::Reqwest(error) => describe_connection(error),
            HttpError::Api(api) if matches!(**api, FromHttpResponseError::Deserialization(_)) => {
                "this server is not a Matrix homeserver".to_owned()
            }
            error => status(error)
                .map_or("a request failed".to_owned(), |status| format!("HTTP status {status}")),
        },
        Error::StateStore(_) | Error::CryptoStoreError(_) => {
            "the store of the session failed".to_owned()
        }
        _ => "the client library failed".to_owned(),
    }
}

fn describe_connection(error: &reqwest::Error) -> String {
    match TlsError::find(error) {
        Some(error) => error.to_string(),
        None if error.is_timeout() => "no response in time".to_owned(),
        None if error.is_connect() => "no connection".to_owned(),
        None => "the connection was interrupted".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::api::EndpointError;
    use matrix_sdk::ruma::api::client::uiaa::UiaaResponse;

    use super::*;

    fn error_response(status: u16, body: &str) -> HttpError {
        let response =
            axum::http::Response::builder().status(status).body(body.as_bytes()).unwrap();
        let error = UiaaResponse::from_http_response(response);
        HttpError::Api(Box::new(FromHttpResponseError::Server(error)))
    }

    #[test]
    fn error_responses_are_classified_as_transient_permanent_or_ambiguous() {
        let transient = |retry_after| SendError::Transient { retry_after };
        let rows = [
            (
                429,
                r#"{"errcode":"M_LIMIT_EXCEEDED","error":"","retry_after_ms":1500}"#,
                transient(Some(Duration::from_millis(1500))),
            ),
            (429, "slow down", transient(Some(DEFAULT_RETRY_AFTER))),
            (401, r#"{"errcode":"M_UNKNOWN_TOKEN","error":""}"#, transient(None)),
            (403, r#"{"errcode":"M_FORBIDDEN","error":""}"#, SendError::Permanent),
            (404, r#"{"errcode":"M_NOT_FOUND","error":""}"#, SendError::Permanent),
            (413, r#"{"errcode":"M_TOO_LARGE","error":""}"#, SendError::Permanent),
            (500, r#"{"errcode":"M_UNKNOWN","error":""}"#, SendError::Ambiguous),
            (502, "<html>Bad gateway</html>", SendError::Ambiguous),
        ];
        for (status, body, want) in rows {
            assert_eq!(classify_request(&error_response(status, body)), want, "{status} {body}");
        }
    }
}
