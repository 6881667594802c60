//! The connection of a platform to the service's dispatcher.

use std::sync::{Arc, OnceLock, Weak};

use crate::conversation::Event;
use crate::service::Dispatcher;

/// Where a platform sends its events, once there is a dispatcher.
///
/// The reference is weak: the dispatcher owns the platform, not the other way round.
#[derive(Default)]
pub(super) struct EventSink(OnceLock<Weak<Dispatcher>>);

impl EventSink {
    /// Sends later events to `dispatcher`. Only the first call has an effect.
    pub(super) fn connect(&self, dispatcher: &Arc<Dispatcher>) {
        self.0.get_or_init(|| Arc::downgrade(dispatcher));
    }

    /// Queues `event`. Returns it if its queue is full, or if there is no dispatcher.
    pub(super) fn try_dispatch(&self, event: Event) -> Option<Event> {
        match self.0.get().and_then(Weak::upgrade) {
            Some(dispatcher) => dispatcher.try_dispatch(event),
            None => Some(event),
        }
    }
}
