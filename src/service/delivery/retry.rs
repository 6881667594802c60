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
    /// The wait before the next attempt after `error`: `retry_after` of the platform if it is longer
    /// than `delay`, else `delay`. `None` if there is no further attempt, because no delay is left or
    /// because [`MAX_RETRY_AFTER`] would be exceeded.
    pub(super) fn wait(&mut self, error: &SendError, delay: Option<Duration>) -> Option<Duration> {
        let delay = delay?;
        let wait = match error {
            SendError::Transient { retry_after: Some(wait) } if *wait > delay => {
                Some(*wait).filter(|wait| self.waited.saturating_add(*wait) <= MAX_RETRY_AFTER)?
            }
            _ => delay,
        };
        self.waited = self.waited.saturating_add(wait);
        Some(wait)
    }
}
