//! What was said, what people made of it, and what was not answered.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use crate::conversation::{
    AskerHash, MessageId, PlaceId, SentReply, Timestamp, UnansweredQuestion,
};
use crate::store::records::Feedback;

/// Unanswered questions of one asker that are kept at the most, the latest: nobody can flood what
/// moderators read.
pub(super) const MAX_UNANSWERED_PER_ASKER: i64 = 100;

pub(super) async fn insert(
    connection: &mut SqliteConnection,
    answer: &SentReply,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT OR REPLACE INTO answers
         (question, sent, place, space, asker, kind, is_private, entries, sent_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(answer.question.as_str())
    .bind(answer.message.as_str())
    .bind(answer.place.as_str())
    .bind(answer.space.as_str())
    .bind(answer.asker.as_str())
    .bind(json(&answer.kind)?)
    .bind(answer.is_private)
    .bind(json(&answer.entries)?)
    .bind(answer.sent_at.as_millis())
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
    row.as_ref().map(answer_of).transpose()
}

pub(super) async fn find_by_message(
    connection: &mut SqliteConnection,
    sent: MessageId,
) -> sqlx::Result<Option<SentReply>> {
    let row = sqlx::query("SELECT * FROM answers WHERE sent = ?")
        .bind(sent.as_str())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(answer_of).transpose()
}

pub(super) async fn update(
    connection: &mut SqliteConnection,
    answer: SentReply,
    unanswered: Option<UnansweredQuestion>,
) -> sqlx::Result<()> {
    delete_unanswered(connection, &answer.question).await?;
    // An answer that is not replaced keeps what people made of it only if it says the same.
    let is_same = find_by_question(connection, answer.question.clone()).await?.is_some_and(|old| {
        let says = |it: &SentReply| (it.kind, it.is_private);
        old.message == answer.message
            && says(&old) == says(&answer)
            && old.entries == answer.entries
    });
    if is_same {
        return keep_unanswered_of(connection, unanswered).await;
    }
    insert(connection, &answer).await?;
    keep_unanswered_of(connection, unanswered).await
}

pub(super) async fn delete(
    connection: &mut SqliteConnection,
    message: MessageId,
) -> sqlx::Result<()> {
    delete_unanswered(connection, &message).await?;
    sqlx::query("DELETE FROM answers WHERE question = ?")
        .bind(message.as_str())
        .execute(connection)
        .await
        .map(drop)
}

pub(super) async fn insert_feedback(
    connection: &mut SqliteConnection,
    judgement: Feedback,
) -> sqlx::Result<()> {
    // The answer may have been taken away meanwhile.
    sqlx::query(
        "INSERT OR REPLACE INTO judgements (sent, judge, is_helpful, at)
         SELECT sent, ?2, ?3, ?4 FROM answers WHERE sent = ?1",
    )
    .bind(judgement.message.as_str())
    .bind(judgement.asker.as_str())
    .bind(judgement.is_helpful)
    .bind(judgement.at.as_millis())
    .execute(connection)
    .await
    .map(drop)
}

pub(super) async fn unanswered_questions(
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
    rows.iter().map(unanswered_of).collect()
}

async fn keep_unanswered_of(
    connection: &mut SqliteConnection,
    unanswered: Option<UnansweredQuestion>,
) -> sqlx::Result<()> {
    match unanswered {
        Some(unanswered) => keep_unanswered(connection, &unanswered).await,
        None => Ok(()),
    }
}

pub(super) async fn keep_unanswered(
    connection: &mut SqliteConnection,
    unanswered: &UnansweredQuestion,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT OR REPLACE INTO unanswered
         (message, space, place, asker, text, nearest, gap, asked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(unanswered.message.as_str())
    .bind(unanswered.space.as_str())
    .bind(unanswered.place.as_str())
    .bind(unanswered.asker.as_str())
    .bind(unanswered.text.as_str())
    .bind(json(&unanswered.nearest)?)
    .bind(unanswered.gap.as_deref())
    .bind(unanswered.asked_at.as_millis())
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "DELETE FROM unanswered WHERE message IN (SELECT message FROM unanswered
         WHERE asker = ?1 ORDER BY asked_at DESC, message LIMIT -1 OFFSET ?2)",
    )
    .bind(unanswered.asker.as_str())
    .bind(MAX_UNANSWERED_PER_ASKER)
    .execute(connection)
    .await
    .map(drop)
}

async fn delete_unanswered(
    connection: &mut SqliteConnection,
    message: &MessageId,
) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM unanswered WHERE message = ?")
        .bind(message.as_str())
        .execute(connection)
        .await
        .map(drop)
}

fn answer_of(row: &SqliteRow) -> sqlx::Result<SentReply> {
    Ok(SentReply {
        question: MessageId::from(row.try_get::<String, _>("question")?),
        message: MessageId::from(row.try_get::<String, _>("sent")?),
        place: PlaceId::from(row.try_get::<String, _>("place")?),
        space: row.try_get("space")?,
        asker: AskerHash::from(row.try_get::<String, _>("asker")?),
        kind: from_json(row, "kind")?,
        is_private: row.try_get("is_private")?,
        entries: from_json(row, "entries")?,
        sent_at: Timestamp::from_millis(row.try_get("sent_at")?),
    })
}

fn unanswered_of(row: &SqliteRow) -> sqlx::Result<UnansweredQuestion> {
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

pub(super) fn json(value: &impl Serialize) -> sqlx::Result<String> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(error.into()))
}

fn from_json<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> sqlx::Result<T> {
    let text: String = row.try_get(column)?;
    serde_json::from_str(&text).map_err(|error| sqlx::Error::Decode(error.into()))
}
