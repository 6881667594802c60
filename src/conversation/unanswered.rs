//! Questions without an answer, recorded for moderators.

use serde::{Deserialize, Serialize};

use super::id::{AskerHash, MessageId, PlaceId};
use super::timestamp::Timestamp;

/// A question that got suggestions, a gap's reply or nothing found instead of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnansweredQuestion {
    /// Id of the message.
    pub message: MessageId,
    /// Name of the space.
    pub space: String,
    /// The place where it was asked.
    pub place: PlaceId,
    /// The asker.
    pub asker: AskerHash,
    /// The question's text, truncated.
    pub text: String,
    /// Ids of the nearest entries, best first.
    pub nearest: Vec<String>,
    /// Id of the gap that matched, if one did.
    pub gap: Option<String>,
    /// Ids of the passages that may answer, best first.
    pub passages: Vec<String>,
    /// When it was asked.
    pub asked_at: Timestamp,
}
