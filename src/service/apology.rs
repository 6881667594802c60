//! What whoever waits for a private reply is told when none comes.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use super::respond::locale_of;
use super::{Fate, Outgoing, Sender, Service};
use crate::conversation::{Event, MessageId, Notice, Say};
use crate::store::records::Records;

impl<R: Records> Service<R> {
    /// Tells whoever waits for a private reply to `event` that `fate` brings none.
    pub(super) async fn apologize(&self, event: &Event, fate: Fate, sender: &impl Sender) {
        let (id, place, locale, is_command) = match event {
            Event::Said(message) if message.address.is_command && !message.author.is_bot => {
                (&message.id, &message.place, &message.locale, true)
            }
            Event::Used(used) if sender.whispers() => (&used.id, &used.place, &used.locale, false),
            _ => return,
        };
        let notice = match fate {
            Fate::NotRecorded | Fate::Refused | Fate::GivenUp => failed(id, fate),
            // Whatever was pressed stands there as before; a command would hang.
            Fate::TooOld | Fate::Held if is_command => Notice::TooLate,
            Fate::NotForUs | Fate::Silent if is_command => Notice::Unserved,
            _ => return,
        };
        let snapshot = self.library().current();
        let say = Say::notice(notice, true);
        let settings = &snapshot.spaces.of(place).settings;
        let outgoing = Outgoing {
            place: place.id.clone(),
            cause: id.clone(),
            is_reply: false,
            used: None,
            locale: locale_of(&say, locale.as_ref(), settings),
            say,
        };
        // Whether it arrives is all the same to us: nothing more can be done.
        drop(sender.send(&outgoing).await);
    }
}

/// Something went wrong, in words that the log knows again.
fn failed(id: &MessageId, fate: Fate) -> Notice {
    let reference = reference(id);
    let name = fate.name();
    tracing::error!(message.id = %id, reference, fate = name, "The reply to {id} failed: {name}, told as {reference}");
    Notice::Failed { reference }
}

/// A few letters for people by which the log knows `id` again.
pub fn reference(id: &MessageId) -> String {
    let mut hasher = FxHasher::default();
    id.as_str().hash(&mut hasher);
    format!("{:08x}", hasher.finish() & 0xFFFF_FFFF)
}
