//! What our messages look like on Matrix. Pure.

use matrix_sdk::ruma::{EventId, OwnedEventId, OwnedUserId};
use serde_json::{Value, json};

use super::reactions::Continuation;
use super::render::RenderedMessage;

/// Where a message of ours stands, and whom it rings for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct SendOptions {
    /// What it replies to.
    pub(super) in_reply_to: Option<OwnedEventId>,
    /// The first message of its thread.
    pub(super) thread_root: Option<OwnedEventId>,
    /// For whom it rings.
    pub(super) mentions: Option<OwnedUserId>,
    /// Whether it is a notice.
    pub(super) is_notice: bool,
}

/// The key under which a message says what it has more of.
pub(super) const MORE: &str = "org.quoth.more";

/// A message that says `body`.
pub(super) fn message(body: &RenderedMessage, standing: &SendOptions) -> Value {
    let mut content = text_content(body, standing);
    if let Some(relation) = relation(standing) {
        insert(&mut content, "m.relates_to", relation);
    }
    content
}

/// What makes the message `sent` say `body`. It rings for nobody: who was to be told was told.
pub(super) fn edit(sent: &EventId, body: &RenderedMessage, standing: &SendOptions) -> Value {
    let standing = SendOptions { mentions: None, ..standing.clone() };
    let new = text_content(body, &standing);
    let start: String = body.plain.chars().take(MAX_START).collect();
    json!({
        "msgtype": new.get("msgtype"),
        // For clients that know no edits; all of it would not fit twice.
        "body": format!("* {start}"),
        "m.mentions": {},
        "m.new_content": new,
        "m.relates_to": { "rel_type": "m.replace", "event_id": sent },
    })
}

/// Characters of a changed message that clients see which know no edits.
const MAX_START: usize = 200;

fn text_content(body: &RenderedMessage, standing: &SendOptions) -> Value {
    let mut content = json!({
        "msgtype": if standing.is_notice { "m.notice" } else { "m.text" },
        "body": body.plain,
        "format": "org.matrix.custom.html",
        "formatted_body": body.html,
        "m.mentions": {},
    });
    if let Some(user) = &standing.mentions {
        insert(&mut content, "m.mentions", json!({ "user_ids": [user] }));
    }
    if let Some(more) = Continuation::of(&body.controls) {
        insert(&mut content, MORE, json!(more));
    }
    content
}

fn relation(standing: &SendOptions) -> Option<Value> {
    let replies_to = standing.in_reply_to.as_ref().map(|id| json!({ "event_id": id }));
    let mut relation = match &standing.thread_root {
        Some(root) => json!({ "rel_type": "m.thread", "event_id": root }),
        None if replies_to.is_none() => return None,
        None => json!({}),
    };
    if standing.thread_root.is_some() {
        // Clients without threads show a reply to something.
        insert(&mut relation, "is_falling_back", replies_to.is_none().into());
    }
    let fallback = || standing.thread_root.as_ref().map(|root| json!({ "event_id": root }));
    if let Some(target) = replies_to.or_else(fallback) {
        insert(&mut relation, "m.in_reply_to", target);
    }
    Some(relation)
}

fn insert(object: &mut Value, key: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::{event_id, user_id};

    use super::*;
    use crate::conversation::Control;

    fn body() -> RenderedMessage {
        let (plain, html) = ("a <b>".to_owned(), "a &lt;b&gt;".to_owned());
        RenderedMessage { plain, html, controls: vec![Control::Quotes(2)] }
    }

    #[test]
    fn a_message_stands_where_it_belongs_and_rings_only_for_whom_it_is_to() {
        let (question, root) = (event_id!("$q").to_owned(), event_id!("$root").to_owned());
        let rows = [
            (None, None, json!(null)),
            (Some(&question), None, json!({ "m.in_reply_to": { "event_id": "$q" } })),
            (
                Some(&question),
                Some(&root),
                json!({
                    "rel_type": "m.thread", "event_id": "$root", "is_falling_back": false,
                    "m.in_reply_to": { "event_id": "$q" },
                }),
            ),
            (
                None,
                Some(&root),
                json!({
                    "rel_type": "m.thread", "event_id": "$root", "is_falling_back": true,
                    "m.in_reply_to": { "event_id": "$root" },
                }),
            ),
        ];
        for (replies_to, thread, want) in rows {
            let (replies_to, thread) = (replies_to.cloned(), thread.cloned());
            let standing = SendOptions {
                in_reply_to: replies_to,
                thread_root: thread,
                is_notice: true,
                mentions: None,
            };
            let content = message(&body(), &standing);
            assert_eq!(content["m.relates_to"], want);
            assert_eq!(content["m.mentions"], json!({}));
            assert_eq!(
                (&content["msgtype"], &content[MORE]),
                (&json!("m.notice"), &json!({ "quotes": 2 }))
            );
        }
        let rings_for = Some(user_id!("@ada:example.org").to_owned());
        let content =
            message(&body(), &SendOptions { mentions: rings_for, ..SendOptions::default() });
        assert_eq!(content["m.mentions"], json!({ "user_ids": ["@ada:example.org"] }));
        assert_eq!(content["msgtype"], "m.text");
    }

    #[test]
    fn a_change_says_all_of_it_once() {
        let long = RenderedMessage { plain: "x".repeat(30_000), ..body() };
        let content = edit(event_id!("$sent"), &long, &SendOptions::default());
        assert_eq!(content["m.relates_to"]["event_id"], "$sent");
        assert_eq!(content["m.new_content"]["body"], long.plain);
        assert!(content.to_string().len() < 31_000, "it would not fit twice");
    }
}
