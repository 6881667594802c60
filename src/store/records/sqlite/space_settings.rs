//! The table `space_settings`: settings of spaces that moderators have changed, and their revisions.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};

use super::history::RecordedRevision;
use super::revisions;
use super::unlocked_connection::UnlockedConnection;
use crate::conversation::setting_overrides::OverridesBySpace;
use crate::conversation::{Setting, Timestamp};
use crate::moderation::setting_edit::value_of;
use crate::moderation::{Revision, Subject};
use crate::store::records::Result;

/// The first schema that has the table.
pub(super) const FIRST_SCHEMA: i64 = 13;

/// Settings of spaces that moderators have changed, with their history. Like [`PackHistory`](super::PackHistory), it is used
/// beside the records of a service.
#[derive(Debug)]
pub struct SettingsHistory(UnlockedConnection);

impl SettingsHistory {
    /// Opens the records in the data folder `data`, which are created if they are missing.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the folder or the file cannot be used.
    pub fn open(data: &Path) -> Result<Self> {
        UnlockedConnection::open(data).map(Self)
    }

    /// What moderators have changed, by the names of the spaces.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the records cannot be read.
    pub fn overrides(&self) -> Result<OverridesBySpace> {
        self.0.run(all)
    }

    /// The revisions of settings of `space`, or of the one with this name, newest first.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the records cannot be read.
    pub fn revisions(
        &self,
        space: &str,
        setting: Option<&str>,
        limit: u32,
    ) -> Result<Vec<RecordedRevision>> {
        self.0.run(|connection| latest(connection, space, setting, limit))
    }

    /// The revisions of settings of all spaces after the one with this number, in their order.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the records cannot be read.
    pub fn revisions_after(&self, number: i64) -> Result<Vec<RecordedRevision>> {
        self.0.run(|connection| {
            connection
                .prepare("SELECT * FROM revisions WHERE id > ? AND pack LIKE ? ORDER BY id")?
                .query_map(params![number, id_of("%")], revisions::recorded)?
                .collect()
        })
    }

    /// The number of the last revision that was recorded before `time`, whatever it is of; 0 if there is none.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the records cannot be read.
    pub fn last_before(&self, time: Timestamp) -> Result<i64> {
        self.0.run(|connection| {
            let select = "SELECT coalesce(max(id), 0) FROM revisions WHERE at < ?";
            connection.query_row(select, [time.as_millis()], |row| row.get(0))
        })
    }

    /// The revision of a setting of `space` with this number.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the records cannot be read.
    pub fn revision(&self, space: &str, number: i64) -> Result<Option<RecordedRevision>> {
        self.0.run(|connection| {
            connection
                .prepare("SELECT * FROM revisions WHERE id = ? AND pack = ?")?
                .query_row(params![number, id_of(space)], revisions::recorded)
                .optional()
        })
    }

    /// Changes a setting of `space` as `revision` says, which is recorded with it. Returns its number; `None`, and nothing
    /// is changed, if the setting does not have the value before the revision.
    ///
    /// # Errors
    /// [`RecordsError`](super::super::RecordsError) if the records cannot be written. Nothing has changed then.
    pub fn change(&mut self, space: &str, revision: &Revision) -> Result<Option<i64>> {
        let transaction = self.0.begin()?;
        let number = transaction.run(|connection| {
            let (before, after) = (revision.before.as_deref(), revision.after.as_deref());
            let stored = stored(connection, space, &revision.entry)?;
            if value_of(stored.as_deref()) != value_of(before) {
                return Ok(None);
            }
            store(connection, space, &revision.entry, after)?;
            Ok(revisions::insert_edit(connection, std::slice::from_ref(revision))?.pop())
        })?;
        transaction.commit()?;
        Ok(number)
    }
}

pub(super) fn all(connection: &Connection) -> rusqlite::Result<OverridesBySpace> {
    let mut overrides = OverridesBySpace::new();
    let mut select = connection.prepare("SELECT space, setting, value FROM space_settings")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (space, setting, value): (String, String, String) = row.try_into()?;
        // A setting that this version does not have is another version's.
        let setting = Setting::named(&setting);
        if let Some((setting, value)) = setting.zip(value_of(Some(&value))) {
            overrides.entry(space).or_default().set(setting, Some(value));
        }
    }
    Ok(overrides)
}

/// See [`SettingsHistory::revisions`].
pub(super) fn latest(
    connection: &Connection,
    space: &str,
    setting: Option<&str>,
    limit: u32,
) -> rusqlite::Result<Vec<RecordedRevision>> {
    connection
        .prepare(
            "SELECT * FROM revisions WHERE pack = ?1 AND (?2 IS NULL OR entry = ?2)
             ORDER BY id DESC LIMIT ?3",
        )?
        .query_map(params![id_of(space), setting, limit], revisions::recorded)?
        .collect()
}

/// The id of the settings of a space in the table `revisions`.
fn id_of(space: &str) -> String {
    Subject::Settings(space.to_owned()).id()
}

fn stored(connection: &Connection, space: &str, setting: &str) -> rusqlite::Result<Option<String>> {
    connection
        .prepare("SELECT value FROM space_settings WHERE space = ? AND setting = ?")?
        .query_row([space, setting], |row| row.get(0))
        .optional()
}

fn store(
    connection: &Connection,
    space: &str,
    setting: &str,
    value: Option<&str>,
) -> rusqlite::Result<()> {
    match value {
        Some(value) => connection.execute(
            "INSERT OR REPLACE INTO space_settings (space, setting, value) VALUES (?, ?, ?)",
            [space, setting, value],
        ),
        None => connection.execute(
            "DELETE FROM space_settings WHERE space = ? AND setting = ?",
            [space, setting],
        ),
    }
    .map(drop)
}
