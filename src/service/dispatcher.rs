//! Dispatches the events of one platform to a queue for each place. Events of a place are handled in
//! order; a slow place, like a slow platform, delays no other. Of the edits of a message that wait, only the
//! last is handled.

mod place_queue;

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use super::sender::LimitedSender;
use super::settings::DeliverySettings;
use super::{EventOutcome, Sender, Service};
use crate::conversation::{Event, MessageId, PlaceId};
use crate::store::records::Records;
use place_queue::{PlaceQueue, QueuedEvent};

/// The queues of the places of one platform.
pub struct Dispatcher {
    queues: Arc<Mutex<Queues>>,
    /// The task that handles the queued events of a place.
    place_task: Box<dyn Fn(PlaceId) -> PlaceTask + Send + Sync>,
    runtime: Handle,
    /// Events that wait at each place.
    queue_length: usize,
    /// Events that wait in all.
    max_waiting: usize,
    /// Whether an event does not concern the bot; such events are dropped, to take no room in the
    /// queues.
    is_irrelevant: Box<dyn Fn(&Event) -> bool + Send + Sync>,
    /// Counts an event that was turned away.
    on_turned_away: Box<dyn Fn() + Send + Sync>,
}

type PlaceTask = Pin<Box<dyn Future<Output = ()> + Send>>;

#[derive(Default)]
struct Queues {
    /// Whether it drains: then no event is accepted, and queued ones are still handled.
    is_draining: bool,
    /// The places with a task, which ends when no event waits there.
    by_place: FxHashMap<PlaceId, PlaceQueue>,
    /// Events that wait in all.
    n_waiting: usize,
    /// Whether events were dropped because too many waited in all, since none waited.
    is_overloaded: bool,
    tasks: JoinSet<()>,
}

impl Dispatcher {
    /// A dispatcher of the runtime that it is called in. `on_handled` gets the outcome of each event
    /// and how long it took.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn start<R: Records, S: Sender>(
        service: &Arc<Service<R>>,
        sender: &Arc<S>,
        settings: &DeliverySettings,
        on_handled: impl Fn(EventOutcome, Duration) + Clone + Send + Sync + 'static,
    ) -> Self {
        let n_calls = usize::try_from(settings.n_workers).unwrap_or(1).max(1);
        let queue_length = usize::try_from(settings.queue_length).unwrap_or(1).max(1);
        let queues: Arc<Mutex<Queues>> = Arc::default();
        let place_task = {
            let sender = Arc::new(LimitedSender::new(Arc::clone(sender), n_calls));
            let (service, queues) = (Arc::clone(service), Arc::clone(&queues));
            let on_handled = on_handled.clone();
            move |place| -> PlaceTask {
                let (service, sender) = (Arc::clone(&service), Arc::clone(&sender));
                let (queues, on_handled) = (Arc::clone(&queues), on_handled.clone());
                Box::pin(async move {
                    while let Some(QueuedEvent { event, superseded }) =
                        next_event(&queues, &place).await
                    {
                        for edit_id in &superseded {
                            if let Some(edit_id) = edit_id {
                                service.mark_edit_handled(edit_id).await;
                            }
                            on_handled(EventOutcome::Superseded, Duration::ZERO);
                        }
                        let start = Instant::now();
                        let outcome = handle(&service, &*sender, &event).await;
                        on_handled(outcome, start.elapsed());
                        if let EventOutcome::Postponed(delay) = outcome {
                            postpone(&queues, event, delay);
                        }
                    }
                })
            }
        };
        let on_turned_away = {
            let on_handled = on_handled.clone();
            move || on_handled(EventOutcome::TurnedAway, Duration::ZERO)
        };
        let is_irrelevant = {
            let service = Arc::clone(service);
            move |event: &Event| {
                // After a panic it is queued, to fail as others do.
                let is_relevant = catch_unwind(AssertUnwindSafe(|| service.is_relevant(event)));
                let is_irrelevant = !is_relevant.unwrap_or(true);
                if is_irrelevant {
                    on_handled(EventOutcome::Irrelevant, Duration::ZERO);
                }
                is_irrelevant
            }
        };
        Self {
            queues,
            place_task: Box::new(place_task),
            runtime: Handle::current(),
            queue_length,
            max_waiting: queue_length.saturating_mul(n_calls),
            is_irrelevant: Box::new(is_irrelevant),
            on_turned_away: Box::new(on_turned_away),
        }
    }

    /// Queues `event`, unless it does not concern the bot. A deleted message that still waits is not
    /// handled any more. Never waits, so that one busy place
    /// blocks no other. Returns the event if the queue of its place is full, if too many events wait
    /// in all, or if the dispatcher drains.
    pub fn try_dispatch(&self, event: Event) -> Option<Event> {
        if (self.is_irrelevant)(&event) {
            return None;
        }
        self.queue(event).map(|event| self.turn_away(event))
    }

    /// Counts `event` as turned away, and returns it: the caller does not dispatch it, or not yet.
    pub fn turn_away(&self, event: Event) -> Event {
        (self.on_turned_away)();
        event
    }

    fn queue(&self, event: Event) -> Option<Event> {
        let mut queues = lock(&self.queues);
        if queues.is_draining {
            return Some(event);
        }
        if let Event::MessageDeleted { id, place } = &event {
            queues.discard(id, &place.id);
        }
        let superseded = queues.supersede_by(&event);
        if queues.n_waiting >= self.max_waiting {
            if !std::mem::replace(&mut queues.is_overloaded, true) {
                tracing::warn!("{} events wait; dropping events", self.max_waiting);
            }
            return Some(event);
        }
        let place = event.place().clone();
        if !queues.by_place.contains_key(&place) {
            while queues.tasks.try_join_next().is_some() {}
            queues.tasks.spawn_on((self.place_task)(place.clone()), &self.runtime);
        }
        let queue = queues.by_place.entry(place).or_default();
        if queue.len() >= self.queue_length {
            if !std::mem::replace(&mut queue.is_full, true) {
                let place = event.place();
                tracing::warn!(place.id = %place, "Event queue of {place} is full; dropping events");
            }
            return Some(event);
        }
        queue.push(QueuedEvent { event, superseded });
        queues.n_waiting += 1;
        None
    }

    /// Accepts no more events and handles the queued ones for at most `limit`. Returns whether all
    /// were handled. The others are not claimed, so that they can be caught up with.
    pub async fn drain(&self, limit: Duration) -> bool {
        let mut tasks = {
            let mut queues = lock(&self.queues);
            queues.is_draining = true;
            queues.by_place.values().for_each(PlaceQueue::wake);
            std::mem::take(&mut queues.tasks)
        };
        let all_done = async { while tasks.join_next().await.is_some() {} };
        let is_done = tokio::time::timeout(limit, all_done).await.is_ok();
        tasks.shutdown().await;
        is_done
    }
}

