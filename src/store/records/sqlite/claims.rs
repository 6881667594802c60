//! The table `handled`: claims on messages, and messages that are done.

use rusqlite::{Connection, OptionalExtension, params};

use super::{asked, replies, unanswered};
use crate::conversation::{MessageId, Timestamp};
use crate::store::records::claim::{Claim, ClaimStatus, Completion, Holder};

/// Values of `handled.state`, as documented in the first migration.
const CLAIMED: i64 = 0;
const SENDING: i64 = 1;
const DONE: i64 = 2;

/// Done, and the reply was deleted because an edit left no question in the message.
const WITHDRAWN: i64 = 3;

/// Ends the leases of all claims, when all earlier holders are dead.
pub(super) fn release_all(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("UPDATE handled SET expires_at = 0 WHERE state < 2", []).map(drop)
}

pub(super) fn claim(connection: &Connection, claim: &Claim) -> rusqlite::Result<ClaimStatus> {
    let found: Option<(i64, i64, Option<i64>)> = connection
        .prepare_cached("SELECT state, expires_at, send_began_at FROM handled WHERE message = ?")?
        .query_row([claim.message.as_str()], |row| row.try_into())
        .optional()?;
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
    connection
        .prepare_cached(
            "INSERT INTO handled (message, state, holder, expires_at, at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (message) DO UPDATE SET holder = ?3, expires_at = ?4, at = ?5",
        )?
        .execute(params![
            claim.message.as_str(),
            state,
            claim.holder.as_str(),
            claim.now.plus(claim.lease).as_millis(),
            claim.now.as_millis(),
        ])?;
    Ok(status)
}

pub(super) fn begin_send(connection: &Connection, claim: &Claim) -> rusqlite::Result<bool> {
    let n_updated = connection
        .prepare_cached(
            "UPDATE handled
             SET state = 1, expires_at = ?3, send_began_at = coalesce(send_began_at, ?4)
             WHERE message = ?1 AND holder = ?2 AND state < 2",
        )?
        .execute(params![
            claim.message.as_str(),
            claim.holder.as_str(),
            claim.now.plus(claim.lease).as_millis(),
            claim.now.as_millis(),
        ])?;
    Ok(n_updated == 1)
}

/// `false` if the reply was not recorded, see [`replies::insert`].
pub(super) fn complete(connection: &Connection, completion: &Completion) -> rusqlite::Result<bool> {
    // A sent reply is recorded even if another holder has the claim by now.
    connection
        .prepare_cached(
            "UPDATE handled SET state = 2, at = ?3 WHERE message = ?1 AND (holder = ?2 OR ?4)",
        )?
        .execute(params![
            completion.message.as_str(),
            completion.holder.as_str(),
            completion.at.as_millis(),
            completion.answer.is_some(),
        ])?;
    let is_recorded = match &completion.answer {
        Some(reply) => {
            set_withdrawn(connection, &reply.question, false)?;
            replies::insert(connection, reply)?
        }
        None => true,
    };
    if let Some(question) = &completion.unanswered {
        unanswered::insert(connection, question)?;
    }
    if let Some(question) = &completion.asked {
        asked::insert(connection, question)?;
    }
    if let Some(prefix) = &completion.outdated_alerts {
        delete_by_prefix(connection, prefix)?;
    }
    Ok(is_recorded)
}

/// Deletes the messages whose ids start with `prefix`, which is not empty.
pub(super) fn delete_by_prefix(connection: &Connection, prefix: &str) -> rusqlite::Result<()> {
    // A range, so that the primary key is searched. No id has the last character.
    connection
        .prepare_cached(
            "DELETE FROM handled WHERE message >= ?1 AND message < ?1 || char(0x10FFFF)",
        )?
        .execute([prefix])
        .map(drop)
}

pub(super) fn release(
    connection: &Connection,
    message: &MessageId,
    holder: &Holder,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM handled WHERE message = ? AND holder = ? AND state < 2")?
        .execute([message.as_str(), holder.as_str()])
        .map(drop)
}

pub(super) fn set_withdrawn(
    connection: &Connection,
    message: &MessageId,
    is_withdrawn: bool,
) -> rusqlite::Result<()> {
    let state = if is_withdrawn { WITHDRAWN } else { DONE };
    connection
        .prepare_cached("UPDATE handled SET state = ?2 WHERE message = ?1 AND state >= 2")?
        .execute(params![message.as_str(), state])
        .map(drop)
}

pub(super) fn is_withdrawn(connection: &Connection, message: &MessageId) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM handled WHERE message = ? AND state = ?)")?
        .query_row(params![message.as_str(), WITHDRAWN], |row| row.get(0))
}
