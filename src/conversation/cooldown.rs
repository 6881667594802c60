//! Rate limits per asker and per place.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::id::{AskerHash, PlaceId};
use super::settings::SpaceSettings;
use super::timestamp::{EventTime, Timestamp};

/// Result of checking a question against the rate limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// The question may be answered. It has been counted.
    Allowed,
    /// A limit is reached. Its asker or place is notified once per window, not for each question.
    Limited {
        /// The time until the next question is allowed.
        retry_after: Duration,
        /// Whether the asker or the place was already notified in this window.
        is_notified: bool,
        /// Whether it is the limit of the place, rather than that of the asker.
        is_of_place: bool,
    },
}

/// Sliding-window rate limiter for questions. Expired windows are pruned, so that its size is bounded
/// by the recent askers and places.
///
/// Askers share it. Its lock is held only within a check, so that no check waits for a search.
#[derive(Debug, Default)]
pub struct Cooldowns(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    recent: HashMap<Key, Recent>,
    n_since_pruned: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Asker(AskerHash),
    Place(PlaceId),
}

#[derive(Debug, Default)]
struct Recent {
    /// Times of the counted questions, oldest first: as many as the largest limit needs. Spaces may differ in limit and
    /// window, so a question that has left the window of one may still count in another.
    times: VecDeque<Timestamp>,
    /// The largest limit so far.
    max_limit: usize,
    /// When the last of them leaves the window.
    ends_at: Timestamp,
    notified_at: Option<Timestamp>,
}

/// Questions between two prunings: few enough prunings that their cost does not matter.
const PRUNE_INTERVAL: usize = 1024;

/// How far a counted question may lie in the future, because the clock of this machine was set back,
/// before it is forgotten.
const CLOCK_SLACK: Duration = Duration::from_secs(60);

impl Cooldowns {
    /// Counts a question of `asker` at `place` if both are below the limits of `settings`.
    pub fn admit(
        &self,
        asker: &AskerHash,
        place: &PlaceId,
        time: EventTime,
        settings: &SpaceSettings,
    ) -> Admission {
        self.lock().check_limits(limits(asker, place, settings), time, settings)
    }

    /// Counts a private reply to `asker` if the asker is below the limit. The place's limit does not
    /// apply, since nobody else sees the reply.
    pub fn admit_privately(
        &self,
        asker: &AskerHash,
        time: EventTime,
        settings: &SpaceSettings,
    ) -> Admission {
        let limits = [(Key::Asker(asker.clone()), settings.questions_per_asker)];
        self.lock().check_limits(limits, time, settings)
    }

