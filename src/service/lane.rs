//! A platform's way through the service: bounded queues, each with a worker. What happens at one
//! place is done in order; a platform that is slow fills its own queues and nobody else's.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustc_hash::FxHasher;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::settings::DeliverySettings;
use super::{Fate, Sender, Service};
use crate::conversation::{Event, PlaceId};
use crate::store::records::Records;

/// The queues of one platform.
pub struct Lane {
    queues: Vec<mpsc::Sender<Event>>,
    workers: Mutex<JoinSet<()>>,
    closing: CancellationToken,
}

impl Lane {
    /// Starts the workers. `told` hears what became of each event, and how long that took.
    pub fn start<R: Records, S: Sender>(
        service: &Arc<Service<R>>,
        sender: &Arc<S>,
        settings: &DeliverySettings,
        told: impl Fn(Fate, Duration) + Clone + Send + Sync + 'static,
    ) -> Self {
        let n_workers = usize::try_from(settings.n_workers).unwrap_or(1).max(1);
        let length = usize::try_from(settings.queue_length).unwrap_or(1).div_ceil(n_workers).max(1);
        let closing = CancellationToken::new();
        let mut workers = JoinSet::new();
        let queues = (0..n_workers).map(|_| {
            let (queue, mut events) = mpsc::channel(length);
            let (service, sender, told) = (Arc::clone(service), Arc::clone(sender), told.clone());
            let closing = closing.clone();
            workers.spawn(async move {
                while let Some(event) = next(&mut events, &closing).await {
                    let start = Instant::now();
                    let fate = service.handle(&event, &*sender).await;
                    told(fate, start.elapsed());
                }
            });
            queue
        });
        Self { queues: queues.collect(), workers: Mutex::new(workers), closing }
    }

    /// Queues `event`; waits while the queue of its place is full. `false` if nothing is taken any
    /// more.
    pub async fn put(&self, event: Event) -> bool {
        let mut hasher = FxHasher::default();
        place_of(&event).hash(&mut hasher);
        let n_queues = u64::try_from(self.queues.len()).unwrap_or(1).max(1);
        let idx = usize::try_from(hasher.finish() % n_queues).unwrap_or(0);
        let Some(queue) = self.queues.get(idx) else { return false };
        tokio::select! {
            biased;
            () = self.closing.cancelled() => false,
            put = queue.send(event) => put.is_ok(),
        }
    }

    /// Takes nothing more, and does what is queued for at most `limit`. Whether all was done; what
    /// was not is claimed by nobody, so that it can be caught up with.
    pub async fn drain(&self, limit: Duration) -> bool {
        self.closing.cancel();
        let mut workers = self.workers.lock().await;
        let all_done = async { while workers.join_next().await.is_some() {} };
        let is_done = tokio::time::timeout(limit, all_done).await.is_ok();
        workers.shutdown().await;
        is_done
    }
}

/// The next event; `None` when the queue is closing and empty.
async fn next(events: &mut mpsc::Receiver<Event>, closing: &CancellationToken) -> Option<Event> {
    tokio::select! {
        biased;
        event = events.recv() => event,
        () = closing.cancelled() => None,
    }
}

fn place_of(event: &Event) -> &PlaceId {
    match event {
        Event::Said(message) | Event::Edited(message) => &message.place.id,
        Event::Deleted { place, .. }
        | Event::Joined { place, .. }
        | Event::Hindered { place, .. } => &place.id,
        Event::Used(used) => &used.place.id,
        Event::Reported(report) => &report.place.id,
    }
}
