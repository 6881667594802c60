//! [`Sender`]: the interface through which the service sends to a platform.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::conversation::{BotMessage, MessageId, PlaceId};

/// A message of the bot to send, or the new content of one that was sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// The place to send it to.
    pub place: PlaceId,
    /// The event that it is sent for: a message, an interaction, a join. It is the same in every
    /// attempt, so that a platform can derive its deduplication key from it.
    pub cause: MessageId,
    /// The message that it answers, if [`Self::cause`] is an edit of it.
    pub edited: Option<MessageId>,
    /// Whether [`Self::question`] is a message that can be replied to.
    pub is_reply: bool,
    /// The message of the bot whose control was used, if [`Self::cause`] is such a use.
    pub control_message: Option<MessageId>,
    /// Language of quoth's own sentences, as a BCP 47 tag.
    pub locale: String,
    /// The content.
    pub message: BotMessage,
}

impl Outgoing {
    /// The event that it answers: [`Self::edited`], or else [`Self::cause`].
    pub fn question(&self) -> &MessageId {
        self.edited.as_ref().unwrap_or(&self.cause)
    }
}

/// Sends, edits and deletes messages of the bot on one platform.
pub trait Sender: Send + Sync + 'static {
    /// Waits until another call of [`Self::send`], [`Self::edit`] or [`Self::delete`] may be made. The
    /// caller holds the permit during the call, and not while it waits for a retry.
    fn call_permit(&self) -> impl Future<Output = CallPermit<'_>> + Send {
        std::future::ready(CallPermit::UNLIMITED)
    }

    /// Sends a message and returns its id.
    fn send(
        &self,
        outgoing: &Outgoing,
    ) -> impl Future<Output = Result<MessageId, SendError>> + Send;

    /// Replaces the content of `message` by `outgoing`. Idempotent.
    fn edit(
        &self,
        message: &MessageId,
        outgoing: &Outgoing,
    ) -> impl Future<Output = Result<(), SendError>> + Send;

    /// Deletes `message` at `place`, because of `cause`. Idempotent: a message that does not exist
    /// any more is not an error.
    fn delete(
        &self,
        message: &MessageId,
        place: &PlaceId,
        cause: &MessageId,
    ) -> impl Future<Output = Result<(), SendError>> + Send;

    /// Shows a typing indicator at `place`. Called only when a reply is slow.
    fn send_typing(&self, place: &PlaceId) -> impl Future<Output = ()> + Send {
        let _ = place;
        std::future::ready(())
    }

    /// Whether the platform has messages that only one user sees (ephemeral ones). Where it has
    /// not, content that a user requests by a control is sent to everybody, and private notices
    /// are dropped.
    fn supports_private_replies(&self) -> bool {
        true
    }

    /// How long the platform deduplicates sends with the same cause (Discord nonce, Matrix
    /// transaction ID). `None`: not at all.
    fn dedup_window(&self) -> Option<Duration>;
}

/// The right to make a call to a platform, see [`Sender::call_permit`].
#[derive(Debug)]
pub struct CallPermit<'a> {
    _permit: Option<SemaphorePermit<'a>>,
}

impl CallPermit<'_> {
    /// A permit where calls are not limited.
    pub const UNLIMITED: Self = Self { _permit: None };
}

/// A sender with a limit of calls at the same time.
pub(super) struct LimitedSender<S> {
    sender: Arc<S>,
    permits: Semaphore,
}

impl<S> LimitedSender<S> {
    pub(super) fn new(sender: Arc<S>, max_calls: usize) -> Self {
        Self { sender, permits: Semaphore::new(max_calls.min(Semaphore::MAX_PERMITS)) }
    }
}

impl<S: Sender> Sender for LimitedSender<S> {
    async fn call_permit(&self) -> CallPermit<'_> {
        // It is never closed.
        CallPermit { _permit: self.permits.acquire().await.ok() }
    }

    fn send(
        &self,
        outgoing: &Outgoing,
    ) -> impl Future<Output = Result<MessageId, SendError>> + Send {
        self.sender.send(outgoing)
    }

    fn edit(
        &self,
        message: &MessageId,
        outgoing: &Outgoing,
    ) -> impl Future<Output = Result<(), SendError>> + Send {
        self.sender.edit(message, outgoing)
    }

    fn delete(
        &self,
        message: &MessageId,
        place: &PlaceId,
        cause: &MessageId,
    ) -> impl Future<Output = Result<(), SendError>> + Send {
        self.sender.delete(message, place, cause)
    }

    fn send_typing(&self, place: &PlaceId) -> impl Future<Output = ()> + Send {
        self.sender.send_typing(place)
    }

    fn supports_private_replies(&self) -> bool {
        self.sender.supports_private_replies()
    }

    fn dedup_window(&self) -> Option<Duration> {
        self.sender.dedup_window()
    }
}

/// Why a call of a [`Sender`] failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It was surely not done, and may succeed later.
    #[error("the platform cannot be reached, or asks to wait")]
    Transient {
        /// How long the platform asks to wait.
        retry_after: Option<Duration>,
    },
    /// It was not done and never will be: no permission, no such place.
    #[error("the platform rejects it")]
    Permanent,
    /// It may have been done.
    #[error("unknown whether the platform did it")]
    Ambiguous,
    /// It may have been done, and the platform would not deduplicate another attempt, whatever
    /// [`Sender::dedup_window`] says: it is not retried.
    #[error("unknown whether the platform did it, and a retry could do it twice")]
    AmbiguousFinal,
}
