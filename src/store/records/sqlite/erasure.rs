//! Deleted data leaves the disk: what SQLite keeps of it in free pages and in the write-ahead log.

use sqlx::{Executor, SqliteConnection};

/// Empties the write-ahead log, which has earlier versions of pages. `false` if another program reads the
/// database (a backup), which needs them.
pub(super) async fn empty_wal(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    let timeout: i64 =
        sqlx::query_scalar("PRAGMA busy_timeout").fetch_one(&mut *connection).await?;
    // Other jobs must not wait for a backup.
    set_busy_timeout(connection, 0).await?;
    let emptied =
        sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await;
    set_busy_timeout(connection, timeout).await?;
    let (is_busy, _, _): (bool, i64, i64) = emptied?;
    Ok(!is_busy)
}

async fn set_busy_timeout(connection: &mut SqliteConnection, millis: i64) -> sqlx::Result<()> {
    let set = sqlx::AssertSqlSafe(format!("PRAGMA busy_timeout = {millis}"));
    connection.execute(set).await.map(drop)
}

/// Overwrites, once, what versions before `secure_delete` left in free pages.
pub(super) async fn overwrite_free_pages(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    let is_done = sqlx::query("SELECT 1 FROM meta WHERE name = 'is_deleted_securely'")
        .fetch_optional(&mut *connection)
        .await?;
    if is_done.is_some() {
        return Ok(());
    }
    connection.execute("VACUUM").await?;
    empty_wal(connection).await?;
    connection
        .execute("INSERT INTO meta (name, value) VALUES ('is_deleted_securely', 1)")
        .await
        .map(drop)
}
