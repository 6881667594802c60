//! From what happened in a room to what the service is told.

pub(super) mod mention;

use matrix_sdk::Room;
use matrix_sdk::ruma::EventId;

use super::content::MORE;
use super::event::{RoomEvent, RoomEventKind, TextContent};
use super::ids;
use super::place;
use super::reactions::{self, Continuation};
use super::rooms::event_cache::{CachedEvent, EventCache};
use crate::conversation::{Addressing, Control, ControlUse, Event, Message, RepliedTo, User};
use mention::{StrippedText, strip_mentions};

/// A room, and what is known of what was said there.
#[derive(Clone, Copy)]
pub(super) struct EventConverter<'a> {
    pub(super) room: &'a Room,
    pub(super) heard: &'a EventCache,
}

impl EventConverter<'_> {
    /// What the service is to be told of `happening`, if it is to be told.
    pub(super) async fn convert(self, happening: &RoomEvent) -> Option<Event> {
        let known = CachedEvent::of(happening);
        match &happening.kind {
            RoomEventKind::Message(spoken) => {
                let message = self.message(&happening.id, &known, spoken).await;
                Some(Event::MessageCreated(message))
            }
            RoomEventKind::Edit { of, now } => {
                let known = self.cached_or_fetched(of).await?;
                // Whoever changes the words of others is no client that can be trusted.
                if known.sender != happening.sender {
                    return None;
                }
                let now = TextContent { in_reply_to: known.replies_to.clone(), ..now.clone() };
                let message = self.message(of, &known, &now).await;
                let change = Some(ids::message(&happening.id));
                Some(Event::MessageEdited(Message { edit_id: change, ..message }))
            }
            RoomEventKind::Redaction(id) => {
                let thread = self.heard.get(id).and_then(|known| known.thread.as_deref());
                let place = place::place(self.room, thread, &happening.sender).await;
                Some(Event::MessageDeleted { id: ids::message(id), place })
            }
            RoomEventKind::Reaction { to, key } => self.reaction(happening, to, key).await,
            RoomEventKind::Join(_) | RoomEventKind::Other => None,
        }
    }

    /// What `id`, of which `known` is known, says.
    async fn message(self, id: &EventId, known: &CachedEvent, spoken: &TextContent) -> Message {
        let us = place::bot_identity(self.room).await;
        let StrippedText { text, mentions_bot: names_us } = strip_mentions(spoken, &us);
        let replied_to = match &spoken.in_reply_to {
            Some(target) => self.replied_to(target).await,
            None => None,
        };
        Message {
            id: ids::message(id),
            place: place::place(self.room, known.thread.as_deref(), &known.sender).await,
            author: user(known),
            text,
            addressing: Addressing { mentions_bot: names_us, ..Addressing::default() },
            replied_to,
            sent_at: known.at,
            edit_id: None,
            locale: None,
        }
    }

    async fn replied_to(self, target: &EventId) -> Option<RepliedTo> {
        let known = self.cached_or_fetched(target).await?;
        let is_ours = known.sender == self.room.own_user_id();
        Some(RepliedTo { id: ids::message(target), is_from_bot: is_ours, text: known.text })
    }

    /// What somebody wants who put `key` on `target`.
    async fn reaction(self, happening: &RoomEvent, target: &EventId, key: &str) -> Option<Event> {
        // Most reactions are for other people.
        if !reactions::is_control(key) {
            return None;
        }
        let known = self.cached_or_fetched(target).await?;
        if known.sender != self.room.own_user_id() {
            return None;
        }
        let control = self.control(target, key).await?;
        Some(Event::ControlUsed(ControlUse {
            id: ids::message(&happening.id),
            message: ids::message(target),
            place: place::place(self.room, known.thread.as_deref(), &happening.sender).await,
            user: user(&CachedEvent::of(happening)),
            used_at: happening.at,
            control,
            locale: None,
        }))
    }

    /// What `key` means on our message `target`, which says itself of what it has more.
    async fn control(self, target: &EventId, key: &str) -> Option<Control> {
        if !reactions::asks_for_more(key) {
            return reactions::control(key, None);
        }
        let event = self.room.event(target, None).await.ok()?;
        let content: serde_json::Value = event.raw().get_field("content").ok()??;
        // The server gives an edited message with its latest edit beside it.
        let more = content.get(MORE).cloned();
        let more = more.and_then(|more| serde_json::from_value::<Continuation>(more).ok());
        reactions::control(key, more)
    }

    /// What is known of the event `id`, which the homeserver tells where it was not heard lately.
    async fn cached_or_fetched(self, id: &EventId) -> Option<CachedEvent> {
        if let Some(known) = self.heard.get(id) {
            return Some(known.clone());
        }
        let event = self.room.event(id, None).await.ok()?;
        RoomEvent::parse(event.raw()).map(|happening| CachedEvent::of(&happening))
    }
}

/// Whoever did what is `known`. Programs that say what they are do not come so far.
fn user(known: &CachedEvent) -> User {
    User { id: ids::user(&known.sender), roles: Vec::new(), is_bot: false }
}
