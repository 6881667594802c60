//! Failure notices: tells a user who waits for a private reply that none will come.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use super::apply::locale_of;
use super::{EventOutcome, Outgoing, Sender, Service};
use crate::conversation::{BotMessage, Event, MessageId, Notice};
use crate::store::records::Records;

impl<R: Records> Service<R> {
    /// If a user waits for a private reply to `event` and `outcome` means that none will come, sends
    /// a notice.
    pub(super) async fn notify_failure(
        &self,
        event: &Event,
        outcome: EventOutcome,
        sender: &impl Sender,
    ) {
        let (id, place, locale, is_command) = match event {
            Event::MessageCreated(message)
                if message.addressing.is_command && !message.author.is_bot =>
            {
                (&message.id, &message.place, &message.locale, true)
            }
            Event::ControlUsed(control_use) if sender.supports_private_replies() => {
                (&control_use.id, &control_use.place, &control_use.locale, false)
            }
            _ => return,
        };
        let notice = match outcome {
            EventOutcome::StorageFailed
            | EventOutcome::Panicked
            | EventOutcome::Rejected
            | EventOutcome::RetriesExhausted => internal_error(id, outcome),
            // A message with controls can be used again; a command would wait until it times out.
            EventOutcome::TooOld | EventOutcome::HeldElsewhere if is_command => Notice::TooLate,
            EventOutcome::Irrelevant | EventOutcome::NoReply if is_command => {
                Notice::CommandsDisabled
            }
            _ => return,
        };
        let snapshot = self.knowledge_base().current();
        let message = BotMessage::notice(notice, true);
        let settings = &snapshot.spaces.of(place).settings;
        let outgoing = Outgoing {
            place: place.id.clone(),
            cause: id.clone(),
            edited: None,
            is_reply: false,
            control_message: None,
            locale: locale_of(&message, locale.as_ref(), settings),
            message,
        };
        // Best effort: nothing more can be done if this fails as well.
        drop(sender.send(&outgoing).await);
    }
}

/// Logs the failure and returns the notice with its reference.
fn internal_error(id: &MessageId, outcome: EventOutcome) -> Notice {
    let reference = error_reference(id);
    let name = outcome.name();
    tracing::error!(message.id = %id, reference, fate = name, "Reply to {id} failed: {name} (reference {reference})");
    Notice::InternalError { reference }
}

/// A short reference for users, by which an operator finds `id` in the log: 8 hexadecimal digits.
pub fn error_reference(id: &MessageId) -> String {
    let mut hasher = FxHasher::default();
    id.as_str().hash(&mut hasher);
    format!("{:08x}", hasher.finish() & 0xFFFF_FFFF)
}
