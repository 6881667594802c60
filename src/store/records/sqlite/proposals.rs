//! The table `proposals`: edits that a moderator was shown and has not saved yet.

use rusqlite::{Connection, OptionalExtension, params};

use crate::conversation::{MessageId, Timestamp};
use crate::moderation::Proposal;

pub(super) fn store(
    connection: &Connection,
    question: &MessageId,
    proposal: &Proposal,
    at: Timestamp,
) -> rusqlite::Result<()> {
    let content = serde_json::to_string(proposal)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO proposals (question, content, at) VALUES (?, ?, ?)",
        )?
        .execute(params![question.as_str(), content, at.as_millis()])
        .map(drop)
}

/// The proposal; `None` if there is none, or it is of a version that wrote it otherwise.
pub(super) fn find(
    connection: &Connection,
    question: &MessageId,
) -> rusqlite::Result<Option<Proposal>> {
    let content: Option<String> = connection
        .prepare_cached("SELECT content FROM proposals WHERE question = ?")?
        .query_row([question.as_str()], |row| row.get(0))
        .optional()?;
    Ok(content.and_then(|content| serde_json::from_str(&content).ok()))
}

pub(super) fn delete(connection: &Connection, question: &MessageId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM proposals WHERE question = ?")?
        .execute([question.as_str()])
        .map(drop)
}
