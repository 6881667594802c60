//! Wall-clock time as an argument: the pure layers never read a clock.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::format_description::well_known::{Iso8601, Rfc3339};
use time::{Date, OffsetDateTime};

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

    /// The start of a day, like `2026-11-30`, in UTC, or a time of RFC 3339, like `2026-11-30T08:00:00Z`; `None` if
    /// `text` is neither.
    pub fn parse(text: &str) -> Option<Self> {
        let day = || Date::parse(text, &Iso8601::DATE).map(|day| day.midnight().assume_utc());
        let at = OffsetDateTime::parse(text, &Rfc3339).or_else(|_| day()).ok()?;
        Some(Self(at.unix_timestamp().saturating_mul(1000)))
    }

    /// The time in UTC, as of RFC 3339, to the second; empty if it is not in the years 0 to 9999.
    pub fn rfc3339(self) -> String {
        let at = OffsetDateTime::from_unix_timestamp(self.0.div_euclid(1000));
        at.ok().and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default()
    }

    /// The day in UTC: `2026-11-30`.
    pub fn date(self) -> String {
        self.rfc3339().chars().take_while(|c| *c != 'T').collect()
    }

    /// The time in UTC for people, to the minute: `2026-11-30 08:15 UTC`.
    pub fn to_the_minute(self) -> String {
        const DATE: std::ops::Range<usize> = 0..10;
        const TIME: std::ops::Range<usize> = 11..16;
        let exact = self.rfc3339();
        match (exact.get(DATE), exact.get(TIME)) {
            (Some(date), Some(time)) => format!("{date} {time} UTC"),
            _ => exact,
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc() {
        let at = Timestamp::from_millis(1_700_000_000_123);
        assert_eq!(at.rfc3339(), "2023-11-14T22:13:20Z");
        assert_eq!(at.to_the_minute(), "2023-11-14 22:13 UTC");
        assert_eq!(at.date(), "2023-11-14");
        assert_eq!(Timestamp::from_millis(i64::MAX).to_the_minute(), "");
    }

    #[test]
    fn days_and_times_are_parsed_in_utc() {
        let at = |text: &str| Timestamp::parse(text).map(Timestamp::rfc3339);
        assert_eq!(at("2026-11-30").as_deref(), Some("2026-11-30T00:00:00Z"));
        assert_eq!(at("2026-11-30T08:01:02+02:00").as_deref(), Some("2026-11-30T06:01:02Z"));
        assert_eq!(at("yesterday"), None);
        assert_eq!(at("2026-13-30"), None);
    }
}
