//! The homeserver's limit on the events that the account may send. It is one for all rooms, so calls
//! that were limited get slots, one after the other, instead of asking again all at once. Pure.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long after its slot a call that was not made is forgotten.
const FORGET_AFTER: Duration = Duration::from_secs(60);

/// The slots of the calls that were limited.
#[derive(Debug, Default)]
pub(super) struct RateLimit(Mutex<Slots>);

#[derive(Debug, Default)]
struct Slots {
    /// The slot of each waiting call, by its key.
    by_call: HashMap<String, Instant>,
    last: Option<Instant>,
    /// The time between two slots: the longest wait that the homeserver asked for since calls wait.
    interval: Duration,
}

impl RateLimit {
    /// Whether the call `key` may be made now.
    ///
    /// # Errors
    /// How long the call has to wait for its slot, because it or others were limited.
    pub(super) fn admit(&self, key: &str, now: Instant) -> Result<(), Duration> {
        let mut slots = self.slots();
        match slots.by_call.get(key) {
            Some(slot) if *slot > now => return Err(*slot - now),
            Some(_) => {
                slots.by_call.remove(key);
                return Ok(());
            }
            None => {}
        }
        if slots.last.is_some_and(|last| last > now) {
            return Err(slots.reserve(key, Duration::ZERO, now));
        }
        slots.interval = Duration::ZERO;
        Ok(())
    }

    /// Whether calls wait for their slots.
    pub(super) fn is_limited(&self, now: Instant) -> bool {
        self.slots().last.is_some_and(|last| last > now)
    }

    /// Records that the homeserver limited the call `key`. Returns how long the call has to wait: at
    /// least `retry_after`.
    pub(super) fn record(&self, key: &str, retry_after: Duration, now: Instant) -> Duration {
        let mut slots = self.slots();
        slots.interval = slots.interval.max(retry_after);
        slots.reserve(key, retry_after, now)
    }

    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slots {
    fn reserve(&mut self, key: &str, at_least: Duration, now: Instant) -> Duration {
        self.by_call.retain(|_, slot| *slot + FORGET_AFTER > now);
        let next = self.last.map_or(now, |last| last + self.interval);
        let slot = next.max(now + at_least);
        self.last = Some(slot);
        self.by_call.insert(key.to_owned(), slot);
        slot - now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn limited_calls_get_slots_one_after_the_other() {
        let (limit, now) = (RateLimit::default(), Instant::now());
        assert_eq!(limit.admit("a", now), Ok(()));
        assert_eq!(limit.record("a", seconds(5), now), seconds(5));
        assert_eq!(limit.record("b", seconds(4), now), seconds(10));
        assert_eq!(limit.admit("c", now), Err(seconds(15)), "it waits behind the others");
        assert_eq!(limit.admit("a", now + seconds(2)), Err(seconds(3)), "it keeps its slot");
        assert_eq!(limit.admit("a", now + seconds(5)), Ok(()));
        assert_eq!(limit.admit("b", now + seconds(10)), Ok(()));
        assert_eq!(
            limit.record("b", seconds(1), now + seconds(10)),
            seconds(10),
            "behind the last"
        );
        assert_eq!(limit.admit("c", now + seconds(15)), Ok(()));
        assert_eq!(limit.admit("b", now + seconds(20)), Ok(()));
        assert_eq!(limit.admit("d", now + seconds(21)), Ok(()), "nobody waits any more");
    }

    #[test]
    fn calls_that_are_not_made_are_forgotten() {
        let (limit, now) = (RateLimit::default(), Instant::now());
        for call in 0..100 {
            limit.record(&call.to_string(), seconds(1), now + seconds(100 * call));
        }
        assert_eq!(limit.slots().by_call.len(), 1);
    }
}
