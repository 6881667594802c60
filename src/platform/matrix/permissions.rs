//! The power level that the bot needs to send messages to a room.

use matrix_sdk::Room;
use matrix_sdk::ruma::events::MessageLikeEventType;
use matrix_sdk::ruma::events::room::power_levels::UserPowerLevel;

use super::super::EventSink;
use crate::conversation::{Event, Place, PlaceId};

/// Dispatches [`Event::MissingPermissions`] for `place` if the bot's power level in `room` is too
/// low to send messages. The service alerts the moderators once.
pub(super) async fn report_missing_permissions(room: &Room, place: &PlaceId, events: &EventSink) {
    let Ok(levels) = room.power_levels().await else { return };
    let UserPowerLevel::Int(level) = levels.for_user(room.own_user_id()) else { return };
    let required = levels.for_message(MessageLikeEventType::RoomMessage);
    if level >= required {
        return;
    }
    let place = Place { id: place.clone(), parents: Vec::new(), is_direct: false };
    let missing = vec![format!("power level {required}")];
    events.try_dispatch(Event::MissingPermissions { place, missing });
}
