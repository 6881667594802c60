//! Deletes expired records, hourly.

use std::time::Duration;

use super::Clock;
use super::error_causes::with_causes;
use super::settings::RetentionSettings;
use crate::conversation::Timestamp;
use crate::store::records::{self, Records, RetentionCutoffs};

/// Time between two deletions.
const INTERVAL: Duration = Duration::from_secs(3600);

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Days for which the ids of handled messages are kept. More than the longest catch-up (14 days), so
/// that no message is answered twice.
const HANDLED_DAYS: u32 = 15;

/// Days for which edits are kept that a moderator was shown and has not saved.
const PROPOSAL_DAYS: u32 = 1;

/// A clock that is this much later than the last time may be wrong: after a downtime, or before it was set
/// by a time server.
const MAX_TRUSTED_JUMP: Duration = Duration::from_secs(2 * 24 * 3600);

/// Hourly checks that have to find such a clock before it is trusted.
const MIN_CHECKS: u32 = 6;

/// Deletes expired records now and every hour. Does not return.
///
/// After a jump of the clock, nothing is deleted for six hours: a machine that starts with a wrong clock
/// would delete everything.
pub async fn run(records: impl Records, settings: RetentionSettings, clock: impl Clock) {
    let mut ticks = tokio::time::interval(INTERVAL);
    let mut n_checks = 0;
    loop {
        ticks.tick().await;
        if let Err(error) = delete_expired(&records, &settings, clock.now(), &mut n_checks).await {
            tracing::error!("Could not delete expired records: {}", with_causes(&error));
        }
    }
}

async fn delete_expired(
    records: &impl Records,
    settings: &RetentionSettings,
    now: Timestamp,
    n_checks: &mut u32,
) -> records::Result<()> {
    let last = records.last_clock().await?.unwrap_or(now);
    let jump = now.since(last);
    if jump > MAX_TRUSTED_JUMP && *n_checks < MIN_CHECKS {
        *n_checks += 1;
        let days = jump.as_secs() / DAY.as_secs();
        if *n_checks == 1 {
            tracing::warn!(
                days,
                "The clock is {days} days later than when quoth last ran; expired records are deleted only if it still is in {MIN_CHECKS} hours"
            );
        }
        return Ok(());
    }
    *n_checks = 0;
    records.record_clock(now).await?;
    records.delete_expired(cutoffs(settings, now)).await.map(drop)
}

fn cutoffs(settings: &RetentionSettings, now: Timestamp) -> RetentionCutoffs {
    let since = |days| now.minus(DAY * days);
    // Nothing is kept: neither what an earlier configuration has kept, whenever a clock says that it was asked.
    let all = Timestamp::from_millis(i64::MAX);
    RetentionCutoffs {
        handled: since(HANDLED_DAYS),
        unanswered: since(settings.unanswered_days),
        questions: if settings.keeps_questions() { since(settings.questions_days) } else { all },
        answers: since(settings.answers_days),
        proposals: since(PROPOSAL_DAYS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::records::{Claim, ClaimStatus, Holder, SqliteRecords};

    /// The messages `a` (of day 60) and `b` (of day 99) that are left after `n_hours` on `day`. The
    /// clock was last seen on day 100.
    async fn left_after(day: u32, n_hours: u32) -> Vec<&'static str> {
        let at = |day: u32| Timestamp::from_millis(0).plus(DAY * day);
        let claim = |message: &str, holder: &str, now: Timestamp| {
            let (message, holder) = (message.into(), Holder::new(holder));
            Claim { message, holder, now, lease: DAY * 1000 }
        };
        let records = SqliteRecords::in_memory(at(0)).await.unwrap();
        for (message, day) in [("a", 60), ("b", 99)] {
            records.claim(claim(message, "h", at(day))).await.unwrap();
        }
        records.record_clock(at(100)).await.unwrap();
        let mut n_checks = 0;
        for hour in 0..=n_hours {
            let now = at(day).plus(INTERVAL * hour);
            let settings = RetentionSettings::default();
            delete_expired(&records, &settings, now, &mut n_checks).await.unwrap();
        }
        let mut left = Vec::new();
        for message in ["a", "b"] {
            let status = records.claim(claim(message, "other", at(100))).await.unwrap();
            if status == ClaimStatus::HeldElsewhere {
                left.push(message);
            }
        }
        left
    }

    #[tokio::test]
    async fn clock_that_is_ahead_deletes_nothing_for_hours() {
        assert_eq!(left_after(101, 0).await, ["b"], "an expired message is deleted");
        assert_eq!(left_after(500, 0).await, ["a", "b"]);
        assert_eq!(left_after(500, 5).await, ["a", "b"]);
        assert_eq!(left_after(500, 6).await, [""; 0], "it was a long downtime");
    }

    #[test]
    fn retention_days_apply_per_kind_and_handled_ids_outlive_the_catch_up() {
        let settings =
            RetentionSettings { unanswered_days: 90, questions_days: 7, answers_days: 30 };
        let now = Timestamp::from_millis(0).plus(DAY * 1000);
        let days_ago = |since: Timestamp| now.since(since).as_secs() / DAY.as_secs();
        let RetentionCutoffs { handled, unanswered, questions, answers, proposals } =
            cutoffs(&settings, now);
        let all = [handled, unanswered, questions, answers, proposals];
        assert_eq!(all.map(days_ago), [15, 90, 7, 30, 1]);
    }

    #[test]
    fn questions_kept_for_no_day_are_deleted_whenever_they_were_asked() {
        let settings = RetentionSettings { questions_days: 0, ..RetentionSettings::default() };
        let now = Timestamp::from_millis(0).plus(DAY * 1000);
        assert!(cutoffs(&settings, now).questions > now.plus(DAY * 1000));
    }
}
