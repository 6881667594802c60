//! The inbox in the records, for moderators in another process than the service.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, Row, params};

use super::{beside_service, erasure, error, unanswered};
use crate::conversation::MessageId;
use crate::moderation::inbox::{InboxQuestion, Settled};
use crate::store::records::{RecordsError, Result};

/// Questions that were not answered.
#[derive(Debug)]
pub struct Inbox {
    connection: Connection,
    path: PathBuf,
}

impl Inbox {
    /// Opens the records in the data folder `data`, which are created if they are missing.
    ///
    /// # Errors
    /// [`RecordsError`] if the folder or the file cannot be used.
    pub fn open(data: &Path) -> Result<Self> {
        let (connection, path) = beside_service::open(data)?;
        Ok(Self { connection, path })
    }

    /// The questions that wait, and those that were dismissed, of a space or of all, the latest first, at most
    /// `limit`.
    ///
    /// # Errors
    /// [`RecordsError`] if the records cannot be read.
    pub fn questions(&self, space: Option<&str>, limit: u32) -> Result<Vec<InboxQuestion>> {
        let from_row = |row: &Row<'_>| {
            let settled: Option<String> = row.get("settled")?;
            Ok(InboxQuestion {
                question: unanswered::from_row(row)?,
                is_dismissed: settled.is_some(),
            })
        };
        let read = || -> rusqlite::Result<Vec<InboxQuestion>> {
            self.connection
                .prepare_cached(
                    "SELECT * FROM unanswered
                     WHERE (?1 IS NULL OR space = ?1) AND settled IS NOT 'assigned'
                     ORDER BY asked_at DESC, message LIMIT ?2",
                )?
                .query_map(params![space, limit], from_row)?
                .collect()
        };
        read().map_err(|source| self.error(source))
    }

    /// Records what was done with questions.
    ///
    /// # Errors
    /// [`RecordsError`] if the records cannot be written. Nothing has changed then.
    pub fn settle(&mut self, messages: &[MessageId], settled: Settled) -> Result<()> {
        let settled = match settled {
            Settled::Assigned => "assigned",
            Settled::Dismissed => "dismissed",
        };
        self.for_each(messages, |connection, message| {
            connection
                .prepare_cached("UPDATE unanswered SET settled = ? WHERE message = ?")?
                .execute([settled, message.as_str()])
                .map(drop)
        })
    }

    /// Deletes questions. They are then on the disk no more, unless a backup reads the records right now.
    ///
    /// # Errors
    /// [`RecordsError`] if the records cannot be written. Nothing has changed then.
    pub fn erase(&mut self, messages: &[MessageId]) -> Result<()> {
        self.for_each(messages, unanswered::delete)?;
        erasure::empty_wal(&self.connection).map(drop).map_err(|source| self.error(source))
    }

    /// Does `work` with each message, in one transaction.
    fn for_each(
        &mut self,
        messages: &[MessageId],
        work: impl Fn(&Connection, &MessageId) -> rusqlite::Result<()>,
    ) -> Result<()> {
        let mut run = || {
            let transaction = self.connection.transaction()?;
            messages.iter().try_for_each(|message| work(&transaction, message))?;
            transaction.commit()
        };
        run().map_err(|source| error::classify(&self.path, Arc::new(source)))
    }

    fn error(&self, source: rusqlite::Error) -> RecordsError {
        error::classify(&self.path, Arc::new(source))
    }
}
