//! Records: the state that outlives a restart. Claims on messages, sent replies, what was asked, unanswered
//! questions, feedback, settings of spaces, and revisions of entries.
//!
//! The trait [`Records`] knows no database; [`sqlite`] implements it.

pub mod accepted_texts;
pub mod claim;
pub mod error;
pub mod lookup;
pub mod sqlite;

use std::collections::HashMap;
use std::time::Duration;

pub use accepted_texts::AcceptedTexts;
pub use claim::{Claim, ClaimStatus, Completion, Holder};
pub use error::RecordsError;
pub use lookup::{Lookup, LookupResult, ReplyKey};
pub use sqlite::data_dir::{LOCK_FILE, LockState, lock_state, was_used};
pub use sqlite::{
    AuthorFilter, Inbox, PackHistory, PackTransaction, RecordedRevision, RecordsInspection,
    RevisionFilter, Schema, SettingsHistory, SqliteRecords,
};

use crate::conversation::{
    AskedQuestion, AskedText, AskerHash, MessageId, PlaceId, SentReply, Timestamp,
    UnansweredQuestion,
};
use crate::knowledge::CuratedTexts;
use crate::moderation::{Proposal, Revision};

/// The records of one process, or of several that share them.
///
/// A write is durable when its method returns: it survives a killed process and a power failure. A
/// method that returns an error has changed nothing.
pub trait Records: Clone + Send + Sync + 'static {
    /// Reads what `lookup` names, and claims its event, in one transaction.
    fn look_up(&self, lookup: Lookup) -> impl Future<Output = Result<LookupResult>> + Send;

    /// Claims a message for its holder, unless another holder has it or it is done.
    fn claim(&self, claim: Claim) -> impl Future<Output = Result<ClaimStatus>> + Send;

    /// Records that the holder is about to send, and renews the claim. `false` if the claim is no
    /// longer the holder's; then nothing may be sent.
    fn begin_send(&self, claim: Claim) -> impl Future<Output = Result<bool>> + Send;

    /// Marks a message as done and stores its result in the same transaction. `false` if the reply is not
    /// stored, since its message is recorded as the reply to another question: that one stays.
    fn complete(&self, completion: Completion) -> impl Future<Output = Result<bool>> + Send;

    /// Releases a claim whose reply was certainly not sent. The message can be claimed again.
    fn release(
        &self,
        message: MessageId,
        holder: Holder,
    ) -> impl Future<Output = Result<()>> + Send;

    /// The reply that was sent to the message `question`.
    fn reply_to(
        &self,
        question: MessageId,
    ) -> impl Future<Output = Result<Option<SentReply>>> + Send;

    /// The reply that the bot sent as `message`.
    fn reply_by_message(
        &self,
        message: MessageId,
    ) -> impl Future<Output = Result<Option<SentReply>>> + Send;

    /// Replaces a reply whose message was edited. The unanswered question recorded for the same
    /// message is replaced by `unanswered`, or deleted; the text that was asked becomes what `asked` says.
    fn update_reply(
        &self,
        reply: SentReply,
        unanswered: Option<UnansweredQuestion>,
        asked: AskedUpdate,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Deletes the text of a message and the reply to it, or the feedback that `message` gave. It still
    /// counts as handled.
    fn delete_message_data(&self, message: MessageId) -> impl Future<Output = Result<()>> + Send;

    /// Sets whether the reply to the handled `message` is deleted because an edit left no question in
    /// it. Another edit can then make it a question again; its own event cannot. A new reply ends this.
    fn set_withdrawn(
        &self,
        message: MessageId,
        is_withdrawn: bool,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Whether the reply to `message` was deleted because of an edit.
    fn is_withdrawn(&self, message: MessageId) -> impl Future<Output = Result<bool>> + Send;

    /// Records feedback on a reply. It replaces earlier feedback of the same user.
    fn record_feedback(&self, feedback: Feedback) -> impl Future<Output = Result<()>> + Send;

    /// The feedback of `asker` on the reply `message`: whether it was helpful.
    fn feedback(
        &self,
        message: MessageId,
        asker: AskerHash,
    ) -> impl Future<Output = Result<Option<bool>>> + Send;

    /// Deletes the feedback of `asker` on the reply `message`.
    fn delete_feedback(
        &self,
        message: MessageId,
        asker: AskerHash,
    ) -> impl Future<Output = Result<()>> + Send;

    /// The latest unanswered questions of a space, newest first, at most `limit`.
    fn unanswered_questions(
        &self,
        space: String,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<UnansweredQuestion>>> + Send;

    /// Sets whether the asker of the unanswered question `message` wants to be told when there is an answer.
    fn set_awaited(
        &self,
        message: MessageId,
        is_awaited: bool,
    ) -> impl Future<Output = Result<()>> + Send;

    /// The unanswered question `message`, if its asker wants to be told of an answer.
    fn awaited_question(
        &self,
        message: MessageId,
    ) -> impl Future<Output = Result<Option<UnansweredQuestion>>> + Send;

    /// The unanswered questions of all spaces whose askers want to be told of an answer, newest first, at most
    /// `limit`.
    fn awaited_questions(
        &self,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<UnansweredQuestion>>> + Send;

    /// What was asked by `message`; `None` if it is not kept.
    fn question_text(
        &self,
        message: MessageId,
    ) -> impl Future<Output = Result<Option<String>>> + Send;

    /// The different texts that were asked in one of `spaces`, or in any, and how often: at most `limit`, those asked
    /// last.
    fn asked_texts(
        &self,
        spaces: Option<Vec<String>>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<AskedText>>> + Send;

    /// Sets whether the bot is paused at `place` of `space`. Without a place, at all of the space,
    /// whatever was set for one of them.
    fn set_paused(
        &self,
        space: String,
        place: Option<PlaceId>,
        is_paused: bool,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Corrects the times of the first start and of joins that are later than `now`, because the clock was
    /// ahead.
    fn correct_future_times(&self, now: Timestamp) -> impl Future<Output = Result<()>> + Send;

    /// What the clock said when [`Self::record_clock`] was called last; without a call, when a message
    /// was last handled.
    fn last_clock(&self) -> impl Future<Output = Result<Option<Timestamp>>> + Send;

    /// Records that the clock says `now` and can be trusted.
    fn record_clock(&self, now: Timestamp) -> impl Future<Output = Result<()>> + Send;

    /// Records that the bot joined `place` at `at`, unless a join was recorded before, or, if it is the
    /// `is_last_join`, one shortly before.
    fn record_join(
        &self,
        place: PlaceId,
        at: Timestamp,
        is_last_join: bool,
    ) -> impl Future<Output = Result<Join>> + Send;

    /// The texts that were served last, by the name of the pack.
    fn accepted_packs(&self)
    -> impl Future<Output = Result<HashMap<String, AcceptedTexts>>> + Send;

    /// Records that `texts` of the pack `name` are served now, and `revisions` with what has changed since `before`, in
    /// one transaction. `false`, and nothing is recorded, if `before` is not what was recorded last: somebody else
    /// ([`PackHistory`]) has recorded changes meanwhile.
    fn accept_pack(
        &self,
        name: String,
        before: Option<AcceptedTexts>,
        texts: CuratedTexts,
        revisions: Vec<Revision>,
    ) -> impl Future<Output = Result<bool>> + Send;

    /// Forgets that messages were handled whose ids start with `prefix`: they are sent again.
    fn forget_alerts(&self, prefix: String) -> impl Future<Output = Result<()>> + Send;

    /// Records changes of entries, all in one transaction.
    fn add_revisions(&self, revisions: Vec<Revision>) -> impl Future<Output = Result<()>> + Send;

    /// The changes of an entry, newest first, at most `limit`.
    fn revisions(
        &self,
        pack: String,
        entry: String,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<RecordedRevision>>> + Send;

    /// Stores what a moderator was shown for the message or command `question`, instead of what was stored for it
    /// before.
    fn store_proposal(
        &self,
        question: MessageId,
        proposal: Proposal,
        at: Timestamp,
    ) -> impl Future<Output = Result<()>> + Send;

    /// What a moderator was shown for `question`.
    fn proposal(
        &self,
        question: MessageId,
    ) -> impl Future<Output = Result<Option<Proposal>>> + Send;

    /// Deletes what a moderator was shown for `question`.
    fn delete_proposal(&self, question: MessageId) -> impl Future<Output = Result<()>> + Send;

    /// Deletes the questions, replies and feedback of an asker, and that others have asked for them.
    /// Returns the number of deleted or changed records.
    fn erase_asker(&self, asker: AskerHash) -> impl Future<Output = Result<u64>> + Send;

    /// Deletes records that are older than the cutoffs. Returns the number of deleted records.
    fn delete_expired(&self, cutoffs: RetentionCutoffs)
    -> impl Future<Output = Result<u64>> + Send;

    /// Time since a read or write last failed, `None` if none did.
    fn last_failure_age(&self) -> Option<Duration>;

    /// Time since a message was last completed, `None` if none was.
    fn last_completion_age(&self) -> Option<Duration>;

    /// Checks that a question can be recorded, by a durable write.
    fn ping(&self) -> impl Future<Output = Result<()>> + Send;

    /// Finishes pending writes and closes the records.
    fn close(&self) -> impl Future<Output = ()> + Send;
}

/// The result of a method of [`Records`].
pub type Result<T> = std::result::Result<T, RecordsError>;

/// Whether a join was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// The join is known.
    Known,
    /// It is the first at its place.
    First,
    /// The bot had left the place, and has joined it again.
    Again,
}

/// A user's feedback on a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    /// The event that gave it, such as a reaction: if that is deleted, the feedback is, too.
    pub cause: MessageId,
    /// The bot's message.
    pub message: MessageId,
    /// The user who gave the feedback.
    pub asker: AskerHash,
    /// Whether the reply was the right one.
    pub is_helpful: bool,
    /// When the feedback was given.
    pub at: Timestamp,
}

/// What becomes of the recorded text of a question when the reply to it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskedUpdate {
    /// The question is the same: its asker has picked a suggestion, or sees more of the answer.
    Same,
    /// Its message was edited.
    Replaced(AskedQuestion),
    /// Its message has no question any more, or it is not kept.
    Deleted,
}

/// The status that applies to a message at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceStatus {
    /// Whether moderators have paused the bot there: what was set for the innermost place counts, else
    /// what was set for the space.
    pub is_paused: bool,
    /// The time since which the bot is a member; older messages are not answered. For a place
    /// without a recorded join it is the time of the first start.
    pub member_since: Timestamp,
}

/// The time before which records are deleted, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionCutoffs {
    /// For handled messages. It has to be older than the oldest message that is caught up on.
    pub handled: Timestamp,
    /// For unanswered questions.
    pub unanswered: Timestamp,
    /// For what was asked, answered or not.
    pub questions: Timestamp,
    /// For sent replies, and the feedback on them.
    pub answers: Timestamp,
    /// For edits that a moderator was shown and has not saved.
    pub proposals: Timestamp,
}
