//! What whoever waits for a private reply is told when none comes.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use super::respond::locale_of;
use super::{EventOutcome, Outgoing, Sender, Service};
use crate::conversation::{BotMessage, Event, MessageId, Notice};
use crate::store::records::Records;

impl<R: Records> Service<R> {
    /// Tells whoever waits for a private reply to `event` that `fate` brings none.
    pub(super) async fn notify_failure(
        &self,
        event: &Event,
        fate: EventOutcome,
        sender: &impl Sender,
    ) {
        let (id, place, locale, is_command) = match event {
            Event::MessageCreated(message)
                if message.addressing.is_command && !message.author.is_bot =>
            {
                (&message.id, &message.place, &message.locale, true)
            }
            Event::ControlUsed(used) if sender.supports_private_replies() => {
                (&used.id, &used.place, &used.locale, false)
            }
            _ => return,
        };
        let notice = match fate {
            EventOutcome::StorageFailed
            | EventOutcome::Rejected
            | EventOutcome::RetriesExhausted => internal_error(id, fate),
            // Whatever was pressed stands there as before; a command would hang.
            EventOutcome::TooOld | EventOutcome::HeldElsewhere if is_command => Notice::TooLate,
            EventOutcome::Irrelevant | EventOutcome::NoReply if is_command => {
                Notice::CommandsDisabled
            }
            _ => return,
        };
        let snapshot = self.knowledge_base().current();
        let say = BotMessage::notice(notice, true);
        let settings = &snapshot.spaces.of(place).settings;
        let outgoing = Outgoing {
            place: place.id.clone(),
            cause: id.clone(),
            is_reply: false,
            control_message: None,
            locale: locale_of(&say, locale.as_ref(), settings),
            message: say,
        };
        // Whether it arrives is all the same to us: nothing more can be done.
        drop(sender.send(&outgoing).await);
    }
}

/// Something went wrong, in words that the log knows again.
fn internal_error(id: &MessageId, fate: EventOutcome) -> Notice {
    let reference = error_reference(id);
    let name = fate.name();
    tracing::error!(message.id = %id, reference, fate = name, "The reply to {id} failed: {name}, told as {reference}");
    Notice::InternalError { reference }
}

/// A few letters for people by which the log knows `id` again.
pub fn error_reference(id: &MessageId) -> String {
    let mut hasher = FxHasher::default();
    id.as_str().hash(&mut hasher);
    format!("{:08x}", hasher.finish() & 0xFFFF_FFFF)
}
