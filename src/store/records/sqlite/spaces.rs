//! The tables `space_states`, `place_states`, `places` and `meta`: pauses, and times of joins.

use sqlx::SqliteConnection;

use super::replies::json;
use crate::conversation::{PlaceId, Timestamp};
use crate::store::records::PlaceStatus;

pub(super) async fn record_first_start(
    connection: &mut SqliteConnection,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("INSERT OR IGNORE INTO meta (name, value) VALUES ('first_start', ?)")
        .bind(now.as_millis())
        .execute(&mut *connection)
        .await?;
    correct_future_times(connection, now).await
}

/// Corrects the times since which the bot is somewhere that are later than `now`: the clock was ahead. With
/// them, nothing would be answered until then.
pub(super) async fn correct_future_times(
    connection: &mut SqliteConnection,
    now: Timestamp,
) -> sqlx::Result<()> {
    for update in [
        "UPDATE meta SET value = ?1 WHERE name = 'first_start' AND value > ?1",
        "UPDATE places SET joined_at = ?1 WHERE joined_at > ?1",
    ] {
        sqlx::query(update).bind(now.as_millis()).execute(&mut *connection).await?;
    }
    Ok(())
}

/// What [`record_clock`] has recorded last.
pub(super) async fn last_clock(
    connection: &mut SqliteConnection,
) -> sqlx::Result<Option<Timestamp>> {
    // Records of versions that did not record the clock tell when they were in use.
    let last: Option<i64> = sqlx::query_scalar(
        "SELECT coalesce((SELECT value FROM meta WHERE name = 'clock'),
                         (SELECT max(at) FROM handled))",
    )
    .fetch_one(connection)
    .await?;
    Ok(last.map(Timestamp::from_millis))
}

pub(super) async fn record_clock(
    connection: &mut SqliteConnection,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("INSERT OR REPLACE INTO meta (name, value) VALUES ('clock', ?)")
        .bind(now.as_millis())
        .execute(connection)
        .await
        .map(drop)
}

pub(super) async fn place_status(
    connection: &mut SqliteConnection,
    space: String,
    places: Vec<PlaceId>,
) -> sqlx::Result<PlaceStatus> {
    let (is_paused, since): (bool, i64) = sqlx::query_as(
        "SELECT coalesce((SELECT is_paused FROM json_each(?2)
                              JOIN place_states ON space = ?1 AND place = json_each.value
                              ORDER BY json_each.key LIMIT 1),
                         (SELECT is_paused FROM space_states WHERE space = ?1), 0),
                max(coalesce((SELECT max(joined_at) FROM places
                              WHERE place IN (SELECT value FROM json_each(?2))), 0),
                    (SELECT value FROM meta WHERE name = 'first_start'))",
    )
    .bind(space)
    .bind(json(&places)?)
    .fetch_one(connection)
    .await?;
    let member_since = Timestamp::from_millis(since);
    Ok(PlaceStatus { is_paused, member_since })
}

pub(super) async fn set_paused(
    connection: &mut SqliteConnection,
    space: String,
    place: Option<PlaceId>,
    is_paused: bool,
) -> sqlx::Result<()> {
    if let Some(place) = place {
        let set = "INSERT OR REPLACE INTO place_states (space, place, is_paused) VALUES (?, ?, ?)";
        return sqlx::query(set)
            .bind(space)
            .bind(place.as_str())
            .bind(is_paused)
            .execute(connection)
            .await
            .map(drop);
    }
    sqlx::query("DELETE FROM place_states WHERE space = ?")
        .bind(space.clone())
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT OR REPLACE INTO space_states (space, is_paused) VALUES (?, ?)")
        .bind(space)
        .bind(is_paused)
        .execute(connection)
        .await
        .map(drop)
}

pub(super) async fn record_join(
    connection: &mut SqliteConnection,
    place: PlaceId,
    at: Timestamp,
) -> sqlx::Result<bool> {
    let result = sqlx::query("INSERT OR IGNORE INTO places (place, joined_at) VALUES (?, ?)")
        .bind(place.as_str())
        .bind(at.as_millis())
        .execute(connection)
        .await?;
    Ok(result.rows_affected() == 1)
}
