//! Converts room events into events of the conversation layer.

pub(super) mod mention;

use matrix_sdk::Room;
use matrix_sdk::ruma::EventId;

use super::content;
use super::decryption::decrypt_by_backup;
use super::event::{RoomEvent, RoomEventKind, TextContent};
use super::ids;
use super::memberships::Memberships;
use super::permissions;
use super::place;
use super::reactions;
use super::rooms::event_cache::{CachedEvent, EventCache};
use crate::conversation::{
    Addressing, Control, ControlUse, Event, Message, MessageOrigin, RepliedTo, User,
};
use mention::{StrippedText, strip_mentions};

/// Converts the events of one room, with the recent events of the room at hand.
#[derive(Clone, Copy)]
pub(super) struct EventConverter<'a> {
    pub(super) room: &'a Room,
    pub(super) cache: &'a EventCache,
    pub(super) memberships: &'a Memberships,
}

impl EventConverter<'_> {
    /// The event of the conversation layer for `room_event`; `None` if it is irrelevant to the bot.
    pub(super) async fn convert(self, room_event: &RoomEvent) -> Option<Event> {
        let cached = CachedEvent::of(room_event);
        match &room_event.kind {
            RoomEventKind::Message(content) => {
                let message = self.message(&room_event.id, &cached, content).await;
                Some(Event::MessageCreated(message))
            }
            RoomEventKind::Edit { target, new_content } => {
                let original = self.cached_or_fetched(target).await?;
                // Only the author of a message may edit it; homeservers may let other edits
                // through.
                if original.sender != room_event.sender {
                    return None;
                }
                let in_reply_to = original.in_reply_to.clone();
                let content = TextContent { in_reply_to, ..new_content.clone() };
                let message = self.message(target, &original, &content).await;
                let edit_id = Some(ids::message(&room_event.id));
                Some(Event::MessageEdited(Message { edit_id, ..message }))
            }
            RoomEventKind::Redaction(id) => {
                let thread_root =
                    self.cache.get(id).and_then(|cached| cached.thread_root.as_deref());
                let place =
                    place::place(self.room, thread_root, &room_event.sender, self.memberships)
                        .await;
                Some(Event::MessageDeleted { id: ids::message(id), place })
            }
            RoomEventKind::Reaction { target, key } => self.reaction(room_event, target, key).await,
            RoomEventKind::Join(_) | RoomEventKind::Notice(_) | RoomEventKind::Other => None,
        }
    }

    /// The message `id` with `content`; `cached` has its sender, time and thread.
    async fn message(self, id: &EventId, cached: &CachedEvent, content: &TextContent) -> Message {
        // Each reads the store, which answers several at once.
        let (bot, place, author) = tokio::join!(
            place::bot_identity(self.room),
            place::place(
                self.room,
                cached.thread_root.as_deref(),
                &cached.sender,
                self.memberships
            ),
            self.user(cached),
        );
        let StrippedText { text, mentions_bot, names_bot } = strip_mentions(content, &bot);
        let target = match &content.in_reply_to {
            Some(target) => self.cached_or_fetched(target).await,
            None => None,
        };
        // Clients that copy the mentions of the message that they reply to did not address the bot.
        let is_copied = !names_bot
            && target
                .as_ref()
                .is_some_and(|it| it.sender != bot.id && it.mentions.contains(&bot.id));
        let mentions_bot = mentions_bot && !is_copied;
        let replied_to = match content.in_reply_to.as_ref().zip(target) {
            Some((id, target)) => Some(RepliedTo {
                id: ids::message(id),
                is_from_bot: target.sender == bot.id,
                author: Some(ids::user(&target.sender)),
                origin: self.origin(id, &target).await,
                text: target.text,
                title: None,
            }),
            None => None,
        };
        Message {
            id: ids::message(id),
            place,
            author,
            text,
            addressing: Addressing { mentions_bot, ..Addressing::default() },
            replied_to,
            sent_at: cached.at,
            edit_id: None,
            locale: None,
        }
    }

    /// Where the message `id` is from. What it replies to is known if that was sent a short while ago.
    async fn origin(self, id: &EventId, message: &CachedEvent) -> MessageOrigin {
        let member = self.room.get_member_no_sync(&message.sender).await.ok().flatten();
        let answered = message.in_reply_to.as_deref().and_then(|id| self.cache.get(id));
        let url = self.room.matrix_to_event_permalink(id.to_owned()).await;
        MessageOrigin {
            author_name: member.map(|member| member.name().to_owned()),
            sent_at: Some(message.at),
            url: url.ok().map(|url| url.to_string()),
            answered: answered.and_then(|answered| answered.text.clone()),
        }
    }

    /// The use of a control, if the reaction `key` on `target` is one.
    async fn reaction(self, room_event: &RoomEvent, target: &EventId, key: &str) -> Option<Event> {
        // Checked first, because most reactions are not controls and need no request.
        if !reactions::is_control(key) {
            return None;
        }
        let message = self.cached_or_fetched(target).await?;
        if message.sender != self.room.own_user_id() {
            return None;
        }
        let control = self.control(target, key).await?;
        let thread_root = message.thread_root.as_deref();
        Some(Event::ControlUsed(ControlUse {
            id: ids::message(&room_event.id),
            message: ids::message(target),
            place: place::place(self.room, thread_root, &room_event.sender, self.memberships).await,
            user: self.user(&CachedEvent::of(room_event)).await,
            used_at: room_event.at,
            control,
            locale: None,
        }))
    }

    /// The control that `key` stands for on the bot's message `target`, whose content holds the
    /// [`reactions::Continuation`].
    async fn control(self, target: &EventId, key: &str) -> Option<Control> {
        if !reactions::asks_for_more(key) {
            return reactions::control(key, None);
        }
        let event = self.room.event(target, None).await.ok()?;
        let event = serde_json::from_str(event.raw().json().get()).ok()?;
        reactions::control(key, content::continuation(&event))
    }

    /// The event `id` from the cache, else from the homeserver.
    pub(super) async fn cached_or_fetched(self, id: &EventId) -> Option<CachedEvent> {
        if let Some(cached) = self.cache.get(id) {
            return Some(cached.clone());
        }
        let event = self.room.event(id, None).await.ok()?;
        let event = decrypt_by_backup(self.room, event).await;
        RoomEvent::parse(event.raw()).map(|room_event| CachedEvent::of(&room_event))
    }

    /// The sender of an event. Never marked as a bot: bots send notices, which are filtered out
    /// earlier.
    async fn user(self, event: &CachedEvent) -> User {
        let roles = permissions::ranks(self.room, &event.sender).await;
        User { id: ids::user(&event.sender), roles, is_bot: false }
    }
}
