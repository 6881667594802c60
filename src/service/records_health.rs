//! Health of the records: whether questions can be recorded.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::error_causes::with_causes;
use crate::store::records::Records;

/// Time between two checks. Each is a durable write of a few pages.
const CHECK_INTERVAL: Duration = Duration::from_secs(10);

/// Checks that are left out at most, one after the other, while questions are recorded. A question does not
/// write to all tables that a check writes to.
const MAX_LEFT_OUT: u32 = 5;

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
    /// Checks `records` now and every ten seconds; every minute while questions are recorded, which shows as
    /// much. Does not return. Logs when they become unusable, with the cause, and when they are usable again.
    pub async fn run(&self, records: &impl Records) {
        let mut ticks = tokio::time::interval(CHECK_INTERVAL);
        let mut n_left_out = 0;
        loop {
            ticks.tick().await;
            n_left_out = self.check_if_due(records, n_left_out).await;
        }
    }

    /// Checks `records`, unless a recorded question shows as much. Returns how many checks in a row were left
    /// out, after `n_left_out` before this one.
    async fn check_if_due(&self, records: &impl Records, n_left_out: u32) -> u32 {
        if n_left_out < MAX_LEFT_OUT && self.was_ok() && was_used(records) {
            self.record(true);
            return n_left_out + 1;
        }
        self.check(records).await;
        0
    }

    async fn check(&self, records: &impl Records) {
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

    fn was_ok(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_ok
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

/// Whether a question was recorded since the last check was due, and nothing has failed after it.
fn was_used(records: &impl Records) -> bool {
    records.last_completion_age().is_some_and(|age| {
        age < CHECK_INTERVAL && records.last_failure_age().is_none_or(|failure| failure > age)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::Timestamp;
    use crate::store::records::{Completion, Holder, SqliteRecords};

    #[tokio::test]
    async fn records_are_checked_each_time_and_every_sixth_time_while_questions_are_recorded() {
        for (is_used, want) in [(false, 12), (true, 2)] {
            let records = SqliteRecords::in_memory(Timestamp::from_millis(0)).await.unwrap();
            if is_used {
                let completion = Completion {
                    message: "t:1".into(),
                    holder: Holder::new("h"),
                    at: Timestamp::from_millis(0),
                    answer: None,
                    unanswered: None,
                    asked: None,
                    outdated_alerts: None,
                };
                records.complete(completion).await.unwrap();
            }
            let (health, n_before) = (RecordsHealth::default(), records.n_trips());
            let mut n_left_out = 0;
            for _ in 0..12 {
                n_left_out = health.check_if_due(&records, n_left_out).await;
            }
            assert_eq!(records.n_trips() - n_before, want, "{is_used}");
            assert!(health.is_ok(&records));
        }
    }
}
