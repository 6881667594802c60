//! A queue of jobs for one connection. Jobs that wait at the same time are committed together, so
//! that one disk sync serves them all.

use std::pin::Pin;
use std::sync::Arc;

use sqlx::{Connection, Executor, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use super::data_dir::Lock;
use super::erasure;

/// Most jobs in one commit: enough that the disk does not limit the throughput, few enough that no
/// job waits long.
const MAX_BATCH: usize = 256;

/// Capacity of the queue. When it is full, adding a job waits.
const MAX_WAITING: usize = 1024;

/// The future of a job, which uses the connection.
pub(super) type JobFuture<'c, T> = Pin<Box<dyn Future<Output = sqlx::Result<T>> + Send + 'c>>;

/// Why a job failed. It has then changed nothing.
pub(super) enum JobError {
    /// The queue is closed.
    Closed,
    /// The database returned an error for this job, or for the commit of its batch.
    Database(Arc<sqlx::Error>),
}

/// A handle to the queue.
#[derive(Debug, Clone)]
pub(super) struct WriteQueue {
    messages: mpsc::Sender<QueueMessage>,
}

enum QueueMessage {
    Job(Box<dyn Job>),
    Close(oneshot::Sender<()>),
}

impl WriteQueue {
    /// Starts a task that runs jobs on `connection` and holds `lock` until the queue is closed.
    pub(super) fn start(connection: SqliteConnection, lock: Option<Lock>) -> Self {
        let (messages, waiting) = mpsc::channel(MAX_WAITING);
        tokio::spawn(serve(connection, waiting, lock));
        Self { messages }
    }

    /// Runs `work` in a transaction, which is durable when this returns. `work` is repeated if another
    /// job of its batch fails, after everything that it did was rolled back.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, JobError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> JobFuture<'c, T> + Clone + Send + 'static,
    {
        self.add(work, false).await
    }

    /// The same for `work` that deletes: the write-ahead log is emptied before this returns, unless
    /// another program reads the database; then it is emptied after a later job.
    pub(super) async fn run_erasing<T, F>(&self, work: F) -> Result<T, JobError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> JobFuture<'c, T> + Clone + Send + 'static,
    {
        self.add(work, true).await
    }

    async fn add<T, F>(&self, work: F, erases: bool) -> Result<T, JobError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> JobFuture<'c, T> + Clone + Send + 'static,
    {
        let (done, result) = oneshot::channel();
        let job = QueueMessage::Job(Box::new(PendingJob { work, erases, value: None, done }));
        self.messages.send(job).await.map_err(|_| JobError::Closed)?;
        result.await.map_err(|_| JobError::Closed)?.map_err(JobError::Database)
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
    fn run<'c>(&'c mut self, connection: &'c mut SqliteConnection) -> JobFuture<'c, ()>;

    /// Whether it deletes something that has to leave the disk.
    fn erases(&self) -> bool;

    /// Sends the result to the caller, which waits for it.
    fn notify(self: Box<Self>, committed: Result<(), Arc<sqlx::Error>>);
}

struct PendingJob<T, F> {
    work: F,
    erases: bool,
    value: Option<T>,
    done: oneshot::Sender<Result<T, Arc<sqlx::Error>>>,
}

impl<T, F> Job for PendingJob<T, F>
where
    T: Send,
    F: for<'c> FnOnce(&'c mut SqliteConnection) -> JobFuture<'c, T> + Clone + Send,
{
    fn run<'c>(&'c mut self, connection: &'c mut SqliteConnection) -> JobFuture<'c, ()> {
        Box::pin(async move {
            self.value = Some(self.work.clone()(connection).await?);
            Ok(())
        })
    }

    fn erases(&self) -> bool {
        self.erases
    }

    fn notify(self: Box<Self>, committed: Result<(), Arc<sqlx::Error>>) {
        let Self { value, done, .. } = *self;
        if let Some(result) = committed.map(|()| value).transpose() {
            // The caller may have been cancelled.
            drop(done.send(result));
        }
    }
}

async fn serve(
    mut connection: SqliteConnection,
    mut messages: mpsc::Receiver<QueueMessage>,
    lock: Option<Lock>,
) {
    let mut waiting = Vec::new();
    let mut closed = Vec::new();
    let mut has_deleted = false;
    while closed.is_empty() && messages.recv_many(&mut waiting, MAX_BATCH).await > 0 {
        let mut jobs = Vec::new();
        for message in waiting.drain(..) {
            match message {
                QueueMessage::Job(job) => jobs.push(job),
                QueueMessage::Close(done) => closed.push(done),
            }
        }
        let results = commit_jobs(&mut connection, &mut jobs).await;
        has_deleted |= jobs.iter().any(|job| job.erases());
        if has_deleted {
            has_deleted = !empty_wal(&mut connection).await;
        }
        for (job, result) in jobs.into_iter().zip(results) {
            job.notify(result);
        }
    }
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "Closing the database failed; no data is lost");
    }
    drop(lock);
    // Dropping the senders ends the calls of `close`.
    drop(closed);
}

