//! Deletes expired records, hourly.

use std::time::Duration;

use super::Clock;
use super::error_causes::with_causes;
use super::settings::RetentionSettings;
use crate::conversation::Timestamp;
use crate::store::records::{Records, RetentionCutoffs};

/// Time between two deletions.
const INTERVAL: Duration = Duration::from_secs(3600);

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Days for which the ids of handled messages are kept. More than the longest catch-up (14 days), so
/// that no message is answered twice.
const HANDLED_DAYS: u32 = 15;

/// Deletes expired records now and every hour. Does not return.
pub async fn run(records: impl Records, settings: RetentionSettings, clock: impl Clock) {
    let mut ticks = tokio::time::interval(INTERVAL);
    loop {
        ticks.tick().await;
        if let Err(error) = records.delete_expired(cutoffs(&settings, clock.now())).await {
            tracing::error!("Could not delete expired records: {}", with_causes(&error));
        }
    }
}

fn cutoffs(settings: &RetentionSettings, now: Timestamp) -> RetentionCutoffs {
    let since = |days| now.minus(DAY * days);
    RetentionCutoffs {
        handled: since(HANDLED_DAYS),
        unanswered: since(settings.unanswered_days),
        answers: since(settings.answers_days),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retention_days_apply_per_kind_and_handled_ids_outlive_the_catch_up() {
        let settings = RetentionSettings { unanswered_days: 90, answers_days: 30 };
        let now = Timestamp::from_millis(0).plus(DAY * 1000);
        let days_ago = |since: Timestamp| now.since(since).as_secs() / DAY.as_secs();
        let RetentionCutoffs { handled, unanswered, answers } = cutoffs(&settings, now);
        assert_eq!([handled, unanswered, answers].map(days_ago), [15, 90, 30]);
    }
}
