//! A platform's way through the service: bounded queues, each with a worker. What happens at one
//! place is done in order; a platform that is slow fills its own queues and nobody else's.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use rustc_hash::FxHasher;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::settings::DeliverySettings;
use super::{Fate, Sender, Service};
use crate::conversation::{Event, PlaceId};
use crate::store::records::Records;

/// The queues of one platform.
pub struct Lane {
    queues: Vec<mpsc::Sender<Event>>,
    workers: JoinSet<()>,
}

impl Lane {
    /// Starts the workers. `told` hears what became of each event.
    pub fn start<R: Records, S: Sender>(
        service: &Arc<Service<R>>,
        sender: &Arc<S>,
        settings: &DeliverySettings,
        told: impl Fn(Fate) + Clone + Send + Sync + 'static,
    ) -> Self {
        let n_workers = usize::try_from(settings.n_workers).unwrap_or(1).max(1);
        let length = usize::try_from(settings.queue_length).unwrap_or(1).div_ceil(n_workers).max(1);
        let mut workers = JoinSet::new();
        let queues = (0..n_workers).map(|_| {
            let (queue, mut events) = mpsc::channel::<Event>(length);
            let (service, sender, told) = (Arc::clone(service), Arc::clone(sender), told.clone());
            workers.spawn(async move {
                while let Some(event) = events.recv().await {
                    told(service.handle(&event, &*sender).await);
                }
            });
            queue
        });
        Self { queues: queues.collect(), workers }
    }

    /// Queues `event`; waits while the queue of its place is full.
    pub async fn put(&self, event: Event) {
        let mut hasher = FxHasher::default();
        place_of(&event).hash(&mut hasher);
        let n_queues = u64::try_from(self.queues.len()).unwrap_or(1).max(1);
        let idx = usize::try_from(hasher.finish() % n_queues).unwrap_or(0);
        if let Some(queue) = self.queues.get(idx) {
            // Workers end only after the queues.
            drop(queue.send(event).await);
        }
    }

    /// Takes nothing more, and does what is queued for at most `limit`. Whether all was done; what
    /// was not is claimed by nobody, so that it can be caught up with.
    pub async fn drain(self, limit: Duration) -> bool {
        let Self { queues, mut workers } = self;
        drop(queues);
        let all_done = async { while workers.join_next().await.is_some() {} };
        let is_done = tokio::time::timeout(limit, all_done).await.is_ok();
        workers.shutdown().await;
        is_done
    }
}

fn place_of(event: &Event) -> &PlaceId {
    match event {
        Event::Said(message) | Event::Edited(message) => &message.place.id,
        Event::Deleted { place, .. } | Event::Joined { place, .. } => &place.id,
        Event::Used(used) => &used.place.id,
    }
}
