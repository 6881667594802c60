//! When a shard connects again.

use std::time::Duration;

use backon::ExponentialBackoff;

use super::super::super::endless_backoff;

/// Wait after the first failed connection; it doubles, with jitter.
const MIN_DELAY: Duration = Duration::from_millis(500);

/// Longest wait, to which jitter adds up to the same again. More than 86.4 s, so that a thousand
/// IDENTIFYs a day are not exceeded: with more, Discord resets the token.
const MAX_DELAY: Duration = Duration::from_secs(120);

/// Longest wait after a session that was started or resumed, but did not last.
const MAX_DELAY_AFTER_SESSION: Duration = Duration::from_secs(5);

/// A connection that lasted this long is followed by another at once: Discord closes connections now
/// and then.
const STABLE_AFTER: Duration = Duration::from_secs(60);

/// The delays between the connections of one shard.
pub(super) struct ReconnectDelays {
    delays: ExponentialBackoff,
    /// Whether the next lost session is the first since the start, or since a stable one.
    is_first: bool,
    /// The same of a session that cannot be resumed.
    is_first_forgotten: bool,
}

impl ReconnectDelays {
    pub(super) fn new() -> Self {
        let delays = endless_backoff(MIN_DELAY, MAX_DELAY);
        Self { delays, is_first: true, is_first_forgotten: true }
    }

    /// The delay after a connection whose session lasted for `session`; `None`: there was no session.
    pub(super) fn next(&mut self, session: Option<Duration>) -> Duration {
        if session.is_some_and(|lasted| lasted >= STABLE_AFTER) {
            *self = Self::new();
        }
        if session.is_some() && std::mem::take(&mut self.is_first) {
            return Duration::ZERO;
        }
        let delay = self.delays.next().unwrap_or(MAX_DELAY);
        if session.is_some() { delay.min(MAX_DELAY_AFTER_SESSION) } else { delay }
    }

    /// The delay after Discord has refused to resume a session: it responds, so the outage for which the
    /// delays have grown is over. They go on if that happens again, since each new session is an IDENTIFY.
    pub(super) fn next_after_forgotten_session(&mut self) -> Duration {
        if std::mem::take(&mut self.is_first_forgotten) { Duration::ZERO } else { self.next(None) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_without_a_session_and_start_again_after_a_stable_one() {
        let mut delays = ReconnectDelays::new();
        let mut least = MIN_DELAY;
        for _ in 0..12 {
            let delay = delays.next(None);
            assert!(delay >= least && delay <= least * 2, "{delay:?} instead of {least:?}");
            least = (least * 2).min(MAX_DELAY);
        }
        assert_eq!(delays.next(Some(STABLE_AFTER)), Duration::ZERO);
        let delay = delays.next(None);
        assert!(delay >= MIN_DELAY && delay <= MIN_DELAY * 2, "{delay:?}");
    }

    #[test]
    fn forgotten_session_is_replaced_at_once_but_not_again_and_again() {
        let mut delays = ReconnectDelays::new();
        for _ in 0..2 {
            for _ in 0..8 {
                delays.next(None);
            }
            assert_eq!(delays.next_after_forgotten_session(), Duration::ZERO);
            assert!(delays.next_after_forgotten_session() >= MAX_DELAY / 2);
            delays.next(Some(STABLE_AFTER));
        }
    }

    #[test]
    fn sessions_that_do_not_last_are_not_repeated_at_full_speed() {
        let mut delays = ReconnectDelays::new();
        assert_eq!(delays.next(Some(Duration::from_secs(1))), Duration::ZERO);
        let all: Vec<Duration> =
            (0..12).map(|_| delays.next(Some(Duration::from_secs(1)))).collect();
        assert!(all.iter().all(|delay| *delay >= MIN_DELAY), "{all:?}");
        assert_eq!(all.last(), Some(&MAX_DELAY_AFTER_SESSION));
    }
}
