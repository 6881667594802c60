//! The table `unanswered`: questions that were not answered with quotes, for moderators.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::replies::{from_json, json};
use super::retention;
use crate::conversation::{AskerHash, MessageId, PlaceId, Timestamp, UnansweredQuestion};

pub(super) fn latest(
    connection: &Connection,
    space: &str,
    limit: u32,
) -> rusqlite::Result<Vec<UnansweredQuestion>> {
    connection
        .prepare_cached(
            "SELECT * FROM unanswered WHERE space = ? AND settled IS NULL ORDER BY asked_at DESC, message LIMIT ?",
        )?
        .query_map(params![space, limit], from_row)?
        .collect()
}

pub(super) fn insert(
    connection: &Connection,
    question: &UnansweredQuestion,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO unanswered
             (message, space, place, asker, text, nearest, gap, passages, asked_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            question.message.as_str(),
            question.space.as_str(),
            question.place.as_str(),
            question.asker.as_str(),
            question.text.as_str(),
            json(&question.nearest)?,
            question.gap.as_deref(),
            json(&question.passages)?,
            question.asked_at.as_millis(),
        ])?;
    retention::keep_latest(connection, "unanswered", &question.asker)
}

pub(super) fn set_awaited(
    connection: &Connection,
    message: &MessageId,
    is_awaited: bool,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE unanswered SET is_awaited = ? WHERE message = ?")?
        .execute(params![is_awaited, message.as_str()])
        .map(drop)
}

/// The question of this message, if its asker wants to be told of an answer.
pub(super) fn find_awaited(
    connection: &Connection,
    message: &MessageId,
) -> rusqlite::Result<Option<UnansweredQuestion>> {
    connection
        .prepare_cached("SELECT * FROM unanswered WHERE is_awaited AND message = ?")?
        .query_row([message.as_str()], from_row)
        .optional()
}

pub(super) fn awaited(
    connection: &Connection,
    limit: u32,
) -> rusqlite::Result<Vec<UnansweredQuestion>> {
    connection
        .prepare_cached(
            "SELECT * FROM unanswered WHERE is_awaited ORDER BY asked_at DESC, message LIMIT ?",
        )?
        .query_map([limit], from_row)?
        .collect()
}

pub(super) fn delete(connection: &Connection, message: &MessageId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM unanswered WHERE message = ?")?
        .execute([message.as_str()])
        .map(drop)
}

pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<UnansweredQuestion> {
    Ok(UnansweredQuestion {
        message: MessageId::from(row.get::<_, String>("message")?),
        space: row.get("space")?,
        place: PlaceId::from(row.get::<_, String>("place")?),
        asker: AskerHash::from(row.get::<_, String>("asker")?),
        text: row.get("text")?,
        nearest: from_json(row, "nearest")?,
        gap: row.get("gap")?,
        passages: from_json(row, "passages")?,
        asked_at: Timestamp::from_millis(row.get("asked_at")?),
    })
}
