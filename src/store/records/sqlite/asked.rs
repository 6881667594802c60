//! The table `asked`: questions that were asked, answered or not.

use rusqlite::{Connection, OptionalExtension, params};

use super::replies::json;
use super::retention;
use crate::conversation::{AskedQuestion, AskedText, MessageId};
use crate::store::records::AskedUpdate;

pub(super) fn insert(connection: &Connection, question: &AskedQuestion) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO asked (message, space, asker, text, asked_at)
             VALUES (?, ?, ?, ?, ?)",
        )?
        .execute(params![
            question.message.as_str(),
            question.space.as_str(),
            question.asker.as_str(),
            question.text.as_str(),
            question.asked_at.as_millis(),
        ])?;
    retention::keep_latest(connection, "asked", &question.asker)
}

pub(super) fn update(
    connection: &Connection,
    message: &MessageId,
    update: &AskedUpdate,
) -> rusqlite::Result<()> {
    match update {
        AskedUpdate::Same => Ok(()),
        AskedUpdate::Deleted => delete(connection, message),
        AskedUpdate::Replaced(question) => {
            delete(connection, message)?;
            insert(connection, question)
        }
    }
}

pub(super) fn delete(connection: &Connection, message: &MessageId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM asked WHERE message = ?")?
        .execute([message.as_str()])
        .map(drop)
}

/// The text of a message.
pub(super) fn text(
    connection: &Connection,
    message: &MessageId,
) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT text FROM asked WHERE message = ?")?
        .query_row([message.as_str()], |row| row.get(0))
        .optional()
}

/// The different texts that were asked in one of `spaces`, or in any, and how often: at most `limit`, those asked
/// last.
pub(super) fn texts(
    connection: &Connection,
    spaces: Option<&[String]>,
    limit: u32,
) -> rusqlite::Result<Vec<AskedText>> {
    let spaces = spaces.map(|spaces| json(&spaces)).transpose()?;
    connection
        .prepare(
            "SELECT text, count(*) AS n_times FROM asked
             WHERE ?1 IS NULL OR space IN (SELECT value FROM json_each(?1))
             GROUP BY text ORDER BY max(asked_at) DESC, text LIMIT ?2",
        )?
        .query_map(params![spaces, limit], |row| {
            Ok(AskedText { text: row.get("text")?, n_times: row.get("n_times")? })
        })?
        .collect()
}
