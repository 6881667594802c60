//! Messages of users before they are sent.

use matrix_sdk::ruma::{EventId, OwnedEventId, OwnedUserId, UserId};
use serde_json::{Value, json};

/// A message before it is sent.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    body: String,
    kind: &'static str,
    mentions: Option<Vec<OwnedUserId>>,
    reply_to: Option<OwnedEventId>,
    thread: Option<OwnedEventId>,
}

impl Draft {
    /// A message that mentions nobody.
    pub(crate) fn plain(body: &str) -> Self {
        Self {
            body: body.to_owned(),
            kind: "m.text",
            mentions: Some(Vec::new()),
            reply_to: None,
            thread: None,
        }
    }

    /// A message that mentions `id`, as clients with name completion send it: `name` at the start,
    /// and `m.mentions`.
    pub(crate) fn mentioning(name: &str, id: &UserId, body: &str) -> Self {
        Self { mentions: Some(vec![id.to_owned()]), ..Self::plain(&format!("{name}: {body}")) }
    }

    /// The same message from a client without `m.mentions`.
    pub(crate) fn without_mentions(self) -> Self {
        Self { mentions: None, ..self }
    }

    pub(crate) fn reply_to(self, id: &EventId) -> Self {
        Self { reply_to: Some(id.to_owned()), ..self }
    }

    pub(crate) fn in_thread(self, root: &EventId) -> Self {
        Self { thread: Some(root.to_owned()), ..self }
    }

    pub(crate) fn notice(self) -> Self {
        Self { kind: "m.notice", ..self }
    }

    pub(super) fn content(&self) -> Value {
        let mut content = json!({ "msgtype": self.kind, "body": self.body });
        if let Some(mentions) = &self.mentions {
            content["m.mentions"] = match mentions.as_slice() {
                [] => json!({}),
                ids => json!({ "user_ids": ids }),
            };
        }
        if let Some(id) = &self.reply_to {
            content["m.relates_to"]["m.in_reply_to"] = json!({ "event_id": id });
        }
        if let Some(root) = &self.thread {
            content["m.relates_to"]["rel_type"] = json!("m.thread");
            content["m.relates_to"]["event_id"] = json!(root);
            if self.reply_to.is_none() {
                content["m.relates_to"]["is_falling_back"] = json!(true);
                content["m.relates_to"]["m.in_reply_to"] = json!({ "event_id": root });
            }
        }
        content
    }

    /// The content of an edit that replaces the message `of`.
    pub(super) fn edit_content(&self, of: &EventId) -> Value {
        let new_content = self.content();
        json!({
            "msgtype": self.kind,
            "body": format!("* {}", self.body),
            "m.new_content": new_content,
            "m.relates_to": { "rel_type": "m.replace", "event_id": of },
        })
    }
}

/// The keycap emoji of a number.
pub(crate) fn keycap(number: u64) -> String {
    format!("{number}\u{fe0f}\u{20e3}")
}
