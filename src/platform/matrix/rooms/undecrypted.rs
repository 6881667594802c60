//! Encrypted events of a room that wait for their room key.

use std::collections::HashSet;
use std::time::Duration;

use matrix_sdk::Room;
use matrix_sdk::deserialized_responses::{TimelineEvent, TimelineEventKind, UnableToDecryptInfo};
use matrix_sdk::ruma::OwnedEventId;
use matrix_sdk::ruma::events::AnySyncTimelineEvent;
use matrix_sdk::ruma::serde::Raw;
use tokio::time::Instant;

use super::super::event::EncryptedContent;

/// The wait for a room key before the room is alerted.
pub(in crate::platform::matrix) const GRACE: Duration = Duration::from_secs(30);

/// The interval of decryption retries until [`GRACE`] is over.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// The interval of decryption retries afterwards.
const LATE_POLL_INTERVAL: Duration = Duration::from_secs(15);

/// Maximum number of held events in a room. The oldest are dropped.
const MAX_HELD: usize = 200;

/// The held events of a room, in order of arrival.
#[derive(Debug, Default)]
pub(in crate::platform::matrix) struct UndecryptedEvents {
    held: Vec<HeldEvent>,
}

#[derive(Debug)]
struct HeldEvent {
    event: TimelineEvent,
    session: String,
    since: Instant,
    /// The event that it replies to or edits.
    target: Option<OwnedEventId>,
    is_reported: bool,
}

/// A room key that did not arrive in time.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::platform::matrix) struct MissingKey {
    /// The ID of the Megolm session.
    pub(in crate::platform::matrix) session: String,
    /// The first held event that needs it.
    pub(in crate::platform::matrix) event: OwnedEventId,
    /// The event that it replies to or edits.
    pub(in crate::platform::matrix) target: Option<OwnedEventId>,
}

impl UndecryptedEvents {
    /// Holds `event` if it could not be decrypted; returns it otherwise.
    pub(in crate::platform::matrix) fn hold_if_undecryptable(
        &mut self,
        event: TimelineEvent,
    ) -> Option<TimelineEvent> {
        let TimelineEventKind::UnableToDecrypt { utd_info, .. } = &event.kind else {
            return Some(event);
        };
        let UnableToDecryptInfo { session_id, .. } = utd_info;
        let session = session_id.clone().unwrap_or_default();
        if self.held.len() >= MAX_HELD {
            self.held.remove(0);
        }
        let target = EncryptedContent::parse(event.raw()).target();
        let since = Instant::now();
        self.held.push(HeldEvent { event, session, since, target, is_reported: false });
        None
    }

    /// When to retry the decryption. `None` if no events are held.
    pub(in crate::platform::matrix) fn next_retry(&self) -> Option<Instant> {
        let newest = self.held.iter().map(|it| it.since).max()?;
        let is_recent = newest.elapsed() < GRACE + POLL_INTERVAL;
        Some(Instant::now() + if is_recent { POLL_INTERVAL } else { LATE_POLL_INTERVAL })
    }

    /// Removes and returns the events that can be decrypted now, in order. Drops events that were
    /// held for longer than `max_age`.
    pub(in crate::platform::matrix) async fn retry(
        &mut self,
        room: &Room,
        max_age: Duration,
    ) -> Vec<TimelineEvent> {
        let mut decrypted = Vec::new();
        let mut still_held = Vec::new();
        for it in std::mem::take(&mut self.held) {
            match decrypt(room, it.event.raw()).await {
                Some(event) => decrypted.push(event),
                None if it.since.elapsed() < max_age => still_held.push(it),
                None => {}
            }
        }
        self.held = still_held;
        decrypted
    }

    /// The room keys that are missing for at least [`GRACE`]. Each is returned once, and once more for
    /// each event that held events reply to.
    pub(in crate::platform::matrix) fn overdue_keys(&mut self) -> Vec<MissingKey> {
        let is_reported = |it: &&HeldEvent| it.is_reported;
        let key = |it: &HeldEvent| (it.session.clone(), it.target.clone());
        let mut reported: HashSet<_> = self.held.iter().filter(is_reported).map(key).collect();
        let mut missing = Vec::new();
        for it in self.held.iter_mut().filter(|it| it.since.elapsed() >= GRACE) {
            it.is_reported = true;
            if let Some(event) = it.event.event_id()
                && reported.insert((it.session.clone(), it.target.clone()))
            {
                let (session, target) = (it.session.clone(), it.target.clone());
                missing.push(MissingKey { session, event, target });
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
    async fn missing_key_is_reported_once_after_the_grace_period() {
        let mut undecrypted = UndecryptedEvents::default();
        assert_eq!(undecrypted.next_retry(), None);
        for (id, session) in [("$1", "one"), ("$2", "one"), ("$3", "two")] {
            assert!(undecrypted.hold_if_undecryptable(encrypted(id, session)).is_none());
        }
        tokio::time::advance(GRACE - Duration::from_secs(1)).await;
        assert_eq!(undecrypted.overdue_keys(), []);
        assert_eq!(undecrypted.next_retry(), Some(Instant::now() + POLL_INTERVAL));
        tokio::time::advance(Duration::from_secs(3)).await;
        let overdue = undecrypted.overdue_keys();
        let sessions: Vec<&str> = overdue.iter().map(|it| it.session.as_str()).collect();
        assert_eq!(sessions, ["one", "two"]);
        assert_eq!(undecrypted.overdue_keys(), []);
        assert_eq!(undecrypted.next_retry(), Some(Instant::now() + LATE_POLL_INTERVAL));
    }

    #[test]
    fn readable_events_are_not_held() {
        let event = json!({ "type": "m.room.message", "event_id": "$1", "sender": "@a:b" });
        let event = Raw::from_json_string(event.to_string()).unwrap();
        let mut undecrypted = UndecryptedEvents::default();
        assert!(undecrypted.hold_if_undecryptable(TimelineEvent::from_plaintext(event)).is_some());
        assert_eq!(undecrypted.next_retry(), None);
    }
}
