//! The queue of gateway events, from the shards to the event loop.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc;

use super::event::GatewayEvent;

/// Forwards events in order. Drops them when the queue is full: a shard that waited could not send
/// heartbeats.
pub(in crate::platform::discord) struct EventQueue {
    events: mpsc::Sender<GatewayEvent>,
    is_full: AtomicBool,
}

impl EventQueue {
    pub(in crate::platform::discord) fn new(events: mpsc::Sender<GatewayEvent>) -> Self {
        Self { events, is_full: AtomicBool::new(false) }
    }

    pub(super) fn push(&self, event: GatewayEvent) {
        let is_full = match self.events.try_send(event) {
            Ok(()) => false,
            Err(mpsc::error::TrySendError::Full(_)) => true,
            Err(mpsc::error::TrySendError::Closed(_)) => return,
        };
        if is_full && !self.is_full.swap(true, Ordering::Relaxed) {
            tracing::warn!("Gateway event queue is full; dropping events");
        } else if !is_full {
            self.is_full.store(false, Ordering::Relaxed);
        }
    }
}
