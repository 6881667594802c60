//! Matrix IDs as IDs of the conversation layer, and back; transaction IDs.

use matrix_sdk::ruma::{EventId, OwnedEventId, OwnedRoomId, OwnedTransactionId, RoomId, UserId};
use sha2::{Digest, Sha256};

use crate::conversation::{MessageId, PlaceId, PrincipalId};

/// The name of the platform, which its IDs start with.
pub const PLATFORM: &str = "matrix";

/// Separates the room ID from the event ID of the thread root, which starts with `$`. Neither
/// contains this separator.
const THREAD: &str = "/$";

/// Bytes of the hash in a transaction ID.
const TRANSACTION_BYTES: usize = 16;

/// An operation that is done at most once for a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    /// Sending a message.
    Send,
    /// Redacting a message.
    Redact,
}

/// The ID of an event: a message, an edit or a reaction.
pub(super) fn message(event: &EventId) -> MessageId {
    MessageId::new(PLATFORM, event)
}

/// The place ID of a room.
pub(super) fn room(room: &RoomId) -> PlaceId {
    PlaceId::new(PLATFORM, room)
}

/// The place ID of the thread in `room` with the root `root`.
pub(super) fn thread(room: &RoomId, root: &EventId) -> PlaceId {
    PlaceId::new(PLATFORM, format_args!("{room}/{root}"))
}

/// The principal ID of a user.
pub(super) fn user(user: &UserId) -> PrincipalId {
    PrincipalId::new(PLATFORM, user)
}

/// Whoever has a rank in `room`, as if that was a role.
pub(super) fn rank(rank: &str, room: &RoomId) -> PrincipalId {
    PrincipalId::new(PLATFORM, format_args!("{rank}:{room}"))
}

/// The event ID in `id`. `None` if it is of another platform or invalid.
pub(super) fn parse_message(id: &MessageId) -> Option<OwnedEventId> {
    on_this_platform(id.parts())?.try_into().ok()
}

/// The room ID in `id`, and the thread root if it is the ID of a thread. `None` if it is of another
/// platform or invalid.
pub(super) fn parse_place(id: &PlaceId) -> Option<(OwnedRoomId, Option<OwnedEventId>)> {
    let rest = on_this_platform(id.parts())?;
    let Some((room, root)) = rest.split_once(THREAD) else {
        return Some((rest.try_into().ok()?, None));
    };
    Some((room.try_into().ok()?, Some(format!("${root}").try_into().ok()?)))
}

/// The transaction ID of `operation` for `cause`, by which homeservers recognize a repeated
/// request.
pub(super) fn transaction_id(cause: &MessageId, operation: Operation) -> OwnedTransactionId {
    // These words are part of IDs that homeservers remember. They must stay the same in all
    // versions, or a send that is retried after an upgrade would not be recognized.
    let operation = match operation {
        Operation::Send => "Send",
        Operation::Redact => "Remove",
    };
    let hash = Sha256::digest(format!("{operation} {cause}"));
    let digits: String =
        hash.iter().take(TRANSACTION_BYTES).map(|byte| format!("{byte:02x}")).collect();
    format!("quoth-{digits}").into()
}

fn on_this_platform<'n>((platform, rest): (&str, &'n str)) -> Option<&'n str> {
    (platform == PLATFORM).then_some(rest)
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::{event_id, room_id, user_id};

    use super::*;

    #[test]
    fn ids_parse_back_to_the_same_matrix_ids_and_foreign_ids_are_rejected() {
        let event = event_id!("$GC67T2nJzX_-a:example.org");
        assert_eq!(message(event).as_str(), "matrix:$GC67T2nJzX_-a:example.org");
        assert_eq!(parse_message(&message(event)).as_deref(), Some(event));
        // Room IDs of room version 12 and later contain no server name.
        for id in [room_id!("!abc:example.org"), room_id!("!mQ4ZJ-x_12")] {
            assert_eq!(parse_place(&room(id)), Some((id.to_owned(), None)));
            let parsed = (id.to_owned(), Some(event.to_owned()));
            assert_eq!(parse_place(&thread(id, event)), Some(parsed));
        }
        assert_eq!(user(user_id!("@ada:example.org")).as_str(), "matrix:@ada:example.org");
        for foreign in ["matrix:", "matrix:!a:b", "bridge:$a", "matrix:@ada:example.org"] {
            assert_eq!(parse_message(&foreign.into()), None, "{foreign}");
        }
        for foreign in ["matrix:", "matrix:$a", "discord:!a:b", "matrix:#ops:example.org"] {
            assert_eq!(parse_place(&foreign.into()), None, "{foreign}");
        }
    }

    #[test]
    fn transaction_ids_differ_by_cause_and_operation_and_are_stable() {
        let (one, other): (MessageId, MessageId) = ("matrix:$1".into(), "matrix:$2".into());
        let sent = transaction_id(&one, Operation::Send);
        assert_eq!(sent, transaction_id(&one, Operation::Send));
        assert_ne!(sent, transaction_id(&other, Operation::Send));
        assert_ne!(sent, transaction_id(&one, Operation::Redact));
    }

    #[test]
    fn transaction_ids_are_those_of_earlier_versions() {
        let cause: MessageId = "matrix:$1".into();
        for (operation, want) in [
            (Operation::Send, "quoth-271e8b4de49ef050b3e46c8d9dd8dea2"),
            (Operation::Redact, "quoth-07701a48b05e757d6b94683deaba8fa3"),
        ] {
            assert_eq!(transaction_id(&cause, operation).as_str(), want, "{operation:?}");
        }
    }
}
