//! A queue of jobs for one connection, which has a thread of its own. Jobs that wait at the same time are
//! committed together, so that one disk sync serves them all.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::data_dir::Lock;
use super::erasure;
use crate::store::records::RecordsError;

/// Most jobs in one commit: enough that the disk does not limit the throughput, few enough that no
/// job waits long.
const MAX_BATCH: usize = 256;

/// Capacity of the queue. When it is full, adding a job waits.
const MAX_WAITING: usize = 1024;

/// Why a job failed. It has then changed nothing.
pub(super) enum JobError {
    /// The queue is closed.
    Closed,
    /// The database returned an error for this job, or for the commit of its batch.
    Database(Arc<rusqlite::Error>),
}

/// A handle to the queue.
#[derive(Debug, Clone)]
pub(super) struct WriteQueue {
    messages: mpsc::Sender<QueueMessage>,
    n_jobs: Arc<AtomicU64>,
}

enum QueueMessage {
    Job(Box<dyn Job>),
    Close(oneshot::Sender<()>),
}

impl WriteQueue {
    /// Starts a thread that opens a connection and runs jobs on it. It holds `lock` until the queue is
    /// closed. Returns when the connection is open.
    ///
    /// # Errors
    /// That of `open`, or [`RecordsError::Thread`].
    pub(super) async fn start(
        open: impl FnOnce() -> Result<Connection, RecordsError> + Send + 'static,
        lock: Option<Lock>,
    ) -> Result<Self, RecordsError> {
        let (messages, waiting) = mpsc::channel(MAX_WAITING);
        let (opened, is_open) = oneshot::channel();
        let work = move || match open() {
            Ok(connection) => {
                // The caller may have been cancelled; then no job comes.
                drop(opened.send(Ok(())));
                serve(connection, waiting, lock);
            }
            Err(error) => {
                // Whoever hears of the error may open the records again.
                drop(lock);
                drop(opened.send(Err(error)));
            }
        };
        thread::Builder::new()
            .name("quoth-records".to_owned())
            .spawn(work)
            .map_err(|source| RecordsError::Thread { source })?;
        is_open.await.unwrap_or(Err(RecordsError::Closed))?;
        Ok(Self { messages, n_jobs: Arc::default() })
    }

    /// Runs `work` in a transaction, which is durable when this returns. `work` is repeated if another
    /// job of its batch fails, after everything that it did was rolled back.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, JobError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.add(work, false).await
    }

    /// The same for `work` that deletes: the write-ahead log is emptied before this returns, unless
    /// another program reads the database; then it is emptied after a later job.
    pub(super) async fn run_erasing<T, F>(&self, work: F) -> Result<T, JobError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.add(work, true).await
    }

    async fn add<T, F>(&self, work: F, erases: bool) -> Result<T, JobError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let (done, result) = oneshot::channel();
        let job = QueueMessage::Job(Box::new(PendingJob { work, erases, value: None, done }));
        self.messages.send(job).await.map_err(|_| JobError::Closed)?;
        self.n_jobs.fetch_add(1, Ordering::Relaxed);
        result.await.map_err(|_| JobError::Closed)?.map_err(JobError::Database)
    }

    /// Jobs that were added. Each is one trip to the connection's thread.
    pub(super) fn n_jobs(&self) -> u64 {
        self.n_jobs.load(Ordering::Relaxed)
    }

    /// Runs the waiting jobs, then closes the connection.
    pub(super) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.messages.send(QueueMessage::Close(done)).await.is_ok() {
            // The sender is dropped when the connection is closed, so this is always an error.
            drop(closed.await);
        }
    }
}

trait Job: Send {
    fn run(&mut self, connection: &Connection) -> rusqlite::Result<()>;

    /// Whether it deletes something that has to leave the disk.
    fn erases(&self) -> bool;

    /// Sends the result to the caller, which waits for it.
    fn notify(self: Box<Self>, committed: JobResult);
}

struct PendingJob<T, F> {
    work: F,
    erases: bool,
    value: Option<T>,
    done: oneshot::Sender<Result<T, Arc<rusqlite::Error>>>,
}

impl<T, F> Job for PendingJob<T, F>
where
    T: Send,
    F: Fn(&Connection) -> rusqlite::Result<T> + Send,
{
    fn run(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        self.value = Some((self.work)(connection)?);
        Ok(())
    }

    fn erases(&self) -> bool {
        self.erases
    }

    fn notify(self: Box<Self>, committed: JobResult) {
        let Self { value, done, .. } = *self;
        if let Some(result) = committed.map(|()| value).transpose() {
            // The caller may have been cancelled.
            drop(done.send(result));
        }
    }
}

