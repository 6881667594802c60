//! The way of what happens on a platform to the service.

use std::sync::{Arc, OnceLock, Weak};

use crate::conversation::Event;
use crate::service::Dispatcher;

/// Leads to the service as soon as there is one. Its workers hold the platform, not it them.
#[derive(Default)]
pub(super) struct EventSink(OnceLock<Weak<Dispatcher>>);

impl EventSink {
    /// From now on events go to `lane`; the first one that is named stays.
    pub(super) fn connect(&self, lane: &Arc<Dispatcher>) {
        self.0.get_or_init(|| Arc::downgrade(lane));
    }

    /// Hands `event` on. It comes back if there is no room for it, or nothing is taken any more.
    pub(super) fn try_dispatch(&self, event: Event) -> Option<Event> {
        match self.0.get().and_then(Weak::upgrade) {
            Some(lane) => lane.try_dispatch(event),
            None => Some(event),
        }
    }
}
