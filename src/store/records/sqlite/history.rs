//! The history of packs in the records, for edits by another process than the service.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::types::Value;
use rusqlite::{Connection, Transaction, TransactionBehavior, params_from_iter};

use super::{beside_service, error, packs, revisions};
use crate::conversation::Timestamp;
use crate::moderation::Revision;
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
        let (connection, path) = beside_service::open(data)?;
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

    /// The revision with this number, and those of the same edit, in their order; none if there is no such.
    ///
    /// # Errors
    /// [`RecordsError`] if the records cannot be read.
    pub fn edit_of(&self, id: i64) -> Result<Vec<RecordedRevision>> {
        let read = || -> rusqlite::Result<Vec<RecordedRevision>> {
            self.connection
                .prepare(
                    "SELECT * FROM revisions
                     WHERE id = ?1 OR edit = (SELECT edit FROM revisions WHERE id = ?1) ORDER BY id",
                )?
                .query_map([id], recorded)?
                .collect()
        };
        read().map_err(|source| self.error(source))
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

    /// Records that `faq` is the text of `faq.toml` now.
    ///
    /// # Errors
    /// [`RecordsError`] if the records cannot be written.
    pub fn accept(&self, name: &str, faq: &str) -> Result<()> {
        packs::set_accepted(&self.transaction, name, faq).map_err(|source| self.error(source))
    }

    /// Records changes that belong to no edit.
    ///
    /// # Errors
    /// [`RecordsError`] if the records cannot be written.
    pub fn record_changes(&self, revisions: &[Revision]) -> Result<()> {
        revisions::insert(&self.transaction, revisions).map_err(|source| self.error(source))
    }

    /// Records the revisions of an edit. Returns their numbers, in their order.
    ///
    /// # Errors
    /// [`RecordsError`] if the records cannot be written.
    pub fn record_edit(&self, revisions: &[Revision]) -> Result<Vec<i64>> {
        revisions::insert_edit(&self.transaction, revisions).map_err(|source| self.error(source))
    }

    /// The folder whose history is that of the pack `name`.
    ///
    /// # Errors
    /// [`RecordsError`] if the records cannot be read.
    pub fn folder(&self, name: &str) -> Result<Option<PathBuf>> {
        packs::folder(&self.transaction, name).map_err(|source| self.error(source))
    }

    /// Records that the history of the pack `name` is that of `folder`.
    ///
    /// # Errors
    /// [`RecordsError`] if the records cannot be written.
    pub fn set_folder(&self, name: &str, folder: &Path) -> Result<()> {
        packs::set_folder(&self.transaction, name, folder).map_err(|source| self.error(source))
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
