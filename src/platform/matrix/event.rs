//! What happened in a room, as far as it can concern us. Pure.

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
use matrix_sdk::ruma::{MilliSecondsSinceUnixEpoch, OwnedEventId, OwnedUserId};

use crate::conversation::Timestamp;

/// An event of a room.
#[derive(Debug, Clone)]
pub(super) struct RoomEvent {
    pub(super) id: OwnedEventId,
    pub(super) sender: OwnedUserId,
    pub(super) at: Timestamp,
    pub(super) kind: RoomEventKind,
}

/// What happened.
#[derive(Debug, Clone)]
pub(super) enum RoomEventKind {
    /// Somebody said something.
    Message(TextContent),
    /// What `of` says was changed to `now`.
    Edit { of: OwnedEventId, now: TextContent },
    /// Somebody put `key` on `to`.
    Reaction { to: OwnedEventId, key: String },
    /// It was taken back.
    Redaction(OwnedEventId),
    /// Somebody came into the room.
    Join(OwnedUserId),
    /// Nothing that asks for anything.
    Other,
}

/// Words of a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct TextContent {
    /// The plain text.
    pub(super) body: String,
    /// Whom it names, if the sender's client says that of its messages.
    pub(super) mentions: Option<Vec<OwnedUserId>>,
    /// What it replies to.
    pub(super) in_reply_to: Option<OwnedEventId>,
    /// The first message of the thread in which it stands.
    pub(super) thread_root: Option<OwnedEventId>,
}

impl RoomEvent {
    /// What `event` tells; `None` if it makes no sense.
    pub(super) fn parse(event: &Raw<AnySyncTimelineEvent>) -> Option<Self> {
        let event = event.deserialize().ok()?;
        let (id, sender) = (event.event_id().to_owned(), event.sender().to_owned());
        let at = timestamp(event.origin_server_ts());
        Some(Self { id, sender, at, kind: what(event) })
    }
}

/// The moment as our own kind of time.
pub(super) fn timestamp(at: MilliSecondsSinceUnixEpoch) -> Timestamp {
    Timestamp::from_millis(at.get().into())
}

fn what(event: AnySyncTimelineEvent) -> RoomEventKind {
    match event {
        AnySyncTimelineEvent::MessageLike(AnySyncMessageLikeEvent::RoomMessage(
            SyncMessageLikeEvent::Original(event),
        )) => said(event.content),
        AnySyncTimelineEvent::MessageLike(AnySyncMessageLikeEvent::Reaction(
            SyncMessageLikeEvent::Original(event),
        )) => {
            let put = event.content.relates_to;
            RoomEventKind::Reaction { to: put.event_id, key: put.key }
        }
        AnySyncTimelineEvent::MessageLike(AnySyncMessageLikeEvent::RoomRedaction(
            SyncRoomRedactionEvent::Original(event),
        )) => event
            .content
            .redacts
            .or(event.redacts)
            .map_or(RoomEventKind::Other, RoomEventKind::Redaction),
        AnySyncTimelineEvent::State(AnySyncStateEvent::RoomMember(event)) => came(&event),
        _ => RoomEventKind::Other,
    }
}

fn said(content: RoomMessageEventContent) -> RoomEventKind {
    let RoomMessageEventContent { msgtype, relates_to, mentions, .. } = content;
    if let Some(Relation::Replacement(replacement)) = relates_to {
        let RoomMessageEventContentWithoutRelation { msgtype, mentions, .. } =
            replacement.new_content;
        let of = replacement.event_id;
        return match body(msgtype) {
            Some(body) => RoomEventKind::Edit { of, now: spoken(body, mentions) },
            None => RoomEventKind::Other,
        };
    }
    let Some(body) = body(msgtype) else { return RoomEventKind::Other };
    let spoken = spoken(body, mentions);
    RoomEventKind::Message(match relates_to {
        Some(Relation::Reply(Reply { in_reply_to: InReplyTo { event_id, .. }, .. })) => {
            TextContent { in_reply_to: Some(event_id), ..spoken }
        }
        Some(Relation::Thread(Thread { event_id, in_reply_to, is_falling_back, .. })) => {
            // Clients without threads are told what came before in the thread.
            let replies_to = in_reply_to.filter(|_| !is_falling_back).map(|it| it.event_id);
            TextContent { in_reply_to: replies_to, thread_root: Some(event_id), ..spoken }
        }
        _ => spoken,
    })
}

/// What people write themselves. Other bots speak in notices, and are not listened to.
fn body(msgtype: MessageType) -> Option<String> {
    match msgtype {
        MessageType::Text(text) => Some(text.body),
        MessageType::Emote(emote) => Some(emote.body),
        _ => None,
    }
}

fn spoken(body: String, mentions: Option<Mentions>) -> TextContent {
    let mentioned = mentions.map(|mentions| mentions.user_ids.into_iter().collect());
    TextContent { body, mentions: mentioned, ..TextContent::default() }
}

fn came(event: &SyncRoomMemberEvent) -> RoomEventKind {
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
    use serde_json::{Value, json};

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
        let happening = parsed("m.room.message", content, json!({})).unwrap();
        assert_eq!(happening.at, Timestamp::from_millis(7));
        happening.kind
    }

    fn text(body: &str, more: Value) -> Value {
        let mut content = json!({ "msgtype": "m.text", "body": body });
        for (key, value) in more.as_object().unwrap() {
            content[key] = value.clone();
        }
        content
    }

    #[test]
    fn what_is_said_stands_in_its_thread_and_replies_to_what_it_means() {
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
        for (relation, replies_to, thread) in rows {
            let RoomEventKind::Message(said) =
                message(text("why?", json!({ "m.relates_to": relation })))
            else {
                panic!("{relation} is said");
            };
            assert_eq!(said.body, "why?");
            assert_eq!(said.in_reply_to.as_deref().map(|id| id.as_str()), replies_to, "{relation}");
            assert_eq!(said.thread_root.as_deref().map(|id| id.as_str()), thread, "{relation}");
        }
    }

    #[test]
    fn an_edit_says_what_the_message_says_now() {
        let content = text(
            "* how?",
            json!({
                "m.new_content": text("how?", json!({ "m.mentions": { "user_ids": ["@b:c"] } })),
                "m.relates_to": { "rel_type": "m.replace", "event_id": "$first" },
            }),
        );
        let RoomEventKind::Edit { of, now } = message(content) else { panic!("it is changed") };
        assert_eq!((of.as_str(), now.body.as_str()), ("$first", "how?"));
        assert_eq!(now.mentions.unwrap().first().unwrap().as_str(), "@b:c");
    }

    #[test]
    fn notices_media_and_what_makes_no_sense_ask_for_nothing() {
        for kind in ["m.notice", "m.file", "m.unheard_of"] {
            let what = message(json!({ "msgtype": kind, "body": "why?", "url": "mxc://a/b" }));
            assert!(matches!(what, RoomEventKind::Other), "{kind}: {what:?}");
        }
        assert!(parsed("m.room.message", json!({ "body": 3 }), json!({ "sender": 3 })).is_none());
    }

    #[test]
    fn a_redaction_names_its_message_in_either_place() {
        for (content, more) in
            [(json!({ "redacts": "$gone" }), json!({})), (json!({}), json!({ "redacts": "$gone" }))]
        {
            let happening = parsed("m.room.redaction", content, more).unwrap();
            let RoomEventKind::Redaction(which) = happening.kind else { panic!("{happening:?}") };
            assert_eq!(which.as_str(), "$gone");
        }
    }

    #[test]
    fn who_changes_their_name_has_not_come_again() {
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
