//! The recent events of a room, for deduplication and to look up the targets of replies, edits and
//! reactions without a request.

use std::collections::{HashMap, VecDeque};

use matrix_sdk::ruma::{EventId, OwnedEventId, OwnedUserId};

use super::super::event::{RoomEvent, RoomEventKind};
use crate::conversation::Timestamp;

/// Maximum number of cached events. A reply to an older one costs a request.
const MAX_CACHED: usize = 512;

/// Mentions that are cached of a message.
const MAX_MENTIONS: usize = 64;

/// Characters that are cached of a message: more than a question has, or a message that is quoted.
const MAX_TEXT_CHARS: usize = 4000;

/// The parts of an event that the conversion of later events needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::platform::matrix) struct CachedEvent {
    pub(in crate::platform::matrix) sender: OwnedUserId,
    pub(in crate::platform::matrix) at: Timestamp,
    pub(in crate::platform::matrix) thread_root: Option<OwnedEventId>,
    pub(in crate::platform::matrix) in_reply_to: Option<OwnedEventId>,
    /// The user IDs in `m.mentions`.
    pub(in crate::platform::matrix) mentions: Vec<OwnedUserId>,
    /// The body, if the event is a text message.
    pub(in crate::platform::matrix) text: Option<String>,
}

/// The recent events by ID, evicted in order of insertion.
#[derive(Debug, Default)]
pub(in crate::platform::matrix) struct EventCache {
    events: HashMap<OwnedEventId, Option<CachedEvent>>,
    order: VecDeque<OwnedEventId>,
}

impl CachedEvent {
    /// The cached parts of `room_event`.
    pub(in crate::platform::matrix) fn of(room_event: &RoomEvent) -> Self {
        let (content, is_text) = match &room_event.kind {
            RoomEventKind::Message(content) => (Some(content), true),
            RoomEventKind::Notice(content) => (Some(content), false),
            _ => (None, false),
        };
        let mentions = content.and_then(|content| content.mentions.as_ref()).into_iter().flatten();
        let text = content.filter(|_| is_text).map(|content| &content.body);
        Self {
            sender: room_event.sender.clone(),
            at: room_event.at,
            thread_root: content.and_then(|content| content.thread_root.clone()),
            in_reply_to: content.and_then(|content| content.in_reply_to.clone()),
            mentions: mentions.take(MAX_MENTIONS).cloned().collect(),
            text: text.map(|body| body.chars().take(MAX_TEXT_CHARS).collect()),
        }
    }
}

impl EventCache {
    /// Whether `id` was inserted and not evicted.
    pub(in crate::platform::matrix) fn contains(&self, id: &EventId) -> bool {
        self.events.contains_key(id)
    }

    /// The event `id`. `None` also if it was inserted without one.
    pub(in crate::platform::matrix) fn get(&self, id: &EventId) -> Option<&CachedEvent> {
        self.events.get(id)?.as_ref()
    }

    /// Replaces the text of the event `id` after an edit.
    pub(in crate::platform::matrix) fn update_text(&mut self, id: &EventId, text: &str) {
        if let Some(Some(event)) = self.events.get_mut(id) {
            event.text = Some(text.chars().take(MAX_TEXT_CHARS).collect());
        }
    }

    /// Inserts or replaces the event `id` and evicts the oldest one if the cache is full. `event`
    /// is `None` until it is decrypted and parsed. Returns `false` if `id` was present.
    pub(in crate::platform::matrix) fn insert(
        &mut self,
        id: OwnedEventId,
        event: Option<CachedEvent>,
    ) -> bool {
        let is_new = self.events.insert(id.clone(), event).is_none();
        if is_new {
            self.order.push_back(id);
            if self.order.len() > MAX_CACHED
                && let Some(oldest) = self.order.pop_front()
            {
                self.events.remove(&oldest);
            }
        }
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recent_events_are_cached_and_older_ones_evicted() {
        let mut cache = EventCache::default();
        let id = |number: usize| OwnedEventId::try_from(format!("$e{number}")).unwrap();
        for number in 0..=MAX_CACHED {
            assert!(cache.insert(id(number), None));
        }
        assert!(!cache.contains(&id(0)));
        assert!(cache.contains(&id(1)) && !cache.insert(id(1), None));
        assert_eq!(cache.order.len(), cache.events.len());
    }
}
