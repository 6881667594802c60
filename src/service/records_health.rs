//! Health of the records: whether questions can be recorded.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::error_causes::with_causes;
use crate::store::records::Records;

/// Time between two checks. Each is a durable write of a few pages.
const CHECK_INTERVAL: Duration = Duration::from_secs(10);

/// How long a check may take.
const CHECK_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a failure counts that a question met: a check may not touch the damaged part of the records.
const FAILURE_COUNTS_FOR: Duration = Duration::from_secs(60);

/// The result of the last check of the records. Reading it costs nothing, so that requests for the
/// readiness, however many, do not slow down answers.
#[derive(Debug)]
pub struct RecordsHealth(Mutex<LastCheck>);

#[derive(Debug)]
struct LastCheck {
    is_ok: bool,
    at: Instant,
}

impl Default for RecordsHealth {
    /// The health of records that were just opened.
    fn default() -> Self {
        Self(Mutex::new(LastCheck { is_ok: true, at: Instant::now() }))
    }
}

impl RecordsHealth {
    /// Checks `records` now and every ten seconds. Does not return. Logs when they become unusable, with
    /// the cause, and when they are usable again.
    pub async fn run(&self, records: &impl Records) {
        let mut ticks = tokio::time::interval(CHECK_INTERVAL);
        loop {
            ticks.tick().await;
            let failure = match tokio::time::timeout(CHECK_TIMEOUT, records.ping()).await {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(with_causes(&error)),
                Err(_) => Some(format!("a write takes longer than {CHECK_TIMEOUT:?}")),
            };
            let was_ok = self.record(failure.is_none());
            match failure {
                Some(failure) if was_ok => {
                    tracing::error!("Questions cannot be recorded: {failure}");
                }
                None if !was_ok => tracing::info!("Questions can be recorded again"),
                _ => {}
            }
        }
    }

    /// Records the result of a check. Returns that of the previous one.
    fn record(&self, is_ok: bool) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *last, LastCheck { is_ok, at: Instant::now() }).is_ok
    }

    /// Whether questions can be recorded, as far as the last check and the last minute tell.
    pub fn is_ok(&self, records: &impl Records) -> bool {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = last.at.elapsed() < 3 * CHECK_INTERVAL;
        let has_failed = records.last_failure_age().is_some_and(|age| age < FAILURE_COUNTS_FOR);
        last.is_ok && is_recent && !has_failed
    }
}
