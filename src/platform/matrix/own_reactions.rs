//! The bot's own reactions to its messages: users press them instead of looking for the emoji. They
//! are optional, so errors are ignored, and none is sent while the rate is limited.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use matrix_sdk::Room;
use matrix_sdk::ruma::events::reaction::ReactionEventContent;
use matrix_sdk::ruma::events::relation::Annotation;
use matrix_sdk::ruma::{EventId, OwnedEventId, OwnedTransactionId};
use tokio::time::Instant;

use super::rate_limit::RateLimit;

/// Maximum number of messages whose reactions are known, and can be removed. After a restart they
/// are not known.
const MAX_MESSAGES: usize = 512;

/// The reactions of recent messages, by message.
#[derive(Debug, Default)]
pub(super) struct OwnReactions(Mutex<HashMap<OwnedEventId, MessageReactions>>);

/// The reactions of one message.
#[derive(Debug, Default)]
struct MessageReactions {
    wanted: Vec<String>,
    sent: Vec<SentReaction>,
    /// Whether a task makes them those that are wanted.
    is_changing: bool,
}

#[derive(Debug)]
struct SentReaction {
    key: String,
    id: OwnedEventId,
}

/// A change of the reactions of a message.
enum Change {
    Add(String),
    Remove(OwnedEventId),
}

impl OwnReactions {
    /// Makes the reactions to `message` in `room` those with `keys`, in this order. Does not wait for
    /// the requests.
    pub(super) fn set(
        self: &Arc<Self>,
        room: Room,
        message: OwnedEventId,
        keys: Vec<String>,
        rate_limit: Arc<RateLimit>,
    ) {
        if self.want(&message, keys) {
            let reactions = Arc::clone(self);
            tokio::spawn(async move {
                while let Some(change) = reactions.next_change(&message) {
                    if !reactions.apply(change, &room, &message, &rate_limit).await {
                        end_changes(&mut reactions.lock(), &message);
                        break;
                    }
                }
            });
        }
    }

    /// Records that the reactions to `message` are to be `keys`. Returns whether a task has to be
    /// started for that: a running one takes notice by itself.
    fn want(&self, message: &EventId, keys: Vec<String>) -> bool {
        let mut messages = self.lock();
        let is_known = messages.contains_key(message);
        if keys.is_empty() && !is_known {
            return false;
        }
        if !is_known && messages.len() >= MAX_MESSAGES {
            let unchanged = messages.iter().find(|(_, reactions)| !reactions.is_changing);
            let Some(unchanged) = unchanged.map(|(id, _)| id.clone()) else { return false };
            messages.remove(&unchanged);
        }
        let reactions = messages.entry(message.to_owned()).or_default();
        reactions.wanted = keys;
        !std::mem::replace(&mut reactions.is_changing, true)
    }

    /// What has to be done next. `None` if the reactions to `message` are those that are wanted.
    fn next_change(&self, message: &EventId) -> Option<Change> {
        let mut messages = self.lock();
        let reactions = messages.get_mut(message)?;
        let obsolete = reactions.sent.iter().find(|it| !reactions.wanted.contains(&it.key));
        if let Some(obsolete) = obsolete {
            return Some(Change::Remove(obsolete.id.clone()));
        }
        let is_sent = |key: &&String| reactions.sent.iter().any(|it| it.key == **key);
        let missing = reactions.wanted.iter().find(|key| !is_sent(key)).cloned();
        if missing.is_none() {
            // Under the same lock, so that what is wanted next starts a task.
            end_changes(&mut messages, message);
        }
        missing.map(Change::Add)
    }

    /// Applies `change`. Returns whether that succeeded.
    async fn apply(
        &self,
        change: Change,
        room: &Room,
        message: &EventId,
        rate_limit: &RateLimit,
    ) -> bool {
        match change {
            Change::Remove(id) => {
                let removed = room.redact(&id, None, None::<OwnedTransactionId>).await;
                if let Some(reactions) = self.lock().get_mut(message) {
                    reactions.sent.retain(|it| it.id != id);
                }
                removed.is_ok()
            }
            Change::Add(_) if rate_limit.is_limited(Instant::now()) => false,
            Change::Add(key) => {
                let annotation = Annotation::new(message.to_owned(), key.clone());
                let sent = room.send(ReactionEventContent::new(annotation)).await;
                let Ok(sent) = sent else { return false };
                if let Some(reactions) = self.lock().get_mut(message) {
                    let id = sent.response.event_id;
                    reactions.sent.push(SentReaction { key, id });
                }
                true
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<OwnedEventId, MessageReactions>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the task of `message`, and forgets a message without reactions.
fn end_changes(messages: &mut HashMap<OwnedEventId, MessageReactions>, message: &EventId) {
    if let Some(reactions) = messages.get_mut(message) {
        reactions.is_changing = false;
        if reactions.sent.is_empty() {
            messages.remove(message);
        }
    }
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::event_id;

    use super::*;

    #[test]
    fn reactions_become_those_that_are_wanted_last() {
        let (own, message) = (OwnReactions::default(), event_id!("$m"));
        let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        let sent = |key: &str| {
            let reaction = SentReaction { key: key.to_owned(), id: event_id!("$r").to_owned() };
            own.lock().get_mut(message).unwrap().sent.push(reaction);
        };
        assert!(!own.want(message, Vec::new()), "nothing to do");
        assert!(own.want(message, keys(&["1", "2"])));
        assert!(matches!(own.next_change(message), Some(Change::Add(key)) if key == "1"));
        sent("1");
        assert!(!own.want(message, Vec::new()), "the task is running");
        assert!(matches!(own.next_change(message), Some(Change::Remove(_))));
        own.lock().get_mut(message).unwrap().sent.clear();
        assert!(own.next_change(message).is_none());
        assert!(own.want(message, keys(&["1"])), "the task has ended");
        end_changes(&mut own.lock(), message);
        assert!(own.lock().is_empty());
    }
}
