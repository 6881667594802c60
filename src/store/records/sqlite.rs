//! Records in one SQLite database file in the data folder.

mod asked;
mod claims;
mod connection;
mod copy;
pub(crate) mod data_dir;
mod erasure;
mod error;
mod file_check;
mod history;
mod inbox;
mod inspection;
mod last_time;
mod lookup;
pub(in crate::store) mod migrations;
mod packs;
mod pre_migration_copy;
mod probe;
mod proposals;
mod replies;
mod retention;
mod revisions;
mod space_settings;
mod spaces;
mod unanswered;
mod unlocked_connection;
mod write_queue;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::claim::{Claim, ClaimStatus, Completion, Holder};
use super::lookup::{Lookup, LookupResult};
use super::{
    AcceptedTexts, AskedUpdate, Feedback, Join, Records, RecordsError, Result, RetentionCutoffs,
};
use crate::conversation::{
    AskedText, AskerHash, MessageId, PlaceId, SentReply, Timestamp, UnansweredQuestion,
};
use crate::knowledge::CuratedTexts;
use crate::moderation::{Proposal, Revision};
pub use copy::CopyError;
pub(in crate::store) use copy::{check, copy, move_pack};
pub(in crate::store) use data_dir::Lock;
use file_check::FileIdentity;
pub use history::{AuthorFilter, PackHistory, PackTransaction, RecordedRevision, RevisionFilter};
pub use inbox::Inbox;
pub use inspection::{RecordsInspection, Schema};
use last_time::LastTime;
pub use space_settings::SettingsHistory;
use write_queue::{JobError, WriteQueue};

/// Name of the file in the data folder.
pub const FILE: &str = "quoth.db";

/// How long a write waits for a lock of another program.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Records in SQLite. Clones share one connection, which runs jobs one after the other and commits
/// waiting jobs together.
#[derive(Debug, Clone)]
pub struct SqliteRecords {
    queue: WriteQueue,
    path: Arc<Path>,
    opened_file: Option<FileIdentity>,
    last_failure: Arc<LastTime>,
    last_completion: Arc<LastTime>,
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
        let was_used = data_dir::was_used(folder);
        let lock = Lock::acquire(folder)?;
        data_dir::finish_restore(folder)?;
        let path = folder.join(FILE);
        if was_used {
            data_dir::warn_if_gone(&path);
        }
        data_dir::create_private_file(&path)?;
        let connect = {
            let path = path.clone();
            move || connection::open(&path, busy_timeout)
        };
        let records = Self::start(connect, path, now, Some(lock)).await?;
        pre_migration_copy::delete_old(folder);
        Ok(records)
    }

    /// Records in memory, which are lost when they are closed.
    ///
    /// # Errors
    /// If SQLite cannot allocate memory.
    pub async fn in_memory(now: Timestamp) -> Result<Self> {
        Self::start(Connection::open_in_memory, PathBuf::from(":memory:"), now, None).await
    }

    async fn start(
        connect: impl FnOnce() -> rusqlite::Result<Connection> + Send + 'static,
        path: PathBuf,
        now: Timestamp,
        lock: Option<Lock>,
    ) -> Result<Self> {
        let path: Arc<Path> = path.into();
        let open = {
            let path = Arc::clone(&path);
            move || {
                let to_records_error = |error| error::classify(&path, Arc::new(error));
                let mut connection = connect().map_err(to_records_error)?;
                migrations::apply(&mut connection, &path)?;
                connection::prepare(&connection, now).map_err(to_records_error)?;
                Ok(connection)
            }
        };
        let queue = WriteQueue::start(open, lock).await?;
        let opened_file = FileIdentity::of(&path);
        let (last_failure, last_completion) = Default::default();
        Ok(Self { queue, path, opened_file, last_failure, last_completion })
    }

    /// Trips to the thread of the database so far: each call of a method of [`Records`] that reads or
    /// writes is one. For tests and benchmarks.
    pub fn n_trips(&self) -> u64 {
        self.queue.n_jobs()
    }

    /// Records `key`, a number that stands for the key of the hashes of askers. Returns whether that of another key
    /// was recorded before.
    ///
    /// # Errors
    /// If it cannot be recorded.
    pub async fn record_key(&self, key: i64) -> Result<bool> {
        self.run(move |connection| spaces::record_key(connection, key)).await
    }

    /// Runs `work` in a transaction, which is durable when this returns.
    async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let start = Instant::now();
        let result = self.queue.run(work).await;
        tracing::trace!(micros = start.elapsed().as_micros(), "A call of the records returned");
        self.result_of(result)
    }

    /// The same for `work` that deletes. What it deletes is then on the disk no more.
    async fn erase<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.result_of(self.queue.run_erasing(work).await)
    }

    fn result_of<T>(&self, result: std::result::Result<T, JobError>) -> Result<T> {
        result.map_err(|error| match error {
            JobError::Closed => RecordsError::Closed,
            JobError::Database(source) => {
                self.last_failure.set_now();
                error::classify(&self.path, source)
            }
        })
    }
}

