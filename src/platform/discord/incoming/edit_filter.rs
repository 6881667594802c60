//! Which updates of messages are edits. Discord tells the time of the last edit with every update,
//! also when it has looked at a link or somebody pins the message.

use std::collections::HashMap;

use serenity::model::Timestamp;
use serenity::model::event::MessageUpdateEvent;
use serenity::model::id::MessageId;

/// Messages whose last edit is remembered at the most.
const MAX_CACHED: usize = 10_000;

/// The last edits that were told.
pub(in crate::platform::discord) struct EditFilter {
    last: HashMap<MessageId, Timestamp>,
    /// Edits up to then have been told, or never will be.
    floor: Timestamp,
}

impl EditFilter {
    /// Those after `start`: what happens while nobody is connected is not told later.
    pub(in crate::platform::discord) fn since(start: Timestamp) -> Self {
        Self { last: HashMap::new(), floor: start }
    }

    /// Whether `update` tells of an edit that was not told before. Asking counts as telling.
    pub(in crate::platform::discord) fn is_new(&mut self, update: &MessageUpdateEvent) -> bool {
        let Some(edited_at) = update.edited_timestamp else { return false };
        let last = self.last.get(&update.id).copied().unwrap_or(self.floor);
        if edited_at <= last {
            return false;
        }
        if self.last.len() >= MAX_CACHED {
            self.floor = self.last.values().copied().max().unwrap_or(self.floor).max(self.floor);
            self.last.clear();
        }
        self.last.insert(update.id, edited_at);
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
    fn an_update_is_an_edit_if_it_was_edited_since() {
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
        assert!(!is_new(1, Some(71)), "what was forgotten is not taken for new");
        assert!(is_new(1, Some(90)));
    }
}