fn serve(connection: Connection, mut messages: mpsc::Receiver<QueueMessage>, lock: Option<Lock>) {
    let mut waiting = Vec::new();
    let mut closed = Vec::new();
    let mut has_deleted = false;
    while closed.is_empty() && messages.blocking_recv_many(&mut waiting, MAX_BATCH) > 0 {
        let mut jobs = Vec::new();
        for message in waiting.drain(..) {
            match message {
                QueueMessage::Job(job) => jobs.push(job),
                QueueMessage::Close(done) => closed.push(done),
            }
        }
        let results = commit_jobs(&connection, &mut jobs);
        has_deleted |= jobs.iter().any(|job| job.erases());
        if has_deleted {
            has_deleted = !empty_wal(&connection);
        }
        for (job, result) in jobs.into_iter().zip(results) {
            job.notify(result);
        }
    }
    if let Err((_, error)) = connection.close() {
        tracing::warn!(%error, "Closing the database failed; no data is lost");
    }
    drop(lock);
    // Dropping the senders ends the calls of `close`.
    drop(closed);
}

/// Whether the write-ahead log was emptied. A failure is logged: what was to be deleted is deleted from the
/// tables all the same.
fn empty_wal(connection: &Connection) -> bool {
    erasure::empty_wal(connection).unwrap_or_else(|error| {
        tracing::warn!(%error, "Deleted data may still be in the write-ahead log; emptying it is tried again");
        false
    })
}

type JobResult = Result<(), Arc<rusqlite::Error>>;

/// The result of each of `jobs`. One that fails takes no other with it.
fn commit_jobs(connection: &Connection, jobs: &mut [Box<dyn Job>]) -> Vec<JobResult> {
    if jobs.is_empty() {
        return Vec::new();
    }
    match commit(connection, jobs) {
        Ok(()) => vec![Ok(()); jobs.len()],
        // The only job is the one that failed.
        Err(error) if jobs.len() == 1 => vec![Err(Arc::new(error))],
        Err(_) => commit_apart(connection, jobs),
    }
}

/// Runs all `jobs` in one transaction: all of them take effect, or none.
fn commit(connection: &Connection, jobs: &mut [Box<dyn Job>]) -> rusqlite::Result<()> {
    run(connection, "BEGIN IMMEDIATE")?;
    let result = run_all(connection, jobs);
    if result.is_err() {
        roll_back(connection);
    }
    result
}

fn run_all(connection: &Connection, jobs: &mut [Box<dyn Job>]) -> rusqlite::Result<()> {
    for job in jobs {
        job.run(connection)?;
    }
    run(connection, "COMMIT")
}

/// Runs `jobs` in one transaction, each with a savepoint of its own, so that one that fails takes no
/// other with it. The result of each. Slower than [`commit`] by two statements for each job.
fn commit_apart(connection: &Connection, jobs: &mut [Box<dyn Job>]) -> Vec<JobResult> {
    run_apart(connection, jobs).unwrap_or_else(|error| {
        roll_back(connection);
        vec![Err(Arc::new(error)); jobs.len()]
    })
}

fn run_apart(
    connection: &Connection,
    jobs: &mut [Box<dyn Job>],
) -> rusqlite::Result<Vec<JobResult>> {
    let mut results = Vec::with_capacity(jobs.len());
    run(connection, "BEGIN IMMEDIATE")?;
    for job in jobs {
        run(connection, "SAVEPOINT job")?;
        let result = job.run(connection);
        if let Err(error) = result {
            if connection.is_autocommit() {
                // SQLite itself has rolled back all of it, as it does when the disk is full.
                return Err(error);
            }
            run(connection, "ROLLBACK TO job")?;
            results.push(Err(Arc::new(error)));
        } else {
            results.push(Ok(()));
        }
        run(connection, "RELEASE job")?;
    }
    run(connection, "COMMIT")?;
    Ok(results)
}

/// Rolls back, unless SQLite itself has done so, as after some errors (a full disk).
fn roll_back(connection: &Connection) {
    if !connection.is_autocommit()
        && let Err(error) = run(connection, "ROLLBACK")
    {
        tracing::warn!(%error, "Rolling back a transaction failed; the next one fails, too");
    }
}

fn run(connection: &Connection, statement: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(statement)?.execute([]).map(drop)
}
