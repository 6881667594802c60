//! The rooms in which we are, each with somebody who listens.

pub(super) mod backfill;
pub(super) mod event_cache;
pub(super) mod undecrypted;
pub(super) mod worker;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use matrix_sdk::Client;
use matrix_sdk::ruma::{OwnedRoomId, RoomId};
use matrix_sdk::sync::Timeline;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use super::super::{EventSink, Shutdown};
use super::Settings;
use crate::conversation::Event;
use worker::{RoomWorker, TimelineReceiver};

/// Updates that wait for a room's listener. What has no room is looked up later.
const MAX_WAITING: usize = 64;

/// Rooms that are asked at the same time what happened there.
const MAX_LOOK_BACKS: usize = 8;

/// The wait before an event is brought again for which the service had no room.
const AGAIN_AFTER: Duration = Duration::from_millis(50);

/// What all listeners share.
pub(super) struct MatrixContext {
    pub(super) client: Client,
    pub(super) settings: Settings,
    pub(super) events: Arc<EventSink>,
    pub(super) stop: Shutdown,
    /// How far back it is looked for what was missed.
    pub(super) max_age: Duration,
    pub(super) backfill_permits: Semaphore,
}

impl MatrixContext {
    pub(super) fn new(
        client: Client,
        settings: Settings,
        events: Arc<EventSink>,
        stop: Shutdown,
    ) -> Self {
        let max_age = settings.catch_up;
        let backfill_permits = Semaphore::new(MAX_LOOK_BACKS);
        Self { client, settings, events, stop, max_age, backfill_permits }
    }

    /// Brings `event` to the service, waiting until it has room. What it takes no more when it ends
    /// is caught up with after the next start.
    pub(super) async fn dispatch(&self, event: Event) {
        let mut left = self.events.try_dispatch(event);
        while let Some(event) = left {
            tokio::select! {
                () = tokio::time::sleep(AGAIN_AFTER) => {}
                () = self.stop.forced.cancelled() => return,
            }
            left = self.events.try_dispatch(event);
        }
    }
}

/// The listeners.
pub(super) struct RoomWorkers {
    shared: Arc<MatrixContext>,
    queues: HashMap<OwnedRoomId, TimelineSender>,
    /// They end with this.
    listeners: JoinSet<()>,
}

struct TimelineSender {
    timelines: mpsc::Sender<Timeline>,
    has_gap: Arc<AtomicBool>,
}

impl RoomWorkers {
    pub(super) fn new(shared: Arc<MatrixContext>) -> Self {
        Self { shared, queues: HashMap::new(), listeners: JoinSet::new() }
    }

    /// Listens in `room` from now on.
    pub(super) fn ensure_worker(&mut self, room: &RoomId) {
        if !self.queues.contains_key(room) {
            self.start(room);
        }
    }

    /// Tells the listener of `room` what happened there.
    pub(super) fn push_timeline(&mut self, room: &RoomId, timeline: Timeline) {
        self.ensure_worker(room);
        if let Some(queue) = self.queues.get(room)
            && queue.timelines.try_send(timeline).is_err()
        {
            queue.has_gap.store(true, Ordering::Release);
        }
    }

    /// We are in `room` no more.
    pub(super) fn remove(&mut self, room: &RoomId) {
        self.queues.remove(room);
        while self.listeners.try_join_next().is_some() {}
    }

    fn start(&mut self, room_id: &RoomId) {
        let Some(room) = self.shared.client.get_room(room_id) else { return };
        let (timelines, told) = mpsc::channel(MAX_WAITING);
        let missed = Arc::new(AtomicBool::new(false));
        let updates = TimelineReceiver { timelines: told, missed: Arc::clone(&missed) };
        let listener = RoomWorker::new(room, Arc::clone(&self.shared));
        let bringing = self.shared.stop.in_flight.token();
        self.listeners.spawn(async move {
            listener.run(updates).await;
            drop(bringing);
        });
        self.queues.insert(room_id.to_owned(), TimelineSender { timelines, has_gap: missed });
    }

    /// Has everything heard that was told, for as long as there is time.
    pub(super) async fn drain(mut self) {
        self.queues.clear();
        tokio::select! {
            () = async { while self.listeners.join_next().await.is_some() {} } => {}
            () = self.shared.stop.forced.cancelled() => {}
        }
    }
}