impl Queues {
    /// Removes the events of the message `id` at `place` that wait: it was deleted.
    fn discard(&mut self, id: &MessageId, place: &PlaceId) {
        let Some(queue) = self.by_place.get_mut(place) else { return };
        self.n_waiting -= queue.discard(id);
    }

    /// Removes the waiting edit that `event`, a newer edit of the same message, supersedes. Returns the
    /// edits that it and the removed ones supersede.
    fn supersede_by(&mut self, event: &Event) -> Vec<Option<MessageId>> {
        let Event::MessageEdited(message) = event else { return Vec::new() };
        let queue = self.by_place.get_mut(&message.place.id);
        let Some(older) = queue.and_then(|queue| queue.take_edit_of(&message.id)) else {
            return Vec::new();
        };
        self.n_waiting -= 1;
        older.into_superseded()
    }
}

fn lock(queues: &Mutex<Queues>) -> MutexGuard<'_, Queues> {
    // Nothing panics while the lock is held.
    queues.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the next event of `place`, and waits for those that are postponed, unless the dispatcher drains.
/// Without one, the place is removed: its task ends.
async fn next_event(queues: &Mutex<Queues>, place: &PlaceId) -> Option<QueuedEvent> {
    loop {
        let (due_at, new_event) = {
            let mut queues = lock(queues);
            let is_draining = queues.is_draining;
            let queue = queues.by_place.get_mut(place)?;
            if let Some(event) = queue.pop(Instant::now()) {
                queues.n_waiting -= 1;
                queues.is_overloaded &= queues.n_waiting > 0;
                return Some(event);
            }
            let Some(due_at) = queue.next_due().filter(|_| !is_draining) else {
                let n_postponed = queue.len();
                queues.by_place.remove(place);
                queues.n_waiting -= n_postponed;
                return None;
            };
            (due_at, queue.new_event())
        };
        tokio::select! {
            () = tokio::time::sleep_until(due_at.into()) => {}
            () = new_event.notified() => {}
        }
    }
}

/// Handles `event`, which was taken from its place, again after `delay`, unless a newer edit waits.
fn postpone(queues: &Mutex<Queues>, event: Event, delay: Duration) {
    let mut queues = lock(queues);
    let is_postponed = queues
        .by_place
        .get_mut(event.place())
        .is_some_and(|queue| queue.postpone(event, Instant::now() + delay));
    queues.n_waiting += usize::from(is_postponed);
}

/// Handles `event`. A panic is a failure of this event alone.
async fn handle<R: Records>(
    service: &Service<R>,
    sender: &impl Sender,
    event: &Event,
) -> EventOutcome {
    if let Some(outcome) = catch_panic(service.handle(event, sender)).await {
        return outcome;
    }
    catch_panic(service.after_panic(event, sender)).await;
    EventOutcome::Panicked
}

/// The result of `work`, or `None` if it panics.
async fn catch_panic<T>(work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    poll_fn(|context| {
        // After a panic it is dropped, and not polled again.
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)));
        polled.map_or(Poll::Ready(None), |poll| poll.map(Some))
    })
    .await
}
