//! Connections to the file of the records.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode};

use super::{claims, erasure, spaces};
use crate::conversation::Timestamp;

/// Prepared statements that are kept: more than there are.
const MAX_STATEMENTS: usize = 64;

/// A connection to the file at `path`, in which nothing is read yet. It waits for locks of others up to `busy_timeout`.
pub(super) fn open(path: &Path, busy_timeout: Duration) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(busy_timeout)?;
    enable_wal(&connection, busy_timeout)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Overwrites what is deleted with zeros. Without it, texts stay readable in the file.
    connection.pragma_update(None, "secure_delete", "ON")?;
    // Temporary files would have texts, too.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(connection)
}

/// Turns the write-ahead log on, which is kept in the file. SQLite does not wait for others that open a new file at the
/// same time (<https://www.sqlite.org/c3ref/busy_handler.html>: the busy handler is not called where it could deadlock).
fn enable_wal(connection: &Connection, busy_timeout: Duration) -> rusqlite::Result<()> {
    const INTERVAL: Duration = Duration::from_millis(20);
    let start = Instant::now();
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && start.elapsed() < busy_timeout =>
            {
                std::thread::sleep(INTERVAL);
            }
            result => return result,
        }
    }
}

/// Prepares migrated records for a process that starts at `now`.
pub(super) fn prepare(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.set_prepared_statement_cache_capacity(MAX_STATEMENTS);
    claims::release_all(connection)?;
    spaces::record_first_start(connection, now)?;
    if let Err(error) = erasure::overwrite_free_pages(connection) {
        tracing::warn!(%error, "Texts that an earlier version deleted are still in the records; the next start tries again to overwrite them");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_file_can_be_opened_by_several_at_the_same_time() {
        for _ in 0..20 {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("new.db");
            std::thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| open(&path, Duration::from_secs(30)).unwrap());
                }
            });
        }
    }
}