    /// The time until a question of `asker` at `place` is allowed; `None`: it is allowed now. Counts nothing.
    pub fn retry_after(
        &self,
        asker: &AskerHash,
        place: &PlaceId,
        time: EventTime,
        settings: &SpaceSettings,
    ) -> Option<Duration> {
        let window = window(settings);
        let mut state = self.lock();
        let waits = limits(asker, place, settings).into_iter().filter_map(|(key, limit)| {
            let recent = state.recent.get_mut(&key)?;
            let at = recent.order(time);
            recent.retry_after(at, window, limit)
        });
        waits.max()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // After a panic the counts are slightly off at worst.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The limits of a question that everybody sees.
fn limits(asker: &AskerHash, place: &PlaceId, settings: &SpaceSettings) -> [(Key, u32); 2] {
    [
        (Key::Asker(asker.clone()), settings.questions_per_asker),
        (Key::Place(place.clone()), settings.questions_per_place),
    ]
}

fn window(settings: &SpaceSettings) -> Duration {
    Duration::from_secs(u64::from(settings.cooldown_seconds))
}

impl State {
    fn check_limits<const N: usize>(
        &mut self,
        limits: [(Key, u32); N],
        time: EventTime,
        settings: &SpaceSettings,
    ) -> Admission {
        let window = window(settings);
        if window.is_zero() {
            return Admission::Allowed;
        }
        self.prune(time.now);
        for (key, limit) in &limits {
            let recent = self.recent.entry(key.clone()).or_default();
            let at = recent.order(time);
            if let Some(retry_after) = recent.retry_after(at, window, *limit) {
                let notified_at = recent.notified_at.filter(|notified_at| *notified_at <= at);
                let is_notified = notified_at.is_some_and(|it| at.since(it) < window);
                if !is_notified {
                    recent.notified_at = Some(at);
                    recent.ends_at = recent.ends_at.max(at.plus(window));
                }
                let is_of_place = matches!(key, Key::Place(_));
                return Admission::Limited { retry_after, is_notified, is_of_place };
            }
        }
        for (key, _) in limits {
            let recent = self.recent.entry(key).or_default();
            let at = recent.order(time);
            recent.count(at);
            recent.ends_at = recent.ends_at.max(at.plus(window));
        }
        Admission::Allowed
    }

    fn prune(&mut self, now: Timestamp) {
        self.n_since_pruned += 1;
        if self.n_since_pruned >= PRUNE_INTERVAL {
            self.n_since_pruned = 0;
            self.recent.retain(|_, recent| recent.ends_at > now);
        }
    }
}

impl Recent {
    /// The time of a new question: not before the last one, since the sender may choose its time to
    /// evade the limits.
    fn order(&mut self, EventTime { at, now }: EventTime) -> Timestamp {
        self.times.retain(|time| *time <= now.plus(CLOCK_SLACK));
        self.times.back().map_or(at, |last| at.max(*last))
    }

    fn count(&mut self, at: Timestamp) {
        self.times.push_back(at);
        while self.times.len() > self.max_limit {
            self.times.pop_front();
        }
    }

    /// The time from `now` until fewer than `limit` questions are in the window; `None` if there are
    /// fewer already.
    fn retry_after(&mut self, now: Timestamp, window: Duration, limit: u32) -> Option<Duration> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX).max(1);
        self.max_limit = self.max_limit.max(limit);
        // Once this one leaves the window, one more is allowed.
        let first_to_expire = self.times.get(self.times.len().checked_sub(limit)?)?;
        let is_in_window = now.since(*first_to_expire) < window;
        is_in_window.then(|| first_to_expire.plus(window).since(now))
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

    /// A question that is handled when it is asked.
    fn at(millis: i64) -> EventTime {
        let now = Timestamp::from_millis(millis);
        EventTime { at: now, now }
    }

    #[test]
    fn asker_and_place_limits_apply_and_are_notified_once() {
        let limited_at = |seconds, is_notified, is_of_place| Admission::Limited {
            retry_after: Duration::from_secs(seconds),
            is_notified,
            is_of_place,
        };
        let limited = |seconds, is_notified| limited_at(seconds, is_notified, false);
        let rows = [
            (0, "ada", "room", Admission::Allowed),
            (1, "ada", "room", Admission::Allowed),
            (2, "ada", "room", limited(8, false)),
            (3, "ada", "elsewhere", limited(7, true)),
            (4, "bob", "room", Admission::Allowed),
            (5, "bob", "room", limited_at(5, false, true)),
            (6, "cyd", "room", limited_at(4, true, true)),
            (5, "bob", "elsewhere", Admission::Allowed),
            (10, "ada", "elsewhere", Admission::Allowed),
            (10, "ada", "elsewhere", limited(1, true)),
            (30, "ada", "room", Admission::Allowed),
        ];
        let cooldowns = Cooldowns::default();
        for (second, asker, place, want) in rows {
            let got = cooldowns.admit(&asker.into(), &place.into(), at(second * 1000), &SETTINGS());
            assert_eq!(got, want, "{asker} at {place} in second {second}");
        }
    }

    #[test]
    fn private_replies_count_against_the_asker_limit_only() {
        let cooldowns = Cooldowns::default();
        let now = at(0);
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
    fn question_that_left_the_window_of_one_space_counts_in_another() {
        let short = SpaceSettings { cooldown_seconds: 1, ..SETTINGS() };
        let cooldowns = Cooldowns::default();
        let admit = |second: i64, settings: &SpaceSettings| {
            cooldowns.admit(&"ada".into(), &"room".into(), at(second * 1000), settings)
        };
        for (second, settings, want) in [
            (0, &SETTINGS(), true),
            (1, &SETTINGS(), true),
            (4, &short, true),
            (5, &SETTINGS(), false),
            (10, &SETTINGS(), false),
            (11, &SETTINGS(), true),
        ] {
            assert_eq!(admit(second, settings) == Admission::Allowed, want, "second {second}");
        }
    }

    #[test]
    fn zero_window_disables_the_limits() {
        let settings = SpaceSettings { cooldown_seconds: 0, ..SETTINGS() };
        let cooldowns = Cooldowns::default();
        for _ in 0..100 {
            let got = cooldowns.admit(&"ada".into(), &"room".into(), at(0), &settings);
            assert_eq!(got, Admission::Allowed);
        }
        assert!(cooldowns.lock().recent.is_empty());
    }

    #[test]
    fn memory_is_bounded_by_the_askers_within_the_window() {
        let cooldowns = Cooldowns::default();
        for millis in 0..1_000_000 {
            let asker = AskerHash::from(millis.to_string());
            cooldowns.admit(&asker, &"room".into(), at(millis), &SETTINGS());
        }
        let n_recent = cooldowns.lock().recent.len();
        assert!(n_recent <= 10_000 + PRUNE_INTERVAL + 1, "{n_recent}");
    }

    #[test]
    fn clock_set_back_does_not_extend_the_limit() {
        let cooldowns = Cooldowns::default();
        let settings = SpaceSettings { questions_per_asker: 1, ..SETTINGS() };
        cooldowns.admit(&"ada".into(), &"room".into(), at(1_000_000), &settings);
        let got = cooldowns.admit(&"ada".into(), &"room".into(), at(0), &settings);
        assert_eq!(got, Admission::Allowed);
    }

    #[test]
    fn questions_dated_back_are_limited_and_reset_no_limit() {
        let cooldowns = Cooldowns::default();
        let now = Timestamp::from_millis(1_000_000);
        let admit = |asker: &str, at: i64| {
            let time = EventTime { at: Timestamp::from_millis(at), now };
            cooldowns.admit(&asker.into(), &"room".into(), time, &SETTINGS())
        };
        assert_eq!(admit("ada", 1_000_000), Admission::Allowed);
        assert_eq!(admit("ada", 0), Admission::Allowed);
        assert!(matches!(admit("ada", 500_000), Admission::Limited { .. }));
        assert_eq!(admit("bob", 300_000), Admission::Allowed);
        assert!(matches!(admit("bob", 100_000), Admission::Limited { .. }), "the place is full");
    }

    #[test]
    fn missed_questions_are_limited_by_when_they_were_asked() {
        let cooldowns = Cooldowns::default();
        let now = Timestamp::from_millis(1_000_000);
        for second in 0..10 {
            let time = EventTime { at: Timestamp::from_millis(second * 10_000), now };
            let got = cooldowns.admit(&"ada".into(), &"room".into(), time, &SETTINGS());
            assert_eq!(got, Admission::Allowed, "{second}");
        }
    }
}
