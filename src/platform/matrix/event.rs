//! Parses room events into the parts that the bot needs. Pure.

use matrix_sdk::ruma::events::relation::{InReplyTo, Reply, Thread};
use matrix_sdk::ruma::events::room::member::{MembershipChange, SyncRoomMemberEvent};
use matrix_sdk::ruma::events::room::message::{
    MessageType, Relation, RoomMessageEventContent, RoomMessageEventContentWithoutRelation,
};
use matrix_sdk::ruma::events::room::redaction::SyncRoomRedactionEvent;
use matrix_sdk::ruma::events::{
    AnySyncMessageLikeEvent, AnySyncStateEvent, AnySyncTimelineEvent, Mentions,
    SyncMessageLikeEvent,
};
use matrix_sdk::ruma::serde::Raw;
use matrix_sdk::ruma::{MilliSecondsSinceUnixEpoch, OwnedEventId, OwnedUserId, UserId};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::conversation::Timestamp;

/// A parsed event of a room's timeline.
#[derive(Debug, Clone)]
pub(super) struct RoomEvent {
    pub(super) id: OwnedEventId,
    pub(super) sender: OwnedUserId,
    pub(super) at: Timestamp,
    pub(super) kind: RoomEventKind,
}

/// The kind of a room event, with its content.
#[derive(Debug, Clone)]
pub(super) enum RoomEventKind {
    /// A new text message.
    Message(TextContent),
    /// An edit (`m.replace`) of the message `target`.
    Edit { target: OwnedEventId, new_content: TextContent },
    /// A reaction to `target`; `key` is usually an emoji.
    Reaction { target: OwnedEventId, key: String },
    /// The redaction of an event.
    Redaction(OwnedEventId),
    /// A user joined the room.
    Join(OwnedUserId),
    /// A notice, as bots send them; the bot ignores it, but its own messages are notices, too.
    Notice(TextContent),
    /// Any other event; the bot ignores it.
    Other,
}

/// The content of a text message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct TextContent {
    /// The plain text.
    pub(super) body: String,
    /// The user IDs in `m.mentions`. `None` if the client does not set it.
    pub(super) mentions: Option<Vec<OwnedUserId>>,
    /// The message that it replies to.
    pub(super) in_reply_to: Option<OwnedEventId>,
    /// The root of the thread that it belongs to.
    pub(super) thread_root: Option<OwnedEventId>,
}

impl RoomEvent {
    /// Parses `event`; `None` if it is malformed.
    pub(super) fn parse(event: &Raw<AnySyncTimelineEvent>) -> Option<Self> {
        let event = match event.deserialize() {
            Ok(event) => event,
            Err(_) => without_malformed_mentions(event)?.deserialize().ok()?,
        };
        let (id, sender) = (event.event_id().to_owned(), event.sender().to_owned());
        let at = timestamp(event.origin_server_ts());
        Some(Self { id, sender, at, kind: parse_kind(event) })
    }
}

/// `event` with the valid user IDs in its `m.mentions` only: other clients may send what they like
/// there, and their message is still readable.
fn without_malformed_mentions(
    event: &Raw<AnySyncTimelineEvent>,
) -> Option<Raw<AnySyncTimelineEvent>> {
    let mut event: Value = serde_json::from_str(event.json().get()).ok()?;
    for content in ["/content", "/content/m.new_content"] {
        let Some(mentions) =
            event.pointer_mut(content).and_then(|content| content.get_mut("m.mentions"))
        else {
            continue;
        };
        let listed = mentions.get("user_ids").and_then(Value::as_array);
        let ids = listed.into_iter().flatten().filter_map(Value::as_str);
        let valid: Vec<OwnedUserId> = ids.filter_map(|id| id.try_into().ok()).collect();
        *mentions = json!({ "user_ids": valid });
    }
    Raw::from_json_string(event.to_string()).ok()
}

/// Whether `event` is the join of `user`.
pub(super) fn is_join_of(event: &Raw<AnySyncTimelineEvent>, user: &UserId) -> bool {
    RoomEvent::parse(event)
        .is_some_and(|it| matches!(it.kind, RoomEventKind::Join(joined) if joined == user))
}

/// What an edit, which may be encrypted, replaces: the edits of one sender of one message. The last of them
/// is the content of the message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct EditKey {
    target: OwnedEventId,
    sender: OwnedUserId,
}

