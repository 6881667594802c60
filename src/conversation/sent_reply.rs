//! The record of a reply that the bot sent.

use serde::{Deserialize, Serialize};

use super::id::{AskerHash, MessageId, PlaceId};
use super::timestamp::Timestamp;

/// Stands in the entries of a proposal that only owners may save. It is in the database.
pub const FOR_OWNERS: &str = "for-owners";

/// A message that the bot sent, and the message that it replies to. Edits, deletions, picks and
/// feedback find it by either id, also after a restart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentReply {
    /// Id of the message that it replies to.
    pub question: MessageId,
    /// Id of the bot's message.
    #[serde(rename = "sent")]
    pub message: MessageId,
    /// The place of both messages.
    pub place: PlaceId,
    /// Name of the space whose packs and settings applied.
    pub space: String,
    /// The asker.
    pub asker: AskerHash,
    /// The user whose message the asker has asked about.
    #[serde(default)]
    pub asked_for: Option<AskerHash>,
    /// The kind of reply.
    pub kind: ReplyKind,
    /// Whether only the asker sees it.
    pub is_private: bool,
    /// Ids of the entries and passages that it shows: the one of the answer, or the suggested ones in
    /// order.
    pub entries: Vec<String>,
    /// When it was sent.
    pub sent_at: Timestamp,
}

impl SentReply {
    /// Whether it is for `user`, who may pick from it and delete it: the asker, or whoever it was asked
    /// for.
    pub fn is_for(&self, user: &AskerHash) -> bool {
        self.asker == *user || self.asked_for.as_ref() == Some(user)
    }

    /// Whether it proposes an edit that only owners may save.
    pub fn is_for_owners(&self) -> bool {
        self.kind == ReplyKind::Proposal && self.entries.iter().any(|it| it == FOR_OWNERS)
    }
}

impl ReplyKind {
    /// Whether it is for moderators.
    pub fn is_for_moderators(self) -> bool {
        match self {
            Self::Answer | Self::Suggest | Self::Abstain | Self::Notice | Self::Quoted => false,
            Self::Proposal | Self::Edited | Self::Inbox | Self::Group | Self::Choice => true,
        }
    }
}

/// The kind of a reply. The strings that serde writes are stored in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyKind {
    /// The answer of an entry.
    Answer,
    /// Suggestions to pick from.
    Suggest,
    /// Nothing answers the question.
    Abstain,
    /// Anything else: help, topics, greetings, notices.
    Notice,
    /// For moderators: an edit that is not made yet. Its entries are none, or [`FOR_OWNERS`].
    Proposal,
    /// For moderators: an edit that was made. Its entries are the name of the pack and the number of a
    /// revision.
    Edited,
    /// For moderators: groups of questions that were not answered. Its entries are their ids.
    Inbox,
    /// For moderators: one group of questions. Its entries are the id of the group, then those of the nearest
    /// entries.
    Group,
    /// For moderators: edits of which one can be picked. Its entries are none.
    Choice,
    /// Tells the author of a message that an entry quotes it. Its entries are the name of the pack, the id of the
    /// entry, and a digest of the message's text.
    Quoted,
}
