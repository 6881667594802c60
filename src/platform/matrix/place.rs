//! Where something happens, and as whom we are known there.

use matrix_sdk::Room;
use matrix_sdk::ruma::{EventId, OwnedRoomId, UserId};

use super::ids;
use super::incoming::mention::BotIdentity;
use crate::conversation::{Place, PlaceId};

/// Rooms before a room that are looked for: nobody upgrades so often, and a circle ends.
const MAX_PREDECESSORS: usize = 20;

/// Members of a direct room: somebody and we.
const N_MEMBERS_DIRECT: u64 = 2;

/// The place of what `by` does in `room` and, if so, in `thread`.
pub(super) async fn place(room: &Room, thread: Option<&EventId>, by: &UserId) -> Place {
    let is_direct = is_direct(room).await;
    let id = ids::room(room.room_id());
    let mut within = if is_direct { mutual_rooms(room, by).await } else { predecessors(room) };
    let Some(root) = thread else { return Place { id, parents: within, is_direct } };
    within.insert(0, id);
    Place { id: ids::thread(room.room_id(), root), parents: within, is_direct }
}

/// Whether nobody but one person and we read what is said in `room`, and they asked us there for that.
pub(super) async fn is_direct(room: &Room) -> bool {
    room.active_members_count() <= N_MEMBERS_DIRECT && room.is_direct().await.unwrap_or(false)
}

/// As whom we are known in `room`.
pub(super) async fn bot_identity(room: &Room) -> BotIdentity {
    let id = room.own_user_id().to_owned();
    let member = room.get_member_no_sync(&id).await.ok().flatten();
    let name = member.and_then(|member| member.display_name().map(str::to_owned));
    BotIdentity { id, display_name: name }
}

/// The rooms that `room` has taken the place of, the latest first. What is set for them holds here.
fn predecessors(room: &Room) -> Vec<PlaceId> {
    predecessor_ids(room).iter().map(|id| ids::room(id)).collect()
}

/// The same by their ids. A room says itself what it comes from, so that the old room has to agree.
pub(super) fn predecessor_ids(room: &Room) -> Vec<OwnedRoomId> {
    let mut found: Vec<OwnedRoomId> = Vec::new();
    let mut newest = room.clone();
    while found.len() < MAX_PREDECESSORS {
        let Some(older) = newest.predecessor_room() else { break };
        let Some(older) = newest.client().get_room(&older.room_id) else { break };
        let follows = older.successor_room().is_some_and(|it| it.room_id == newest.room_id());
        if !follows || found.contains(&older.room_id().to_owned()) {
            break;
        }
        found.push(older.room_id().to_owned());
        newest = older;
    }
    found
}

/// The rooms in which `who` and we both are, besides direct ones.
async fn mutual_rooms(direct: &Room, who: &UserId) -> Vec<PlaceId> {
    let mut places = Vec::new();
    for room in direct.client().joined_rooms() {
        if room.room_id() == direct.room_id() || is_direct(&room).await {
            continue;
        }
        if is_member(&room, who).await {
            places.push(ids::room(room.room_id()));
            places.extend(predecessors(&room));
        }
    }
    places
}

async fn is_member(room: &Room, who: &UserId) -> bool {
    use matrix_sdk::ruma::events::room::member::MembershipState::Join;
    let member = room.get_member(who).await;
    member.ok().flatten().is_some_and(|member| *member.membership() == Join)
}
