//! Builds the content of `m.room.message` events: relations, mentions and edits. Pure.

use matrix_sdk::ruma::events::room::EncryptedFile;
use matrix_sdk::ruma::{EventId, OwnedEventId, OwnedMxcUri, OwnedUserId};
use serde_json::{Value, json};

use super::reactions::Continuation;
use super::render::RenderedMessage;
use crate::conversation::reply::ReplyFile;

/// How a message of the bot is sent: its relations, mentions and type.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct SendOptions {
    /// The message it replies to.
    pub(super) in_reply_to: Option<OwnedEventId>,
    /// The root of the thread it belongs to.
    pub(super) thread_root: Option<OwnedEventId>,
    /// The user it notifies.
    pub(super) mentions: Option<OwnedUserId>,
    /// Whether it is an `m.notice` instead of an `m.text`.
    pub(super) is_notice: bool,
}

/// The content key of the [`Continuation`] of a message.
const MORE: &str = "org.quoth.more";

/// The [`Continuation`] of the message `event`, after its latest edit, which the homeserver bundles
/// with it.
pub(super) fn continuation(event: &Value) -> Option<Continuation> {
    let edit = event.pointer("/unsigned/m.relations/m.replace/content/m.new_content");
    let more = edit.or_else(|| event.get("content"))?.get(MORE)?;
    serde_json::from_value(more.clone()).ok()
}

/// The content of a new message.
pub(super) fn message(rendered: &RenderedMessage, options: &SendOptions) -> Value {
    let mut content = text_content(rendered, options);
    if let Some(relation) = relation(options) {
        insert(&mut content, "m.relates_to", relation);
    }
    content
}

/// The content of an edit (`m.replace`) of the message `sent`. It notifies nobody, since the
/// original message did.
pub(super) fn edit(sent: &EventId, rendered: &RenderedMessage, options: &SendOptions) -> Value {
    let options = SendOptions { mentions: None, ..options.clone() };
    let new_content = text_content(rendered, &options);
    let fallback: String = rendered.plain.chars().take(MAX_FALLBACK_CHARS).collect();
    json!({
        "msgtype": new_content.get("msgtype"),
        // For clients without support for edits. The full text would not fit into the event twice.
        "body": format!("* {fallback}"),
        "m.mentions": {},
        "m.new_content": new_content,
        "m.relates_to": { "rel_type": "m.replace", "event_id": sent },
    })
}

/// Where a file is that comes with a message.
pub(super) enum UploadedFile {
    /// As it is.
    Plain(OwnedMxcUri),
    /// Encrypted, with its key.
    Encrypted(Box<EncryptedFile>),
}

/// Makes the message `content` one with `file`, whose caption is the text (MSC2530, Matrix 1.10).
pub(super) fn add_file(content: &mut Value, file: &ReplyFile, uploaded: &UploadedFile) {
    insert(content, "msgtype", "m.file".into());
    insert(content, "filename", file.name.clone().into());
    let info = json!({ "mimetype": file.media_type, "size": file.text.len() });
    insert(content, "info", info);
    match uploaded {
        UploadedFile::Plain(uri) => insert(content, "url", json!(uri)),
        UploadedFile::Encrypted(file) => insert(content, "file", json!(file)),
    }
}

/// Characters of an edit that clients without support for edits show.
const MAX_FALLBACK_CHARS: usize = 200;

fn text_content(rendered: &RenderedMessage, options: &SendOptions) -> Value {
    let mut content = json!({
        "msgtype": if options.is_notice { "m.notice" } else { "m.text" },
        "body": rendered.plain,
        "format": "org.matrix.custom.html",
        "formatted_body": rendered.html,
        "m.mentions": {},
    });
    if let Some(user) = &options.mentions {
        insert(&mut content, "m.mentions", json!({ "user_ids": [user] }));
    }
    if let Some(continuation) = Continuation::of(&rendered.controls) {
        insert(&mut content, MORE, json!(continuation));
    }
    content
}

