//! What has to outlive a restart: who answers which message, what was said, what was not answered.

pub mod claim;
pub mod revision;
pub mod sqlite;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

pub use claim::{Claim, ClaimStatus, Completion, Holder};
pub use revision::Revision;
pub use sqlite::SqliteRecords;

use crate::conversation::{
    AskerHash, MessageId, PlaceId, SentReply, Timestamp, UnansweredQuestion,
};

/// The records of one quoth, or of several that share them.
///
/// A method that writes is durable when it returns: a process killed after it, or a machine that
/// loses its power, finds it done. A method that fails has changed nothing.
pub trait Records: Clone + Send + Sync + 'static {
    /// Takes a message for its holder, if nobody has it.
    fn claim(&self, claim: Claim) -> impl Future<Output = Result<ClaimStatus>> + Send;

    /// Writes down that the holder is about to send, and renews the claim. `false` if it is no
    /// longer the holder's: then nothing may be sent.
    fn begin_send(&self, claim: Claim) -> impl Future<Output = Result<bool>> + Send;

    /// The message is done with; what came of it is kept in the same transaction.
    fn complete(&self, finished: Completion) -> impl Future<Output = Result<()>> + Send;

    /// Gives a claim back whose reply surely was not sent: the message may be claimed again.
    fn release(
        &self,
        message: MessageId,
        holder: Holder,
    ) -> impl Future<Output = Result<()>> + Send;

    /// What was said in reply to `question`.
    fn reply_to(
        &self,
        question: MessageId,
    ) -> impl Future<Output = Result<Option<SentReply>>> + Send;

    /// What our message `sent` is.
    fn reply_by_message(
        &self,
        sent: MessageId,
    ) -> impl Future<Output = Result<Option<SentReply>>> + Send;

    /// Our message now says something else. What was kept as unanswered of its question goes;
    /// `unanswered` takes its place.
    fn update_reply(
        &self,
        answer: SentReply,
        unanswered_questions: Option<UnansweredQuestion>,
    ) -> impl Future<Output = Result<()>> + Send;

    /// The message and what was said to it are gone: its text and our answer are forgotten. That
    /// it was handled is not.
    fn delete_message_data(&self, message: MessageId) -> impl Future<Output = Result<()>> + Send;

    /// Somebody judged an answer of ours; the last judgement of each person counts.
    fn record_feedback(&self, judgement: Feedback) -> impl Future<Output = Result<()>> + Send;

    /// The latest unanswered questions of a space, newest first.
    fn unanswered_questions(
        &self,
        space: String,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<UnansweredQuestion>>> + Send;

    /// Sets what holds in a space, for moderators.
    fn set_space_state(
        &self,
        space: String,
        state: SpaceState,
    ) -> impl Future<Output = Result<()>> + Send;

    /// What holds for a message in `space`, at the first of `places`, which is in the others.
    fn place_status(
        &self,
        space: String,
        places: Vec<PlaceId>,
    ) -> impl Future<Output = Result<PlaceStatus>> + Send;

    /// We came to `place`. `false` if we had been there before.
    fn record_join(
        &self,
        place: PlaceId,
        at: Timestamp,
    ) -> impl Future<Output = Result<bool>> + Send;

    /// Keeps a change of an entry.
    fn add_revision(&self, revision: Revision) -> impl Future<Output = Result<()>> + Send;

    /// The changes of an entry, newest first.
    fn revisions(
        &self,
        pack: String,
        entry: String,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Revision>>> + Send;

    /// Forgets all that is kept of an asker: texts, answers, judgements. Gives the number of
    /// records that went.
    fn erase_asker(&self, asker: AskerHash) -> impl Future<Output = Result<u64>> + Send;

    /// Forgets what is older than it may be kept. Gives the number of records that went.
    fn delete_expired(
        &self,
        kept_since: RetentionCutoffs,
    ) -> impl Future<Output = Result<u64>> + Send;

    /// Whether the records can be read and written.
    fn ping(&self) -> impl Future<Output = Result<()>> + Send;

    /// Writes out what is under way and lets go of the records.
    fn close(&self) -> impl Future<Output = ()> + Send;
}

/// What a method of [`Records`] gives.
pub type Result<T> = std::result::Result<T, RecordsError>;

/// Somebody's verdict on an answer of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    /// Our message.
    pub message: MessageId,
    /// Who judged.
    pub asker: AskerHash,
    /// Whether it was what was looked for.
    pub is_helpful: bool,
    /// When.
    pub at: Timestamp,
}

/// What moderators set for a space from chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SpaceState {
    /// Whether quoth is silent there.
    pub is_paused: bool,
}

/// What holds for a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceStatus {
    /// What moderators have set for its space.
    pub space_state: SpaceState,
    /// Since when we are there: nothing older is answered. Places that we were not seen coming to
    /// count from the first start.
    pub member_since: Timestamp,
}

/// The oldest that is kept, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionCutoffs {
    /// That messages were handled. Has to reach further back than what is caught up with.
    pub handled: Timestamp,
    /// Questions that were not answered.
    pub unanswered: Timestamp,
    /// Answers that were sent, and the judgements on them.
    pub answers: Timestamp,
}

/// Why records cannot be used. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    /// The data folder cannot be made or written to.
    #[error(
        "cannot write to the data folder {}: make it writable for the user that runs quoth, or name another one (`data` in the configuration, QUOTH_DATA)",
        path.display()
    )]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another quoth runs on the same folder.
    #[error(
        "the data folder {} is in use by another quoth: stop that one, or give each its own folder",
        path.display()
    )]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// The records were written by a later version.
    #[error(
        "the records {} were written by a newer quoth (schema {found}, this one knows {known}): run that version or later, or restore a copy made before the upgrade",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema that this version knows.
        known: i64,
    },
    /// The file is damaged or no database.
    #[error(
        "the records {} are damaged: stop quoth, keep a copy of the file, and restore a backup, or move it away to start with empty records",
        path.display()
    )]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What was found.
        source: Arc<sqlx::Error>,
    },
    /// No space is left.
    #[error("no space is left for the records {}: free some; nothing was lost", path.display())]
    Full {
        /// The file.
        path: PathBuf,
        /// What was found.
        source: Arc<sqlx::Error>,
    },
    /// Another program holds a lock on the file.
    #[error(
        "the records {} are locked by another program (a backup, a database browser): close it; nothing was lost",
        path.display()
    )]
    Locked {
        /// The file.
        path: PathBuf,
        /// What was found.
        source: Arc<sqlx::Error>,
    },
    /// Anything else that the database refuses.
    #[error("the records {} cannot be used", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// What was found.
        source: Arc<sqlx::Error>,
    },
    /// The records are being closed.
    #[error("the records are closed: quoth is stopping")]
    Closed,
}
