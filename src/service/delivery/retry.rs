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
///
/// With Synapse's default limit, an event every 5 seconds, it is enough for 180 answers that are due
/// at once.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(900);

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

/// The time that one call has waited because the platform asked for it.
#[derive(Debug, Default)]
pub(super) struct RetryBudget {
    waited: Duration,
}

impl RetryBudget {
    /// The wait before the next attempt after `error`. `None` if there is no further attempt.
    ///
    /// A platform that says when to try again is asked then: such an attempt counts only towards
    /// [`MAX_RETRY_AFTER`]. After any other error the wait is `delay`, which is `None` after the last
    /// attempt.
    pub(super) fn wait(&mut self, error: &SendError, delay: Option<Duration>) -> Option<Duration> {
        let SendError::Transient { retry_after: Some(retry_after) } = error else { return delay };
        let wait = (*retry_after).max(MIN_RETRY_AFTER);
        self.waited = self.waited.saturating_add(wait);
        (self.waited <= MAX_RETRY_AFTER).then_some(wait)
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
            (asked(901_000), delay, None),
            (asked(150), None, Some(Duration::from_millis(150))),
            (SendError::Ambiguous, None, None),
            (SendError::Transient { retry_after: None }, delay, delay),
            (SendError::Ambiguous, delay, delay),
        ];
        for (error, delay, want) in rows {
            assert_eq!(RetryBudget::default().wait(&error, delay), want, "{error:?} {delay:?}");
        }
    }
}
