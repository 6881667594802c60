//! The tables `answers` and `judgements`: sent replies, and feedback on them.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{asked, proposals, unanswered};
use crate::conversation::{
    AskerHash, MessageId, PlaceId, SentReply, Timestamp, UnansweredQuestion,
};
use crate::store::records::{AskedUpdate, Feedback};

/// Inserts `reply`, in place of an earlier one to the same question. `false` if its message is that of the
/// reply to another question, which stays: then nothing is inserted.
pub(super) fn insert(connection: &Connection, reply: &SentReply) -> rusqlite::Result<bool> {
    delete_reply(connection, &reply.question)?;
    let n_inserted = connection
        .prepare_cached(
            "INSERT INTO answers
             (question, sent, place, space, asker, asked_for, kind, is_private, entries, sent_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (sent) DO NOTHING",
        )?
        .execute(params![
            reply.question.as_str(),
            reply.message.as_str(),
            reply.place.as_str(),
            reply.space.as_str(),
            reply.asker.as_str(),
            reply.asked_for.as_ref().map(AskerHash::as_str),
            json(&reply.kind)?,
            reply.is_private,
            json(&reply.entries)?,
            reply.sent_at.as_millis(),
        ])?;
    Ok(n_inserted == 1)
}

pub(super) fn find_by_question(
    connection: &Connection,
    question: &MessageId,
) -> rusqlite::Result<Option<SentReply>> {
    connection
        .prepare_cached("SELECT * FROM answers WHERE question = ?")?
        .query_row([question.as_str()], from_row)
        .optional()
}

pub(super) fn find_by_message(
    connection: &Connection,
    message: &MessageId,
) -> rusqlite::Result<Option<SentReply>> {
    connection
        .prepare_cached("SELECT * FROM answers WHERE sent = ?")?
        .query_row([message.as_str()], from_row)
        .optional()
}

pub(super) fn find_last(
    connection: &Connection,
    asker: &AskerHash,
    place: &PlaceId,
) -> rusqlite::Result<Option<SentReply>> {
    connection
        .prepare_cached(
            "SELECT * FROM answers WHERE (asker = ?1 OR asked_for = ?1) AND place = ?2
             ORDER BY sent_at DESC LIMIT 1",
        )?
        .query_row([asker.as_str(), place.as_str()], from_row)
        .optional()
}

pub(super) fn update(
    connection: &Connection,
    reply: &SentReply,
    unanswered: Option<&UnansweredQuestion>,
    asked_update: &AskedUpdate,
) -> rusqlite::Result<()> {
    unanswered::delete(connection, &reply.question)?;
    asked::update(connection, &reply.question, asked_update)?;
    // Replacing a row deletes the feedback on it, which stays valid only for the same content.
    let is_same = find_by_question(connection, &reply.question)?.is_some_and(|old| {
        old.message == reply.message
            && old.kind == reply.kind
            && old.asked_for == reply.asked_for
            && old.is_private == reply.is_private
            && old.entries == reply.entries
    });
    if !is_same {
        insert(connection, reply)?;
    }
    unanswered.map_or(Ok(()), |question| unanswered::insert(connection, question))
}

pub(super) fn delete(connection: &Connection, message: &MessageId) -> rusqlite::Result<()> {
    unanswered::delete(connection, message)?;
    proposals::delete(connection, message)?;
    asked::delete(connection, message)?;
    connection
        .prepare_cached("DELETE FROM judgements WHERE cause = ?")?
        .execute([message.as_str()])?;
    delete_reply(connection, message)
}

fn delete_reply(connection: &Connection, question: &MessageId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM answers WHERE question = ?")?
        .execute([question.as_str()])
        .map(drop)
}

pub(super) fn insert_feedback(
    connection: &Connection,
    feedback: &Feedback,
) -> rusqlite::Result<()> {
    // Feedback on a reply that was deleted meanwhile is ignored.
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO judgements (sent, judge, is_helpful, at, cause)
             SELECT sent, ?2, ?3, ?4, ?5 FROM answers WHERE sent = ?1",
        )?
        .execute(params![
            feedback.message.as_str(),
            feedback.asker.as_str(),
            feedback.is_helpful,
            feedback.at.as_millis(),
            feedback.cause.as_str(),
        ])
        .map(drop)
}

pub(super) fn feedback(
    connection: &Connection,
    message: &MessageId,
    asker: &AskerHash,
) -> rusqlite::Result<Option<bool>> {
    connection
        .prepare_cached("SELECT is_helpful FROM judgements WHERE sent = ? AND judge = ?")?
        .query_row([message.as_str(), asker.as_str()], |row| row.get(0))
        .optional()
}

pub(super) fn delete_feedback(
    connection: &Connection,
    message: &MessageId,
    asker: &AskerHash,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM judgements WHERE sent = ? AND judge = ?")?
        .execute([message.as_str(), asker.as_str()])
        .map(drop)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<SentReply> {
    Ok(SentReply {
        question: MessageId::from(row.get::<_, String>("question")?),
        message: MessageId::from(row.get::<_, String>("sent")?),
        place: PlaceId::from(row.get::<_, String>("place")?),
        space: row.get("space")?,
        asker: AskerHash::from(row.get::<_, String>("asker")?),
        asked_for: row.get::<_, Option<String>>("asked_for")?.map(AskerHash::from),
        kind: from_json(row, "kind")?,
        is_private: row.get("is_private")?,
        entries: from_json(row, "entries")?,
        sent_at: Timestamp::from_millis(row.get("sent_at")?),
    })
}

pub(super) fn json(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

pub(super) fn from_json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    let idx = row.as_ref().column_index(column)?;
    let text: String = row.get(idx)?;
    serde_json::from_str(&text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(idx, Type::Text, error.into()))
}
