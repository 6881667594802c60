//! Power levels: those that the bot needs in a room, and the ranks that they give to members.

use matrix_sdk::Room;
use matrix_sdk::ruma::UserId;
use matrix_sdk::ruma::events::MessageLikeEventType;
use matrix_sdk::ruma::events::room::power_levels::UserPowerLevel;

use super::super::EventSink;
use super::ids;
use super::place::predecessor_ids;
use crate::conversation::{Event, Place, PlaceId, PrincipalId};

/// The ranks of members, by the names that clients such as Element have for them, and the least power level of each.
const RANKS: [(&str, i64); 2] = [("moderators", 50), ("admins", 100)];

/// The ranks of `user` in `room`, which hold in the rooms that were upgraded to it, too.
pub(super) async fn ranks(room: &Room, user: &UserId) -> Vec<PrincipalId> {
    let Ok(levels) = room.power_levels().await else { return Vec::new() };
    let level = match levels.for_user(user) {
        UserPowerLevel::Int(level) => i64::from(level),
        // The creators of a room have more than any level, from room version 12 on.
        _ => i64::MAX,
    };
    let held: Vec<&str> =
        RANKS.iter().filter(|(_, least)| level >= *least).map(|(rank, _)| *rank).collect();
    if held.is_empty() {
        return Vec::new();
    }
    let mut rooms = predecessor_ids(room);
    rooms.insert(0, room.room_id().to_owned());
    let of_room = |room| held.iter().map(move |rank| ids::rank(rank, room));
    rooms.iter().map(|room| &**room).flat_map(of_room).collect()
}

/// Dispatches [`Event::MissingPermissions`] for `place` if the bot's power level in `room` is too
/// low to send events of this type. The service alerts the moderators once.
pub(super) async fn report_missing_permissions(
    room: &Room,
    event_type: MessageLikeEventType,
    place: &PlaceId,
    events: &EventSink,
) {
    let Ok(levels) = room.power_levels().await else { return };
    let UserPowerLevel::Int(level) = levels.for_user(room.own_user_id()) else { return };
    let required = levels.for_message(event_type.clone());
    if level >= required {
        return;
    }
    let place = Place { id: place.clone(), parents: Vec::new(), is_direct: false };
    let missing = match event_type {
        MessageLikeEventType::RoomMessage => vec![format!("power level {required}")],
        other => vec![format!("power level {required} ({other})")],
    };
    events.try_dispatch(Event::MissingPermissions { place, missing, is_timed_out: false });
}
