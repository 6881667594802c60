//! The history of packs in the records, for edits by another process than the service.

use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};

use super::unlocked_connection::{UnlockedConnection, UnlockedTransaction};
use super::{asked, packs, revisions};
use crate::conversation::{AskedText, Timestamp};
use crate::knowledge::CuratedTexts;
use crate::moderation::Revision;
use crate::store::records::{AcceptedTexts, Result};

/// Revisions of packs.
#[derive(Debug)]
pub struct PackHistory(UnlockedConnection);

/// A revision and its number, which is unique in these records.
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
    /// Only the one with this number and later ones.
    pub from: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

/// Authors of revisions.
#[derive(Debug, Clone)]
pub enum AuthorFilter {
    /// Whoever has edited the file.
    File,
    /// The person of this name at the terminal, or the user with this id in chat: one of Matrix may be without the name
    /// of the platform.
    Name(String),
}

impl AuthorFilter {
    /// Stands for [`Self::File`] where authors are named.
    pub const FILE: &str = "file";

    /// The author of this name, as a history names it.
    pub fn named(name: &str) -> Self {
        if name == Self::FILE { Self::File } else { Self::Name(name.to_owned()) }
    }
}

impl PackHistory {
    /// Opens the records in the data folder `data`, which are created if they are missing.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the folder or the file cannot be used.
    pub fn open(data: &Path) -> Result<Self> {
        UnlockedConnection::open(data).map(Self)
    }

    /// The revisions that `filter` names, newest first.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the records cannot be read.
    pub fn list(&self, filter: &RevisionFilter) -> Result<Vec<RecordedRevision>> {
        self.select(filter, revisions::recorded)
    }

    /// The edits that `filter` names, newest first, each with its revisions in their order. The limit counts revisions.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the records cannot be read.
    pub fn edits(&self, filter: &RevisionFilter) -> Result<Vec<Vec<RecordedRevision>>> {
        let mut revisions = self.select(filter, |row| {
            let edit: Option<i64> = row.get("edit")?;
            let recorded = revisions::recorded(row)?;
            Ok((edit.unwrap_or(recorded.id), recorded))
        })?;
        revisions.reverse();
        let of_edit = revisions.chunk_by(|(edit, _), (next, _)| edit == next);
        let of_edit =
            of_edit.map(|edit| edit.iter().map(|(_, recorded)| recorded.clone()).collect());
        Ok(of_edit.rev().collect())
    }

    /// What `read` makes of the rows that `filter` names, newest first.
    fn select<T>(
        &self,
        filter: &RevisionFilter,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
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
                conditions.push("author IN (?, 'terminal:' || ?, 'matrix:' || ?)");
                values.extend(std::iter::repeat_n(Value::from(name.clone()), 3));
            }
        }
        if let Some(since) = filter.since {
            conditions.push("at >= ?");
            values.push(since.as_millis().into());
        }
        if let Some(from) = filter.from {
            conditions.push("id >= ?");
            values.push(from.into());
        }
        values.push(filter.limit.into());
        let sql = format!(
            "SELECT * FROM revisions WHERE {} ORDER BY id DESC LIMIT ?",
            conditions.join(" AND ")
        );
        self.0.run(|connection| {
            connection.prepare(&sql)?.query_map(params_from_iter(values), read)?.collect()
        })
    }

    /// The revision with this number, and those of the same edit, in their order; none if there is no such.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the records cannot be read.
    pub fn edit_of(&self, id: i64) -> Result<Vec<RecordedRevision>> {
        self.0.run(|connection| {
            connection
                .prepare(
                    "SELECT * FROM revisions
                     WHERE id = ?1 OR edit = (SELECT edit FROM revisions WHERE id = ?1) ORDER BY id",
                )?
                .query_map([id], revisions::recorded)?
                .collect()
        })
    }

    /// The different texts that were asked in one of `spaces`, or in any, and how often: at most `limit`, those asked
    /// last.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the records cannot be read.
    pub fn asked_texts(&self, spaces: Option<&[String]>, limit: u32) -> Result<Vec<AskedText>> {
        self.0.run(|connection| asked::texts(connection, spaces, limit))
    }

    /// The texts that are the last in the history of the pack `name`.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the records cannot be read.
    pub fn accepted(&self, name: &str) -> Result<Option<AcceptedTexts>> {
        self.0.run(|connection| packs::accepted_texts(connection, name))
    }

    /// Begins a change of the history. Until it ends, no other process can record anything.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the records are locked or cannot be used.
    pub fn begin(&mut self) -> Result<PackTransaction<'_>> {
        self.0.begin().map(PackTransaction)
    }
}

/// A change of the history that is not committed yet. Dropped, it has changed nothing.
#[derive(Debug)]
pub struct PackTransaction<'h>(UnlockedTransaction<'h>);

impl PackTransaction<'_> {
    /// The texts that are the last in the history of the pack `name`.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the records cannot be read.
    pub fn accepted(&self, name: &str) -> Result<Option<AcceptedTexts>> {
        self.0.run(|connection| packs::accepted_texts(connection, name))
    }

    /// Records that the pack `name` has `texts` now.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the records cannot be written.
    pub fn accept(&self, name: &str, texts: &CuratedTexts) -> Result<()> {
        self.0.run(|connection| packs::set_accepted(connection, name, texts))
    }

    /// Records changes that belong to no edit.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the records cannot be written.
    pub fn record_changes(&self, revisions: &[Revision]) -> Result<()> {
        self.0.run(|connection| revisions::insert(connection, revisions))
    }

    /// Records the revisions of an edit. Returns their numbers, in their order.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the records cannot be written.
    pub fn record_edit(&self, revisions: &[Revision]) -> Result<Vec<i64>> {
        self.0.run(|connection| revisions::insert_edit(connection, revisions))
    }

    /// The folder whose history is that of the pack `name`.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the records cannot be read.
    pub fn folder(&self, name: &str) -> Result<Option<PathBuf>> {
        self.0.run(|connection| packs::folder(connection, name))
    }

    /// Records that the history of the pack `name` is that of `folder`.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the records cannot be written.
    pub fn set_folder(&self, name: &str, folder: &Path) -> Result<()> {
        self.0.run(|connection| packs::set_folder(connection, name, folder))
    }

    /// Makes the change durable.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the records cannot be written. Nothing has changed then.
    pub fn commit(self) -> Result<()> {
        self.0.commit()
    }
}