/// Whether the write-ahead log was emptied. A failure is logged: what was to be deleted is deleted from the
/// tables all the same.
async fn empty_wal(connection: &mut SqliteConnection) -> bool {
    erasure::empty_wal(connection).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "Deleted data may still be in the write-ahead log; emptying it is tried again");
        false
    })
}

type JobResult = Result<(), Arc<sqlx::Error>>;

/// The result of each of `jobs`. One that fails takes no other with it.
async fn commit_jobs(
    connection: &mut SqliteConnection,
    jobs: &mut [Box<dyn Job>],
) -> Vec<JobResult> {
    if jobs.is_empty() {
        return Vec::new();
    }
    match commit(connection, jobs).await {
        Ok(()) => vec![Ok(()); jobs.len()],
        // The only job is the one that failed.
        Err(error) if jobs.len() == 1 => vec![Err(Arc::new(error))],
        Err(_) => commit_apart(connection, jobs).await,
    }
}

/// Runs all `jobs` in one transaction: all of them take effect, or none. SQLite itself rolls back
/// after some errors (a full disk), which sqlx's transactions would not notice; so the statements
/// are written out here.
async fn commit(connection: &mut SqliteConnection, jobs: &mut [Box<dyn Job>]) -> sqlx::Result<()> {
    connection.execute("BEGIN IMMEDIATE").await?;
    let result = run_all(connection, jobs).await;
    if result.is_err() {
        // This fails if SQLite has already rolled back.
        drop(connection.execute("ROLLBACK").await);
    }
    result
}

async fn run_all(connection: &mut SqliteConnection, jobs: &mut [Box<dyn Job>]) -> sqlx::Result<()> {
    for job in jobs {
        job.run(connection).await?;
    }
    connection.execute("COMMIT").await.map(drop)
}

/// Runs `jobs` in one transaction, each with a savepoint of its own, so that one that fails takes no
/// other with it. The result of each. Slower than [`commit`] by two statements for each job.
async fn commit_apart(
    connection: &mut SqliteConnection,
    jobs: &mut [Box<dyn Job>],
) -> Vec<JobResult> {
    let mut results = Vec::with_capacity(jobs.len());
    let committed = async {
        connection.execute("BEGIN IMMEDIATE").await?;
        for job in &mut *jobs {
            connection.execute("SAVEPOINT job").await?;
            let result = job.run(connection).await;
            if let Err(error) = result {
                if connection.execute("ROLLBACK TO job").await.is_err() {
                    // SQLite has already rolled back all of it.
                    return Err(error);
                }
                results.push(Err(Arc::new(error)));
            } else {
                results.push(Ok(()));
            }
            connection.execute("RELEASE job").await?;
        }
        connection.execute("COMMIT").await
    };
    if let Err(error) = committed.await {
        drop(connection.execute("ROLLBACK").await);
        return vec![Err(Arc::new(error)); jobs.len()];
    }
    results
}
