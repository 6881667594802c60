//! Encrypted events of a room that wait for their room key.

use std::collections::HashSet;
use std::time::Duration;

use matrix_sdk::Room;
use matrix_sdk::deserialized_responses::{TimelineEvent, TimelineEventKind, UnableToDecryptInfo};
use matrix_sdk::ruma::OwnedEventId;
use tokio::time::Instant;

use super::super::decryption::decrypt;
use super::super::event::{EditKey, EncryptedContent};

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
    /// What it replaces, if it is an edit.
    edit: Option<EditKey>,
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
    /// Holds `event` if it could not be decrypted; returns it otherwise. Drops the held edits that it
    /// supersedes.
    pub(in crate::platform::matrix) fn hold_if_undecryptable(
        &mut self,
        event: TimelineEvent,
    ) -> Option<TimelineEvent> {
        let edit = EditKey::of(event.raw());
        if edit.is_some() {
            self.held.retain(|it| it.edit != edit);
        }
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
        self.held.push(HeldEvent { event, session, since, target, edit, is_reported: false });
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

#[cfg(test)]
mod tests {
    use matrix_sdk::deserialized_responses::UnableToDecryptReason;
    use matrix_sdk::ruma::events::AnySyncTimelineEvent;
    use matrix_sdk::ruma::serde::Raw;
    use serde_json::json;

    use super::*;

    fn encrypted(id: &str, session: &str) -> TimelineEvent {
        let event = json!({ "type": "m.room.encrypted", "event_id": id, "sender": "@a:b" });
        not_decrypted(Raw::from_json_string(event.to_string()).unwrap(), session)
    }

    fn not_decrypted(event: Raw<AnySyncTimelineEvent>, session: &str) -> TimelineEvent {
        let info = UnableToDecryptInfo {
            session_id: Some(session.to_owned()),
            reason: UnableToDecryptReason::MissingMegolmSession { withheld_code: None },
        };
        TimelineEvent::from_utd(event, info)
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
    fn held_edit_is_dropped_once_the_same_sender_edits_the_message_again() {
        let edit = |id: &str, sender: &str, kind: &str| {
            let relation = json!({ "rel_type": "m.replace", "event_id": "$it" });
            let event = json!({
                "type": kind, "event_id": id, "sender": sender, "content": { "m.relates_to": relation },
            });
            Raw::from_json_string(event.to_string()).unwrap()
        };
        let undecryptable =
            |id: &str, sender: &str| not_decrypted(edit(id, sender, "m.room.encrypted"), "one");
        let held = |undecrypted: &UndecryptedEvents| {
            let ids = undecrypted.held.iter().filter_map(|it| it.event.event_id());
            ids.map(|id| id.to_string()).collect::<Vec<_>>()
        };
        let mut undecrypted = UndecryptedEvents::default();
        for (id, sender) in [("$1", "@ada:x"), ("$2", "@eve:x"), ("$3", "@ada:x")] {
            assert!(undecrypted.hold_if_undecryptable(undecryptable(id, sender)).is_none());
        }
        assert_eq!(held(&undecrypted), ["$2", "$3"]);
        let readable = TimelineEvent::from_plaintext(edit("$4", "@ada:x", "m.room.message"));
        assert!(undecrypted.hold_if_undecryptable(readable).is_some());
        assert_eq!(held(&undecrypted), ["$2"]);
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
