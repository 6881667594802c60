//! Lookups: what is read before an event is responded to, and the claim on it, in one call.

use super::PlaceStatus;
use super::claim::{Claim, ClaimStatus};
use crate::conversation::{AskerHash, MessageId, PlaceId, SentReply, Timestamp};

/// What to read for an event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lookup {
    /// The name of its space.
    pub space: String,
    /// Its place and the parents of it, innermost first.
    pub places: Vec<PlaceId>,
    /// The bot's reply that it targets.
    pub target: Option<ReplyKey>,
    /// Messages of which it matters whether one has a reply.
    pub related: Vec<MessageId>,
    /// The claim on it, if it is to be claimed.
    pub claim: Option<Claim>,
    /// It is not claimed if the bot became a member later than this.
    pub sent_at: Option<Timestamp>,
}

/// What names a reply of the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyKey {
    /// Its own id.
    Message(MessageId),
    /// The last reply at `place` that is [for](SentReply::is_for) `asker`.
    Last {
        /// The user that it is for.
        asker: AskerHash,
        /// Where it was sent.
        place: PlaceId,
    },
}

/// The result of a [`Lookup`].
#[derive(Debug, Clone, PartialEq)]
pub struct LookupResult {
    /// The status that applies at its place.
    pub status: PlaceStatus,
    /// The reply that it targets, if there is one.
    pub target: Option<SentReply>,
    /// Whether one of the related messages has a reply.
    pub has_reply: bool,
    /// The result of the claim; `None` if it was not claimed.
    pub claim: Option<ClaimStatus>,
}
