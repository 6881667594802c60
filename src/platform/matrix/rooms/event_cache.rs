//! The latest events of a room: what was heard is not heard again, and who replies to it is
//! understood without asking the homeserver.

use std::collections::{HashMap, VecDeque};

use matrix_sdk::ruma::{EventId, OwnedEventId, OwnedUserId};

use super::super::event::{RoomEvent, RoomEventKind};
use crate::conversation::Timestamp;

/// Events that are remembered. A reply to an older one costs a request.
const MAX_CACHED: usize = 512;

/// Characters that are remembered of a message: as many as any question has.
const MAX_TEXT: usize = 2000;

/// What is remembered of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::platform::matrix) struct CachedEvent {
    pub(in crate::platform::matrix) sender: OwnedUserId,
    pub(in crate::platform::matrix) at: Timestamp,
    pub(in crate::platform::matrix) thread: Option<OwnedEventId>,
    pub(in crate::platform::matrix) replies_to: Option<OwnedEventId>,
    /// What it says, if it is words.
    pub(in crate::platform::matrix) text: Option<String>,
}

/// The latest events.
#[derive(Debug, Default)]
pub(in crate::platform::matrix) struct EventCache {
    known: HashMap<OwnedEventId, Option<CachedEvent>>,
    order: VecDeque<OwnedEventId>,
}

impl CachedEvent {
    /// What is to be remembered of `happening`.
    pub(in crate::platform::matrix) fn of(happening: &RoomEvent) -> Self {
        let spoken = match &happening.kind {
            RoomEventKind::Message(spoken) => Some(spoken),
            _ => None,
        };
        Self {
            sender: happening.sender.clone(),
            at: happening.at,
            thread: spoken.and_then(|spoken| spoken.thread_root.clone()),
            replies_to: spoken.and_then(|spoken| spoken.in_reply_to.clone()),
            text: spoken.map(|spoken| spoken.body.chars().take(MAX_TEXT).collect()),
        }
    }
}

impl EventCache {
    /// Whether `id` was noted.
    pub(in crate::platform::matrix) fn contains(&self, id: &EventId) -> bool {
        self.known.contains_key(id)
    }

    /// What is known of `id`.
    pub(in crate::platform::matrix) fn get(&self, id: &EventId) -> Option<&CachedEvent> {
        self.known.get(id)?.as_ref()
    }

    /// Notes that `id` says `text` from now on.
    pub(in crate::platform::matrix) fn update_text(&mut self, id: &EventId, text: &str) {
        if let Some(Some(known)) = self.known.get_mut(id) {
            known.text = Some(text.chars().take(MAX_TEXT).collect());
        }
    }

    /// Notes `id`, of which so much is known. `false` if it was noted before.
    pub(in crate::platform::matrix) fn insert(
        &mut self,
        id: OwnedEventId,
        known: Option<CachedEvent>,
    ) -> bool {
        let is_new = self.known.insert(id.clone(), known).is_none();
        if is_new {
            self.order.push_back(id);
            if self.order.len() > MAX_CACHED
                && let Some(oldest) = self.order.pop_front()
            {
                self.known.remove(&oldest);
            }
        }
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_heard_lately_is_known_and_the_rest_forgotten() {
        let mut heard = EventCache::default();
        let id = |number: usize| OwnedEventId::try_from(format!("$e{number}")).unwrap();
        for number in 0..=MAX_CACHED {
            assert!(heard.insert(id(number), None));
        }
        assert!(!heard.contains(&id(0)));
        assert!(heard.contains(&id(1)) && !heard.insert(id(1), None));
        assert_eq!(heard.order.len(), heard.known.len());
    }
}
