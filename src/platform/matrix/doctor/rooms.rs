//! Checks of the rooms, and of what the bot may do in them.

use std::collections::HashMap;

use matrix_sdk::authentication::matrix::MatrixSession;
use serde::Deserialize;

use super::super::PLATFORM;
use super::MatrixSetup;
use crate::platform::diagnosis::{CheckOutcome, CheckResult};

/// Most rooms of the configuration whose power levels are fetched.
const MAX_ROOMS: usize = 20;

/// The response to `GET /_matrix/client/v3/joined_rooms`.
#[derive(Deserialize)]
pub(super) struct JoinedRooms {
    joined_rooms: Vec<String>,
}

/// The content of `m.room.power_levels`, as far as it is about messages.
#[derive(Default, Deserialize)]
#[serde(default)]
struct PowerLevels {
    users: HashMap<String, i64>,
    users_default: i64,
    events: HashMap<String, i64>,
    events_default: i64,
}

/// The response to the request for the limit of a user, which is empty if there is no own one.
#[derive(Deserialize)]
struct UserLimit {
    messages_per_second: Option<f64>,
}

/// The rooms that the bot has joined.
async fn joined(setup: &MatrixSetup) -> Result<(MatrixSession, &[String]), String> {
    let session = setup.accepted_session().await?;
    let fetch = async { setup.get(&session, "/_matrix/client/v3/joined_rooms").await?.success() };
    let rooms = setup.rooms.get_or_init(|| fetch).await.as_ref().map_err(Clone::clone)?;
    Ok((session, &rooms.joined_rooms))
}

pub(super) async fn may_write(setup: &MatrixSetup) -> CheckOutcome {
    let of_matrix = setup.places.iter().filter(|(_, place)| place.parts().0 == PLATFORM);
    let configured: Vec<(&str, &str)> =
        of_matrix.map(|(key, place)| (*key, place.parts().1)).collect();
    if configured.is_empty() {
        return Err("the configuration names no room of Matrix".to_owned());
    }
    let (session, rooms) = joined(setup).await?;
    let mut wrong = Vec::new();
    for (key, room) in configured.iter().take(MAX_ROOMS) {
        if !rooms.iter().any(|joined| joined == room) {
            wrong.push(format!("`{key}` has matrix:{room}, in which the bot is not"));
        } else if is_power_too_low(setup, &session, room).await? {
            wrong.push(format!("in matrix:{room} its power level is too low for messages"));
        }
    }
    if wrong.is_empty() {
        return Ok(CheckResult::ok(format!("{} rooms of the configuration", configured.len())));
    }
    let advice = "check the id of the room (settings of the room, Advanced; after an upgrade it is another one), invite the \
                  bot as a user in `accepts_invites_from`, or raise its power level";
    Ok(CheckResult::wrong(wrong.join("; "), advice))
}

/// Whether the power level of the bot is too low to send messages to `room`. Not known of a room that its creator, who has
/// more than any level, is the bot.
async fn is_power_too_low(
    setup: &MatrixSetup,
    session: &MatrixSession,
    room: &str,
) -> Result<bool, String> {
    let path = |kind: &str| format!("/_matrix/client/v3/rooms/{room}/state/{kind}/");
    // Without power levels, everybody may send messages.
    let levels = setup.get(session, &path("m.room.power_levels")).await?;
    let levels: PowerLevels = levels.success().unwrap_or_default();
    let user = session.meta.user_id.as_str();
    let has_encryption = setup.get(session, &path("m.room.encryption")).await?.status == 200;
    let kind = if has_encryption { "m.room.encrypted" } else { "m.room.message" };
    let own = levels.users.get(user).unwrap_or(&levels.users_default);
    let needed = levels.events.get(kind).unwrap_or(&levels.events_default);
    Ok(own < needed)
}

pub(super) async fn accepts_invites(setup: &MatrixSetup) -> CheckOutcome {
    if !setup.settings.accepts_invites_from.is_empty() {
        return Ok(CheckResult::ok("`accepts_invites_from` says who"));
    }
    let (_, rooms) = joined(setup).await?;
    if !rooms.is_empty() {
        return Ok(CheckResult::ok(format!("nobody, but it is in {} rooms", rooms.len())));
    }
    Ok(CheckResult::wrong(
        "the bot is in no room, and nobody may invite it",
        "set `accepts_invites_from` in [matrix] to the users who may, like [\"@*:example.org\"]",
    ))
}

pub(super) async fn is_exempt(setup: &MatrixSetup) -> CheckOutcome {
    let session = setup.accepted_session().await?;
    let user = session.meta.user_id.as_str();
    let path = format!("/_synapse/admin/v1/users/{user}/override_ratelimit");
    let response = setup.get(&session, &path).await?;
    let limit: Result<UserLimit, String> = response.success();
    let Ok(UserLimit { messages_per_second }) = limit else {
        return Err("only administrators of a Synapse server can see it".to_owned());
    };
    if messages_per_second.is_some_and(|limit| limit <= 0.0) {
        return Ok(CheckResult::ok("it is exempt"));
    }
    Ok(CheckResult::wrong(
        "the homeserver limits the messages of the bot",
        "exempt it, with the request in docs/matrix.md (\"Rate limits\"): with Synapse's default, 140 questions at once take \
         eleven minutes",
    ))
}
