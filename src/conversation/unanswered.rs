//! Questions that got no answer, kept for moderators.

use serde::{Deserialize, Serialize};

use super::id::{AskerHash, MessageId, PlaceId};
use super::timestamp::Timestamp;

/// A question that was not answered with quotes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnansweredQuestion {
    /// The message that asked it.
    pub message: MessageId,
    /// The space that it was asked in.
    pub space: String,
    /// Where.
    pub place: PlaceId,
    /// Who asked.
    pub asker: AskerHash,
    /// What was asked.
    pub text: String,
    /// Ids of the entries that come nearest, best first.
    pub nearest: Vec<String>,
    /// The gap that was asked for, if one was.
    pub gap: Option<String>,
    /// When it was asked.
    pub asked_at: Timestamp,
}
