//! Error responses of the REST API.

use serde_json::{Value, json};

/// An error response.
#[derive(Debug)]
pub(super) struct ApiError {
    pub(super) status: u16,
    pub(super) body: Value,
}

/// HTTP status, JSON error code and message, as Discord's documentation lists them.
pub(super) type ErrorCode = (u16, u32, &'static str);

pub(super) const UNAUTHORIZED: ErrorCode = (401, 0, "401: Unauthorized");
pub(super) const NOT_FOUND: ErrorCode = (404, 0, "404: Not Found");
pub(super) const UNKNOWN_CHANNEL: ErrorCode = (404, 10003, "Unknown Channel");
pub(super) const UNKNOWN_GUILD: ErrorCode = (404, 10004, "Unknown Guild");
pub(super) const UNKNOWN_MESSAGE: ErrorCode = (404, 10008, "Unknown Message");
pub(super) const UNKNOWN_USER: ErrorCode = (404, 10013, "Unknown User");
pub(super) const UNKNOWN_WEBHOOK: ErrorCode = (404, 10015, "Unknown Webhook");
pub(super) const UNKNOWN_INTERACTION: ErrorCode = (404, 10062, "Unknown interaction");
pub(super) const ACKNOWLEDGED: ErrorCode =
    (400, 40060, "Interaction has already been acknowledged.");
pub(super) const MISSING_ACCESS: ErrorCode = (403, 50001, "Missing Access");
pub(super) const NOT_AUTHOR: ErrorCode =
    (403, 50005, "Cannot edit a message authored by another user");
pub(super) const EMPTY_MESSAGE: ErrorCode = (400, 50006, "Cannot send an empty message");
pub(super) const CANNOT_SEND_TO_USER: ErrorCode = (403, 50007, "Cannot send messages to this user");
pub(super) const MISSING_PERMISSIONS: ErrorCode = (403, 50013, "Missing Permissions");
pub(super) const WRONG_CHANNEL_TYPE: ErrorCode =
    (400, 50024, "Cannot execute action on this channel type");
pub(super) const INVALID_WEBHOOK_TOKEN: ErrorCode = (401, 50027, "Invalid Webhook Token");
pub(super) const THREAD_ARCHIVED: ErrorCode = (400, 50083, "Thread is archived");
pub(super) const THREAD_LOCKED: ErrorCode = (403, 160_005, "Thread is locked");
pub(super) const CANNOT_REPLY: ErrorCode =
    (400, 160_002, "Cannot reply without permission to read message history");

impl From<ErrorCode> for ApiError {
    fn from((status, code, message): ErrorCode) -> Self {
        Self { status, body: json!({ "message": message, "code": code }) }
    }
}

impl ApiError {
    /// Invalid form body, with `errors` by path.
    pub(super) fn form(errors: &Value) -> Self {
        let body = json!({ "message": "Invalid Form Body", "code": 50035, "errors": errors });
        Self { status: 400, body }
    }

    /// The body is not JSON.
    pub(super) fn not_json() -> Self {
        let body = json!({
            "message": "The request body contains invalid JSON.", "code": 50109,
        });
        Self { status: 400, body }
    }
}
