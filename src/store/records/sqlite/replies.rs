//! The tables `answers` and `judgements`: sent replies, and feedback on them.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::unanswered;
use crate::conversation::{
    AskerHash, MessageId, PlaceId, SentReply, Timestamp, UnansweredQuestion,
};
use crate::store::records::Feedback;

pub(super) async fn insert(
    connection: &mut SqliteConnection,
    reply: &SentReply,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT OR REPLACE INTO answers
         (question, sent, place, space, asker, asked_for, kind, is_private, entries, sent_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(reply.question.as_str())
    .bind(reply.message.as_str())
    .bind(reply.place.as_str())
    .bind(reply.space.as_str())
    .bind(reply.asker.as_str())
    .bind(reply.asked_for.as_ref().map(AskerHash::as_str))
    .bind(json(&reply.kind)?)
    .bind(reply.is_private)
    .bind(json(&reply.entries)?)
    .bind(reply.sent_at.as_millis())
    .execute(connection)
    .await
    .map(drop)
}

pub(super) async fn find_by_question(
    connection: &mut SqliteConnection,
    question: MessageId,
) -> sqlx::Result<Option<SentReply>> {
    let row = sqlx::query("SELECT * FROM answers WHERE question = ?")
        .bind(question.as_str())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(from_row).transpose()
}

pub(super) async fn find_by_message(
    connection: &mut SqliteConnection,
    message: MessageId,
) -> sqlx::Result<Option<SentReply>> {
    let row = sqlx::query("SELECT * FROM answers WHERE sent = ?")
        .bind(message.as_str())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(from_row).transpose()
}

pub(super) async fn find_last(
    connection: &mut SqliteConnection,
    asker: AskerHash,
    place: PlaceId,
) -> sqlx::Result<Option<SentReply>> {
    let row = sqlx::query(
        "SELECT * FROM answers WHERE (asker = ?1 OR asked_for = ?1) AND place = ?2
         ORDER BY sent_at DESC LIMIT 1",
    )
    .bind(asker.as_str())
    .bind(place.as_str())
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(from_row).transpose()
}

pub(super) async fn update(
    connection: &mut SqliteConnection,
    reply: SentReply,
    unanswered: Option<UnansweredQuestion>,
) -> sqlx::Result<()> {
    unanswered::delete(connection, &reply.question).await?;
    // Replacing a row deletes the feedback on it, which stays valid only for the same content.
    let is_same = find_by_question(connection, reply.question.clone()).await?.is_some_and(|old| {
        old.message == reply.message
            && old.kind == reply.kind
            && old.asked_for == reply.asked_for
            && old.is_private == reply.is_private
            && old.entries == reply.entries
    });
    if !is_same {
        insert(connection, &reply).await?;
    }
    match unanswered {
        Some(question) => unanswered::insert(connection, &question).await,
        None => Ok(()),
    }
}

pub(super) async fn delete(
    connection: &mut SqliteConnection,
    message: MessageId,
) -> sqlx::Result<()> {
    unanswered::delete(connection, &message).await?;
    sqlx::query("DELETE FROM answers WHERE question = ?")
        .bind(message.as_str())
        .execute(connection)
        .await
        .map(drop)
}

pub(super) async fn insert_feedback(
    connection: &mut SqliteConnection,
    feedback: Feedback,
) -> sqlx::Result<()> {
    // Feedback on a reply that was deleted meanwhile is ignored.
    sqlx::query(
        "INSERT OR REPLACE INTO judgements (sent, judge, is_helpful, at)
         SELECT sent, ?2, ?3, ?4 FROM answers WHERE sent = ?1",
    )
    .bind(feedback.message.as_str())
    .bind(feedback.asker.as_str())
    .bind(feedback.is_helpful)
    .bind(feedback.at.as_millis())
    .execute(connection)
    .await
    .map(drop)
}

fn from_row(row: &SqliteRow) -> sqlx::Result<SentReply> {
    Ok(SentReply {
        question: MessageId::from(row.try_get::<String, _>("question")?),
        message: MessageId::from(row.try_get::<String, _>("sent")?),
        place: PlaceId::from(row.try_get::<String, _>("place")?),
        space: row.try_get("space")?,
        asker: AskerHash::from(row.try_get::<String, _>("asker")?),
        asked_for: row.try_get::<Option<String>, _>("asked_for")?.map(AskerHash::from),
        kind: from_json(row, "kind")?,
        is_private: row.try_get("is_private")?,
        entries: from_json(row, "entries")?,
        sent_at: Timestamp::from_millis(row.try_get("sent_at")?),
    })
}

pub(super) fn json(value: &impl Serialize) -> sqlx::Result<String> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(error.into()))
}

pub(super) fn from_json<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> sqlx::Result<T> {
    let text: String = row.try_get(column)?;
    serde_json::from_str(&text).map_err(|error| sqlx::Error::Decode(error.into()))
}
