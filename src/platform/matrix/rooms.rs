//! The rooms in which we are, each with somebody who listens.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use matrix_sdk::Client;
use matrix_sdk::ruma::{OwnedRoomId, RoomId};
use matrix_sdk::sync::Timeline;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use super::super::{Events, Stop};
use super::Settings;
use super::listener::{Listener, Updates};
use crate::conversation::Event;

/// Updates that wait for a room's listener. What has no room is looked up later.
const MAX_WAITING: usize = 64;

/// Rooms that are asked at the same time what happened there.
const MAX_LOOK_BACKS: usize = 8;

/// The wait before an event is brought again for which the service had no room.
const AGAIN_AFTER: Duration = Duration::from_millis(50);

/// What all listeners share.
pub(super) struct Shared {
    pub(super) client: Client,
    pub(super) settings: Settings,
    pub(super) events: Arc<Events>,
    pub(super) stop: Stop,
    /// How far back it is looked for what was missed.
    pub(super) reach: Duration,
    pub(super) look_backs: Semaphore,
}

impl Shared {
    pub(super) fn new(client: Client, settings: Settings, events: Arc<Events>, stop: Stop) -> Self {
        let reach = settings.catch_up;
        let look_backs = Semaphore::new(MAX_LOOK_BACKS);
        Self { client, settings, events, stop, reach, look_backs }
    }

    /// Brings `event` to the service, waiting until it has room. What it takes no more when it ends
    /// is caught up with after the next start.
    pub(super) async fn bring(&self, event: Event) {
        let mut left = self.events.offer(event);
        while let Some(event) = left {
            tokio::select! {
                () = tokio::time::sleep(AGAIN_AFTER) => {}
                () = self.stop.now.cancelled() => return,
            }
            left = self.events.offer(event);
        }
    }
}

/// The listeners.
pub(super) struct Rooms {
    shared: Arc<Shared>,
    queues: HashMap<OwnedRoomId, Queue>,
    /// They end with this.
    listeners: JoinSet<()>,
}

struct Queue {
    timelines: mpsc::Sender<Timeline>,
    missed: Arc<AtomicBool>,
}

impl Rooms {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, queues: HashMap::new(), listeners: JoinSet::new() }
    }

    /// Listens in `room` from now on.
    pub(super) fn listen(&mut self, room: &RoomId) {
        if !self.queues.contains_key(room) {
            self.start(room);
        }
    }

    /// Tells the listener of `room` what happened there.
    pub(super) fn tell(&mut self, room: &RoomId, timeline: Timeline) {
        self.listen(room);
        if let Some(queue) = self.queues.get(room)
            && queue.timelines.try_send(timeline).is_err()
        {
            queue.missed.store(true, Ordering::Release);
        }
    }

    /// We are in `room` no more.
    pub(super) fn forget(&mut self, room: &RoomId) {
        self.queues.remove(room);
        while self.listeners.try_join_next().is_some() {}
    }

    fn start(&mut self, room_id: &RoomId) {
        let Some(room) = self.shared.client.get_room(room_id) else { return };
        let (timelines, told) = mpsc::channel(MAX_WAITING);
        let missed = Arc::new(AtomicBool::new(false));
        let updates = Updates { timelines: told, missed: Arc::clone(&missed) };
        let listener = Listener::new(room, Arc::clone(&self.shared));
        let bringing = self.shared.stop.bringing.token();
        self.listeners.spawn(async move {
            listener.run(updates).await;
            drop(bringing);
        });
        self.queues.insert(room_id.to_owned(), Queue { timelines, missed });
    }

    /// Has everything heard that was told, for as long as there is time.
    pub(super) async fn end(mut self) {
        self.queues.clear();
        tokio::select! {
            () = async { while self.listeners.join_next().await.is_some() {} } => {}
            () = self.shared.stop.now.cancelled() => {}
        }
    }
}
