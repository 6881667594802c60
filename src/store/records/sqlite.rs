//! Records in one SQLite database file in the data folder.

mod claims;
mod data_dir;
mod erasure;
mod error;
mod packs;
mod probe;
mod replies;
mod retention;
mod revisions;
mod spaces;
mod unanswered;
mod write_queue;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, SqlSafeStr, SqliteConnection};

use super::claim::{Claim, ClaimStatus, Completion, Holder};
use super::{Feedback, PlaceStatus, Records, RecordsError, Result, RetentionCutoffs, Revision};
use crate::conversation::{
    AskerHash, MessageId, PlaceId, SentReply, Timestamp, UnansweredQuestion,
};
use data_dir::Lock;
use write_queue::{JobError, JobFuture, WriteQueue};

/// Name of the file in the data folder.
pub const FILE: &str = "quoth.db";

/// How long a write waits for a lock of another program.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// What brings older records to this version, by number.
const MIGRATIONS: [(i64, &str, &str); 4] = [
    (1, "first", include_str!("migrations/0001_first.sql")),
    (2, "packs", include_str!("migrations/0002_packs.sql")),
    (3, "asked_for", include_str!("migrations/0003_asked_for.sql")),
    (4, "paused_places", include_str!("migrations/0004_paused_places.sql")),
];

/// Records in SQLite. Clones share one connection, which runs jobs one after the other and commits
/// waiting jobs together.
#[derive(Debug, Clone)]
pub struct SqliteRecords {
    queue: WriteQueue,
    path: Arc<Path>,
    last_failure: Arc<Mutex<Option<Instant>>>,
}

impl SqliteRecords {
    /// Opens the records in the data folder, which is created if it is missing. `now` is the current
    /// time. The folder is locked while the records are open; so all earlier holders of claims are
    /// dead, and their claims are released.
    ///
    /// # Errors
    /// [`RecordsError`] if the folder or the file cannot be used.
    pub async fn open(folder: &Path, now: Timestamp) -> Result<Self> {
        Self::open_within(folder, now, BUSY_TIMEOUT).await
    }

    async fn open_within(folder: &Path, now: Timestamp, busy_timeout: Duration) -> Result<Self> {
        let lock = Lock::acquire(folder)?;
        let path = folder.join(FILE);
        data_dir::create_private_file(&path)?;
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(busy_timeout)
            // Overwrites what is deleted with zeros. Without it, texts stay readable in the file.
            .pragma("secure_delete", "ON")
            // Temporary files would have texts, too.
            .pragma("temp_store", "MEMORY");
        Self::start(options, path, now, Some(lock)).await
    }

    /// Records in memory, which are lost when they are closed.
    ///
    /// # Errors
    /// If SQLite cannot allocate memory.
    pub async fn in_memory(now: Timestamp) -> Result<Self> {
        let options = SqliteConnectOptions::new().in_memory(true);
        Self::start(options, PathBuf::from(":memory:"), now, None).await
    }

    async fn start(
        options: SqliteConnectOptions,
        path: PathBuf,
        now: Timestamp,
        lock: Option<Lock>,
    ) -> Result<Self> {
        let path: Arc<Path> = path.into();
        let to_records_error = |error| error::classify(&path, Arc::new(error));
        let options = options.foreign_keys(true).disable_statement_logging();
        let mut connection = options.connect().await.map_err(to_records_error)?;
        migrate(&mut connection, &path).await?;
        claims::release_all(&mut connection).await.map_err(to_records_error)?;
        spaces::record_first_start(&mut connection, now).await.map_err(to_records_error)?;
        if let Err(error) = erasure::overwrite_free_pages(&mut connection).await {
            tracing::warn!(%error, "Texts that an earlier version deleted are still in the records; the next start tries again to overwrite them");
        }
        Ok(Self { queue: WriteQueue::start(connection, lock), path, last_failure: Arc::default() })
    }

    /// Runs `work` in a transaction, which is durable when this returns.
    async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> JobFuture<'c, T> + Clone + Send + 'static,
    {
        self.result_of(self.queue.run(work).await)
    }

    /// The same for `work` that deletes. What it deletes is then on the disk no more.
    async fn erase<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> JobFuture<'c, T> + Clone + Send + 'static,
    {
        self.result_of(self.queue.run_erasing(work).await)
    }

    fn result_of<T>(&self, result: std::result::Result<T, JobError>) -> Result<T> {
        result.map_err(|error| match error {
            JobError::Closed => RecordsError::Closed,
            JobError::Database(source) => {
                let mut last_failure =
                    self.last_failure.lock().unwrap_or_else(PoisonError::into_inner);
                *last_failure = Some(Instant::now());
                error::classify(&self.path, source)
            }
        })
    }
}

async fn migrate(connection: &mut SqliteConnection, path: &Path) -> Result<()> {
    let migrations = MIGRATIONS.map(|(version, description, sql)| {
        let simple = MigrationType::Simple;
        Migration::new(version, description.into(), simple, sql.into_sql_str(), false)
    });
    let known = migrations.iter().map(|migration| migration.version).max().unwrap_or(0);
    let migrator = Migrator::with_migrations(migrations.into());
    migrator.run(connection).await.map_err(|error| match error {
        MigrateError::VersionMissing(found) | MigrateError::VersionTooNew(found, _) => {
            RecordsError::Newer { path: path.to_owned(), found, known }
        }
        MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => {
            error::classify(path, Arc::new(source))
        }
        other => error::classify(path, Arc::new(sqlx::Error::Migrate(Box::new(other)))),
    })
}

