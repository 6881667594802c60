//! When a call to a platform is retried.

use std::time::Duration;

use backon::ExponentialBuilder;

use super::SendError;

/// Delay before the first retry.
const MIN_DELAY: Duration = Duration::from_millis(500);

/// Longest delay, unless the platform asks for more.
const MAX_DELAY: Duration = Duration::from_secs(30);

/// Retries after the first attempt: about three minutes, in which the other events of the place wait.
const MAX_RETRIES: usize = 10;

/// Longest total wait that a platform can ask for in one call, since the other events of the place
/// wait as long. A call that would wait longer fails, and its event may be handled again.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(300);

/// Shortest wait that a platform can ask for: one that asks for none again and again is not called at
/// full speed.
const MIN_RETRY_AFTER: Duration = Duration::from_millis(50);

pub(super) fn backoff() -> ExponentialBuilder {
    ExponentialBuilder::new()
        .with_min_delay(MIN_DELAY)
        .with_max_delay(MAX_DELAY)
        .with_max_times(MAX_RETRIES)
        .with_jitter()
}

/// The time that one call has spent waiting between attempts.
#[derive(Debug, Default)]
pub(super) struct RetryBudget {
    waited: Duration,
}

impl RetryBudget {
    /// The wait before the next attempt after `error`: what the platform asks for, else `delay`.
    /// `None` if there is no further attempt, because no delay is left or because [`MAX_RETRY_AFTER`]
    /// would be exceeded.
    pub(super) fn wait(&mut self, error: &SendError, delay: Option<Duration>) -> Option<Duration> {
        let delay = delay?;
        let wait = match error {
            SendError::Transient { retry_after: Some(wait) } => Some((*wait).max(MIN_RETRY_AFTER))
                .filter(|wait| self.waited.saturating_add(*wait) <= MAX_RETRY_AFTER)?,
            _ => delay,
        };
        self.waited = self.waited.saturating_add(wait);
        Some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requested_wait_replaces_the_delay_up_to_the_longest_total() {
        let asked =
            |millis| SendError::Transient { retry_after: Some(Duration::from_millis(millis)) };
        let delay = Some(Duration::from_secs(4));
        let rows = [
            (asked(150), delay, Some(Duration::from_millis(150))),
            (asked(0), delay, Some(MIN_RETRY_AFTER)),
            (asked(90_000), delay, Some(Duration::from_secs(90))),
            (asked(301_000), delay, None),
            (asked(150), None, None),
            (SendError::Transient { retry_after: None }, delay, delay),
            (SendError::Ambiguous, delay, delay),
        ];
        for (error, delay, want) in rows {
            assert_eq!(RetryBudget::default().wait(&error, delay), want, "{error:?} {delay:?}");
        }
    }
}