impl Records for SqliteRecords {
    async fn look_up(&self, lookup: Lookup) -> Result<LookupResult> {
        self.run(move |connection| lookup::run(connection, &lookup)).await
    }

    async fn claim(&self, claim: Claim) -> Result<ClaimStatus> {
        self.run(move |connection| claims::claim(connection, &claim)).await
    }

    async fn begin_send(&self, claim: Claim) -> Result<bool> {
        self.run(move |connection| claims::begin_send(connection, &claim)).await
    }

    async fn complete(&self, completion: Completion) -> Result<bool> {
        let is_recorded =
            self.run(move |connection| claims::complete(connection, &completion)).await?;
        self.last_completion.set_now();
        Ok(is_recorded)
    }

    async fn release(&self, message: MessageId, holder: Holder) -> Result<()> {
        self.run(move |connection| claims::release(connection, &message, &holder)).await
    }

    async fn reply_to(&self, question: MessageId) -> Result<Option<SentReply>> {
        self.run(move |connection| replies::find_by_question(connection, &question)).await
    }

    async fn reply_by_message(&self, message: MessageId) -> Result<Option<SentReply>> {
        self.run(move |connection| replies::find_by_message(connection, &message)).await
    }

    async fn update_reply(
        &self,
        reply: SentReply,
        unanswered: Option<UnansweredQuestion>,
        asked: AskedUpdate,
    ) -> Result<()> {
        self.erase(move |connection| {
            replies::update(connection, &reply, unanswered.as_ref(), &asked)
        })
        .await
    }

    async fn delete_message_data(&self, message: MessageId) -> Result<()> {
        self.erase(move |connection| replies::delete(connection, &message)).await
    }

    async fn set_withdrawn(&self, message: MessageId, is_withdrawn: bool) -> Result<()> {
        self.run(move |connection| claims::set_withdrawn(connection, &message, is_withdrawn)).await
    }

    async fn is_withdrawn(&self, message: MessageId) -> Result<bool> {
        self.run(move |connection| claims::is_withdrawn(connection, &message)).await
    }

    async fn record_feedback(&self, feedback: Feedback) -> Result<()> {
        self.run(move |connection| replies::insert_feedback(connection, &feedback)).await
    }

    async fn feedback(&self, message: MessageId, asker: AskerHash) -> Result<Option<bool>> {
        self.run(move |connection| replies::feedback(connection, &message, &asker)).await
    }

    async fn delete_feedback(&self, message: MessageId, asker: AskerHash) -> Result<()> {
        self.erase(move |connection| replies::delete_feedback(connection, &message, &asker)).await
    }

    async fn unanswered_questions(
        &self,
        space: String,
        limit: u32,
    ) -> Result<Vec<UnansweredQuestion>> {
        self.run(move |connection| unanswered::latest(connection, &space, limit)).await
    }

    async fn set_awaited(&self, message: MessageId, is_awaited: bool) -> Result<()> {
        self.run(move |connection| unanswered::set_awaited(connection, &message, is_awaited)).await
    }

    async fn awaited_question(&self, message: MessageId) -> Result<Option<UnansweredQuestion>> {
        self.run(move |connection| unanswered::find_awaited(connection, &message)).await
    }

