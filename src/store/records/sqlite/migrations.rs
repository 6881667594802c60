//! Migrations: what brings records of earlier versions to this one.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use sha2::{Digest, Sha384};

use super::{error, pre_migration_copy};
use crate::store::records::RecordsError;

/// What brings older records to this version, by number.
pub(super) const MIGRATIONS: [(i64, &str, &str); 13] = [
    (1, "first", include_str!("../migrations/0001_first.sql")),
    (2, "packs", include_str!("../migrations/0002_packs.sql")),
    (3, "asked_for", include_str!("../migrations/0003_asked_for.sql")),
    (4, "paused_places", include_str!("../migrations/0004_paused_places.sql")),
    (5, "feedback cause", include_str!("../migrations/0005_feedback_cause.sql")),
    (6, "passages", include_str!("../migrations/0006_passages.sql")),
    (7, "revision hunks", include_str!("../migrations/0007_revision_hunks.sql")),
    (8, "settled questions", include_str!("../migrations/0008_settled_questions.sql")),
    (9, "asked questions", include_str!("../migrations/0009_asked_questions.sql")),
    (10, "proposals", include_str!("../migrations/0010_proposals.sql")),
    (11, "awaited questions", include_str!("../migrations/0011_awaited_questions.sql")),
    (12, "lexicons", include_str!("../migrations/0012_lexicons.sql")),
    (13, "space settings", include_str!("../migrations/0013_space_settings.sql")),
];

/// The table of applied migrations, as earlier versions made it by the library sqlx: they open these
/// records as long as they know all of its rows.
const TABLE: &str = "
CREATE TABLE IF NOT EXISTS _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);";

/// Applies the migrations that the records at `path` do not have. Records that have some are copied before.
///
/// # Errors
/// [`RecordsError::Newer`] if they have one that this version does not know, [`RecordsError::NotCopied`] if they cannot be
/// copied, or an error of the database. Nothing is migrated then.
pub(super) fn apply(connection: &mut Connection, path: &Path) -> Result<(), RecordsError> {
    let to_records_error = |source| error::classify(path, Arc::new(source));
    let known = newest_version();
    // Another process may be applying them right now.
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(to_records_error)?;
    let found = last_applied(&transaction).map_err(to_records_error)?;
    if found > known {
        return Err(RecordsError::Newer { path: path.to_owned(), found, known });
    }
    if (1..known).contains(&found) {
        // No other connection can write until the transaction ends, so the copy is what is migrated.
        pre_migration_copy::create(path, found, known)?;
    }
    for migration in MIGRATIONS.iter().filter(|(version, ..)| *version > found) {
        apply_one(&transaction, migration).map_err(to_records_error)?;
    }
    transaction.commit().map_err(to_records_error)
}

/// The number of the last migration that this version knows.
pub(in crate::store) fn newest_version() -> i64 {
    MIGRATIONS.iter().map(|(version, ..)| *version).max().unwrap_or(0)
}

/// The number of the last migration that was applied to the records, which are not changed: 0 if none was.
pub(super) fn applied_version(connection: &Connection) -> rusqlite::Result<i64> {
    let tables = "SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'";
    let n_tables: i64 = connection.query_row(tables, [], |row| row.get(0))?;
    if n_tables == 0 { Ok(0) } else { max_version(connection) }
}

/// The number of the last applied migration, 0 for new records.
fn last_applied(connection: &Connection) -> rusqlite::Result<i64> {
    connection.execute_batch(TABLE)?;
    max_version(connection)
}

/// The same for records that have the table of migrations.
fn max_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection
        .query_row("SELECT coalesce(max(version), 0) FROM _sqlx_migrations", [], |row| row.get(0))
}

fn apply_one(
    transaction: &Transaction<'_>,
    (version, description, sql): &(i64, &str, &str),
) -> rusqlite::Result<()> {
    let start = Instant::now();
    transaction.execute_batch(sql)?;
    let nanos = i64::try_from(start.elapsed().as_nanos()).unwrap_or(i64::MAX);
    transaction
        .execute(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (?, ?, TRUE, ?, ?)",
            params![version, description, Sha384::digest(sql).as_slice(), nanos],
        )
        .map(drop)
}

/// Applies the migrations that the records do not have, up to the number `last`: what the version did that had it last.
#[cfg(test)]
pub(super) fn apply_until(connection: &mut Connection, last: i64) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    let found = last_applied(&transaction)?;
    let due = |version: i64| version > found && version <= last;
    for migration in MIGRATIONS.iter().filter(|(version, ..)| due(*version)) {
        apply_one(&transaction, migration)?;
    }
    transaction.commit()
}
