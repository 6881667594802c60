//! The power levels that the bot needs in a room.

use matrix_sdk::Room;
use matrix_sdk::ruma::events::MessageLikeEventType;
use matrix_sdk::ruma::events::room::power_levels::UserPowerLevel;

use super::super::EventSink;
use crate::conversation::{Event, Place, PlaceId};

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