impl EditKey {
    /// The key of `event`, if it is an edit.
    pub(super) fn of(event: &Raw<AnySyncTimelineEvent>) -> Option<Self> {
        let target = EncryptedContent::parse(event).edited()?;
        let sender = event.get_field("sender").ok().flatten()?;
        Some(Self { target, sender })
    }
}

/// The unencrypted parts of an encrypted event.
#[derive(Debug, Default, Deserialize)]
pub(super) struct EncryptedContent {
    #[serde(default, rename = "m.relates_to")]
    relates_to: Option<EncryptedRelation>,
}

#[derive(Debug, Deserialize)]
struct EncryptedRelation {
    #[serde(default)]
    rel_type: Option<String>,
    #[serde(default)]
    event_id: Option<OwnedEventId>,
    #[serde(default)]
    is_falling_back: bool,
    #[serde(default, rename = "m.in_reply_to")]
    in_reply_to: Option<InReplyTo>,
}

impl EncryptedRelation {
    fn is_edit(&self) -> bool {
        self.rel_type.as_deref() == Some("m.replace")
    }
}

impl EncryptedContent {
    /// The unencrypted parts of the content of `event`.
    pub(super) fn parse(event: &Raw<AnySyncTimelineEvent>) -> Self {
        event.get_field("content").ok().flatten().unwrap_or_default()
    }

    /// The event that it replies to or edits.
    pub(super) fn target(self) -> Option<OwnedEventId> {
        let relation = self.relates_to?;
        if relation.is_edit() {
            return relation.event_id;
        }
        let in_reply_to = relation.in_reply_to.filter(|_| !relation.is_falling_back);
        in_reply_to.map(|it| it.event_id)
    }

    /// The event that it edits.
    fn edited(self) -> Option<OwnedEventId> {
        self.relates_to.filter(EncryptedRelation::is_edit)?.event_id
    }
}

/// `at` as a timestamp of the conversation layer.
pub(super) fn timestamp(at: MilliSecondsSinceUnixEpoch) -> Timestamp {
    Timestamp::from_millis(at.get().into())
}

fn parse_kind(event: AnySyncTimelineEvent) -> RoomEventKind {
    match event {
        AnySyncTimelineEvent::MessageLike(AnySyncMessageLikeEvent::RoomMessage(
            SyncMessageLikeEvent::Original(event),
        )) => parse_message(event.content),
        AnySyncTimelineEvent::MessageLike(AnySyncMessageLikeEvent::Reaction(
            SyncMessageLikeEvent::Original(event),
        )) => {
            let annotation = event.content.relates_to;
            RoomEventKind::Reaction { target: annotation.event_id, key: annotation.key }
        }
        AnySyncTimelineEvent::MessageLike(AnySyncMessageLikeEvent::RoomRedaction(
            SyncRoomRedactionEvent::Original(event),
        )) => event
            .content
            .redacts
            .or(event.redacts)
            .map_or(RoomEventKind::Other, RoomEventKind::Redaction),
        AnySyncTimelineEvent::State(AnySyncStateEvent::RoomMember(event)) => parse_member(&event),
        _ => RoomEventKind::Other,
    }
}

fn parse_message(content: RoomMessageEventContent) -> RoomEventKind {
    let RoomMessageEventContent { msgtype, relates_to, mentions, .. } = content;
    if let Some(Relation::Replacement(replacement)) = relates_to {
        let RoomMessageEventContentWithoutRelation { msgtype, mentions, .. } =
            replacement.new_content;
        let target = replacement.event_id;
        return match body(msgtype) {
            Some(body) => RoomEventKind::Edit { target, new_content: text_content(body, mentions) },
            None => RoomEventKind::Other,
        };
    }
    let (body, kind): (String, fn(TextContent) -> RoomEventKind) = match msgtype {
        MessageType::Notice(notice) => (notice.body, RoomEventKind::Notice),
        msgtype => match body(msgtype) {
            Some(body) => (body, RoomEventKind::Message),
            None => return RoomEventKind::Other,
        },
    };
    let content = text_content(body, mentions);
    kind(match relates_to {
        Some(Relation::Reply(Reply { in_reply_to: InReplyTo { event_id, .. }, .. })) => {
            TextContent { in_reply_to: Some(event_id), ..content }
        }
        Some(Relation::Thread(Thread { event_id, in_reply_to, is_falling_back, .. })) => {
            // A fallback for clients without threads names the previous message; it is not a reply.
            let in_reply_to = in_reply_to.filter(|_| !is_falling_back).map(|it| it.event_id);
            TextContent { in_reply_to, thread_root: Some(event_id), ..content }
        }
        _ => content,
    })
}

