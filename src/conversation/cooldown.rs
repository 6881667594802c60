//! How much one asker, and one place, is answered within a span of time.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::id::{AskerHash, PlaceId};
use super::settings::SpaceSettings;
use super::timestamp::Timestamp;

/// Whether a question may be answered now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It may.
    Allowed,
    /// Not before `span` has passed. Somebody is told once, not for each question.
    Limited {
        /// How long.
        span: Duration,
        /// Whether it has been said already.
        is_told: bool,
    },
}

/// When whom was answered lately. It forgets what no longer counts, so that it stays small.
///
/// Askers share it. Its lock is held only within a check, so that no check waits for a search.
#[derive(Debug, Default)]
pub struct Cooldowns(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    recent: HashMap<Key, Recent>,
    n_since_cleaned: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Asker(AskerHash),
    Place(PlaceId),
}

#[derive(Debug, Default)]
struct Recent {
    /// When it was answered, oldest first.
    times: VecDeque<Timestamp>,
    /// From when on nothing here counts.
    ends_at: Timestamp,
    told_at: Option<Timestamp>,
}

/// After so many questions what has run out is dropped: seldom enough to cost nothing.
const CLEANED_EVERY: usize = 1024;

/// How far the clocks of a platform and of this machine may be apart.
const CLOCK_SLACK: Duration = Duration::from_secs(60);

impl Cooldowns {
    /// Counts a question of `asker` at `place`, if both are below the limits of `settings`.
    pub fn admit(
        &self,
        asker: &AskerHash,
        place: &PlaceId,
        now: Timestamp,
        settings: &SpaceSettings,
    ) -> Admission {
        let limits = [
            (Key::Asker(asker.clone()), settings.questions_per_asker),
            (Key::Place(place.clone()), settings.questions_per_place),
        ];
        self.lock().check_limits(limits, now, settings)
    }

    /// Counts what `asker` alone gets to see, if that is below the asker's limit.
    pub fn admit_privately(
        &self,
        asker: &AskerHash,
        now: Timestamp,
        settings: &SpaceSettings,
    ) -> Admission {
        let limits = [(Key::Asker(asker.clone()), settings.questions_per_asker)];
        self.lock().check_limits(limits, now, settings)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // After a panic the counts are slightly off at worst.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn check_limits<const N: usize>(
        &mut self,
        limits: [(Key, u32); N],
        now: Timestamp,
        settings: &SpaceSettings,
    ) -> Admission {
        let window = Duration::from_secs(u64::from(settings.cooldown_seconds));
        if window.is_zero() {
            return Admission::Allowed;
        }
        self.prune(now);
        for (key, limit) in &limits {
            let recent = self.recent.entry(key.clone()).or_default();
            if let Some(span) = recent.retry_after(now, window, *limit) {
                let is_told = recent.told_at.is_some_and(|told| now.since(told) < window);
                if !is_told {
                    recent.told_at = Some(now);
                    recent.ends_at = recent.ends_at.max(now.plus(window));
                }
                return Admission::Limited { span, is_told };
            }
        }
        for (key, _) in limits {
            let recent = self.recent.entry(key).or_default();
            recent.times.push_back(now);
            recent.ends_at = recent.ends_at.max(now.plus(window));
        }
        Admission::Allowed
    }

    fn prune(&mut self, now: Timestamp) {
        self.n_since_cleaned += 1;
        if self.n_since_cleaned >= CLEANED_EVERY {
            self.n_since_cleaned = 0;
            self.recent.retain(|_, recent| recent.ends_at > now);
        }
    }
}

impl Recent {
    /// How long until there are fewer than `limit` answers within `window`; `None` if there are
    /// now.
    fn retry_after(&mut self, now: Timestamp, window: Duration, limit: u32) -> Option<Duration> {
        // A time to come is from before the clock was set back.
        self.times.retain(|time| now.since(*time) < window && *time <= now.plus(CLOCK_SLACK));
        let limit = usize::try_from(limit).unwrap_or(usize::MAX).max(1);
        let n_over = self.times.len().checked_sub(limit)?;
        // When that one has run out there is room for one more.
        let first_free = self.times.get(n_over)?;
        Some(first_free.plus(window).since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: fn() -> SpaceSettings = || SpaceSettings {
        questions_per_asker: 2,
        questions_per_place: 3,
        cooldown_seconds: 10,
        ..SpaceSettings::default()
    };

    #[test]
    fn limits_hold_for_an_asker_and_for_a_place_and_are_told_once() {
        let wait =
            |seconds, is_told| Admission::Limited { span: Duration::from_secs(seconds), is_told };
        let rows = [
            (0, "ada", "room", Admission::Allowed),
            (1, "ada", "room", Admission::Allowed),
            (2, "ada", "room", wait(8, false)),
            (3, "ada", "elsewhere", wait(7, true)),
            (4, "bob", "room", Admission::Allowed),
            (5, "bob", "room", wait(5, false)),
            (5, "bob", "elsewhere", Admission::Allowed),
            (10, "ada", "elsewhere", Admission::Allowed),
            (10, "ada", "elsewhere", wait(1, true)),
            (30, "ada", "room", Admission::Allowed),
        ];
        let cooldowns = Cooldowns::default();
        for (second, asker, place, want) in rows {
            let now = Timestamp::from_millis(second * 1000);
            let got = cooldowns.admit(&asker.into(), &place.into(), now, &SETTINGS());
            assert_eq!(got, want, "{asker} at {place} in second {second}");
        }
    }

    #[test]
    fn what_one_alone_sees_counts_for_them_and_not_for_the_place() {
        let cooldowns = Cooldowns::default();
        let now = Timestamp::from_millis(0);
        for asker in ["ada", "bob", "cyd", "dee"] {
            let got = cooldowns.admit_privately(&asker.into(), now, &SETTINGS());
            assert_eq!(got, Admission::Allowed, "{asker}");
        }
        for want in [true, false] {
            let got = cooldowns.admit(&"ada".into(), &"room".into(), now, &SETTINGS());
            assert_eq!(got == Admission::Allowed, want);
        }
    }

    #[test]
    fn no_window_is_no_limit() {
        let settings = SpaceSettings { cooldown_seconds: 0, ..SETTINGS() };
        let cooldowns = Cooldowns::default();
        for _ in 0..100 {
            let now = Timestamp::from_millis(0);
            let got = cooldowns.admit(&"ada".into(), &"room".into(), now, &settings);
            assert_eq!(got, Admission::Allowed);
        }
        assert!(cooldowns.lock().recent.is_empty());
    }

    #[test]
    fn a_million_askers_take_no_more_room_than_those_within_the_window() {
        let cooldowns = Cooldowns::default();
        for millis in 0..1_000_000 {
            let asker = AskerHash::from(millis.to_string());
            let now = Timestamp::from_millis(millis);
            cooldowns.admit(&asker, &"room".into(), now, &SETTINGS());
        }
        let n_recent = cooldowns.lock().recent.len();
        assert!(n_recent <= 10_000 + CLEANED_EVERY + 1, "{n_recent}");
    }

    #[test]
    fn a_clock_that_goes_back_shuts_nobody_out_for_longer_than_the_window() {
        let cooldowns = Cooldowns::default();
        let settings = SpaceSettings { questions_per_asker: 1, ..SETTINGS() };
        let later = Timestamp::from_millis(1_000_000);
        cooldowns.admit(&"ada".into(), &"room".into(), later, &settings);
        let back = Timestamp::from_millis(0);
        let got = cooldowns.admit(&"ada".into(), &"room".into(), back, &settings);
        assert_eq!(got, Admission::Allowed);
    }
}
