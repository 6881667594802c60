//! Reports of missing permissions, by place: when they may be forgotten, so that permissions that are
//! missing again are reported again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::conversation::{PlaceId, Timestamp};

/// Shortest time between two reports of the same missing permissions. What is missing may hinder replies
/// only, or answers with embeds, while other messages can be sent.
const REPORT_AGAIN_AFTER: Duration = Duration::from_secs(24 * 3600);

/// Places that are remembered.
const MAX_PLACES: usize = 10_000;

/// The last report at each place.
#[derive(Debug, Default)]
pub(super) struct PermissionReports(Mutex<HashMap<PlaceId, LastReport>>);

#[derive(Debug, Clone, Copy)]
enum LastReport {
    /// None since messages could be sent.
    None,
    SentAt(Timestamp),
}

impl PermissionReports {
    /// Records that permissions are reported as missing at `place`.
    pub(super) fn record(&self, place: &PlaceId, now: Timestamp) {
        self.set(place, LastReport::SentAt(now));
    }

    /// Whether the records may have reports about `place`, where a message could be sent `now`, that no
    /// longer apply. Those of earlier processes are not known.
    pub(super) fn may_be_outdated(&self, place: &PlaceId, now: Timestamp) -> bool {
        match self.lock().get(place) {
            Some(LastReport::None) => false,
            Some(LastReport::SentAt(at)) => now.since(*at) >= REPORT_AGAIN_AFTER,
            None => true,
        }
    }

    /// Records that there are no reports about `place` any more.
    pub(super) fn clear(&self, place: &PlaceId) {
        self.set(place, LastReport::None);
    }

    fn set(&self, place: &PlaceId, last: LastReport) {
        let mut reports = self.lock();
        if reports.len() >= MAX_PLACES && !reports.contains_key(place) {
            reports.clear();
        }
        reports.insert(place.clone(), last);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<PlaceId, LastReport>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_outdated_once_a_day_after_them_and_those_of_before_the_start() {
        let (reports, place) = (PermissionReports::default(), PlaceId::from("t:1"));
        let now = Timestamp::from_millis(0);
        let outdated = |after: Duration| reports.may_be_outdated(&place, now.plus(after));
        assert!(outdated(Duration::ZERO), "an earlier process may have reported them");
        reports.record(&place, now);
        assert!(!outdated(REPORT_AGAIN_AFTER / 2));
        assert!(outdated(REPORT_AGAIN_AFTER));
        reports.clear(&place);
        assert!(!outdated(REPORT_AGAIN_AFTER));
    }

    #[test]
    fn places_are_forgotten_only_to_make_room_for_a_new_one() {
        let reports = PermissionReports::default();
        let record = |number: usize| {
            let place = PlaceId::from(format!("t:place:{number}"));
            reports.record(&place, Timestamp::from_millis(0));
            reports.lock().len()
        };
        for number in 0..MAX_PLACES {
            assert_eq!(record(number), number + 1);
        }
        assert_eq!(record(7), MAX_PLACES, "it is known");
        assert_eq!(record(MAX_PLACES), 1);
    }
}
