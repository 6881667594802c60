//! The inbox in the records, for moderators in another process than the service.

use std::path::Path;

use rusqlite::{Row, params};

use super::unlocked_connection::UnlockedConnection;
use super::{asked, erasure, retention, unanswered};
use crate::conversation::{AskerHash, MessageId};
use crate::moderation::inbox::{InboxQuestion, Resolution};
use crate::store::records::Result;

/// Questions that were not answered.
#[derive(Debug)]
pub struct Inbox(UnlockedConnection);

impl Inbox {
    /// Opens the records in the data folder `data`, which are created if they are missing.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the folder or the file cannot be used.
    pub fn open(data: &Path) -> Result<Self> {
        UnlockedConnection::open(data).map(Self)
    }

    /// The questions that wait, and those that were dismissed, of a space or of all, the latest first, at most
    /// `limit`.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the records cannot be read.
    pub fn questions(&self, space: Option<&str>, limit: u32) -> Result<Vec<InboxQuestion>> {
        let from_row = |row: &Row<'_>| {
            let settled: Option<String> = row.get("settled")?;
            Ok(InboxQuestion {
                question: unanswered::from_row(row)?,
                is_dismissed: settled.is_some(),
            })
        };
        self.0.run(|connection| {
            connection
                .prepare_cached(
                    "SELECT * FROM unanswered
                     WHERE (?1 IS NULL OR space = ?1) AND settled IS NOT 'assigned'
                     ORDER BY asked_at DESC, message LIMIT ?2",
                )?
                .query_map(params![space, limit], from_row)?
                .collect()
        })
    }

    /// Records what was done with questions.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the records cannot be written. Nothing has changed then.
    pub fn resolve(&mut self, messages: &[MessageId], settled: Resolution) -> Result<()> {
        let settled = match settled {
            Resolution::Assigned => "assigned",
            Resolution::Dismissed => "dismissed",
        };
        let transaction = self.0.begin()?;
        transaction.run(|connection| {
            let mut update =
                connection.prepare("UPDATE unanswered SET settled = ? WHERE message = ?")?;
            messages.iter().try_for_each(|it| update.execute([settled, it.as_str()]).map(drop))
        })?;
        transaction.commit()
    }

    /// Deletes all records of an asker, like [`Records::erase_asker`](super::super::Records::erase_asker). Returns their
    /// number.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the records cannot be written. Nothing has changed then.
    pub fn erase_asker(&mut self, asker: &AskerHash) -> Result<u64> {
        let transaction = self.0.begin()?;
        let n_deleted = transaction.run(|connection| retention::erase_asker(connection, asker))?;
        transaction.commit()?;
        self.0.run(|connection| erasure::empty_wal(connection).map(drop))?;
        Ok(n_deleted)
    }

    /// Deletes questions. They are then on the disk no more, unless a backup reads the records right now.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the records cannot be written. Nothing has changed then.
    pub fn erase(&mut self, messages: &[MessageId]) -> Result<()> {
        let transaction = self.0.begin()?;
        transaction.run(|connection| {
            messages.iter().try_for_each(|message| {
                asked::delete(connection, message)?;
                unanswered::delete(connection, message)
            })
        })?;
        transaction.commit()?;
        self.0.run(|connection| erasure::empty_wal(connection).map(drop))
    }
}
