//! What people see of the bot.

use matrix_sdk::ruma::OwnedEventId;
use serde_json::Value;

/// Something that the bot did.
#[derive(Debug, Clone)]
pub(crate) enum Seen {
    /// A message.
    Sent(Shown),
    /// A message says something else; [`Shown::id`] is that of the message.
    Amended(Shown),
    /// A message is gone.
    Removed(OwnedEventId),
}

/// A message of the bot.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) id: OwnedEventId,
    pub(crate) kind: String,
    pub(crate) text: String,
    pub(crate) html: String,
    pub(crate) reply_to: Option<OwnedEventId>,
    pub(crate) thread: Option<OwnedEventId>,
    pub(crate) mentions: Value,
    pub(crate) is_encrypted: bool,
}

impl Seen {
    /// The new message.
    pub(crate) fn sent(self) -> Shown {
        match self {
            Self::Sent(shown) => shown,
            other => panic!("a message is wanted, not {other:?}"),
        }
    }

    /// The changed message.
    pub(crate) fn amended(self) -> Shown {
        match self {
            Self::Amended(shown) => shown,
            other => panic!("a change is wanted, not {other:?}"),
        }
    }

    /// What `event` is to be seen as.
    pub(super) fn parse(event: &Value, is_encrypted: bool) -> Option<Self> {
        let id = |value: &Value| value.as_str().and_then(|id| OwnedEventId::try_from(id).ok());
        let content = &event["content"];
        match event["type"].as_str()? {
            "m.room.redaction" => {
                let gone = id(&content["redacts"]).or_else(|| id(&event["redacts"]));
                return gone.map(Self::Removed);
            }
            "m.room.message" => {}
            _ => return None,
        }
        let relation = &content["m.relates_to"];
        let kind = relation["rel_type"].as_str();
        let shown = |content: &Value, id: OwnedEventId| Shown {
            id,
            kind: content["msgtype"].as_str().unwrap_or_default().to_owned(),
            text: content["body"].as_str().unwrap_or_default().to_owned(),
            html: content["formatted_body"].as_str().unwrap_or_default().to_owned(),
            reply_to: None,
            thread: None,
            mentions: content["m.mentions"].clone(),
            is_encrypted,
        };
        if kind == Some("m.replace") {
            return Some(Self::Amended(shown(
                &content["m.new_content"],
                id(&relation["event_id"])?,
            )));
        }
        let is_fallback = relation["is_falling_back"] == true;
        let reply_to = id(&relation["m.in_reply_to"]["event_id"]).filter(|_| !is_fallback);
        let thread = id(&relation["event_id"]).filter(|_| kind == Some("m.thread"));
        Some(Self::Sent(Shown { reply_to, thread, ..shown(content, id(&event["event_id"])?) }))
    }
}
