//! The tables `space_states`, `place_states`, `places` and `meta`: pauses, and times of joins.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};

use super::replies::json;
use crate::conversation::{PlaceId, Timestamp};
use crate::store::records::{Join, PlaceStatus};

pub(super) fn record_first_start(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    connection.execute(
        "INSERT OR IGNORE INTO meta (name, value) VALUES ('first_start', ?)",
        [now.as_millis()],
    )?;
    correct_future_times(connection, now)
}

/// Corrects the times since which the bot is somewhere that are later than `now`: the clock was ahead. With
/// them, nothing would be answered until then.
pub(super) fn correct_future_times(
    connection: &Connection,
    now: Timestamp,
) -> rusqlite::Result<()> {
    for update in [
        "UPDATE meta SET value = ?1 WHERE name = 'first_start' AND value > ?1",
        "UPDATE places SET joined_at = ?1 WHERE joined_at > ?1",
    ] {
        connection.execute(update, [now.as_millis()])?;
    }
    Ok(())
}

/// What [`record_clock`] has recorded last.
pub(super) fn last_clock(connection: &Connection) -> rusqlite::Result<Option<Timestamp>> {
    // Records of versions that did not record the clock tell when they were in use.
    let last: Option<i64> = connection.query_row(
        "SELECT coalesce((SELECT value FROM meta WHERE name = 'clock'),
                         (SELECT max(at) FROM handled))",
        [],
        |row| row.get(0),
    )?;
    Ok(last.map(Timestamp::from_millis))
}

pub(super) fn record_clock(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    connection
        .execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('clock', ?)", [now.as_millis()])
        .map(drop)
}

/// Records `key`. Returns whether another one was recorded before.
pub(super) fn record_key(connection: &Connection, key: i64) -> rusqlite::Result<bool> {
    let before = recorded_key(connection)?;
    connection
        .execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('asker_key', ?)", [key])?;
    Ok(before.is_some_and(|before| before != key))
}

/// What [`record_key`] has recorded last.
pub(super) fn recorded_key(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    let statement = "SELECT value FROM meta WHERE name = 'asker_key'";
    connection.query_row(statement, [], |row| row.get(0)).optional()
}

pub(super) fn place_status(
    connection: &Connection,
    space: &str,
    places: &[PlaceId],
) -> rusqlite::Result<PlaceStatus> {
    let (is_paused, since): (bool, i64) = connection
        .prepare_cached(
            "SELECT coalesce((SELECT is_paused FROM json_each(?2)
                                  JOIN place_states ON space = ?1 AND place = json_each.value
                                  ORDER BY json_each.key LIMIT 1),
                             (SELECT is_paused FROM space_states WHERE space = ?1), 0),
                    max(coalesce((SELECT max(joined_at) FROM places
                                  WHERE place IN (SELECT value FROM json_each(?2))), 0),
                        (SELECT value FROM meta WHERE name = 'first_start'))",
        )?
        .query_row(params![space, json(&places)?], |row| row.try_into())?;
    let member_since = Timestamp::from_millis(since);
    Ok(PlaceStatus { is_paused, member_since })
}

pub(super) fn set_paused(
    connection: &Connection,
    space: &str,
    place: Option<&PlaceId>,
    is_paused: bool,
) -> rusqlite::Result<()> {
    if let Some(place) = place {
        let set = "INSERT OR REPLACE INTO place_states (space, place, is_paused) VALUES (?, ?, ?)";
        return connection.execute(set, params![space, place.as_str(), is_paused]).map(drop);
    }
    connection.execute("DELETE FROM place_states WHERE space = ?", [space])?;
    connection
        .execute(
            "INSERT OR REPLACE INTO space_states (space, is_paused) VALUES (?, ?)",
            params![space, is_paused],
        )
        .map(drop)
}

/// Joins of one place that are less apart are the same: the clock may have been behind that of the platform.
const SAME_JOIN: Duration = Duration::from_secs(300);

pub(super) fn record_join(
    connection: &Connection,
    place: &PlaceId,
    at: Timestamp,
    is_last_join: bool,
) -> rusqlite::Result<Join> {
    let known: Option<i64> = connection
        .query_row("SELECT joined_at FROM places WHERE place = ?", [place.as_str()], |row| {
            row.get(0)
        })
        .optional()?;
    let join = match known.map(Timestamp::from_millis) {
        None => Join::First,
        Some(known) if is_last_join && at.since(known) > SAME_JOIN => Join::Again,
        Some(_) => return Ok(Join::Known),
    };
    connection.execute(
        "INSERT OR REPLACE INTO places (place, joined_at) VALUES (?, ?)",
        params![place.as_str(), at.as_millis()],
    )?;
    Ok(join)
}
