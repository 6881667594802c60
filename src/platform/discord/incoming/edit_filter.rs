//! Which message updates are new edits. Discord also sends updates for link previews and pins, with
//! the time of the last edit in each.

use std::collections::HashMap;

use serenity::model::Timestamp;
use serenity::model::event::MessageUpdateEvent;
use serenity::model::id::MessageId;

/// Capacity of the filter, in messages.
const MAX_CACHED: usize = 10_000;

/// Drops message updates that are not new edits.
pub(in crate::platform::discord) struct EditFilter {
    last_edits: HashMap<MessageId, Timestamp>,
    /// Edits up to this time are not new, for messages that are not in [`Self::last_edits`].
    floor: Timestamp,
}

impl EditFilter {
    /// Accepts edits after `start`. Earlier ones were made while the bot was not connected.
    pub(in crate::platform::discord) fn since(start: Timestamp) -> Self {
        Self { last_edits: HashMap::new(), floor: start }
    }

    /// Whether `update` is an edit that was not seen before. Marks it as seen.
    pub(in crate::platform::discord) fn is_new(&mut self, update: &MessageUpdateEvent) -> bool {
        let Some(edited_at) = update.edited_timestamp else { return false };
        let last = self.last_edits.get(&update.id).copied().unwrap_or(self.floor);
        if edited_at <= last {
            return false;
        }
        if self.last_edits.len() >= MAX_CACHED {
            self.floor =
                self.last_edits.values().copied().max().unwrap_or(self.floor).max(self.floor);
            self.last_edits.clear();
        }
        self.last_edits.insert(update.id, edited_at);
        true
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(second: u64) -> Timestamp {
        format!("2026-01-01T00:{:02}:{:02}Z", second / 60, second % 60).parse().unwrap()
    }

    #[test]
    fn update_is_new_if_edited_after_the_last_seen_edit() {
        let mut edits = EditFilter::since(at(60));
        let mut is_new = |id: u64, edited: Option<u64>| {
            let edited = edited.map(|second| at(second).to_rfc3339());
            let update = json!({
                "id": id.to_string(), "channel_id": "21", "edited_timestamp": edited,
            });
            edits.is_new(&serde_json::from_value(update).unwrap())
        };
        let rows = [
            (1, None, false),
            (1, Some(59), false),
            (1, Some(70), true),
            (1, Some(70), false),
            (2, Some(65), true),
            (1, Some(71), true),
        ];
        for (id, edited, want) in rows {
            assert_eq!(is_new(id, edited), want, "{id} {edited:?}");
        }
        for id in 10..=10 + MAX_CACHED as u64 {
            is_new(id, Some(80));
        }
        assert!(!is_new(1, Some(71)), "an evicted message keeps the floor");
        assert!(is_new(1, Some(90)));
    }
}
