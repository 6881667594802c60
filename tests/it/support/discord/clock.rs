//! The stand-in's time, which tests steer, and the ids that are made of it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The first second of 2015, from which snowflakes count milliseconds.
const EPOCH_MS: u64 = 1_420_070_400_000;

/// Runs ahead of the machine's clock as far as a test likes.
#[derive(Debug, Default)]
pub(super) struct Clock {
    ahead: Duration,
    n_ids: u64,
}

impl Clock {
    /// Milliseconds since 1970.
    pub(super) fn now_ms(&self) -> u64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970");
        (now + self.ahead).as_millis().try_into().expect("it fits for a long time")
    }

    /// Lets `span` pass at once.
    pub(super) fn pass(&mut self, span: Duration) {
        self.ahead += span;
    }

    /// A new id of something that came to be at `at_ms`.
    pub(super) fn id_at(&mut self, at_ms: u64) -> u64 {
        self.n_ids += 1;
        ((at_ms - EPOCH_MS) << 22) | (self.n_ids & 0x3f_ffff)
    }

    /// A new id of something that comes to be now.
    pub(super) fn id(&mut self) -> u64 {
        self.id_at(self.now_ms())
    }
}

/// When the thing called `id` came to be: milliseconds since 1970.
pub(super) fn made_at_ms(id: u64) -> u64 {
    (id >> 22) + EPOCH_MS
}

/// `at_ms` as Discord writes it.
pub(super) fn iso(at_ms: u64) -> String {
    let (days, ms) = (at_ms / 86_400_000, at_ms % 86_400_000);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    let millis = ms % 1000;
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}000+00:00")
}

/// The date that is so many days after 1970 began (Hinnant's `civil_from_days`).
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
