//! What the tasks of the platform share: client, settings, and the way to the service.

use std::sync::Arc;
use std::time::Duration;

use matrix_sdk::Client;
use tokio::sync::Semaphore;

use super::super::{EventSink, Shutdown};
use super::memberships::Memberships;
use super::settings::Settings;
use crate::conversation::Event;

/// Rooms whose missed events are loaded at the same time.
const MAX_BACKFILLS: usize = 8;

/// The wait before an event is dispatched again after the service's queue was full.
const DISPATCH_RETRY_INTERVAL: Duration = Duration::from_millis(50);

/// State shared by the sync loop, the room workers and the membership tasks.
pub(super) struct MatrixContext {
    pub(super) client: Client,
    pub(super) settings: Settings,
    pub(super) events: Arc<EventSink>,
    pub(super) stop: Shutdown,
    /// The maximum age of missed events that are loaded, and of undecrypted ones that are kept.
    pub(super) max_age: Duration,
    pub(super) backfill_permits: Semaphore,
    pub(super) memberships: Memberships,
}

impl MatrixContext {
    pub(super) fn new(
        client: Client,
        settings: Settings,
        events: Arc<EventSink>,
        stop: Shutdown,
    ) -> Self {
        let max_age = settings.catch_up;
        let backfill_permits = Semaphore::new(MAX_BACKFILLS);
        let memberships = Memberships::default();
        Self { client, settings, events, stop, max_age, backfill_permits, memberships }
    }

    /// Dispatches `event` to the service. Waits while its queue is full. An event that is dropped
    /// at the forced shutdown is loaded by the backfill after the next start.
    pub(super) async fn dispatch(&self, event: Event) {
        let mut rejected = self.events.try_dispatch(event);
        while let Some(event) = rejected {
            tokio::select! {
                () = tokio::time::sleep(DISPATCH_RETRY_INTERVAL) => {}
                () = self.stop.forced.cancelled() => return,
            }
            rejected = self.events.try_dispatch(event);
        }
    }
}