fn relation(options: &SendOptions) -> Option<Value> {
    let in_reply_to = options.in_reply_to.as_ref().map(|id| json!({ "event_id": id }));
    let mut relation = match &options.thread_root {
        Some(root) => json!({ "rel_type": "m.thread", "event_id": root }),
        None if in_reply_to.is_none() => return None,
        None => json!({}),
    };
    if options.thread_root.is_some() {
        // Clients without support for threads show the message as a reply to the thread root.
        insert(&mut relation, "is_falling_back", in_reply_to.is_none().into());
    }
    let fallback = || options.thread_root.as_ref().map(|root| json!({ "event_id": root }));
    if let Some(target) = in_reply_to.or_else(fallback) {
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

    fn rendered() -> RenderedMessage {
        let (plain, html) = ("a <b>".to_owned(), "a &lt;b&gt;".to_owned());
        RenderedMessage { plain, html, controls: vec![Control::Quotes(2)] }
    }

    #[test]
    fn messages_have_their_relations_and_notify_only_the_mentioned_user() {
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
        for (in_reply_to, thread_root, want) in rows {
            let (in_reply_to, thread_root) = (in_reply_to.cloned(), thread_root.cloned());
            let options = SendOptions { in_reply_to, thread_root, is_notice: true, mentions: None };
            let content = message(&rendered(), &options);
            assert_eq!(content["m.relates_to"], want);
            assert_eq!(content["m.mentions"], json!({}));
            assert_eq!(
                (&content["msgtype"], &content[MORE]),
                (&json!("m.notice"), &json!({ "quotes": 2 }))
            );
        }
        let mentions = Some(user_id!("@ada:example.org").to_owned());
        let content = message(&rendered(), &SendOptions { mentions, ..SendOptions::default() });
        assert_eq!(content["m.mentions"], json!({ "user_ids": ["@ada:example.org"] }));
        assert_eq!(content["msgtype"], "m.text");
    }

    #[test]
    fn file_has_the_text_of_its_message_as_caption() {
        let mut content = message(&rendered(), &SendOptions::default());
        let (name, text) = ("pool.csv".to_owned(), "a,b".into());
        let file = ReplyFile { name, media_type: "text/csv", text };
        add_file(&mut content, &file, &UploadedFile::Plain("mxc://example.org/1".into()));
        for (pointer, want) in [
            ("/msgtype", json!("m.file")),
            ("/body", json!("a <b>")),
            ("/filename", json!("pool.csv")),
            ("/url", json!("mxc://example.org/1")),
            ("/info", json!({ "mimetype": "text/csv", "size": 3 })),
        ] {
            assert_eq!(content.pointer(pointer), Some(&want), "{pointer}");
        }
    }

    #[test]
    fn latest_edit_decides_what_a_message_has_more_of() {
        let (one, two) = (json!({ MORE: { "quotes": 1 } }), json!({ MORE: { "quotes": 2 } }));
        let edited = |new_content: &Value| {
            let edit = json!({ "content": { "m.new_content": new_content } });
            json!({ "content": one, "unsigned": { "m.relations": { "m.replace": edit } } })
        };
        let rows = [
            (json!({ "content": one }), Some(Continuation::Quotes(1))),
            (json!({ "content": {} }), None),
            (json!({ "content": { MORE: "malformed" } }), None),
            (edited(&two), Some(Continuation::Quotes(2))),
            (edited(&json!({})), None),
        ];
        for (event, want) in rows {
            assert_eq!(continuation(&event), want, "{event}");
        }
    }

    #[test]
    fn edits_contain_the_full_text_once() {
        let long = RenderedMessage { plain: "x".repeat(30_000), ..rendered() };
        let content = edit(event_id!("$sent"), &long, &SendOptions::default());
        assert_eq!(content["m.relates_to"]["event_id"], "$sent");
        assert_eq!(content["m.new_content"]["body"], long.plain);
        assert!(content.to_string().len() < 31_000, "it would not fit twice");
    }
}