    async fn awaited_questions(&self, limit: u32) -> Result<Vec<UnansweredQuestion>> {
        self.run(move |connection| unanswered::awaited(connection, limit)).await
    }

    async fn question_text(&self, message: MessageId) -> Result<Option<String>> {
        self.run(move |connection| asked::text(connection, &message)).await
    }

    async fn asked_texts(&self, spaces: Option<Vec<String>>, limit: u32) -> Result<Vec<AskedText>> {
        self.run(move |connection| asked::texts(connection, spaces.as_deref(), limit)).await
    }

    async fn set_paused(
        &self,
        space: String,
        place: Option<PlaceId>,
        is_paused: bool,
    ) -> Result<()> {
        self.run(move |connection| {
            spaces::set_paused(connection, &space, place.as_ref(), is_paused)
        })
        .await
    }

    async fn correct_future_times(&self, now: Timestamp) -> Result<()> {
        self.run(move |connection| spaces::correct_future_times(connection, now)).await
    }

    async fn last_clock(&self) -> Result<Option<Timestamp>> {
        self.run(spaces::last_clock).await
    }

    async fn record_clock(&self, now: Timestamp) -> Result<()> {
        self.run(move |connection| spaces::record_clock(connection, now)).await
    }

    async fn record_join(&self, place: PlaceId, at: Timestamp, is_last_join: bool) -> Result<Join> {
        self.run(move |connection| spaces::record_join(connection, &place, at, is_last_join)).await
    }

    async fn accepted_packs(&self) -> Result<HashMap<String, AcceptedTexts>> {
        self.run(packs::accepted).await
    }

    async fn accept_pack(
        &self,
        name: String,
        before: Option<AcceptedTexts>,
        texts: CuratedTexts,
        revisions: Vec<Revision>,
    ) -> Result<bool> {
        self.run(move |connection| {
            packs::accept(connection, &name, before.as_ref(), &texts, &revisions)
        })
        .await
    }

    async fn forget_alerts(&self, prefix: String) -> Result<()> {
        self.run(move |connection| claims::delete_by_prefix(connection, &prefix)).await
    }

    async fn add_revisions(&self, revisions: Vec<Revision>) -> Result<()> {
        self.run(move |connection| revisions::insert(connection, &revisions)).await
    }

    async fn revisions(
        &self,
        pack: String,
        entry: String,
        limit: u32,
    ) -> Result<Vec<RecordedRevision>> {
        self.run(move |connection| revisions::latest(connection, &pack, &entry, limit)).await
    }

    async fn store_proposal(
        &self,
        question: MessageId,
        proposal: Proposal,
        at: Timestamp,
    ) -> Result<()> {
        self.run(move |connection| proposals::store(connection, &question, &proposal, at)).await
    }

    async fn proposal(&self, question: MessageId) -> Result<Option<Proposal>> {
        self.run(move |connection| proposals::find(connection, &question)).await
    }

    async fn delete_proposal(&self, question: MessageId) -> Result<()> {
        self.erase(move |connection| proposals::delete(connection, &question)).await
    }

    async fn erase_asker(&self, asker: AskerHash) -> Result<u64> {
        self.erase(move |connection| retention::erase_asker(connection, &asker)).await
    }

    async fn delete_expired(&self, cutoffs: RetentionCutoffs) -> Result<u64> {
        let mut n_deleted = 0;
        // Many small transactions, so that other jobs can run in between.
        loop {
            let n = self
                .erase(move |connection| retention::delete_expired_batch(connection, cutoffs))
                .await?;
            if n == 0 {
                return Ok(n_deleted);
            }
            n_deleted += n;
        }
    }

    async fn ping(&self) -> Result<()> {
        let (path, opened_file) = (Arc::clone(&self.path), self.opened_file);
        let check = tokio::task::spawn_blocking(move || file_check::check(&path, opened_file));
        check.await.map_err(|_| RecordsError::Closed)??;
        self.run(probe::run).await
    }

    fn last_failure_age(&self) -> Option<Duration> {
        self.last_failure.age()
    }

    fn last_completion_age(&self) -> Option<Duration> {
        self.last_completion.age()
    }

    async fn close(&self) {
        self.queue.close().await;
    }
}

#[cfg(test)]
mod tests;
