//! What Discord answers when it does not do what was asked.

use serde_json::{Value, json};

/// An answer that is no success.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) status: u16,
    pub(super) body: Value,
}

/// Status, Discord's own code and what it says, as its documentation lists them.
pub(super) type Known = (u16, u32, &'static str);

pub(super) const UNAUTHORIZED: Known = (401, 0, "401: Unauthorized");
pub(super) const NOT_FOUND: Known = (404, 0, "404: Not Found");
pub(super) const UNKNOWN_CHANNEL: Known = (404, 10003, "Unknown Channel");
pub(super) const UNKNOWN_GUILD: Known = (404, 10004, "Unknown Guild");
pub(super) const UNKNOWN_MESSAGE: Known = (404, 10008, "Unknown Message");
pub(super) const UNKNOWN_USER: Known = (404, 10013, "Unknown User");
pub(super) const UNKNOWN_WEBHOOK: Known = (404, 10015, "Unknown Webhook");
pub(super) const UNKNOWN_INTERACTION: Known = (404, 10062, "Unknown interaction");
pub(super) const ACKNOWLEDGED: Known = (400, 40060, "Interaction has already been acknowledged.");
pub(super) const MISSING_ACCESS: Known = (403, 50001, "Missing Access");
pub(super) const NOT_YOURS: Known = (403, 50005, "Cannot edit a message authored by another user");
pub(super) const EMPTY_MESSAGE: Known = (400, 50006, "Cannot send an empty message");
pub(super) const CANNOT_SEND_TO_USER: Known = (403, 50007, "Cannot send messages to this user");
pub(super) const MISSING_PERMISSIONS: Known = (403, 50013, "Missing Permissions");
pub(super) const WRONG_CHANNEL_TYPE: Known =
    (400, 50024, "Cannot execute action on this channel type");
pub(super) const INVALID_WEBHOOK_TOKEN: Known = (401, 50027, "Invalid Webhook Token");
pub(super) const THREAD_ARCHIVED: Known = (400, 50083, "Thread is archived");
pub(super) const CANNOT_REPLY: Known =
    (400, 160_002, "Cannot reply without permission to read message history");

impl From<Known> for Fault {
    fn from((status, code, message): Known) -> Self {
        Self { status, body: json!({ "message": message, "code": code }) }
    }
}

impl Fault {
    /// The form is wrong: `errors` by place.
    pub(super) fn form(errors: &Value) -> Self {
        let body = json!({ "message": "Invalid Form Body", "code": 50035, "errors": errors });
        Self { status: 400, body }
    }

    /// The body is no JSON object.
    pub(super) fn not_json() -> Self {
        let body = json!({
            "message": "The request body contains invalid JSON.", "code": 50109,
        });
        Self { status: 400, body }
    }
}
