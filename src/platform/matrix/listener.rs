//! One room, in order: what happened there while nobody listened, then what happens.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use matrix_sdk::Room;
use matrix_sdk::deserialized_responses::TimelineEvent;
use matrix_sdk::sync::Timeline;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::failure;
use super::happening::{Happening, What};
use super::heard::{Heard, Known};
use super::history::look_back;
use super::incoming::Incoming;
use super::rooms::Shared;
use super::undecrypted::{Missing, Undecrypted};
use super::{locating, name};
use crate::conversation::{Event, MessageId, Notice, Report, Timestamp};

/// What waits to be heard in a room.
pub(super) struct Updates {
    pub(super) timelines: mpsc::Receiver<Timeline>,
    /// Whether some had no room.
    pub(super) missed: Arc<AtomicBool>,
}

/// Listens in a room.
pub(super) struct Listener {
    room: Room,
    shared: Arc<Shared>,
    heard: Heard,
    undecrypted: Undecrypted,
}

impl Listener {
    pub(super) fn new(room: Room, shared: Arc<Shared>) -> Self {
        Self { room, shared, heard: Heard::default(), undecrypted: Undecrypted::default() }
    }

    /// Listens until there are no more updates.
    pub(super) async fn run(mut self, mut updates: Updates) {
        self.came().await;
        self.catch_up(None).await;
        loop {
            let look = self.undecrypted.next_look();
            tokio::select! {
                // What was told comes before what is looked for.
                biased;
                timeline = updates.timelines.recv() => {
                    let Some(timeline) = timeline else { return };
                    self.hear(timeline).await;
                    if updates.timelines.is_empty() && updates.missed.swap(false, Ordering::AcqRel) {
                        self.catch_up(None).await;
                    }
                }
                () = sleep_until(look.unwrap_or_else(Instant::now)), if look.is_some() => {
                    self.look_again().await;
                }
            }
        }
    }

    /// Has the room greeted, if it is new to us.
    async fn came(&self) {
        let us = self.room.own_user_id();
        let member = self.room.get_member_no_sync(us).await.ok().flatten();
        let since = member.and_then(|member| member.event().timestamp());
        let Some(since) = since else { return };
        let at = Timestamp::from_millis(since.into());
        let place = locating::place(&self.room, None, us).await;
        // Who was there before an upgrade needs no greeting.
        let whole = locating::ancestors(&self.room).last().map(|oldest| name::room(oldest));
        self.shared.bring(Event::Joined { place, whole, at }).await;
    }

    /// Hears what was missed before `from`, or until now. Asks for as long as it takes.
    async fn catch_up(&mut self, from: Option<String>) {
        let mut delays = failure::delays();
        loop {
            let turn = self.shared.look_backs.acquire().await;
            let looked = look_back(&self.room, from.clone(), &self.heard, self.shared.reach).await;
            drop(turn);
            match looked {
                Ok(events) => {
                    for event in events {
                        self.take(event).await;
                    }
                    return;
                }
                Err(error) if failure::is_forbidden(&error) => return,
                Err(error) => {
                    let (room, why) = (self.room.room_id(), failure::in_words(&error));
                    tracing::debug!(room.id = %room, "What was missed in {room} is not told: {why}");
                }
            }
            let Some(delay) = delays.next() else { return };
            tokio::select! {
                () = tokio::time::sleep(delay) => {}
                // It is caught up with after the next start.
                () = self.shared.stop.asked.cancelled() => return,
            }
        }
    }

    async fn hear(&mut self, timeline: Timeline) {
        let first = timeline.events.first().and_then(TimelineEvent::event_id);
        let is_continued = first.is_some_and(|id| self.heard.has(&id));
        if timeline.limited && !is_continued {
            self.catch_up(timeline.prev_batch).await;
        }
        for event in timeline.events {
            self.take(event).await;
        }
    }

    /// Takes `event`, if it was not heard before; what cannot be read waits for its key.
    async fn take(&mut self, event: TimelineEvent) {
        let Some(id) = event.event_id() else { return };
        if !self.heard.has(&id) {
            self.heard.note(id, None);
            if let Some(event) = self.undecrypted.keep(event) {
                self.bring(event).await;
            }
        }
    }

    async fn bring(&mut self, event: TimelineEvent) {
        let Some(happening) = Happening::parse(event.raw()) else { return };
        self.heard.note(happening.id.clone(), Some(Known::of(&happening)));
        if happening.sender == self.room.own_user_id() {
            return;
        }
        let incoming = Incoming { room: &self.room, heard: &self.heard };
        let event = incoming.event(&happening).await;
        if let What::Changed { of, now } = &happening.what {
            self.heard.change(of, &now.body);
        }
        if let Some(event) = event {
            self.shared.bring(event).await;
        }
    }

    /// Looks whether keys have come, and tells people of those that did not.
    async fn look_again(&mut self) {
        for event in self.undecrypted.look(&self.room, self.shared.reach).await {
            self.bring(event).await;
        }
        for Missing { session, event } in self.undecrypted.missing() {
            let room = self.room.room_id();
            tracing::warn!(room.id = %room, event.id = %event, "The key of {event} in {room} has not come: it cannot be read");
            let place = locating::place(&self.room, None, self.room.own_user_id()).await;
            let id = MessageId::from(format!("{}:undecryptable:{session}", place.id));
            self.shared
                .bring(Event::Reported(Report { id, place, notice: Notice::Undecryptable }))
                .await;
        }
    }
}
