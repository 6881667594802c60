//! Deletion of expired records, of all records of an asker, and of an asker's oldest.

use rusqlite::{Connection, params};

use crate::conversation::AskerHash;
use crate::store::records::RetentionCutoffs;

/// Most questions of one asker that a table keeps, the latest ones: nobody can flood the moderators' inbox, nor crowd out
/// what others have asked.
pub(super) const MAX_PER_ASKER: i64 = 100;

/// Deletes the questions of an asker in `table` beyond the latest [`MAX_PER_ASKER`].
pub(super) fn keep_latest(
    connection: &Connection,
    table: &'static str,
    asker: &AskerHash,
) -> rusqlite::Result<()> {
    let delete = format!(
        "DELETE FROM {table} WHERE message IN (SELECT message FROM {table}
         WHERE asker = ?1 ORDER BY asked_at DESC, message LIMIT -1 OFFSET ?2)"
    );
    connection.prepare_cached(&delete)?.execute(params![asker.as_str(), MAX_PER_ASKER]).map(drop)
}

pub(super) fn erase_asker(connection: &Connection, asker: &AskerHash) -> rusqlite::Result<u64> {
    // Words of the asker from the inbox may be in them, or a message: whose that is, its hash does not tell. Moderators
    // can make them again.
    let mut n_deleted = connection.execute(
        "DELETE FROM proposals
         WHERE EXISTS (SELECT 1 FROM json_tree(content) WHERE key = 'message' AND type = 'object')
         OR EXISTS
         (SELECT 1 FROM unanswered WHERE asker = ? AND instr(content, json_quote(message)))",
        [asker.as_str()],
    )?;
    for delete in [
        "DELETE FROM judgements WHERE judge = ?",
        "DELETE FROM unanswered WHERE asker = ?",
        "DELETE FROM asked WHERE asker = ?",
        // By this one, the asker can still have an entry removed that quotes a message of theirs.
        "DELETE FROM answers WHERE asker = ? AND kind <> '\"quoted\"'",
        "UPDATE answers SET asked_for = NULL WHERE asked_for = ?",
    ] {
        n_deleted += connection.execute(delete, [asker.as_str()])?;
    }
    Ok(n_deleted as u64)
}

/// Deletes at most 1,000 expired records of each kind, so that other jobs do not wait long. Returns
/// the number of deleted records: 0 when none is left.
pub(super) fn delete_expired_batch(
    connection: &Connection,
    cutoffs: RetentionCutoffs,
) -> rusqlite::Result<u64> {
    let mut n_deleted = 0;
    for (delete, cutoff) in [
        (
            "DELETE FROM handled WHERE message IN
             (SELECT message FROM handled WHERE at < ? LIMIT 1000)",
            cutoffs.handled,
        ),
        (
            "DELETE FROM unanswered WHERE message IN
             (SELECT message FROM unanswered WHERE asked_at < ? LIMIT 1000)",
            cutoffs.unanswered,
        ),
        (
            "DELETE FROM asked WHERE message IN
             (SELECT message FROM asked WHERE asked_at < ? LIMIT 1000)",
            cutoffs.questions,
        ),
        (
            "DELETE FROM answers WHERE question IN
             (SELECT question FROM answers WHERE sent_at < ? LIMIT 1000)",
            cutoffs.answers,
        ),
        (
            "DELETE FROM proposals WHERE question IN
             (SELECT question FROM proposals WHERE at < ? LIMIT 1000)",
            cutoffs.proposals,
        ),
    ] {
        n_deleted += connection.execute(delete, [cutoff.as_millis()])?;
    }
    Ok(n_deleted as u64)
}
