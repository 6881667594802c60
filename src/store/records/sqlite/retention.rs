//! Forgetting: what is too old, and what somebody wants gone.

use sqlx::SqliteConnection;

use crate::conversation::AskerHash;
use crate::store::records::RetentionCutoffs;

pub(super) async fn erase(
    connection: &mut SqliteConnection,
    asker: AskerHash,
) -> sqlx::Result<u64> {
    let mut n_gone = 0;
    for delete in [
        "DELETE FROM judgements WHERE judge = ?",
        "DELETE FROM unanswered WHERE asker = ?",
        "DELETE FROM answers WHERE asker = ?",
    ] {
        n_gone += sqlx::query(delete)
            .bind(asker.as_str())
            .execute(&mut *connection)
            .await?
            .rows_affected();
    }
    Ok(n_gone)
}

/// Forgets some of what is too old: at most a thousand of each kind, so that nobody waits long.
/// 0 when nothing is left to forget.
pub(super) async fn expire_some(
    connection: &mut SqliteConnection,
    kept_since: RetentionCutoffs,
) -> sqlx::Result<u64> {
    let mut n_gone = 0;
    for (delete, since) in [
        (
            "DELETE FROM handled WHERE message IN
             (SELECT message FROM handled WHERE at < ? LIMIT 1000)",
            kept_since.handled,
        ),
        (
            "DELETE FROM unanswered WHERE message IN
             (SELECT message FROM unanswered WHERE asked_at < ? LIMIT 1000)",
            kept_since.unanswered,
        ),
        (
            "DELETE FROM answers WHERE question IN
             (SELECT question FROM answers WHERE sent_at < ? LIMIT 1000)",
            kept_since.answers,
        ),
    ] {
        let done = sqlx::query(delete).bind(since.as_millis()).execute(&mut *connection).await?;
        n_gone += done.rows_affected();
    }
    Ok(n_gone)
}
