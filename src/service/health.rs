//! Whether platforms live.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Without a sign of life for so long a platform counts as gone.
pub const LIVENESS_TIMEOUT: Duration = Duration::from_secs(120);

/// A platform's signs of life.
#[derive(Debug)]
pub struct Liveness {
    platform: &'static str,
    is_served: AtomicBool,
    last: Mutex<Option<Instant>>,
}

impl Liveness {
    /// That of a platform that has not started yet.
    pub fn new(platform: &'static str) -> Arc<Self> {
        Arc::new(Self { platform, is_served: AtomicBool::new(true), last: Mutex::default() })
    }

    /// The platform.
    pub fn platform(&self) -> &'static str {
        self.platform
    }

    /// A sign of life.
    pub fn mark_alive(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// It is not served any more.
    pub fn mark_stopped(&self) {
        self.is_served.store(false, Ordering::Relaxed);
    }

    /// Time since the last sign of life, if there was one.
    pub fn age(&self) -> Option<Duration> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).map(|last| last.elapsed())
    }

    /// Whether it is served and gave a sign of life lately.
    pub fn is_alive(&self) -> bool {
        self.is_served.load(Ordering::Relaxed)
            && self.age().is_some_and(|age| age < LIVENESS_TIMEOUT)
    }
}
