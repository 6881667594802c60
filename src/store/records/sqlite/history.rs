//! The history of packs in the records, for edits by another process than the service: it needs no lock of the
//! data folder, since it has no claims. SQLite keeps the transactions of both apart.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params_from_iter};

use super::{BUSY_TIMEOUT, FILE, connect, data_dir, error, migrations, packs, revisions};
use crate::conversation::Timestamp;
use crate::moderation::Revision;
use crate::store::file_permissions;
use crate::store::records::{RecordsError, Result};

/// Revisions of packs.
#[derive(Debug)]
pub struct PackHistory {
    connection: Connection,
    path: PathBuf,
}

/// A revision and its number, which is unique in these records and never used again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedRevision {
    /// The number, from 1, in the order in which they were recorded.
    pub id: i64,
    /// The revision.
    pub revision: Revision,
}

/// Which revisions are listed.
#[derive(Debug, Clone, Default)]
pub struct RevisionFilter {
    /// Of this pack.
    pub pack: String,
    /// Of this entry only.
    pub entry: Option<String>,
    /// Only by this author.
    pub by: Option<AuthorFilter>,
    /// Only those since then.
    pub since: Option<Timestamp>,
    /// At most so many.
    pub limit: u32,
}

/// Authors of revisions.
#[derive(Debug, Clone)]
pub enum AuthorFilter {
    /// Whoever has edited the file.
    File,
    /// The person of this name at the terminal, or the user with this id in chat.
    Name(String),
}

impl PackHistory {
    /// Opens the records in the data folder `data`, which are created if they are missing.
    ///
    /// # Errors
    /// [`RecordsError`] if the folder or the file cannot be used.
    pub fn open(data: &Path) -> Result<Self> {
        let unusable = |source| RecordsError::Folder { path: data.to_owned(), source };
        file_permissions::create_private_dir(data).map_err(unusable)?;
        let path = data.join(FILE);
        data_dir::create_private_file(&path)?;
        let classify = |source| error::classify(&path, Arc::new(source));
        let mut connection = connect(&path, BUSY_TIMEOUT).map_err(classify)?;
        migrations::apply(&mut connection, &path)?;
        Ok(Self { connection, path })
    }

    /// The revisions that `filter` names, newest first.
    ///
    /// # Errors
    /// [`RecordsError`] if the records cannot be read.
    pub fn list(&self, filter: &RevisionFilter) -> Result<Vec<RecordedRevision>> {
        let mut conditions = vec!["pack = ?"];
        let mut values = vec![Value::from(filter.pack.clone())];
        if let Some(entry) = &filter.entry {
            conditions.push("entry = ?");
            values.push(entry.clone().into());
        }
        match &filter.by {
            None => {}
            Some(AuthorFilter::File) => conditions.push("author IS NULL"),
            Some(AuthorFilter::Name(name)) => {
                conditions.push("author IN (?, 'terminal:' || ?)");
                values.extend([name.clone().into(), name.clone().into()]);
            }
        }
        if let Some(since) = filter.since {
            conditions.push("at >= ?");
            values.push(since.as_millis().into());
        }
        values.push(filter.limit.into());
        let sql = format!(
            "SELECT * FROM revisions WHERE {} ORDER BY id DESC LIMIT ?",
            conditions.join(" AND ")
        );
        let read = || -> rusqlite::Result<Vec<RecordedRevision>> {
            self.connection.prepare(&sql)?.query_map(params_from_iter(values), recorded)?.collect()
        };
        read().map_err(|source| self.error(source))
    }

    /// A revision by its number.
    ///
    /// # Errors
    /// [`RecordsError`] if the records cannot be read.
    pub fn find(&self, id: i64) -> Result<Option<RecordedRevision>> {
        self.connection
            .query_row("SELECT * FROM revisions WHERE id = ?", [id], recorded)
            .optional()
            .map_err(|source| self.error(source))
    }

    /// Begins a change of the history. Until it ends, no other process can record anything.
    ///
    /// # Errors
    /// [`RecordsError`] if the records are locked or cannot be used.
    pub fn begin(&mut self) -> Result<PackTransaction<'_>> {
        let path = self.path.clone();
        self.connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map(|transaction| PackTransaction { transaction, path: path.clone() })
            .map_err(|source| error::classify(&path, Arc::new(source)))
    }

    fn error(&self, source: rusqlite::Error) -> RecordsError {
        error::classify(&self.path, Arc::new(source))
    }
}

/// A change of the history that is not committed yet. Dropped, it has changed nothing.
#[derive(Debug)]
pub struct PackTransaction<'h> {
    transaction: Transaction<'h>,
    path: PathBuf,
}

impl PackTransaction<'_> {
    /// The text of `faq.toml` that is the last in the history of the pack `name`.
    ///
    /// # Errors
    /// [`RecordsError`] if the records cannot be read.
    pub fn accepted(&self, name: &str) -> Result<Option<String>> {
        packs::accepted_faq(&self.transaction, name).map_err(|source| self.error(source))
    }

    /// Records that `faq` is the text of `faq.toml` now, and what has changed. Returns the numbers of the
    /// revisions, in their order.
    ///
    /// # Errors
    /// [`RecordsError`] if the records cannot be written.
    pub fn accept(&self, name: &str, faq: &str, revisions: &[Revision]) -> Result<Vec<i64>> {
        packs::set_accepted(&self.transaction, name, faq).map_err(|source| self.error(source))?;
        let insert = |revision: &Revision| revisions::insert_one(&self.transaction, revision);
        revisions.iter().map(insert).collect::<rusqlite::Result<_>>().map_err(|it| self.error(it))
    }

    /// Makes the change durable.
    ///
    /// # Errors
    /// [`RecordsError`] if the records cannot be written. Nothing has changed then.
    pub fn commit(self) -> Result<()> {
        let Self { transaction, path } = self;
        transaction.commit().map_err(|source| error::classify(&path, Arc::new(source)))
    }

    fn error(&self, source: rusqlite::Error) -> RecordsError {
        error::classify(&self.path, Arc::new(source))
    }
}

fn recorded(row: &rusqlite::Row<'_>) -> rusqlite::Result<RecordedRevision> {
    Ok(RecordedRevision { id: row.get("id")?, revision: revisions::from_row(row)? })
}
