//! Forgetting what is kept long enough, by itself.

use std::time::Duration;

use super::Clock;
use super::settings::RetentionSettings;
use crate::conversation::Timestamp;
use crate::store::records::{Records, RetentionCutoffs};

/// How often it is looked at.
const EVERY: Duration = Duration::from_secs(3600);

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Days for which it is known that a message was handled; more than what can be caught up with.
const HANDLED_DAYS: u32 = 15;

/// Forgets what is too old, now and every hour.
pub async fn run(records: impl Records, settings: RetentionSettings, clock: impl Clock) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        if let Err(error) = records.delete_expired(kept_since(&settings, clock.now())).await {
            tracing::error!(%error, "Old records could not be forgotten");
        }
    }
}

fn kept_since(settings: &RetentionSettings, now: Timestamp) -> RetentionCutoffs {
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
    fn each_kind_is_kept_for_its_own_days_and_what_was_handled_longer_than_can_be_caught_up_with() {
        let settings = RetentionSettings { unanswered_days: 90, answers_days: 30 };
        let now = Timestamp::from_millis(0).plus(DAY * 1000);
        let days_ago = |since: Timestamp| now.since(since).as_secs() / DAY.as_secs();
        let RetentionCutoffs { handled, unanswered, answers } = kept_since(&settings, now);
        assert_eq!([handled, unanswered, answers].map(days_ago), [15, 90, 30]);
    }
}
