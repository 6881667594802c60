//! Reading the state of the records without changing a file of theirs, also while a service uses them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::data_dir::{LockState, lock_state};
use super::{FILE, error, migrations, space_settings, spaces};
use crate::conversation::setting_overrides::OverridesBySpace;
use crate::store::records::{RecordedRevision, RecordsError, Result};

/// How long an inspection waits for a process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The records, opened for reading only.
#[derive(Debug)]
pub struct RecordsInspection {
    connection: Connection,
    path: PathBuf,
}

/// The version of the records' tables: the number of the last migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    /// That of the records.
    pub found: i64,
    /// The newest one that this version of quoth knows.
    pub known: i64,
}

impl RecordsInspection {
    /// Opens the records in the data folder `folder`. `None` if there are none.
    ///
    /// # Errors
    /// [`RecordsError`] if they cannot be read or are no database.
    pub fn open(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(FILE);
        // Earlier versions made an empty file first; SQLite takes it for a new database.
        match std::fs::metadata(&path) {
            Ok(metadata) if metadata.len() > 0 => {}
            Ok(_) => return Ok(None),
            Err(source) if source.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(RecordsError::Folder { path: folder.to_owned(), source }),
        }
        let classify = |source| error::classify(&path, Arc::new(source));
        let connection = connect(folder, &path).map_err(classify)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(classify)?;
        Ok(Some(Self { connection, path }))
    }

    /// The version of the tables.
    ///
    /// # Errors
    /// [`RecordsError`] if they cannot be read.
    pub fn schema(&self) -> Result<Schema> {
        let found =
            migrations::applied_version(&self.connection).map_err(|it| self.classify(it))?;
        Ok(Schema { found, known: migrations::newest_version() })
    }

    /// The first damage that SQLite finds; `None` if the records are whole. Stops after `limit`.
    ///
    /// # Errors
    /// [`RecordsError`] if they cannot be read, or not within `limit`.
    pub fn find_damage(&self, limit: Duration) -> Result<Option<String>> {
        let interrupt = self.connection.get_interrupt_handle();
        let (done, is_done) = channel::<()>();
        let watch = std::thread::spawn(move || {
            if is_done.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                interrupt.interrupt();
            }
        });
        let found =
            self.connection.pragma_query_value(None, "quick_check", |row| row.get::<_, String>(0));
        drop(done);
        drop(watch.join());
        let found = found.map_err(|it| self.classify(it))?;
        Ok(Some(found).filter(|found| found != "ok"))
    }

    /// The number that stands for the key of the hashes of askers; `None` if none is recorded yet.
    ///
    /// # Errors
    /// [`RecordsError`] if it cannot be read.
    pub fn recorded_key(&self) -> Result<Option<i64>> {
        spaces::recorded_key(&self.connection).map_err(|it| self.classify(it))
    }

    /// What moderators have changed of the settings of spaces, by the records in the data folder `folder`; nothing if there are
    /// none.
    ///
    /// # Errors
    /// [`RecordsError`] if they cannot be read.
    pub fn setting_overrides_in(folder: &Path) -> Result<OverridesBySpace> {
        let records = Self::open(folder)?;
        records.map_or_else(|| Ok(OverridesBySpace::new()), |records| records.setting_overrides())
    }

    /// What moderators have changed of the settings of spaces; nothing in the records of versions that kept no such changes.
    ///
    /// # Errors
    /// [`RecordsError`] if they cannot be read.
    fn setting_overrides(&self) -> Result<OverridesBySpace> {
        if self.schema()?.found < space_settings::FIRST_SCHEMA {
            return Ok(OverridesBySpace::new());
        }
        space_settings::all(&self.connection).map_err(|it| self.classify(it))
    }

    /// The latest revisions of settings of `space`, or of the one with this name, newest first.
    ///
    /// # Errors
    /// [`RecordsError`] if they cannot be read.
    pub fn setting_revisions(
        &self,
        space: &str,
        setting: Option<&str>,
        limit: u32,
    ) -> Result<Vec<RecordedRevision>> {
        if self.schema()?.found < space_settings::FIRST_SCHEMA {
            return Ok(Vec::new());
        }
        let latest = space_settings::latest(&self.connection, space, setting, limit);
        latest.map_err(|it| self.classify(it))
    }

    fn classify(&self, source: rusqlite::Error) -> RecordsError {
        error::classify(&self.path, Arc::new(source))
    }
}

/// A connection that changes no file. If no process uses the records and nothing is left to be moved from
/// `-wal` into the file, SQLite is told that nothing changes, so that it makes no `-wal` and `-shm`.
fn connect(folder: &Path, path: &Path) -> rusqlite::Result<Connection> {
    let wal = folder.join(format!("{FILE}-wal"));
    let has_changes = std::fs::metadata(&wal).is_ok_and(|wal| wal.len() > 0);
    let is_unused = lock_state(folder) == LockState::Free && !has_changes;
    let mut address = url::Url::from_file_path(std::path::absolute(path).unwrap_or_default())
        .map_or_else(|()| format!("file:{}", path.display()), String::from);
    address.push_str(if is_unused { "?mode=ro&immutable=1" } else { "?mode=ro" });
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(address, flags)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::Timestamp;
    use crate::store::records::{Records, SqliteRecords};

    #[tokio::test]
    async fn inspection_changes_no_file() {
        let folder = tempfile::tempdir().unwrap();
        assert!(RecordsInspection::open(folder.path()).unwrap().is_none());
        let records = SqliteRecords::open(folder.path(), Timestamp::from_millis(0)).await.unwrap();
        records.close().await;
        drop(records);
        let state = || {
            let files = std::fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap());
            let mut files: Vec<_> =
                files.map(|it| (it.file_name(), std::fs::read(it.path()).unwrap())).collect();
            files.sort();
            files
        };
        let before = state();
        let inspection = RecordsInspection::open(folder.path()).unwrap().unwrap();
        let Schema { found, known } = inspection.schema().unwrap();
        assert_eq!(found, known);
        assert_eq!(inspection.find_damage(Duration::from_secs(60)).unwrap(), None);
        drop(inspection);
        assert_eq!(state(), before);
    }
}
