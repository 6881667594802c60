//! The table `unanswered`: questions that were not answered with quotes, for moderators.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::replies::{from_json, json};
use crate::conversation::{AskerHash, MessageId, PlaceId, Timestamp, UnansweredQuestion};

/// Most unanswered questions kept for one asker, the latest ones, so that nobody can flood the
/// moderators' inbox.
pub(super) const MAX_PER_ASKER: i64 = 100;

pub(super) async fn latest(
    connection: &mut SqliteConnection,
    space: String,
    limit: u32,
) -> sqlx::Result<Vec<UnansweredQuestion>> {
    let rows = sqlx::query(
        "SELECT * FROM unanswered WHERE space = ? ORDER BY asked_at DESC, message LIMIT ?",
    )
    .bind(space)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter().map(from_row).collect()
}

pub(super) async fn insert(
    connection: &mut SqliteConnection,
    question: &UnansweredQuestion,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT OR REPLACE INTO unanswered
         (message, space, place, asker, text, nearest, gap, asked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(question.message.as_str())
    .bind(question.space.as_str())
    .bind(question.place.as_str())
    .bind(question.asker.as_str())
    .bind(question.text.as_str())
    .bind(json(&question.nearest)?)
    .bind(question.gap.as_deref())
    .bind(question.asked_at.as_millis())
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "DELETE FROM unanswered WHERE message IN (SELECT message FROM unanswered
         WHERE asker = ?1 ORDER BY asked_at DESC, message LIMIT -1 OFFSET ?2)",
    )
    .bind(question.asker.as_str())
    .bind(MAX_PER_ASKER)
    .execute(connection)
    .await
    .map(drop)
}

pub(super) async fn delete(
    connection: &mut SqliteConnection,
    message: &MessageId,
) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM unanswered WHERE message = ?")
        .bind(message.as_str())
        .execute(connection)
        .await
        .map(drop)
}

fn from_row(row: &SqliteRow) -> sqlx::Result<UnansweredQuestion> {
    Ok(UnansweredQuestion {
        message: MessageId::from(row.try_get::<String, _>("message")?),
        space: row.try_get("space")?,
        place: PlaceId::from(row.try_get::<String, _>("place")?),
        asker: AskerHash::from(row.try_get::<String, _>("asker")?),
        text: row.try_get("text")?,
        nearest: from_json(row, "nearest")?,
        gap: row.try_get("gap")?,
        asked_at: Timestamp::from_millis(row.try_get("asked_at")?),
    })
}
