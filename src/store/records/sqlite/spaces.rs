//! What is set for spaces from chat, and since when we are where.

use sqlx::SqliteConnection;

use crate::conversation::{PlaceId, Timestamp};
use crate::store::records::SpaceState;

pub(super) async fn note_first_start(
    connection: &mut SqliteConnection,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("INSERT OR IGNORE INTO meta (name, value) VALUES ('first_start', ?)")
        .bind(now.as_millis())
        .execute(connection)
        .await
        .map(drop)
}

/// Reads and writes something.
pub(super) async fn touch(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO meta (name, value) VALUES ('n_touched', 1)
         ON CONFLICT (name) DO UPDATE SET value = value + 1",
    )
    .execute(connection)
    .await
    .map(drop)
}

pub(super) async fn state(
    connection: &mut SqliteConnection,
    space: String,
) -> sqlx::Result<SpaceState> {
    let is_paused = sqlx::query_scalar("SELECT is_paused FROM space_states WHERE space = ?")
        .bind(space)
        .fetch_optional(connection)
        .await?;
    Ok(SpaceState { is_paused: is_paused.unwrap_or_default() })
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

pub(super) async fn present_since(
    connection: &mut SqliteConnection,
    place: PlaceId,
) -> sqlx::Result<Timestamp> {
    let millis: Option<i64> = sqlx::query_scalar(
        "SELECT coalesce((SELECT joined_at FROM places WHERE place = ?),
                         (SELECT value FROM meta WHERE name = 'first_start'))",
    )
    .bind(place.as_str())
    .fetch_one(connection)
    .await?;
    Ok(Timestamp::from_millis(millis.unwrap_or_default()))
}

pub(super) async fn join(
    connection: &mut SqliteConnection,
    place: PlaceId,
    at: Timestamp,
) -> sqlx::Result<bool> {
    let done = sqlx::query("INSERT OR IGNORE INTO places (place, joined_at) VALUES (?, ?)")
        .bind(place.as_str())
        .bind(at.as_millis())
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}
