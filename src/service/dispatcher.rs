//! Dispatches the events of one platform to bounded worker queues, sharded by place. Events of a
//! place are handled in order; a slow platform blocks no other.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustc_hash::FxHasher;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::settings::DeliverySettings;
use super::{EventOutcome, Sender, Service};
use crate::conversation::{Event, PlaceId};
use crate::store::records::Records;

/// The worker queues of one platform.
pub struct Dispatcher {
    /// Empty once it drains: then no event is accepted, and queued ones are still handled.
    queues: Mutex<Vec<WorkerQueue>>,
    workers: tokio::sync::Mutex<JoinSet<()>>,
    /// Whether an event does not concern the bot; such events are dropped, to take no room in the
    /// queues.
    is_irrelevant: Box<dyn Fn(&Event) -> bool + Send + Sync>,
}

/// The queue of one worker.
struct WorkerQueue {
    events: mpsc::Sender<Event>,
    /// Whether the last event was dropped. The log has only the first of a series.
    is_full: bool,
}

impl Dispatcher {
    /// Starts the workers. `on_handled` gets the outcome of each event and how long it took.
    pub fn start<R: Records, S: Sender>(
        service: &Arc<Service<R>>,
        sender: &Arc<S>,
        settings: &DeliverySettings,
        on_handled: impl Fn(EventOutcome, Duration) + Clone + Send + Sync + 'static,
    ) -> Self {
        let n_workers = usize::try_from(settings.n_workers).unwrap_or(1).max(1);
        let length = usize::try_from(settings.queue_length).unwrap_or(1).max(1);
        let mut workers = JoinSet::new();
        let queues = (0..n_workers).map(|_| {
            let (queue, mut events) = mpsc::channel(length);
            let (service, sender) = (Arc::clone(service), Arc::clone(sender));
            let on_handled = on_handled.clone();
            workers.spawn(async move {
                while let Some(event) = events.recv().await {
                    let start = Instant::now();
                    let outcome = service.handle(&event, &*sender).await;
                    on_handled(outcome, start.elapsed());
                }
            });
            WorkerQueue { events: queue, is_full: false }
        });
        let queues = Mutex::new(queues.collect());
        let service = Arc::clone(service);
        let is_irrelevant = move |event: &Event| {
            let is_irrelevant = !service.is_relevant(event);
            if is_irrelevant {
                on_handled(EventOutcome::Irrelevant, Duration::ZERO);
            }
            is_irrelevant
        };
        let is_irrelevant = Box::new(is_irrelevant);
        Self { queues, workers: tokio::sync::Mutex::new(workers), is_irrelevant }
    }

    /// Queues `event`, unless it does not concern the bot. Never waits, so that one busy place
    /// blocks no other. Returns the event if the queue of its place is full, or if the dispatcher
    /// drains.
    pub fn try_dispatch(&self, event: Event) -> Option<Event> {
        if (self.is_irrelevant)(&event) {
            return None;
        }
        let mut hasher = FxHasher::default();
        place_of(&event).hash(&mut hasher);
        let mut queues = self.queues();
        let n_queues = u64::try_from(queues.len()).unwrap_or(1).max(1);
        let idx = usize::try_from(hasher.finish() % n_queues).unwrap_or(0);
        let Some(queue) = queues.get_mut(idx) else { return Some(event) };
        let error = queue.events.try_send(event).err();
        let was_full = std::mem::replace(&mut queue.is_full, error.is_some());
        let event = error?.into_inner();
        if !was_full {
            let place = place_of(&event);
            tracing::warn!(place.id = %place, "Event queue of {place} is full; dropping events");
        }
        Some(event)
    }

    /// Accepts no more events and handles the queued ones for at most `limit`. Returns whether all
    /// were handled. The others are not claimed, so that they can be caught up with.
    pub async fn drain(&self, limit: Duration) -> bool {
        self.queues().clear();
        let mut workers = self.workers.lock().await;
        let all_done = async { while workers.join_next().await.is_some() {} };
        let is_done = tokio::time::timeout(limit, all_done).await.is_ok();
        workers.shutdown().await;
        is_done
    }

    fn queues(&self) -> MutexGuard<'_, Vec<WorkerQueue>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn place_of(event: &Event) -> &PlaceId {
    match event {
        Event::MessageCreated(message) | Event::MessageEdited(message) => &message.place.id,
        Event::MessageDeleted { place, .. }
        | Event::Joined { place, .. }
        | Event::MissingPermissions { place, .. } => &place.id,
        Event::ControlUsed(control_use) => &control_use.place.id,
        Event::Alert(alert) => &alert.place.id,
    }
}
