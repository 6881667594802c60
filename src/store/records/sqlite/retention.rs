//! Deletion of expired records, and of all records of an asker.

use sqlx::SqliteConnection;

use crate::conversation::AskerHash;
use crate::store::records::RetentionCutoffs;

pub(super) async fn erase_asker(
    connection: &mut SqliteConnection,
    asker: AskerHash,
) -> sqlx::Result<u64> {
    let mut n_deleted = 0;
    for delete in [
        "DELETE FROM judgements WHERE judge = ?",
        "DELETE FROM unanswered WHERE asker = ?",
        "DELETE FROM answers WHERE asker = ?",
        "UPDATE answers SET asked_for = NULL WHERE asked_for = ?",
    ] {
        n_deleted += sqlx::query(delete)
            .bind(asker.as_str())
            .execute(&mut *connection)
            .await?
            .rows_affected();
    }
    Ok(n_deleted)
}

/// Deletes at most 1,000 expired records of each kind, so that other jobs do not wait long. Returns
/// the number of deleted records: 0 when none is left.
pub(super) async fn delete_expired_batch(
    connection: &mut SqliteConnection,
    cutoffs: RetentionCutoffs,
) -> sqlx::Result<u64> {
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
            "DELETE FROM answers WHERE question IN
             (SELECT question FROM answers WHERE sent_at < ? LIMIT 1000)",
            cutoffs.answers,
        ),
    ] {
        let result = sqlx::query(delete).bind(cutoff.as_millis()).execute(&mut *connection).await?;
        n_deleted += result.rows_affected();
    }
    Ok(n_deleted)
}
