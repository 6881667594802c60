//! What people are told when something goes wrong on our side.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use super::respond::locale_of;
use super::{Fate, Outgoing, Sender, Service};
use crate::conversation::{Event, MessageId, Notice, Say};
use crate::store::records::Records;

impl<R: Records> Service<R> {
    /// Tells whoever waits for a private reply that none comes, in words that the log knows again.
    pub(super) async fn apologize(&self, event: &Event, fate: Fate, sender: &impl Sender) {
        let (id, place, locale) = match event {
            Event::Said(message) if message.address.is_command => {
                (&message.id, &message.place, &message.locale)
            }
            Event::Used(used) => (&used.id, &used.place, &used.locale),
            _ => return,
        };
        let reference = reference(id);
        let name = fate.name();
        tracing::error!(message.id = %id, reference, fate = name, "The reply to {id} failed: {name}, told as {reference}");
        let snapshot = self.library().current();
        let say = Say::notice(Notice::Failed { reference }, true);
        let settings = &snapshot.spaces.of(place).settings;
        let outgoing = Outgoing {
            place: place.id.clone(),
            cause: id.clone(),
            is_reply: false,
            locale: locale_of(&say, locale.as_ref(), settings),
            say,
        };
        // Whether it arrives is all the same to us: nothing more can be done.
        drop(sender.send(&outgoing).await);
    }
}

/// A few letters for people by which the log knows `id` again.
pub fn reference(id: &MessageId) -> String {
    let mut hasher = FxHasher::default();
    id.as_str().hash(&mut hasher);
    format!("{:08x}", hasher.finish() & 0xFFFF_FFFF)
}
