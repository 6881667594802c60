//! One room, in order: what happened there while nobody listened, then what happens.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use matrix_sdk::Room;
use matrix_sdk::deserialized_responses::TimelineEvent;
use matrix_sdk::sync::Timeline;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::super::error;
use super::super::event::{RoomEvent, RoomEventKind};
use super::super::ids;
use super::super::incoming::EventConverter;
use super::super::place;
use super::MatrixContext;
use super::backfill::load_missed;
use super::event_cache::{CachedEvent, EventCache};
use super::undecrypted::{MissingKey, UndecryptedEvents};
use crate::conversation::{Alert, Event, MessageId, Notice, Timestamp};

/// What waits to be heard in a room.
pub(in crate::platform::matrix) struct TimelineReceiver {
    pub(in crate::platform::matrix) timelines: mpsc::Receiver<Timeline>,
    /// Whether some had no room.
    pub(in crate::platform::matrix) missed: Arc<AtomicBool>,
}

/// Listens in a room.
pub(in crate::platform::matrix) struct RoomWorker {
    room: Room,
    shared: Arc<MatrixContext>,
    heard: EventCache,
    undecrypted: UndecryptedEvents,
}

impl RoomWorker {
    pub(in crate::platform::matrix) fn new(room: Room, shared: Arc<MatrixContext>) -> Self {
        Self {
            room,
            shared,
            heard: EventCache::default(),
            undecrypted: UndecryptedEvents::default(),
        }
    }

    /// Listens until there are no more updates.
    pub(in crate::platform::matrix) async fn run(mut self, mut updates: TimelineReceiver) {
        self.report_join().await;
        self.catch_up(None).await;
        loop {
            let look = self.undecrypted.next_retry();
            tokio::select! {
                // What was told comes before what is looked for.
                biased;
                timeline = updates.timelines.recv() => {
                    let Some(timeline) = timeline else { return };
                    self.handle_timeline(timeline).await;
                    if updates.timelines.is_empty() && updates.missed.swap(false, Ordering::AcqRel) {
                        self.catch_up(None).await;
                    }
                }
                () = sleep_until(look.unwrap_or_else(Instant::now)), if look.is_some() => {
                    self.retry_decryption().await;
                }
            }
        }
    }

    /// Has the room greeted, if it is new to us.
    async fn report_join(&self) {
        let us = self.room.own_user_id();
        let member = self.room.get_member_no_sync(us).await.ok().flatten();
        let since = member.and_then(|member| member.event().timestamp());
        let Some(since) = since else { return };
        let at = Timestamp::from_millis(since.into());
        let place = place::place(&self.room, None, us).await;
        // Who was there before an upgrade needs no greeting.
        let whole = place::predecessor_ids(&self.room).last().map(|oldest| ids::room(oldest));
        self.shared.dispatch(Event::Joined { place, member_of: whole, at }).await;
    }

    /// Hears what was missed before `from`, or until now. Asks for as long as it takes.
    async fn catch_up(&mut self, from: Option<String>) {
        let mut delays = error::backoff();
        loop {
            let turn = self.shared.backfill_permits.acquire().await;
            let looked =
                load_missed(&self.room, from.clone(), &self.heard, self.shared.max_age).await;
            drop(turn);
            match looked {
                Ok(events) => {
                    for event in events {
                        self.handle_event(event).await;
                    }
                    return;
                }
                Err(error) if error::is_forbidden(&error) => return,
                Err(error) => {
                    let (room, why) = (self.room.room_id(), error::describe(&error));
                    tracing::debug!(room.id = %room, "What was missed in {room} is not told: {why}");
                }
            }
            let Some(delay) = delays.next() else { return };
            tokio::select! {
                () = tokio::time::sleep(delay) => {}
                // It is caught up with after the next start.
                () = self.shared.stop.graceful.cancelled() => return,
            }
        }
    }

    async fn handle_timeline(&mut self, timeline: Timeline) {
        let first = timeline.events.first().and_then(TimelineEvent::event_id);
        let is_continued = first.is_some_and(|id| self.heard.contains(&id));
        if timeline.limited && !is_continued {
            self.catch_up(timeline.prev_batch).await;
        }
        for event in timeline.events {
            self.handle_event(event).await;
        }
    }

    /// Takes `event`, if it was not heard before; what cannot be read waits for its key.
    async fn handle_event(&mut self, event: TimelineEvent) {
        let Some(id) = event.event_id() else { return };
        if !self.heard.contains(&id) {
            self.heard.insert(id, None);
            if let Some(event) = self.undecrypted.hold_if_undecryptable(event) {
                self.process(event).await;
            }
        }
    }

    async fn process(&mut self, event: TimelineEvent) {
        let Some(happening) = RoomEvent::parse(event.raw()) else { return };
        self.heard.insert(happening.id.clone(), Some(CachedEvent::of(&happening)));
        if happening.sender == self.room.own_user_id() {
            return;
        }
        let incoming = EventConverter { room: &self.room, heard: &self.heard };
        let event = incoming.convert(&happening).await;
        if let RoomEventKind::Edit { of, now } = &happening.kind {
            self.heard.update_text(of, &now.body);
        }
        if let Some(event) = event {
            self.shared.dispatch(event).await;
        }
    }

    /// Looks whether keys have come, and tells people of those that did not.
    async fn retry_decryption(&mut self) {
        for event in self.undecrypted.retry(&self.room, self.shared.max_age).await {
            self.process(event).await;
        }
        for MissingKey { session, event } in self.undecrypted.overdue_keys() {
            let room = self.room.room_id();
            tracing::warn!(room.id = %room, event.id = %event, "The key of {event} in {room} has not come: it cannot be read");
            let place = place::place(&self.room, None, self.room.own_user_id()).await;
            let id = MessageId::from(format!("{}:undecryptable:{session}", place.id));
            self.shared
                .dispatch(Event::Alert(Alert { id, place, notice: Notice::Undecryptable }))
                .await;
        }
    }
}