/// The body of a text or emote, or the caption of media. Notices are ignored, since other bots send
/// them.
fn body(msgtype: MessageType) -> Option<String> {
    match msgtype {
        MessageType::Text(text) => Some(text.body),
        MessageType::Emote(emote) => Some(emote.body),
        MessageType::Image(image) => image.caption().map(str::to_owned),
        MessageType::Video(video) => video.caption().map(str::to_owned),
        MessageType::Audio(audio) => audio.caption().map(str::to_owned),
        MessageType::File(file) => file.caption().map(str::to_owned),
        _ => None,
    }
}

fn text_content(body: String, mentions: Option<Mentions>) -> TextContent {
    let mentions = mentions.map(|mentions| mentions.user_ids.into_iter().collect());
    TextContent { body, mentions, ..TextContent::default() }
}

fn parse_member(event: &SyncRoomMemberEvent) -> RoomEventKind {
    let SyncRoomMemberEvent::Original(event) = event else { return RoomEventKind::Other };
    match event.membership_change() {
        MembershipChange::Joined | MembershipChange::InvitationAccepted => {
            RoomEventKind::Join(event.state_key.clone())
        }
        _ => RoomEventKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(kind: &str, content: Value, more: Value) -> Option<RoomEvent> {
        let mut event = json!({
            "type": kind, "event_id": "$it", "sender": "@ada:example.org",
            "origin_server_ts": 7, "content": content,
        });
        for (key, value) in more.as_object().unwrap() {
            event[key] = value.clone();
        }
        RoomEvent::parse(&Raw::from_json_string(event.to_string()).unwrap())
    }

    fn message(content: Value) -> RoomEventKind {
        let room_event = parsed("m.room.message", content, json!({})).unwrap();
        assert_eq!(room_event.at, Timestamp::from_millis(7));
        room_event.kind
    }

    fn text(body: &str, more: Value) -> Value {
        let mut content = json!({ "msgtype": "m.text", "body": body });
        for (key, value) in more.as_object().unwrap() {
            content[key] = value.clone();
        }
        content
    }

    #[test]
    fn messages_have_their_thread_root_and_reply_target() {
        let rows = [
            (json!({}), None, None),
            (json!({ "m.in_reply_to": { "event_id": "$a" } }), Some("$a"), None),
            (json!({ "rel_type": "m.thread", "event_id": "$t" }), None, Some("$t")),
            (
                json!({
                    "rel_type": "m.thread", "event_id": "$t", "is_falling_back": true,
                    "m.in_reply_to": { "event_id": "$last" },
                }),
                None,
                Some("$t"),
            ),
            (
                json!({
                    "rel_type": "m.thread", "event_id": "$t",
                    "m.in_reply_to": { "event_id": "$a" },
                }),
                Some("$a"),
                Some("$t"),
            ),
        ];
        for (relation, in_reply_to, thread_root) in rows {
            let RoomEventKind::Message(content) =
                message(text("why?", json!({ "m.relates_to": relation })))
            else {
                panic!("a message is expected: {relation}");
            };
            assert_eq!(content.body, "why?");
            assert_eq!(
                content.in_reply_to.as_deref().map(|id| id.as_str()),
                in_reply_to,
                "{relation}"
            );
            assert_eq!(
                content.thread_root.as_deref().map(|id| id.as_str()),
                thread_root,
                "{relation}"
            );
        }
    }

    #[test]
    fn edits_have_the_new_content_and_its_mentions() {
        let content = text(
            "* how?",
            json!({
                "m.new_content": text("how?", json!({ "m.mentions": { "user_ids": ["@b:c"] } })),
                "m.relates_to": { "rel_type": "m.replace", "event_id": "$first" },
            }),
        );
        let RoomEventKind::Edit { target, new_content } = message(content) else {
            panic!("an edit is expected")
        };
        assert_eq!((target.as_str(), new_content.body.as_str()), ("$first", "how?"));
        assert_eq!(new_content.mentions.unwrap().first().unwrap().as_str(), "@b:c");
    }

    #[test]
    fn notices_media_and_malformed_events_are_ignored() {
        for msgtype in ["m.file", "m.unheard_of"] {
            let kind = message(json!({ "msgtype": msgtype, "body": "why?", "url": "mxc://a/b" }));
            assert!(matches!(kind, RoomEventKind::Other), "{msgtype}: {kind:?}");
        }
        let notice = message(json!({ "msgtype": "m.notice", "body": "why?" }));
        assert!(matches!(notice, RoomEventKind::Notice(_)), "{notice:?}");
        assert!(parsed("m.room.message", json!({ "body": 3 }), json!({ "sender": 3 })).is_none());
    }

    #[test]
    fn captions_are_read_and_file_names_are_not() {
        for msgtype in ["m.image", "m.video", "m.audio", "m.file"] {
            for (more, want) in [
                (json!({ "filename": "a.png" }), Some("why?")),
                (json!({ "filename": "why?" }), None),
                (json!({}), None),
            ] {
                let mut content = text("why?", more);
                content["msgtype"] = msgtype.into();
                content["url"] = "mxc://a/b".into();
                let kind = message(content.clone());
                let RoomEventKind::Message(read) = kind else {
                    assert_eq!(want, None, "{content}");
                    continue;
                };
                assert_eq!(Some(read.body.as_str()), want, "{content}");
            }
        }
    }

    #[test]
    fn malformed_mentions_are_left_out() {
        for (mentions, want) in [
            (json!({ "user_ids": ["@b:c", "not an id", 7] }), &["@b:c"][..]),
            (json!({ "user_ids": "@b:c" }), &[]),
            (json!("malformed"), &[]),
        ] {
            let content = text("why?", json!({ "m.mentions": mentions }));
            let edited = json!({
                "m.new_content": content.clone(),
                "m.relates_to": { "rel_type": "m.replace", "event_id": "$first" },
            });
            for content in [content, text("* why?", edited)] {
                let (RoomEventKind::Message(read) | RoomEventKind::Edit { new_content: read, .. }) =
                    message(content)
                else {
                    panic!("a message is expected: {mentions}")
                };
                let read: Vec<String> =
                    read.mentions.unwrap().iter().map(ToString::to_string).collect();
                assert_eq!(read, want, "{mentions}");
            }
        }
    }

    #[test]
    fn redactions_name_their_target_in_the_content_or_at_the_top_level() {
        for (content, more) in
            [(json!({ "redacts": "$gone" }), json!({})), (json!({}), json!({ "redacts": "$gone" }))]
        {
            let room_event = parsed("m.room.redaction", content, more).unwrap();
            let RoomEventKind::Redaction(target) = room_event.kind else {
                panic!("{room_event:?}")
            };
            assert_eq!(target.as_str(), "$gone");
        }
    }

    #[test]
    fn replies_and_edits_name_their_target_also_if_encrypted() {
        let rows = [
            (json!({}), None),
            (json!({ "m.in_reply_to": { "event_id": "$a" } }), Some("$a")),
            (json!({ "rel_type": "m.replace", "event_id": "$first" }), Some("$first")),
            (
                json!({
                    "rel_type": "m.thread", "event_id": "$t", "is_falling_back": true,
                    "m.in_reply_to": { "event_id": "$last" },
                }),
                None,
            ),
            (json!("malformed"), None),
        ];
        for (relation, want) in rows {
            let event = json!({ "content": { "m.relates_to": relation } });
            let event = Raw::from_json_string(event.to_string()).unwrap();
            let target = EncryptedContent::parse(&event).target();
            assert_eq!(target.as_deref().map(|id| id.as_str()), want, "{event:?}");
        }
    }

    #[test]
    fn display_name_change_is_not_a_join() {
        let member = |before: Value| {
            let more = json!({
                "state_key": "@ada:example.org", "unsigned": { "prev_content": before },
            });
            parsed("m.room.member", json!({ "membership": "join" }), more).unwrap().kind
        };
        assert!(matches!(member(json!({ "membership": "invite" })), RoomEventKind::Join(_)));
        assert!(matches!(member(json!({ "membership": "join" })), RoomEventKind::Other));
    }
}