impl Records for SqliteRecords {
    async fn claim(&self, claim: Claim) -> Result<ClaimStatus> {
        self.run(move |connection| Box::pin(claims::claim(connection, claim))).await
    }

    async fn begin_send(&self, claim: Claim) -> Result<bool> {
        self.run(move |connection| Box::pin(claims::begin_send(connection, claim))).await
    }

    async fn complete(&self, completion: Completion) -> Result<()> {
        self.run(move |connection| Box::pin(claims::complete(connection, completion))).await
    }

    async fn release(&self, message: MessageId, holder: Holder) -> Result<()> {
        self.run(move |connection| Box::pin(claims::release(connection, message, holder))).await
    }

    async fn reply_to(&self, question: MessageId) -> Result<Option<SentReply>> {
        self.run(move |connection| Box::pin(replies::find_by_question(connection, question))).await
    }

    async fn reply_by_message(&self, message: MessageId) -> Result<Option<SentReply>> {
        self.run(move |connection| Box::pin(replies::find_by_message(connection, message))).await
    }

    async fn last_reply_to(&self, asker: AskerHash, place: PlaceId) -> Result<Option<SentReply>> {
        self.run(move |connection| Box::pin(replies::find_last(connection, asker, place))).await
    }

    async fn update_reply(
        &self,
        reply: SentReply,
        unanswered: Option<UnansweredQuestion>,
    ) -> Result<()> {
        self.erase(move |connection| Box::pin(replies::update(connection, reply, unanswered))).await
    }

    async fn delete_message_data(&self, message: MessageId) -> Result<()> {
        self.erase(move |connection| Box::pin(replies::delete(connection, message))).await
    }

    async fn set_withdrawn(&self, message: MessageId, is_withdrawn: bool) -> Result<()> {
        self.run(move |connection| {
            Box::pin(claims::set_withdrawn(connection, message, is_withdrawn))
        })
        .await
    }

    async fn is_withdrawn(&self, message: MessageId) -> Result<bool> {
        self.run(move |connection| Box::pin(claims::is_withdrawn(connection, message))).await
    }

    async fn record_feedback(&self, feedback: Feedback) -> Result<()> {
        self.run(move |connection| Box::pin(replies::insert_feedback(connection, feedback))).await
    }

    async fn unanswered_questions(
        &self,
        space: String,
        limit: u32,
    ) -> Result<Vec<UnansweredQuestion>> {
        self.run(move |connection| Box::pin(unanswered::latest(connection, space, limit))).await
    }

    async fn set_paused(
        &self,
        space: String,
        place: Option<PlaceId>,
        is_paused: bool,
    ) -> Result<()> {
        self.run(move |connection| {
            Box::pin(spaces::set_paused(connection, space, place, is_paused))
        })
        .await
    }

    async fn place_status(&self, space: String, places: Vec<PlaceId>) -> Result<PlaceStatus> {
        self.run(move |connection| Box::pin(spaces::place_status(connection, space, places))).await
    }

    async fn correct_future_times(&self, now: Timestamp) -> Result<()> {
        self.run(move |connection| Box::pin(spaces::correct_future_times(connection, now))).await
    }

    async fn last_clock(&self) -> Result<Option<Timestamp>> {
        self.run(move |connection| Box::pin(spaces::last_clock(connection))).await
    }

    async fn record_clock(&self, now: Timestamp) -> Result<()> {
        self.run(move |connection| Box::pin(spaces::record_clock(connection, now))).await
    }

    async fn record_join(&self, place: PlaceId, at: Timestamp) -> Result<bool> {
        self.run(move |connection| Box::pin(spaces::record_join(connection, place, at))).await
    }

    async fn accepted_packs(&self) -> Result<HashMap<String, String>> {
        self.run(move |connection| Box::pin(packs::accepted(connection))).await
    }

    async fn accept_pack(
        &self,
        name: String,
        faq: Arc<str>,
        revisions: Vec<Revision>,
    ) -> Result<()> {
        self.run(move |connection| Box::pin(packs::accept(connection, name, faq, revisions))).await
    }

    async fn forget_alerts(&self, prefix: String) -> Result<()> {
        self.run(move |connection| Box::pin(claims::forget(connection, prefix))).await
    }

    async fn add_revisions(&self, revisions: Vec<Revision>) -> Result<()> {
        self.run(move |connection| Box::pin(revisions::insert(connection, revisions))).await
    }

    async fn revisions(&self, pack: String, entry: String, limit: u32) -> Result<Vec<Revision>> {
        self.run(move |connection| Box::pin(revisions::latest(connection, pack, entry, limit)))
            .await
    }

    async fn erase_asker(&self, asker: AskerHash) -> Result<u64> {
        self.erase(move |connection| Box::pin(retention::erase_asker(connection, asker))).await
    }

    async fn delete_expired(&self, cutoffs: RetentionCutoffs) -> Result<u64> {
        let mut n_deleted = 0;
        // Many small transactions, so that other jobs can run in between.
        loop {
            let n = self
                .erase(move |connection| {
                    Box::pin(retention::delete_expired_batch(connection, cutoffs))
                })
                .await?;
            if n == 0 {
                return Ok(n_deleted);
            }
            n_deleted += n;
        }
    }

    async fn ping(&self) -> Result<()> {
        self.run(move |connection| Box::pin(probe::run(connection))).await
    }

    fn last_failure_age(&self) -> Option<Duration> {
        let last_failure = self.last_failure.lock().unwrap_or_else(PoisonError::into_inner);
        last_failure.map(|at| at.elapsed())
    }

    async fn close(&self) {
        self.queue.close().await;
    }
}

#[cfg(test)]
mod tests;
