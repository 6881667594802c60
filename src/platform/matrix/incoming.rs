//! From what happened in a room to what the service is told.

use matrix_sdk::Room;
use matrix_sdk::ruma::EventId;

use super::content::MORE;
use super::happening::{Happening, Spoken, What};
use super::heard::{Heard, Known};
use super::reactions::{self, More};
use super::said::{Said, said};
use super::{locating, name};
use crate::conversation::{Address, Control, Event, Message, Person, RepliedTo, Use};

/// A room, and what is known of what was said there.
#[derive(Clone, Copy)]
pub(super) struct Incoming<'a> {
    pub(super) room: &'a Room,
    pub(super) heard: &'a Heard,
}

impl Incoming<'_> {
    /// What the service is to be told of `happening`, if it is to be told.
    pub(super) async fn event(self, happening: &Happening) -> Option<Event> {
        let known = Known::of(happening);
        match &happening.what {
            What::Said(spoken) => {
                let message = self.message(&happening.id, &known, spoken).await;
                Some(Event::Said(message))
            }
            What::Changed { of, now } => {
                let known = self.known(of).await?;
                // Whoever changes the words of others is no client that can be trusted.
                if known.sender != happening.sender {
                    return None;
                }
                let now = Spoken { replies_to: known.replies_to.clone(), ..now.clone() };
                let message = self.message(of, &known, &now).await;
                let change = Some(name::message(&happening.id));
                Some(Event::Edited(Message { change, ..message }))
            }
            What::TakenBack(id) => {
                let thread = self.heard.find(id).and_then(|known| known.thread.as_deref());
                let place = locating::place(self.room, thread, &happening.sender).await;
                Some(Event::Deleted { id: name::message(id), place })
            }
            What::Reacted { to, key } => self.used(happening, to, key).await,
            What::Came(_) | What::Other => None,
        }
    }

    /// What `id`, of which `known` is known, says.
    async fn message(self, id: &EventId, known: &Known, spoken: &Spoken) -> Message {
        let us = locating::us(self.room).await;
        let Said { text, names_us } = said(spoken, &us);
        let replied_to = match &spoken.replies_to {
            Some(target) => self.replied_to(target).await,
            None => None,
        };
        Message {
            id: name::message(id),
            place: locating::place(self.room, known.thread.as_deref(), &known.sender).await,
            author: person(known),
            text,
            address: Address { mentions_us: names_us, ..Address::default() },
            replied_to,
            sent_at: known.at,
            change: None,
            locale: None,
        }
    }

    async fn replied_to(self, target: &EventId) -> Option<RepliedTo> {
        let known = self.known(target).await?;
        let is_ours = known.sender == self.room.own_user_id();
        Some(RepliedTo { id: name::message(target), is_ours, text: known.text })
    }

    /// What somebody wants who put `key` on `target`.
    async fn used(self, happening: &Happening, target: &EventId, key: &str) -> Option<Event> {
        // Most reactions are for other people.
        if !reactions::is_for_us(key) {
            return None;
        }
        let known = self.known(target).await?;
        if known.sender != self.room.own_user_id() {
            return None;
        }
        let control = self.control(target, key).await?;
        Some(Event::Used(Use {
            id: name::message(&happening.id),
            sent: name::message(target),
            place: locating::place(self.room, known.thread.as_deref(), &happening.sender).await,
            by: person(&Known::of(happening)),
            at: happening.at,
            control,
            locale: None,
        }))
    }

    /// What `key` means on our message `target`, which says itself of what it has more.
    async fn control(self, target: &EventId, key: &str) -> Option<Control> {
        if !reactions::is_for_more(key) {
            return reactions::control(key, None);
        }
        let event = self.room.event(target, None).await.ok()?;
        let content: serde_json::Value = event.raw().get_field("content").ok()??;
        // The server gives an edited message with its latest edit beside it.
        let more = content.get(MORE).cloned();
        let more = more.and_then(|more| serde_json::from_value::<More>(more).ok());
        reactions::control(key, more)
    }

    /// What is known of the event `id`, which the homeserver tells where it was not heard lately.
    async fn known(self, id: &EventId) -> Option<Known> {
        if let Some(known) = self.heard.find(id) {
            return Some(known.clone());
        }
        let event = self.room.event(id, None).await.ok()?;
        Happening::parse(event.raw()).map(|happening| Known::of(&happening))
    }
}

/// Whoever did what is `known`. Programs that say what they are do not come so far.
fn person(known: &Known) -> Person {
    Person { id: name::user(&known.sender), roles: Vec::new(), is_bot: false }
}
