//! The events of one place that wait.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::Notify;

use crate::conversation::{Event, MessageId};

/// An event that waits.
pub(super) struct QueuedEvent {
    pub(super) event: Event,
    /// The older edits of the same message that are not handled because of it, by their ids if they have
    /// any.
    pub(super) superseded: Vec<Option<MessageId>>,
}

/// The waiting events of a place, in order.
#[derive(Default)]
pub(super) struct PlaceQueue {
    events: VecDeque<QueuedEvent>,
    /// Edits that a rate limit does not allow yet, and when to try again.
    postponed: Vec<(Instant, QueuedEvent)>,
    /// Wakes the task of the place while it waits for a postponed event.
    new_event: Arc<Notify>,
    /// Whether events were dropped since none waited. The log has only the first of a series.
    pub(super) is_full: bool,
}

impl PlaceQueue {
    pub(super) fn len(&self) -> usize {
        self.events.len() + self.postponed.len()
    }

    pub(super) fn push(&mut self, event: QueuedEvent) {
        self.events.push_back(event);
        self.wake();
    }

    /// Removes the first event, or a postponed one that is due at `now`.
    pub(super) fn pop(&mut self, now: Instant) -> Option<QueuedEvent> {
        self.events.pop_front().or_else(|| {
            let is_due = |(due_at, _): &(Instant, _)| *due_at <= now;
            let due = self.postponed.iter().position(is_due)?;
            Some(self.postponed.remove(due).1)
        })
    }

    /// When the next postponed event is due.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.postponed.iter().map(|(due_at, _)| *due_at).min()
    }

    /// Queues `event`, which was popped, until `due_at`. Returns whether it did: not if a newer edit of its
    /// message waits.
    pub(super) fn postpone(&mut self, event: Event, due_at: Instant) -> bool {
        let Event::MessageEdited(message) = &event else { return false };
        if let Some(newer) = self.events.iter_mut().find(|it| is_edit_of(it, &message.id)) {
            newer.superseded.push(message.edit_id.clone());
            return false;
        }
        self.postponed.push((due_at, QueuedEvent { event, superseded: Vec::new() }));
        true
    }

    /// Removes the waiting edit of the message `id`; there is one at most.
    pub(super) fn take_edit_of(&mut self, id: &MessageId) -> Option<QueuedEvent> {
        if let Some(idx) = self.events.iter().position(|it| is_edit_of(it, id)) {
            return self.events.remove(idx);
        }
        let idx = self.postponed.iter().position(|(_, it)| is_edit_of(it, id))?;
        Some(self.postponed.remove(idx).1)
    }

    /// Removes the events of the message `id`. Returns how many there were.
    pub(super) fn discard(&mut self, id: &MessageId) -> usize {
        let n_before = self.len();
        let is_other = |it: &QueuedEvent| match &it.event {
            Event::MessageCreated(message) | Event::MessageEdited(message) => message.id != *id,
            _ => true,
        };
        self.events.retain(is_other);
        self.postponed.retain(|(_, it)| is_other(it));
        n_before - self.len()
    }

    /// Wakes the task of the place.
    pub(super) fn wake(&self) {
        self.new_event.notify_one();
    }

    /// What the task of the place waits for, besides postponed events.
    pub(super) fn new_event(&self) -> Arc<Notify> {
        Arc::clone(&self.new_event)
    }
}

impl QueuedEvent {
    /// The edits that a newer one supersedes: this one, and those that it supersedes.
    pub(super) fn into_superseded(self) -> Vec<Option<MessageId>> {
        let Self { event, mut superseded } = self;
        if let Event::MessageEdited(message) = event {
            superseded.push(message.edit_id);
        }
        superseded
    }
}

fn is_edit_of(queued: &QueuedEvent, id: &MessageId) -> bool {
    matches!(&queued.event, Event::MessageEdited(message) if message.id == *id)
}
