//! Connections of other processes than the service. They need no lock of the data folder, since they have no
//! claims. SQLite keeps the transactions of both apart.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::{FILE, connection, data_dir, error, migrations};
use crate::store::records::{RecordsError, Result};
use crate::store::{file_permissions, replacement};

/// How long a command waits for others that write.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// How long records may take to appear in a folder in which a service is starting for the first time.
const MAX_FIRST_START: Duration = Duration::from_secs(1);

/// Whether there are records at `path`, or will be in a moment.
fn appear(path: &Path) -> bool {
    let start = Instant::now();
    while data_dir::are_gone(path) {
        if start.elapsed() >= MAX_FIRST_START {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    true
}

/// A connection to the records without the lock of the data folder.
#[derive(Debug)]
pub(super) struct UnlockedConnection {
    connection: Connection,
    path: PathBuf,
}

impl UnlockedConnection {
    /// Opens the records in the data folder `data`, which are created if no service has used it yet.
    ///
    /// # Errors
    /// [`RecordsError`] if the folder or the file cannot be used.
    pub(super) fn open(data: &Path) -> Result<Self> {
        let unusable = |source| RecordsError::Folder { path: data.to_owned(), source };
        file_permissions::create_private_dir(data).map_err(unusable)?;
        if replacement::is_pending(data) {
            return Err(RecordsError::Restoring { path: data.to_owned() });
        }
        let path = data.join(FILE);
        // A service that has used the folder has made them. New ones here would hide that they are gone.
        if data_dir::was_used(data) && !appear(&path) {
            return Err(RecordsError::Missing { path });
        }
        data_dir::create_private_file(&path)?;
        let classify = |source| error::classify(&path, Arc::new(source));
        let mut connection = connection::open(&path, BUSY_TIMEOUT).map_err(classify)?;
        migrations::apply(&mut connection, &path)?;
        Ok(Self { connection, path })
    }

    /// Runs `work`.
    ///
    /// # Errors
    /// [`RecordsError`] if it fails.
    pub(super) fn run<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        work(&self.connection).map_err(|source| error::classify(&self.path, Arc::new(source)))
    }

    /// Begins a transaction. Until it ends, no other process can write.
    ///
    /// # Errors
    /// [`RecordsError`] if the records are locked or cannot be used.
    pub(super) fn begin(&mut self) -> Result<UnlockedTransaction<'_>> {
        let Self { connection, path } = self;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate);
        match transaction {
            Ok(transaction) => Ok(UnlockedTransaction { transaction, path }),
            Err(source) => Err(error::classify(path, Arc::new(source))),
        }
    }
}

/// A transaction that is not committed yet. Dropped, it has changed nothing.
#[derive(Debug)]
pub(super) struct UnlockedTransaction<'c> {
    transaction: Transaction<'c>,
    path: &'c Path,
}

impl UnlockedTransaction<'_> {
    /// Runs `work` in the transaction.
    ///
    /// # Errors
    /// [`RecordsError`] if it fails.
    pub(super) fn run<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        work(&self.transaction).map_err(|source| error::classify(self.path, Arc::new(source)))
    }

    /// Makes the changes durable.
    ///
    /// # Errors
    /// [`RecordsError`] if the records cannot be written. Nothing has changed then.
    pub(super) fn commit(self) -> Result<()> {
        let Self { transaction, path } = self;
        transaction.commit().map_err(|source| error::classify(path, Arc::new(source)))
    }
}
