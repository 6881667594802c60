//! Wall-clock time as an argument: the pure layers never read a clock.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// When an event happened, and when it is handled: events are handled late after a downtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventTime {
    /// When it happened, according to its platform; not later than `now`.
    pub at: Timestamp,
    /// The time on this machine.
    pub now: Timestamp,
}

/// Milliseconds since 1970-01-01 00:00 UTC. Unlike a monotonic clock it survives a restart and can
/// be stored.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The time `millis` milliseconds after 1970.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The time `duration` later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis_of(duration)))
    }

    /// The time `duration` earlier.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(millis_of(duration)))
    }

    /// The time since `earlier`; zero if `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

fn millis_of(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
