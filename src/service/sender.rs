//! What a platform carries out for the service.

use std::time::Duration;

use crate::conversation::{BotMessage, MessageId, PlaceId};

/// A message to send, or what a sent one is to say from now on.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// Where.
    pub place: PlaceId,
    /// What it is sent for: a message, an interaction, a join. It never changes between two
    /// attempts, so that a platform can make the key from it by which it knows a message again.
    pub cause: MessageId,
    /// Whether [`Self::cause`] is a message that can be replied to.
    pub is_reply: bool,
    /// Our message that was used, if [`Self::cause`] is what somebody did with it.
    pub control_message: Option<MessageId>,
    /// Language of quoth's own sentences, as a BCP 47 tag.
    pub locale: String,
    /// What it says.
    pub message: BotMessage,
}

/// Posts, changes and takes away messages of ours.
pub trait Sender: Send + Sync + 'static {
    /// Posts a message and gives its name.
    fn send(
        &self,
        outgoing: &Outgoing,
    ) -> impl Future<Output = Result<MessageId, SendError>> + Send;

    /// Makes the message `sent` say something else, because of the cause that `outgoing` names.
    /// Doing it twice is as good as once.
    fn edit(
        &self,
        sent: &MessageId,
        outgoing: &Outgoing,
    ) -> impl Future<Output = Result<(), SendError>> + Send;

    /// Takes the message `sent` at `place` away, because of `cause`. That it is gone is no error.
    fn delete(
        &self,
        sent: &MessageId,
        place: &PlaceId,
        cause: &MessageId,
    ) -> impl Future<Output = Result<(), SendError>> + Send;

    /// Shows at `place` that a reply is under way. Called only when one is slow.
    fn send_typing(&self, place: &PlaceId) -> impl Future<Output = ()> + Send {
        let _ = place;
        std::future::ready(())
    }

    /// Whether it can tell one person alone what nobody else sees. Where it cannot, whoever uses a
    /// message of ours is shown what they asked for, and told nothing besides.
    fn supports_private_replies(&self) -> bool {
        true
    }

    /// How long the platform knows a message again that is sent for the same cause, and does not
    /// post it twice. `None`: it never does.
    fn dedup_window(&self) -> Option<Duration>;
}

/// Why something was not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It was surely not carried out, and may be later.
    #[error("the platform cannot be reached, or asks to wait")]
    Transient {
        /// How long the platform asks to wait.
        retry_after: Option<Duration>,
    },
    /// It was not carried out and never will be: no permission, no such place.
    #[error("the platform refuses it")]
    Permanent,
    /// It may have been carried out.
    #[error("the platform did not say whether it was done")]
    Ambiguous,
    /// It may have been carried out, and the platform would not know it again, whatever
    /// [`Sender::knows_again_for`] says of others: it is not tried again.
    #[error("the platform did not say whether it was done, and never will")]
    AmbiguousFinal,
}
