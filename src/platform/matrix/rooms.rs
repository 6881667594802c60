//! The workers of the joined rooms: one task per room, each with a bounded queue of timelines.

pub(super) mod backfill;
pub(super) mod event_cache;
pub(super) mod undecrypted;
pub(super) mod worker;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use matrix_sdk::ruma::{OwnedRoomId, RoomId};
use matrix_sdk::sync::Timeline;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::context::MatrixContext;
use worker::{RoomWorker, TimelineReceiver};

/// Timelines that a room's queue holds. The backfill loads what is dropped when it is full.
const MAX_QUEUED: usize = 64;

/// The room workers and their queues. Dropping it aborts them.
pub(super) struct RoomWorkers {
    context: Arc<MatrixContext>,
    queues: HashMap<OwnedRoomId, TimelineSender>,
    workers: JoinSet<()>,
}

struct TimelineSender {
    timelines: mpsc::Sender<Timeline>,
    has_gap: Arc<AtomicBool>,
}

impl RoomWorkers {
    pub(super) fn new(context: Arc<MatrixContext>) -> Self {
        Self { context, queues: HashMap::new(), workers: JoinSet::new() }
    }

    /// Starts a worker for `room` unless there is one.
    pub(super) fn ensure_worker(&mut self, room: &RoomId) {
        if !self.queues.contains_key(room) {
            self.start(room);
        }
    }

    /// Queues `timeline` for the worker of `room`. If the queue is full, the timeline is dropped
    /// and the worker loads its events by a backfill later.
    pub(super) fn push_timeline(&mut self, room: &RoomId, timeline: Timeline) {
        self.ensure_worker(room);
        if let Some(queue) = self.queues.get(room)
            && queue.timelines.try_send(timeline).is_err()
        {
            queue.has_gap.store(true, Ordering::Release);
        }
    }

    /// Ends the worker of `room`, which the bot has left, after its queued timelines.
    pub(super) fn remove(&mut self, room: &RoomId) {
        self.queues.remove(room);
        while self.workers.try_join_next().is_some() {}
    }

    fn start(&mut self, room_id: &RoomId) {
        let Some(room) = self.context.client.get_room(room_id) else { return };
        let (sender, timelines) = mpsc::channel(MAX_QUEUED);
        let has_gap = Arc::new(AtomicBool::new(false));
        let receiver = TimelineReceiver { timelines, has_gap: Arc::clone(&has_gap) };
        let worker = RoomWorker::new(room, Arc::clone(&self.context));
        let in_flight = self.context.stop.in_flight.token();
        self.workers.spawn(async move {
            worker.run(receiver).await;
            drop(in_flight);
        });
        self.queues.insert(room_id.to_owned(), TimelineSender { timelines: sender, has_gap });
    }

    /// Waits until the workers have handled all queued timelines, or until the forced shutdown.
    pub(super) async fn drain(mut self) {
        self.queues.clear();
        tokio::select! {
            () = async { while self.workers.join_next().await.is_some() {} } => {}
            () = self.context.stop.forced.cancelled() => {}
        }
    }
}
