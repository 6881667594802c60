//! [`LastTime`]: when something happened last.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// When something happened last.
#[derive(Debug, Default)]
pub(super) struct LastTime(Mutex<Option<Instant>>);

impl LastTime {
    /// It happens now.
    pub(super) fn set_now(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// The time since then; `None` if it has not happened.
    pub(super) fn age(&self) -> Option<Duration> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.map(|at| at.elapsed())
    }
}
