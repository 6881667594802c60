//! One connection, and the jobs that wait for it. Those that wait together are committed together,
//! so that the disk is waited for once.

use std::pin::Pin;
use std::sync::Arc;

use sqlx::{Connection, Executor, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use super::data_dir::Lock;

/// Jobs that one commit takes at the most: enough that the disk is no limit, few enough that none
/// waits long.
const MAX_BATCH: usize = 256;

/// Jobs that may wait before whoever brings one waits, too.
const MAX_WAITING: usize = 1024;

/// What a job does with the connection.
pub(super) type JobFuture<'c, T> = Pin<Box<dyn Future<Output = sqlx::Result<T>> + Send + 'c>>;

/// Why a job was not done. It has then changed nothing.
pub(super) enum JobError {
    /// The queue is closed.
    Closed,
    /// The database refused it, or another one of its batch.
    Database(Arc<sqlx::Error>),
}

/// The way to the connection.
#[derive(Debug, Clone)]
pub(super) struct WriteQueue {
    messages: mpsc::Sender<QueueMessage>,
}

enum QueueMessage {
    Job(Box<dyn Job>),
    Close(oneshot::Sender<()>),
}

impl WriteQueue {
    /// Serves `connection` in a task of its own, which holds `lock` until the queue is closed.
    pub(super) fn start(connection: SqliteConnection, lock: Option<Lock>) -> Self {
        let (messages, waiting) = mpsc::channel(MAX_WAITING);
        tokio::spawn(serve(connection, waiting, lock));
        Self { messages }
    }

    /// Does `work` in a transaction; it is durable when this returns.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, JobError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> JobFuture<'c, T> + Send + 'static,
    {
        let (done, told) = oneshot::channel();
        let job = QueueMessage::Job(Box::new(PendingJob { work: Some(work), value: None, done }));
        self.messages.send(job).await.map_err(|_| JobError::Closed)?;
        told.await.map_err(|_| JobError::Closed)?.map_err(JobError::Database)
    }

    /// Does what is waiting, then closes the connection.
    pub(super) async fn close(&self) {
        let (done, told) = oneshot::channel();
        if self.messages.send(QueueMessage::Close(done)).await.is_ok() {
            // An error means that it was closed already.
            drop(told.await);
        }
    }
}

trait Job: Send {
    fn run<'c>(&'c mut self, connection: &'c mut SqliteConnection) -> JobFuture<'c, ()>;

    /// Tells whoever waits what came of it.
    fn tell(self: Box<Self>, committed: Result<(), Arc<sqlx::Error>>);
}

struct PendingJob<T, F> {
    work: Option<F>,
    value: Option<T>,
    done: oneshot::Sender<Result<T, Arc<sqlx::Error>>>,
}

impl<T, F> Job for PendingJob<T, F>
where
    T: Send,
    F: for<'c> FnOnce(&'c mut SqliteConnection) -> JobFuture<'c, T> + Send,
{
    fn run<'c>(&'c mut self, connection: &'c mut SqliteConnection) -> JobFuture<'c, ()> {
        Box::pin(async move {
            if let Some(work) = self.work.take() {
                self.value = Some(work(connection).await?);
            }
            Ok(())
        })
    }

    fn tell(self: Box<Self>, committed: Result<(), Arc<sqlx::Error>>) {
        let Self { value, done, .. } = *self;
        if let Some(told) = committed.map(|()| value).transpose() {
            // Whoever asked may have gone.
            drop(done.send(told));
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
        commit_and_tell(&mut connection, jobs).await;
    }
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "The records did not close well; nothing is lost");
    }
    drop(lock);
    // Dropping the senders tells those who wait for the closing.
    drop(closed);
}

async fn commit_and_tell(connection: &mut SqliteConnection, mut jobs: Vec<Box<dyn Job>>) {
    if jobs.is_empty() {
        return;
    }
    let committed = commit(connection, &mut jobs).await.map_err(Arc::new);
    for job in jobs {
        job.tell(committed.clone());
    }
}

/// Does all `jobs` or none. Where one fails, SQLite may have undone all by itself (a full disk), of
/// which sqlx's own transactions would know nothing; so these are plain statements.
async fn commit(connection: &mut SqliteConnection, jobs: &mut [Box<dyn Job>]) -> sqlx::Result<()> {
    connection.execute("BEGIN IMMEDIATE").await?;
    let done = run_all(connection, jobs).await;
    if done.is_err() {
        // It fails where there is nothing left to undo.
        drop(connection.execute("ROLLBACK").await);
    }
    done
}

async fn run_all(connection: &mut SqliteConnection, jobs: &mut [Box<dyn Job>]) -> sqlx::Result<()> {
    for job in jobs {
        job.run(connection).await?;
    }
    connection.execute("COMMIT").await.map(drop)
}
