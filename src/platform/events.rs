//! The way of what happens on a platform to the service.

use std::sync::{Arc, OnceLock, Weak};

use crate::conversation::Event;
use crate::service::Lane;

/// Leads to the service as soon as there is one. Its workers hold the platform, not it them.
#[derive(Default)]
pub(super) struct Events(OnceLock<Weak<Lane>>);

impl Events {
    /// From now on events go to `lane`; the first one that is named stays.
    pub(super) fn lead_to(&self, lane: &Arc<Lane>) {
        self.0.get_or_init(|| Arc::downgrade(lane));
    }

    /// Hands `event` on. It comes back if there is no room for it, or nothing is taken any more.
    pub(super) fn offer(&self, event: Event) -> Option<Event> {
        match self.0.get().and_then(Weak::upgrade) {
            Some(lane) => lane.put(event),
            None => Some(event),
        }
    }
}
