//! The tables `space_states`, `places` and `meta`: settings of spaces, and times of joins.

use sqlx::SqliteConnection;

use super::replies::json;
use crate::conversation::{PlaceId, Timestamp};
use crate::store::records::{PlaceStatus, SpaceState};

pub(super) async fn record_first_start(
    connection: &mut SqliteConnection,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("INSERT OR IGNORE INTO meta (name, value) VALUES ('first_start', ?)")
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
        "SELECT coalesce((SELECT is_paused FROM space_states WHERE space = ?1), 0),
                max(coalesce((SELECT max(joined_at) FROM places
                              WHERE place IN (SELECT value FROM json_each(?2))), 0),
                    (SELECT value FROM meta WHERE name = 'first_start'))",
    )
    .bind(space)
    .bind(json(&places)?)
    .fetch_one(connection)
    .await?;
    let member_since = Timestamp::from_millis(since);
    Ok(PlaceStatus { space_state: SpaceState { is_paused }, member_since })
}

pub(super) async fn set_state(
    connection: &mut SqliteConnection,
    space: String,
    state: SpaceState,
) -> sqlx::Result<()> {
    sqlx::query("INSERT OR REPLACE INTO space_states (space, is_paused) VALUES (?, ?)")
        .bind(space)
        .bind(state.is_paused)
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
