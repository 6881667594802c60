//! The fake server's clock, which tests can advance, and the snowflakes that it creates.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The epoch of snowflakes: 2015, in milliseconds since 1970.
const EPOCH_MS: u64 = 1_420_070_400_000;

/// The system clock plus an offset.
#[derive(Debug, Default)]
pub(super) struct Clock {
    ahead: Duration,
    n_ids: u64,
}

impl Clock {
    /// Milliseconds since 1970.
    pub(super) fn now_ms(&self) -> u64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is after 1970");
        (now + self.ahead).as_millis().try_into().expect("milliseconds fit")
    }

    /// Advances the clock by `duration`.
    pub(super) fn advance(&mut self, duration: Duration) {
        self.ahead += duration;
    }

    /// A new snowflake with the timestamp `at_ms`.
    pub(super) fn id_at(&mut self, at_ms: u64) -> u64 {
        self.n_ids += 1;
        ((at_ms - EPOCH_MS) << 22) | (self.n_ids & 0x3f_ffff)
    }

    /// A new snowflake with the current time.
    pub(super) fn id(&mut self) -> u64 {
        self.id_at(self.now_ms())
    }
}

/// The timestamp of the snowflake `id`, in milliseconds since 1970.
pub(super) fn created_at_ms(id: u64) -> u64 {
    (id >> 22) + EPOCH_MS
}

/// `at_ms` in Discord's ISO 8601 format.
pub(super) fn iso(at_ms: u64) -> String {
    let (days, ms) = (at_ms / 86_400_000, at_ms % 86_400_000);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    let millis = ms % 1000;
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}000+00:00")
}

/// The date `days` after 1970-01-01 (Hinnant's `civil_from_days`).
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year + era * 400 + u64::from(month <= 2), month, day)
}
