//! A platform's way through the service: bounded queues, each with a worker. What happens at one
//! place is done in order; a platform that is slow fills its own queues and nobody else's.

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

/// The queues of one platform.
pub struct Dispatcher {
    /// Empty when nothing is taken any more. What is in a queue then is still done.
    queues: Mutex<Vec<WorkerQueue>>,
    workers: tokio::sync::Mutex<JoinSet<()>>,
    /// Passes over what is not for us, so that it takes no room.
    passes_over: Box<dyn Fn(&Event) -> bool + Send + Sync>,
}

/// What waits for one worker.
struct WorkerQueue {
    events: mpsc::Sender<Event>,
    /// Whether the last event found no room, which is said once.
    is_full: bool,
}

impl Dispatcher {
    /// Starts the workers. `told` hears what became of each event, and how long that took.
    pub fn start<R: Records, S: Sender>(
        service: &Arc<Service<R>>,
        sender: &Arc<S>,
        settings: &DeliverySettings,
        told: impl Fn(EventOutcome, Duration) + Clone + Send + Sync + 'static,
    ) -> Self {
        let n_workers = usize::try_from(settings.n_workers).unwrap_or(1).max(1);
        let length = usize::try_from(settings.queue_length).unwrap_or(1).max(1);
        let mut workers = JoinSet::new();
        let queues = (0..n_workers).map(|_| {
            let (queue, mut events) = mpsc::channel(length);
            let (service, sender, told) = (Arc::clone(service), Arc::clone(sender), told.clone());
            workers.spawn(async move {
                while let Some(event) = events.recv().await {
                    let start = Instant::now();
                    let fate = service.handle(&event, &*sender).await;
                    told(fate, start.elapsed());
                }
            });
            WorkerQueue { events: queue, is_full: false }
        });
        let queues = Mutex::new(queues.collect());
        let service = Arc::clone(service);
        let passes_over = move |event: &Event| {
            let is_passed_over = !service.is_relevant(event);
            if is_passed_over {
                told(EventOutcome::Irrelevant, Duration::ZERO);
            }
            is_passed_over
        };
        let passes_over = Box::new(passes_over);
        Self { queues, workers: tokio::sync::Mutex::new(workers), passes_over }
    }

    /// Queues `event`, unless it is none of our business, and never waits: what one place has no room for holds up no other. It comes
    /// back if the queue of its place is full, or if nothing is taken any more.
    pub fn try_dispatch(&self, event: Event) -> Option<Event> {
        if (self.passes_over)(&event) {
            return None;
        }
        let mut hasher = FxHasher::default();
        place_of(&event).hash(&mut hasher);
        let mut queues = self.queues();
        let n_queues = u64::try_from(queues.len()).unwrap_or(1).max(1);
        let idx = usize::try_from(hasher.finish() % n_queues).unwrap_or(0);
        let Some(queue) = queues.get_mut(idx) else { return Some(event) };
        let refused = queue.events.try_send(event).err();
        let was_full = std::mem::replace(&mut queue.is_full, refused.is_some());
        let event = refused?.into_inner();
        if !was_full {
            let place = place_of(&event);
            tracing::warn!(place.id = %place, "More happens at {place} than can be answered; some of it is passed over");
        }
        Some(event)
    }

    /// Takes nothing more, and does what is queued for at most `limit`. Whether all was done; what
    /// was not is claimed by nobody, so that it can be caught up with.
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
        Event::ControlUsed(used) => &used.place.id,
        Event::Alert(report) => &report.place.id,
    }
}
