//! Liveness of the platforms.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A platform without activity for this long counts as down.
pub const LIVENESS_TIMEOUT: Duration = Duration::from_secs(120);

/// Liveness of one platform: when it was last active, and whether it is still served.
#[derive(Debug)]
pub struct Liveness {
    platform: &'static str,
    is_served: AtomicBool,
    last_activity: Mutex<Option<Instant>>,
}

impl Liveness {
    /// The liveness of a platform that has not started yet.
    pub fn new(platform: &'static str) -> Arc<Self> {
        Arc::new(Self {
            platform,
            is_served: AtomicBool::new(true),
            last_activity: Mutex::default(),
        })
    }

    /// Name of the platform.
    pub fn platform(&self) -> &'static str {
        self.platform
    }

    /// Records activity now.
    pub fn mark_alive(&self) {
        *self.last_activity.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Records that the platform is not served any more.
    pub fn mark_stopped(&self) {
        self.is_served.store(false, Ordering::Relaxed);
    }

    /// Time since the last activity; `None` before the first.
    pub fn age(&self) -> Option<Duration> {
        let last_activity = self.last_activity.lock().unwrap_or_else(PoisonError::into_inner);
        last_activity.map(|at| at.elapsed())
    }

    /// Whether the platform is served and was active within [`LIVENESS_TIMEOUT`].
    pub fn is_alive(&self) -> bool {
        self.is_served.load(Ordering::Relaxed)
            && self.age().is_some_and(|age| age < LIVENESS_TIMEOUT)
    }
}
