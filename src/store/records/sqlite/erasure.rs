//! Deleted data leaves the disk: what SQLite keeps of it in free pages and in the write-ahead log.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension};

/// Empties the write-ahead log, which has earlier versions of pages. `false` if another program reads the
/// database (a backup), which needs them.
pub(super) fn empty_wal(connection: &Connection) -> rusqlite::Result<bool> {
    let timeout: u64 = connection.pragma_query_value(None, "busy_timeout", |row| row.get(0))?;
    // Other jobs must not wait for a backup.
    connection.busy_timeout(Duration::ZERO)?;
    let is_busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
    connection.busy_timeout(Duration::from_millis(timeout))?;
    is_busy.map(|is_busy: bool| !is_busy)
}

/// Overwrites, once, what versions before `secure_delete` left in free pages.
pub(super) fn overwrite_free_pages(connection: &Connection) -> rusqlite::Result<()> {
    let is_done = connection
        .query_row("SELECT 1 FROM meta WHERE name = 'is_deleted_securely'", [], |_| Ok(()))
        .optional()?;
    if is_done.is_some() {
        return Ok(());
    }
    connection.execute_batch("VACUUM")?;
    empty_wal(connection)?;
    connection
        .execute("INSERT INTO meta (name, value) VALUES ('is_deleted_securely', 1)", [])
        .map(drop)
}
