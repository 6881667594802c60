//! Deletion of expired records, and of all records of an asker.

use rusqlite::Connection;

use crate::conversation::AskerHash;
use crate::store::records::RetentionCutoffs;

pub(super) fn erase_asker(connection: &Connection, asker: &AskerHash) -> rusqlite::Result<u64> {
    let mut n_deleted = 0;
    for delete in [
        "DELETE FROM judgements WHERE judge = ?",
        "DELETE FROM unanswered WHERE asker = ?",
        "DELETE FROM asked WHERE asker = ?",
        "DELETE FROM answers WHERE asker = ?",
        "UPDATE answers SET asked_for = NULL WHERE asked_for = ?",
    ] {
        n_deleted += connection.execute(delete, [asker.as_str()])?;
    }
    // Words of anybody from the inbox may be in them; moderators can make them again.
    n_deleted += connection.execute("DELETE FROM proposals", [])?;
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
