//! The heartbeats of one connection.

use std::time::Duration;

use tokio::time::Instant;

/// When the next heartbeat is due, and whether the last one was acknowledged. If it was not by then,
/// the connection is dead.
pub(super) struct Heartbeat {
    interval: Duration,
    pub(super) next_at: Instant,
    pub(super) is_acknowledged: bool,
}

impl Heartbeat {
    /// Discord asks for a random part of the interval before the first heartbeat.
    pub(super) fn new(interval: Duration) -> Self {
        Self { interval, next_at: Instant::now() + jitter(interval), is_acknowledged: true }
    }

    /// Records that a heartbeat is sent now.
    pub(super) fn mark_sent(&mut self) {
        self.next_at = Instant::now() + self.interval;
        self.is_acknowledged = false;
    }
}

/// A random part of `max`.
pub(super) fn jitter(max: Duration) -> Duration {
    // Without random numbers, any value will do.
    let random = getrandom::u32().unwrap_or(u32::MAX / 2);
    max.mul_f64(f64::from(random) / f64::from(u32::MAX))
}
