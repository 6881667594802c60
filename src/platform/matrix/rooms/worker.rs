//! The worker of one room: first loads missed events, then handles the live timeline in order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use matrix_sdk::Room;
use matrix_sdk::deserialized_responses::TimelineEvent;
use matrix_sdk::ruma::EventId;
use matrix_sdk::sync::Timeline;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::super::context::MatrixContext;
use super::super::error;
use super::super::event::{RoomEvent, RoomEventKind, is_join_of};
use super::super::ids;
use super::super::incoming::EventConverter;
use super::super::place;
use super::backfill::load_missed;
use super::event_cache::{CachedEvent, EventCache};
use super::undecrypted::{MissingKey, UndecryptedEvents};
use crate::conversation::{Event, Timestamp};

/// The receiving end of a room's queue of timelines.
pub(in crate::platform::matrix) struct TimelineReceiver {
    pub(in crate::platform::matrix) timelines: mpsc::Receiver<Timeline>,
    /// Whether timelines were dropped because the queue was full.
    pub(in crate::platform::matrix) has_gap: Arc<AtomicBool>,
}

/// Handles the events of one room.
pub(in crate::platform::matrix) struct RoomWorker {
    room: Room,
    context: Arc<MatrixContext>,
    cache: EventCache,
    undecrypted: UndecryptedEvents,
}

impl RoomWorker {
    pub(in crate::platform::matrix) fn new(room: Room, context: Arc<MatrixContext>) -> Self {
        let (cache, undecrypted) = (EventCache::default(), UndecryptedEvents::default());
        Self { room, context, cache, undecrypted }
    }

    /// Handles events until the sender of `queue` is dropped.
    pub(in crate::platform::matrix) async fn run(mut self, mut queue: TimelineReceiver) {
        self.report_join().await;
        self.catch_up(None).await;
        loop {
            let next_retry = self.undecrypted.next_retry();
            tokio::select! {
                // Queued timelines come before retries of the decryption.
                biased;
                timeline = queue.timelines.recv() => {
                    let Some(timeline) = timeline else { return };
                    self.handle_timeline(timeline).await;
                    if queue.timelines.is_empty() && queue.has_gap.swap(false, Ordering::AcqRel) {
                        self.catch_up(None).await;
                    }
                }
                () = sleep_until(next_retry.unwrap_or_else(Instant::now)),
                    if next_retry.is_some() =>
                {
                    self.retry_decryption().await;
                }
            }
        }
    }

    /// Dispatches [`Event::Joined`] with the time at which the bot joined. The service decides
    /// whether a greeting is due.
    async fn report_join(&self) {
        if self.room.is_space() {
            return;
        }
        let bot_id = self.room.own_user_id();
        let member = self.room.get_member_no_sync(bot_id).await.ok().flatten();
        let joined_at = member.and_then(|member| member.event().timestamp());
        let Some(joined_at) = joined_at else { return };
        let at = Timestamp::from_millis(joined_at.into());
        let place = place::place(&self.room, None, bot_id, &self.context.memberships).await;
        // All versions of an upgraded room count as one: a successor is not greeted again.
        let member_of = place::predecessor_ids(&self.room).last().map(|oldest| ids::room(oldest));
        // The membership event is another one after the bot has changed its name.
        let is_last_join = false;
        self.context.dispatch(Event::Joined { place, member_of, at, is_last_join }).await;
    }

    /// Loads and handles the missed events before the pagination token `from`, or before now.
    /// Retries with backoff until the homeserver responds or the shutdown begins.
    async fn catch_up(&mut self, from: Option<String>) {
        let mut delays = error::backoff();
        loop {
            let permit = self.context.backfill_permits.acquire().await;
            let missed =
                load_missed(&self.room, from.clone(), &self.cache, self.context.max_age).await;
            drop(permit);
            match missed {
                Ok(events) => {
                    for event in events {
                        self.handle_event(event).await;
                    }
                    return;
                }
                Err(error) if error::is_forbidden(&error) => return,
                Err(error) => {
                    let (room, why) = (self.room.room_id(), error::describe(&error));
                    tracing::debug!(room.id = %room, "Backfill of {room} failed, retrying: {why}");
                }
            }
            let Some(delay) = delays.next() else { return };
            tokio::select! {
                () = tokio::time::sleep(delay) => {}
                // The next start loads these events.
                () = self.context.stop.graceful.cancelled() => return,
            }
        }
    }

    async fn handle_timeline(&mut self, mut timeline: Timeline) {
        let bot_id = self.room.own_user_id();
        let is_own_join = |event: &TimelineEvent| is_join_of(event.raw(), bot_id);
        if let Some(join) = timeline.events.iter().rposition(is_own_join) {
            // What was said before the bot joined, or while it was out, is not meant for it.
            timeline =
                Timeline { events: timeline.events.split_off(join), limited: false, ..timeline };
        }
        let first = timeline.events.first().and_then(TimelineEvent::event_id);
        let is_continuous = first.is_some_and(|id| self.cache.contains(&id));
        if timeline.limited && !is_continuous {
            self.catch_up(timeline.prev_batch).await;
        }
        for event in timeline.events {
            self.handle_event(event).await;
        }
    }

    /// Processes `event` unless it was handled before. An event that cannot be decrypted is held
    /// until its room key arrives.
    async fn handle_event(&mut self, event: TimelineEvent) {
        let Some(id) = event.event_id() else { return };
        if !self.cache.contains(&id) {
            self.cache.insert(id, None);
            if let Some(event) = self.undecrypted.hold_if_undecryptable(event) {
                self.process(event).await;
            }
        }
    }

    fn converter(&self) -> EventConverter<'_> {
        let memberships = &self.context.memberships;
        EventConverter { room: &self.room, cache: &self.cache, memberships }
    }

    async fn process(&mut self, event: TimelineEvent) {
        let Some(room_event) = RoomEvent::parse(event.raw()) else { return };
        self.cache.insert(room_event.id.clone(), Some(CachedEvent::of(&room_event)));
        if room_event.sender == self.room.own_user_id() {
            return;
        }
        let converter = self.converter();
        let event = converter.convert(&room_event).await;
        if let RoomEventKind::Edit { target, new_content } = &room_event.kind {
            self.cache.update_text(target, &new_content.body);
        }
        if let Some(event) = event {
            tracing::trace!("Dispatching an event");
            self.context.dispatch(event).await;
        }
    }

    /// Processes the held events whose room keys have arrived, and alerts about overdue keys.
    async fn retry_decryption(&mut self) {
        for event in self.undecrypted.retry(&self.room, self.context.max_age).await {
            self.process(event).await;
        }
        for MissingKey { event, target, .. } in self.undecrypted.overdue_keys() {
            let room = self.room.room_id();
            tracing::warn!(room.id = %room, event.id = %event, "Unable to decrypt {event} in {room}: room key not received");
            let place =
                place::place(&self.room, None, self.room.own_user_id(), &self.context.memberships)
                    .await;
            let may_be_meant = place.is_direct || self.may_be_meant(target.as_deref()).await;
            self.context.dispatch(Event::Undecryptable { place, may_be_meant }).await;
        }
    }

    /// Whether an encrypted message that replies to `target` may be meant for the bot. Mentions are
    /// encrypted, so any message may mention it, unless it replies to another user.
    async fn may_be_meant(&self, target: Option<&EventId>) -> bool {
        let Some(target) = target else { return true };
        let converter = self.converter();
        let target = converter.cached_or_fetched(target).await;
        target.is_some_and(|target| target.sender == self.room.own_user_id())
    }
}
