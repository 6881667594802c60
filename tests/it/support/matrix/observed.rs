//! Changes by the bot as a client observes them.

use matrix_sdk::ruma::OwnedEventId;
use serde_json::Value;

/// A change by the bot in a room.
#[derive(Debug, Clone)]
pub(crate) enum ObservedChange {
    /// A new message.
    Sent(ObservedMessage),
    /// An edit; [`ObservedMessage::id`] is the ID of the edited message.
    Edited(ObservedMessage),
    /// A redaction.
    Deleted(OwnedEventId),
}

/// A message of the bot.
#[derive(Debug, Clone)]
pub(crate) struct ObservedMessage {
    pub(crate) id: OwnedEventId,
    pub(crate) kind: String,
    pub(crate) text: String,
    pub(crate) html: String,
    pub(crate) reply_to: Option<OwnedEventId>,
    pub(crate) thread: Option<OwnedEventId>,
    pub(crate) mentions: Value,
    /// The content of the event.
    pub(crate) content: Value,
    pub(crate) is_encrypted: bool,
}

impl ObservedChange {
    /// The new message.
    pub(crate) fn sent(self) -> ObservedMessage {
        match self {
            Self::Sent(message) => message,
            other => panic!("a new message is expected, not {other:?}"),
        }
    }

    /// The edited message.
    pub(crate) fn edited(self) -> ObservedMessage {
        match self {
            Self::Edited(message) => message,
            other => panic!("an edit is expected, not {other:?}"),
        }
    }

    /// The change that `event` is, if it is one.
    pub(super) fn parse(event: &Value, is_encrypted: bool) -> Option<Self> {
        let id = |value: &Value| value.as_str().and_then(|id| OwnedEventId::try_from(id).ok());
        let content = &event["content"];
        match event["type"].as_str()? {
            "m.room.redaction" => {
                let redacted = id(&content["redacts"]).or_else(|| id(&event["redacts"]));
                return redacted.map(Self::Deleted);
            }
            "m.room.message" => {}
            _ => return None,
        }
        let relation = &content["m.relates_to"];
        let kind = relation["rel_type"].as_str();
        let message = |content: &Value, id: OwnedEventId| ObservedMessage {
            id,
            kind: content["msgtype"].as_str().unwrap_or_default().to_owned(),
            text: content["body"].as_str().unwrap_or_default().to_owned(),
            html: content["formatted_body"].as_str().unwrap_or_default().to_owned(),
            reply_to: None,
            thread: None,
            mentions: content["m.mentions"].clone(),
            content: content.clone(),
            is_encrypted,
        };
        if kind == Some("m.replace") {
            return Some(Self::Edited(message(
                &content["m.new_content"],
                id(&relation["event_id"])?,
            )));
        }
        let is_fallback = relation["is_falling_back"] == true;
        let reply_to = id(&relation["m.in_reply_to"]["event_id"]).filter(|_| !is_fallback);
        let thread = id(&relation["event_id"]).filter(|_| kind == Some("m.thread"));
        Some(Self::Sent(ObservedMessage {
            reply_to,
            thread,
            ..message(content, id(&event["event_id"])?)
        }))
    }
}
