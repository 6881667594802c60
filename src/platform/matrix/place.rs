//! The [`Place`] of a room or thread, and the bot's identity in a room.

use matrix_sdk::Room;
use matrix_sdk::deserialized_responses::MemberEvent;
use matrix_sdk::ruma::events::SyncStateEvent;
use matrix_sdk::ruma::{EventId, OwnedRoomId, UserId};

use super::ids;
use super::incoming::mention::BotIdentity;
use super::memberships::{Memberships, member_event};
use crate::conversation::{Place, PlaceId};

/// Maximum number of predecessors that are followed: rooms are not upgraded that often, and a cycle
/// of predecessors ends.
const MAX_PREDECESSORS: usize = 20;

/// Members of a direct chat: a user and the bot.
const N_MEMBERS_DIRECT: u64 = 2;

/// The place of an event by `sender` in `room`, in the thread `thread_root` if there is one.
///
/// Parents of a direct chat are the rooms that `sender` shares with the bot, those of other rooms
/// their predecessors.
pub(super) async fn place(
    room: &Room,
    thread_root: Option<&EventId>,
    sender: &UserId,
    memberships: &Memberships,
) -> Place {
    let is_direct = is_direct(room).await;
    let id = ids::room(room.room_id());
    let mut parents =
        if is_direct { mutual_rooms(room, sender, memberships).await } else { predecessors(room) };
    let Some(root) = thread_root else { return Place { id, parents, is_direct } };
    parents.insert(0, id);
    Place { id: ids::thread(room.room_id(), root), parents, is_direct }
}

/// Whether `room` is a direct chat: marked as such in the invite to the bot, with at most one other
/// member.
pub(super) async fn is_direct(room: &Room) -> bool {
    room.active_members_count() <= N_MEMBERS_DIRECT
        && (room.is_direct().await.unwrap_or(false) || is_invited_directly(room).await)
}

/// Whether the bot's latest membership follows an invite to a direct chat.
///
/// `m.direct` in the account data says the same, but only after the homeserver has returned it in a
/// later sync than the join, which may already contain a question.
async fn is_invited_directly(room: &Room) -> bool {
    let member = member_event(room, room.own_user_id()).await;
    member.is_some_and(|member| match &member {
        MemberEvent::Sync(SyncStateEvent::Original(joined)) => {
            joined.prev_content().is_some_and(|invite| invite.is_direct == Some(true))
        }
        _ => false,
    })
}

/// The bot's user ID and its display name in `room`.
pub(super) async fn bot_identity(room: &Room) -> BotIdentity {
    let id = room.own_user_id().to_owned();
    let member = member_event(room, &id).await;
    let display_name = member.and_then(|member| member.displayname_value().map(str::to_owned));
    BotIdentity { id, display_name }
}

/// The rooms that were upgraded to `room`, the latest first. Settings for them apply to `room`,
/// too.
fn predecessors(room: &Room) -> Vec<PlaceId> {
    predecessor_ids(room).iter().map(|id| ids::room(id)).collect()
}

/// Room IDs of the predecessors of `room`, the latest first. A room names its predecessor itself,
/// so the predecessor counts only if its tombstone names the room.
pub(super) fn predecessor_ids(room: &Room) -> Vec<OwnedRoomId> {
    let mut found: Vec<OwnedRoomId> = Vec::new();
    let mut newest = room.clone();
    while found.len() < MAX_PREDECESSORS {
        let Some(older) = newest.predecessor_room() else { break };
        let Some(older) = newest.client().get_room(&older.room_id) else { break };
        let is_confirmed = older.successor_room().is_some_and(|it| it.room_id == newest.room_id());
        if !is_confirmed || found.contains(&older.room_id().to_owned()) {
            break;
        }
        found.push(older.room_id().to_owned());
        newest = older;
    }
    found
}

/// The rooms other than direct chats of which both `user` and the bot are members.
async fn mutual_rooms(direct: &Room, user: &UserId, memberships: &Memberships) -> Vec<PlaceId> {
    let mut places = Vec::new();
    for room in direct.client().joined_rooms() {
        if room.room_id() == direct.room_id() || is_direct(&room).await {
            continue;
        }
        if memberships.is_member(&room, user).await {
            places.push(ids::room(room.room_id()));
            places.extend(predecessors(&room));
        }
    }
    places
}
