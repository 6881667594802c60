//! The latest events of a room: what was heard is not heard again, and who replies to it is
//! understood without asking the homeserver.

use std::collections::{HashMap, VecDeque};

use matrix_sdk::ruma::{EventId, OwnedEventId, OwnedUserId};

use super::happening::{Happening, What};
use crate::conversation::Timestamp;

/// Events that are remembered. A reply to an older one costs a request.
const MAX_REMEMBERED: usize = 512;

/// Characters that are remembered of a message: as many as any question has.
const MAX_TEXT: usize = 2000;

/// What is remembered of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) sender: OwnedUserId,
    pub(super) at: Timestamp,
    pub(super) thread: Option<OwnedEventId>,
    pub(super) replies_to: Option<OwnedEventId>,
    /// What it says, if it is words.
    pub(super) text: Option<String>,
}

/// The latest events.
#[derive(Debug, Default)]
pub(super) struct Heard {
    known: HashMap<OwnedEventId, Option<Known>>,
    order: VecDeque<OwnedEventId>,
}

impl Known {
    /// What is to be remembered of `happening`.
    pub(super) fn of(happening: &Happening) -> Self {
        let spoken = match &happening.what {
            What::Said(spoken) => Some(spoken),
            _ => None,
        };
        Self {
            sender: happening.sender.clone(),
            at: happening.at,
            thread: spoken.and_then(|spoken| spoken.thread.clone()),
            replies_to: spoken.and_then(|spoken| spoken.replies_to.clone()),
            text: spoken.map(|spoken| spoken.body.chars().take(MAX_TEXT).collect()),
        }
    }
}

impl Heard {
    /// Whether `id` was noted.
    pub(super) fn has(&self, id: &EventId) -> bool {
        self.known.contains_key(id)
    }

    /// What is known of `id`.
    pub(super) fn find(&self, id: &EventId) -> Option<&Known> {
        self.known.get(id)?.as_ref()
    }

    /// Notes that `id` says `text` from now on.
    pub(super) fn change(&mut self, id: &EventId, text: &str) {
        if let Some(Some(known)) = self.known.get_mut(id) {
            known.text = Some(text.chars().take(MAX_TEXT).collect());
        }
    }

    /// Notes `id`, of which so much is known. `false` if it was noted before.
    pub(super) fn note(&mut self, id: OwnedEventId, known: Option<Known>) -> bool {
        let is_new = self.known.insert(id.clone(), known).is_none();
        if is_new {
            self.order.push_back(id);
            if self.order.len() > MAX_REMEMBERED
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
        let mut heard = Heard::default();
        let id = |number: usize| OwnedEventId::try_from(format!("$e{number}")).unwrap();
        for number in 0..=MAX_REMEMBERED {
            assert!(heard.note(id(number), None));
        }
        assert!(!heard.has(&id(0)));
        assert!(heard.has(&id(1)) && !heard.note(id(1), None));
        assert_eq!(heard.order.len(), heard.known.len());
    }
}
