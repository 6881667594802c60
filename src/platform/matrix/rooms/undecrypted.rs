//! Messages whose key has not come yet.

use std::collections::HashSet;
use std::time::Duration;

use matrix_sdk::Room;
use matrix_sdk::deserialized_responses::{TimelineEvent, TimelineEventKind, UnableToDecryptInfo};
use matrix_sdk::ruma::OwnedEventId;
use matrix_sdk::ruma::events::AnySyncTimelineEvent;
use matrix_sdk::ruma::serde::Raw;
use tokio::time::Instant;

/// After so long without its key, people are told that a message cannot be read.
pub(in crate::platform::matrix) const GRACE: Duration = Duration::from_secs(30);

/// How often the keys are looked at in that time, and later.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
const LOOK_LATER_EVERY: Duration = Duration::from_secs(15);

/// Messages that are kept in a room. Whoever writes more that nobody can read is not waited for.
const MAX_KEPT: usize = 200;

/// The messages of a room that wait for their keys.
#[derive(Debug, Default)]
pub(in crate::platform::matrix) struct UndecryptedEvents {
    waiting: Vec<HeldEvent>,
    /// The keys of which people were told that they are missing.
    told: HashSet<String>,
}

#[derive(Debug)]
struct HeldEvent {
    event: TimelineEvent,
    session: String,
    since: Instant,
}

/// A key that did not come in time.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::platform::matrix) struct MissingKey {
    pub(in crate::platform::matrix) session: String,
    /// The first message that needs it.
    pub(in crate::platform::matrix) event: OwnedEventId,
}

impl UndecryptedEvents {
    /// Keeps `event` if it could not be decrypted; gives it back if it could.
    pub(in crate::platform::matrix) fn hold_if_undecryptable(
        &mut self,
        event: TimelineEvent,
    ) -> Option<TimelineEvent> {
        let TimelineEventKind::UnableToDecrypt { utd_info, .. } = &event.kind else {
            return Some(event);
        };
        let UnableToDecryptInfo { session_id, .. } = utd_info;
        let session = session_id.clone().unwrap_or_default();
        if self.waiting.len() < MAX_KEPT {
            self.waiting.push(HeldEvent { event, session, since: Instant::now() });
        }
        None
    }

    /// When to look again. `None`: nothing waits.
    pub(in crate::platform::matrix) fn next_retry(&self) -> Option<Instant> {
        let newest = self.waiting.iter().map(|it| it.since).max()?;
        let is_fresh = newest.elapsed() < GRACE + POLL_INTERVAL;
        Some(Instant::now() + if is_fresh { POLL_INTERVAL } else { LOOK_LATER_EVERY })
    }

    /// Takes out what can be decrypted by now, in order, and lets go of what has waited for longer
    /// than `reach`.
    pub(in crate::platform::matrix) async fn retry(
        &mut self,
        room: &Room,
        reach: Duration,
    ) -> Vec<TimelineEvent> {
        let mut decrypted = Vec::new();
        let mut waiting = Vec::new();
        for it in std::mem::take(&mut self.waiting) {
            match decrypt(room, it.event.raw()).await {
                Some(event) => decrypted.push(event),
                None if it.since.elapsed() < reach => waiting.push(it),
                None => {}
            }
        }
        self.waiting = waiting;
        decrypted
    }

    /// The keys that are missing for longer than people should wait, each once.
    pub(in crate::platform::matrix) fn overdue_keys(&mut self) -> Vec<MissingKey> {
        let overdue = self.waiting.iter().filter(|it| it.since.elapsed() >= GRACE);
        let mut missing = Vec::new();
        for it in overdue {
            if let Some(event) = it.event.event_id()
                && self.told.insert(it.session.clone())
            {
                missing.push(MissingKey { session: it.session.clone(), event });
            }
        }
        missing
    }
}

async fn decrypt(room: &Room, event: &Raw<AnySyncTimelineEvent>) -> Option<TimelineEvent> {
    let event = room.decrypt_event(event.cast_ref_unchecked(), None).await.ok()?;
    (!event.kind.is_utd()).then_some(event)
}

#[cfg(test)]
mod tests {
    use matrix_sdk::deserialized_responses::UnableToDecryptReason;
    use serde_json::json;

    use super::*;

    fn encrypted(id: &str, session: &str) -> TimelineEvent {
        let event = json!({ "type": "m.room.encrypted", "event_id": id, "sender": "@a:b" });
        let info = UnableToDecryptInfo {
            session_id: Some(session.to_owned()),
            reason: UnableToDecryptReason::MissingMegolmSession { withheld_code: None },
        };
        TimelineEvent::from_utd(Raw::from_json_string(event.to_string()).unwrap(), info)
    }

    #[tokio::test(start_paused = true)]
    async fn a_missing_key_is_told_of_once_and_not_before_its_time() {
        let mut undecrypted = UndecryptedEvents::default();
        assert_eq!(undecrypted.next_retry(), None);
        for (id, session) in [("$1", "one"), ("$2", "one"), ("$3", "two")] {
            assert!(undecrypted.hold_if_undecryptable(encrypted(id, session)).is_none());
        }
        tokio::time::advance(GRACE - Duration::from_secs(1)).await;
        assert_eq!(undecrypted.overdue_keys(), []);
        assert_eq!(undecrypted.next_retry(), Some(Instant::now() + POLL_INTERVAL));
        tokio::time::advance(Duration::from_secs(3)).await;
        let told = undecrypted.overdue_keys();
        let sessions: Vec<&str> = told.iter().map(|it| it.session.as_str()).collect();
        assert_eq!(sessions, ["one", "two"]);
        assert_eq!(undecrypted.overdue_keys(), []);
        assert_eq!(undecrypted.next_retry(), Some(Instant::now() + LOOK_LATER_EVERY));
    }

    #[test]
    fn what_is_readable_is_given_back() {
        let event = json!({ "type": "m.room.message", "event_id": "$1", "sender": "@a:b" });
        let event = Raw::from_json_string(event.to_string()).unwrap();
        let mut undecrypted = UndecryptedEvents::default();
        assert!(undecrypted.hold_if_undecryptable(TimelineEvent::from_plaintext(event)).is_some());
        assert_eq!(undecrypted.next_retry(), None);
    }
}
