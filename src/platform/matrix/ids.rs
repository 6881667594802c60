//! Names of Matrix's things, which lead back to them after a restart.

use matrix_sdk::ruma::{EventId, OwnedEventId, OwnedRoomId, OwnedTransactionId, RoomId, UserId};
use sha2::{Digest, Sha256};

use super::PLATFORM;
use crate::conversation::{MessageId, PlaceId, PrincipalId};

/// Stands between a room and the first message of a thread, which starts with a `$`. Neither holds it.
const THREAD: &str = "/$";

/// Bytes of the hash in the name of a transaction.
const TRANSACTION_BYTES: usize = 16;

/// What is done once for a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    /// A message is sent.
    Send,
    /// A message is taken away.
    Redact,
}

/// An event: a message, an edit, a reaction.
pub(super) fn message(event: &EventId) -> MessageId {
    MessageId::new(PLATFORM, event)
}

/// A room.
pub(super) fn room(room: &RoomId) -> PlaceId {
    PlaceId::new(PLATFORM, room)
}

/// The thread in `room` that starts with `root`.
pub(super) fn thread(room: &RoomId, root: &EventId) -> PlaceId {
    PlaceId::new(PLATFORM, format_args!("{room}/{root}"))
}

/// Somebody.
pub(super) fn user(user: &UserId) -> PrincipalId {
    PrincipalId::new(PLATFORM, user)
}

/// The event that `name` stands for.
pub(super) fn parse_message(name: &MessageId) -> Option<OwnedEventId> {
    ours(name.parts())?.try_into().ok()
}

/// The room that `name` stands for or in which it is a thread, and the first message of that.
pub(super) fn parse_place(name: &PlaceId) -> Option<(OwnedRoomId, Option<OwnedEventId>)> {
    let rest = ours(name.parts())?;
    let Some((room, root)) = rest.split_once(THREAD) else {
        return Some((rest.try_into().ok()?, None));
    };
    Some((room.try_into().ok()?, Some(format!("${root}").try_into().ok()?)))
}

/// By which a homeserver knows again what is done because of `cause`.
pub(super) fn transaction_id(cause: &MessageId, operation: Operation) -> OwnedTransactionId {
    // Part of the ids that homeservers remember, so that these words stay even if variants are renamed.
    let operation = match operation {
        Operation::Send => "Send",
        Operation::Redact => "Remove",
    };
    let hash = Sha256::digest(format!("{operation} {cause}"));
    let digits: String =
        hash.iter().take(TRANSACTION_BYTES).map(|byte| format!("{byte:02x}")).collect();
    format!("quoth-{digits}").into()
}

fn ours<'n>((platform, rest): (&str, &'n str)) -> Option<&'n str> {
    (platform == PLATFORM).then_some(rest)
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::{event_id, room_id, user_id};

    use super::*;

    #[test]
    fn names_lead_back_to_what_they_name_and_to_nothing_else() {
        let event = event_id!("$GC67T2nJzX_-a:example.org");
        assert_eq!(message(event).as_str(), "matrix:$GC67T2nJzX_-a:example.org");
        assert_eq!(parse_message(&message(event)).as_deref(), Some(event));
        // Rooms of version 12 and later name no server.
        for id in [room_id!("!abc:example.org"), room_id!("!mQ4ZJ-x_12")] {
            assert_eq!(parse_place(&room(id)), Some((id.to_owned(), None)));
            let within = (id.to_owned(), Some(event.to_owned()));
            assert_eq!(parse_place(&thread(id, event)), Some(within));
        }
        assert_eq!(user(user_id!("@ada:example.org")).as_str(), "matrix:@ada:example.org");
        for strange in ["matrix:", "matrix:!a:b", "bridge:$a", "matrix:@ada:example.org"] {
            assert_eq!(parse_message(&strange.into()), None, "{strange}");
        }
        for strange in ["matrix:", "matrix:$a", "discord:!a:b", "matrix:#ops:example.org"] {
            assert_eq!(parse_place(&strange.into()), None, "{strange}");
        }
    }

    #[test]
    fn a_transaction_tells_causes_and_deeds_apart_and_stays() {
        let (one, other): (MessageId, MessageId) = ("matrix:$1".into(), "matrix:$2".into());
        let sent = transaction_id(&one, Operation::Send);
        assert_eq!(sent, transaction_id(&one, Operation::Send));
        assert_ne!(sent, transaction_id(&other, Operation::Send));
        assert_ne!(sent, transaction_id(&one, Operation::Redact));
    }
}
