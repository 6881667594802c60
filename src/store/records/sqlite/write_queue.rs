//! A queue of jobs for one connection. Jobs that wait at the same time are committed together, so
//! that one disk sync serves them all.

use std::pin::Pin;
use std::sync::Arc;

use sqlx::{Connection, Executor, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use super::data_dir::Lock;

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
        let (done, result) = oneshot::channel();
        let job = QueueMessage::Job(Box::new(PendingJob { work, value: None, done }));
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

    /// Sends the result to the caller, which waits for it.
    fn notify(self: Box<Self>, committed: Result<(), Arc<sqlx::Error>>);
}

struct PendingJob<T, F> {
    work: F,
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
    while closed.is_empty() && messages.recv_many(&mut waiting, MAX_BATCH).await > 0 {
        let mut jobs = Vec::new();
        for message in waiting.drain(..) {
            match message {
                QueueMessage::Job(job) => jobs.push(job),
                QueueMessage::Close(done) => closed.push(done),
            }
        }
        commit_and_notify(&mut connection, jobs).await;
    }
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "Closing the database failed; no data is lost");
    }
    drop(lock);
    // Dropping the senders ends the calls of `close`.
    drop(closed);
}

async fn commit_and_notify(connection: &mut SqliteConnection, mut jobs: Vec<Box<dyn Job>>) {
    if jobs.is_empty() {
        return;
    }
    let results = match commit(connection, &mut jobs).await {
        Ok(()) => vec![Ok(()); jobs.len()],
        // The only job is the one that failed.
        Err(error) if jobs.len() == 1 => vec![Err(Arc::new(error))],
        Err(_) => commit_apart(connection, &mut jobs).await,
    };
    for (job, result) in jobs.into_iter().zip(results) {
        job.notify(result);
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
) -> Vec<Result<(), Arc<sqlx::Error>>> {
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
