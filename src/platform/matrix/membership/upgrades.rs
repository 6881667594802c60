//! Follows room upgrades: joins the successor that a tombstone names.

use matrix_sdk::deserialized_responses::RawSyncOrStrippedState;
use matrix_sdk::ruma::events::room::tombstone::RoomTombstoneEventContent;
use matrix_sdk::ruma::events::{StateEventType, SyncStateEvent};
use matrix_sdk::ruma::{OwnedServerName, OwnedUserId, RoomId};
use matrix_sdk::{Room, RoomState};

use super::super::error;
use super::retry::retry;

/// Whether the bot has joined the successor of `room`.
pub(super) fn is_followed(room: &Room) -> bool {
    let successor = room.successor_room().and_then(|it| room.client().get_room(&it.room_id));
    successor.is_some_and(|it| it.state() == RoomState::Joined)
}

/// Joins the successor of `room`, if the tombstone was sent by a user with the required power
/// level.
pub(super) async fn join_replacement(room: &Room) {
    let Some(successor) = room.successor_room().map(|it| it.room_id) else { return };
    let Some(upgrader) = upgrader(room).await else { return };
    let via: Vec<OwnedServerName> = vec![upgrader.server_name().to_owned()];
    let client = room.client();
    let (from, to): (&RoomId, &RoomId) = (room.room_id(), &successor);
    match retry(|| client.join_room_by_id_or_alias(to.into(), &via)).await {
        Ok(_) => tracing::info!(room.id = %from, successor.id = %to, "Followed {from} to {to}"),
        Err(error) if error::is_forbidden(&error) => {
            tracing::info!(room.id = %from, successor.id = %to, "{from} was upgraded to {to}, which requires an invite");
        }
        Err(error) => {
            let why = error::describe(&error);
            tracing::warn!(room.id = %from, successor.id = %to, "Could not follow {from} to {to}: {why}");
        }
    }
}

/// Whether `room` is the successor of a joined room.
pub(super) async fn is_successor(room: &Room) -> bool {
    let id = room.room_id();
    for older in room.client().joined_rooms() {
        if is_upgraded_to(&older, id) && upgrader(&older).await.is_some() {
            return true;
        }
    }
    false
}

fn is_upgraded_to(room: &Room, id: &RoomId) -> bool {
    room.successor_room().is_some_and(|successor| successor.room_id == id)
}

/// The sender of the tombstone of `room`, if their power level allows tombstones. Homeservers check
/// that as well; this does not rely on it.
async fn upgrader(room: &Room) -> Option<OwnedUserId> {
    let event = room.get_state_event_static::<RoomTombstoneEventContent>().await.ok()??;
    let RawSyncOrStrippedState::Sync(event) = event else { return None };
    let SyncStateEvent::Original(event) = event.deserialize().ok()? else { return None };
    let levels = room.power_levels_or_default().await;
    levels.user_can_send_state(&event.sender, StateEventType::RoomTombstone).then_some(event.sender)
}
