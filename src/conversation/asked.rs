//! Questions that were asked, recorded to be asked again when a pack changes.

use super::id::{AskerHash, MessageId};
use super::timestamp::Timestamp;

/// A question that the bot has replied to, whatever the reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedQuestion {
    /// Id of the message.
    pub message: MessageId,
    /// Name of the space.
    pub space: String,
    /// The asker.
    pub asker: AskerHash,
    /// The question's text, truncated.
    pub text: String,
    /// When it was asked.
    pub asked_at: Timestamp,
}

/// A text that was asked, by anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedText {
    /// The text.
    pub text: String,
    /// How often it was asked.
    pub n_times: u64,
}
