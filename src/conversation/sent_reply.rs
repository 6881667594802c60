//! What we said in reply to a message, as it is remembered.

use serde::{Deserialize, Serialize};

use super::id::{AskerHash, MessageId, PlaceId};
use super::timestamp::Timestamp;

/// A message of ours and what it replies to. Edits, deletions, picks and feedback find it by
/// either name, after a restart too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentReply {
    /// The message that it replies to.
    pub question: MessageId,
    /// Our message.
    #[serde(rename = "sent")]
    pub message: MessageId,
    /// Where both stand.
    pub place: PlaceId,
    /// The space whose packs and settings held.
    pub space: String,
    /// Who asked.
    pub asker: AskerHash,
    /// What it says.
    pub kind: ReplyKind,
    /// Whether only the asker sees it.
    pub is_private: bool,
    /// Ids of the entries that it shows: one that is answered with, or those suggested, in order.
    pub entries: Vec<String>,
    /// When it was sent.
    pub sent_at: Timestamp,
}

/// What a message of ours says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyKind {
    /// Quotes.
    Answer,
    /// Entries to pick from.
    Suggest,
    /// That nothing answers.
    Abstain,
    /// Help, topics, greetings and the like.
    Notice,
}
