//! The table `handled`: claims on messages, and messages that are done.

use sqlx::SqliteConnection;

use super::{replies, unanswered};
use crate::conversation::{MessageId, Timestamp};
use crate::store::records::claim::{Claim, ClaimStatus, Completion, Holder};

/// Values of `handled.state`, as documented in the first migration.
const CLAIMED: i64 = 0;
const SENDING: i64 = 1;
const DONE: i64 = 2;

/// Done, and the reply was deleted because an edit left no question in the message.
const WITHDRAWN: i64 = 3;

/// Ends the leases of all claims, when all earlier holders are dead.
pub(super) async fn release_all(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    sqlx::query("UPDATE handled SET expires_at = 0 WHERE state < 2")
        .execute(connection)
        .await
        .map(drop)
}

pub(super) async fn claim(
    connection: &mut SqliteConnection,
    claim: Claim,
) -> sqlx::Result<ClaimStatus> {
    let found: Option<(i64, i64, Option<i64>)> =
        sqlx::query_as("SELECT state, expires_at, send_began_at FROM handled WHERE message = ?")
            .bind(claim.message.as_str())
            .fetch_optional(&mut *connection)
            .await?;
    let (state, status) = match found {
        Some((DONE | WITHDRAWN, ..)) => return Ok(ClaimStatus::Done),
        Some((_, expires_at, _)) if expires_at > claim.now.as_millis() => {
            return Ok(ClaimStatus::HeldElsewhere);
        }
        Some((SENDING, _, began_at)) => {
            let began_at = Timestamp::from_millis(began_at.unwrap_or_default());
            (SENDING, ClaimStatus::PossiblySent { began_at })
        }
        Some(_) | None => (CLAIMED, ClaimStatus::New),
    };
    let now = claim.now.as_millis();
    sqlx::query(
        "INSERT INTO handled (message, state, holder, expires_at, at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (message) DO UPDATE SET holder = ?3, expires_at = ?4, at = ?5",
    )
    .bind(claim.message.as_str())
    .bind(state)
    .bind(claim.holder.as_str())
    .bind(claim.now.plus(claim.lease).as_millis())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(status)
}

pub(super) async fn begin_send(
    connection: &mut SqliteConnection,
    claim: Claim,
) -> sqlx::Result<bool> {
    let result = sqlx::query(
        "UPDATE handled SET state = 1, expires_at = ?3, send_began_at = coalesce(send_began_at, ?4)
         WHERE message = ?1 AND holder = ?2 AND state < 2",
    )
    .bind(claim.message.as_str())
    .bind(claim.holder.as_str())
    .bind(claim.now.plus(claim.lease).as_millis())
    .bind(claim.now.as_millis())
    .execute(connection)
    .await?;
    Ok(result.rows_affected() == 1)
}

pub(super) async fn complete(
    connection: &mut SqliteConnection,
    completion: Completion,
) -> sqlx::Result<()> {
    // A sent reply is recorded even if another holder has the claim by now.
    sqlx::query("UPDATE handled SET state = 2, at = ?3 WHERE message = ?1 AND (holder = ?2 OR ?4)")
        .bind(completion.message.as_str())
        .bind(completion.holder.as_str())
        .bind(completion.at.as_millis())
        .bind(completion.answer.is_some())
        .execute(&mut *connection)
        .await?;
    if let Some(reply) = &completion.answer {
        replies::insert(connection, reply).await?;
    }
    if let Some(question) = &completion.unanswered {
        unanswered::insert(connection, question).await?;
    }
    Ok(())
}

/// Deletes the messages whose ids start with `prefix`, which is not empty.
pub(super) async fn forget(connection: &mut SqliteConnection, prefix: String) -> sqlx::Result<()> {
    // A range, so that the primary key is searched. No id has the last character.
    sqlx::query("DELETE FROM handled WHERE message >= ?1 AND message < ?1 || char(0x10FFFF)")
        .bind(prefix)
        .execute(connection)
        .await
        .map(drop)
}

pub(super) async fn release(
    connection: &mut SqliteConnection,
    message: MessageId,
    holder: Holder,
) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM handled WHERE message = ? AND holder = ? AND state < 2")
        .bind(message.as_str())
        .bind(holder.as_str())
        .execute(connection)
        .await
        .map(drop)
}

pub(super) async fn set_withdrawn(
    connection: &mut SqliteConnection,
    message: MessageId,
    is_withdrawn: bool,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE handled SET state = ?2 WHERE message = ?1 AND state >= 2")
        .bind(message.as_str())
        .bind(if is_withdrawn { WITHDRAWN } else { DONE })
        .execute(connection)
        .await
        .map(drop)
}

pub(super) async fn is_withdrawn(
    connection: &mut SqliteConnection,
    message: MessageId,
) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM handled WHERE message = ? AND state = ?)")
        .bind(message.as_str())
        .bind(WITHDRAWN)
        .fetch_one(connection)
        .await
}
