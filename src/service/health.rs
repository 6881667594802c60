//! Liveness of the platforms.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A platform without activity for this long counts as down.
pub const LIVENESS_TIMEOUT: Duration = Duration::from_secs(120);

/// A platform that is disconnected for longer counts as down. A resumed connection takes less.
pub const DISCONNECT_GRACE: Duration = Duration::from_secs(5);

/// Liveness of one platform: when it was last active, and whether it is still served.
#[derive(Debug)]
pub struct Liveness {
    platform: &'static str,
    is_served: AtomicBool,
    last_activity: Mutex<Option<Instant>>,
    /// Since when the platform has been disconnected.
    disconnected_since: Mutex<Option<Instant>>,
}

impl Liveness {
    /// The liveness of a platform that has not started yet.
    pub fn new(platform: &'static str) -> Arc<Self> {
        Arc::new(Self {
            platform,
            is_served: AtomicBool::new(true),
            last_activity: Mutex::default(),
            disconnected_since: Mutex::default(),
        })
    }

    /// Name of the platform.
    pub fn platform(&self) -> &'static str {
        self.platform
    }

    /// Records activity now, which also means that the platform is connected.
    pub fn mark_alive(&self) {
        *lock(&self.last_activity) = Some(Instant::now());
        *lock(&self.disconnected_since) = None;
    }

    /// Records that the platform has no connection, until the next activity.
    pub fn mark_disconnected(&self) {
        lock(&self.disconnected_since).get_or_insert_with(Instant::now);
    }

    /// Records that the platform is not served any more.
    pub fn mark_stopped(&self) {
        self.is_served.store(false, Ordering::Relaxed);
    }

    /// Time since the last activity; `None` before the first.
    pub fn age(&self) -> Option<Duration> {
        lock(&self.last_activity).map(|at| at.elapsed())
    }

    /// Whether the platform is served, was active within [`LIVENESS_TIMEOUT`], and is connected or
    /// was so within [`DISCONNECT_GRACE`].
    pub fn is_alive(&self) -> bool {
        let disconnected_since = *lock(&self.disconnected_since);
        self.is_served.load(Ordering::Relaxed)
            && self.age().is_some_and(|age| age < LIVENESS_TIMEOUT)
            && disconnected_since.is_none_or(|since| since.elapsed() < DISCONNECT_GRACE)
    }
}

fn lock(time: &Mutex<Option<Instant>>) -> MutexGuard<'_, Option<Instant>> {
    time.lock().unwrap_or_else(PoisonError::into_inner)
}
