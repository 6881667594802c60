//! Events that the bot responds to.

use serde::{Deserialize, Serialize};

use super::control::Control;
use super::id::{MessageId, PlaceId, PrincipalId};
use super::message::{Message, Place, User};
use super::reply::Reply;
use super::timestamp::Timestamp;

/// An event on a platform, or one that quoth raises itself for moderators.
///
/// It is also read from the bridge. The strings that serde writes are a contract
/// (docs/bridge.md); the names of variants and fields are accepted as aliases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// A user sent a message.
    #[serde(rename = "said", alias = "message_created")]
    MessageCreated(Message),
    /// A user edited a message. Its `id` and `sent_at` are those of the original message.
    #[serde(rename = "edited", alias = "message_edited")]
    MessageEdited(Message),
    /// A message was deleted.
    #[serde(rename = "deleted", alias = "message_deleted")]
    MessageDeleted {
        /// Id of the message.
        id: MessageId,
        /// The place where it was.
        place: Place,
    },
    /// A user used a control of one of the bot's messages.
    #[serde(rename = "used", alias = "control_used")]
    ControlUsed(ControlUse),
    /// The bot lacks permissions that it needs to reply at a place. Never read from the bridge.
    #[serde(skip)]
    MissingPermissions {
        /// The place.
        place: Place,
        /// Names of the missing permissions, as the platform shows them to users.
        missing: Vec<String>,
        /// Whether the bot is in a timeout, which takes permissions for a while.
        is_timed_out: bool,
    },
    /// A message at a place cannot be decrypted, since its key did not arrive. Never read from the
    /// bridge.
    #[serde(skip)]
    Undecryptable {
        /// The place.
        place: Place,
        /// Whether the message may be meant for the bot.
        may_be_meant: bool,
    },
    /// A question that had no answer has one now, and its asker wanted to be told. Raised by quoth itself; never read
    /// from the bridge.
    #[serde(skip)]
    AnswerFound {
        /// Identifies it, so that the asker is told once.
        id: MessageId,
        /// The message that asked.
        question: MessageId,
        /// The place where it was asked.
        place: Place,
    },
    /// An entry quotes a message now, and its author has to know. Raised by quoth itself; never read from the bridge.
    #[serde(skip)]
    MessageQuoted(Box<MessageQuoted>),
    /// Something for moderators, raised by quoth itself. Never read from the bridge.
    #[serde(skip)]
    Alert(Alert),
    /// The bot joined a place, or the platform reports again that it is a member.
    Joined {
        /// Where the greeting is sent.
        place: Place,
        /// What the bot joined, if `place` is only a part of it (a channel of a guild).
        #[serde(default, rename = "whole", alias = "member_of")]
        member_of: Option<PlaceId>,
        /// When the bot joined.
        at: Timestamp,
        /// Whether `at` is when the bot joined last, so that a later time than before means that it was
        /// out meanwhile. Elsewhere `at` may be the time of another change. Never read from the bridge.
        #[serde(skip)]
        is_last_join: bool,
    },
}

impl Event {
    /// The place where it happened.
    pub fn place(&self) -> &PlaceId {
        &self.full_place().id
    }

    /// The place of [`Self::place`], with its parents.
    pub fn full_place(&self) -> &Place {
        match self {
            Self::MessageCreated(message) | Self::MessageEdited(message) => &message.place,
            Self::MessageDeleted { place, .. }
            | Self::Joined { place, .. }
            | Self::MissingPermissions { place, .. }
            | Self::AnswerFound { place, .. }
            | Self::Undecryptable { place, .. } => place,
            Self::ControlUsed(control_use) => &control_use.place,
            Self::Alert(alert) => &alert.place,
            Self::MessageQuoted(quoted) => &quoted.place,
        }
    }

    /// The id under which it is handled once; `None` if handling it again does no harm.
    pub fn id(&self) -> Option<&MessageId> {
        match self {
            Self::MessageCreated(message) | Self::MessageEdited(message) => {
                Some(message.edit_id.as_ref().unwrap_or(&message.id))
            }
            Self::ControlUsed(control_use) => Some(&control_use.id),
            Self::Alert(alert) => Some(&alert.id),
            Self::AnswerFound { id, .. } => Some(id),
            Self::MessageQuoted(quoted) => Some(&quoted.id),
            Self::MessageDeleted { .. }
            | Self::Joined { .. }
            | Self::MissingPermissions { .. }
            | Self::Undecryptable { .. } => None,
        }
    }

    /// The same event, but not later than `now`: on some platforms the sender of a message chooses
    /// its time.
    #[must_use]
    pub fn not_after(mut self, now: Timestamp) -> Self {
        match &mut self {
            Self::MessageCreated(message) | Self::MessageEdited(message) => {
                message.sent_at = message.sent_at.min(now);
            }
            Self::ControlUsed(control_use) => control_use.used_at = control_use.used_at.min(now),
            Self::Joined { at, .. } => *at = (*at).min(now),
            Self::MessageDeleted { .. }
            | Self::MissingPermissions { .. }
            | Self::Undecryptable { .. }
            | Self::AnswerFound { .. }
            | Self::MessageQuoted(_)
            | Self::Alert(_) => {}
        }
        self
    }
}

/// A message that an entry quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageQuoted {
    /// Identifies the edit, so that the author is told once.
    pub id: MessageId,
    /// The message.
    pub message: MessageId,
    /// Where it was sent.
    pub place: Place,
    /// Its author.
    pub author: PrincipalId,
    /// The name of the pack.
    pub pack: String,
    /// The entry's id.
    pub entry: String,
    /// The entry's question.
    pub question: String,
    /// A digest of the message's text: the entry may quote something else later.
    pub text_digest: String,
}

/// Something that moderators have not asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Identifies the cause, so that an alert with the same id is sent once.
    pub id: MessageId,
    /// The place where it is sent.
    pub place: Place,
    /// What is sent.
    pub reply: Reply,
}

/// A use of a control by a user: a button press, a reaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlUse {
    /// Id of the use itself: each is handled once, like a message.
    pub id: MessageId,
    /// The bot's message that has the control.
    #[serde(rename = "sent", alias = "message")]
    pub message: MessageId,
    /// The place where that message is.
    pub place: Place,
    /// The user who used it.
    #[serde(rename = "by", alias = "user")]
    pub user: User,
    /// When it was used.
    #[serde(rename = "at", alias = "used_at")]
    pub used_at: Timestamp,
    /// The control.
    pub control: Control,
    /// The user's language as a BCP 47 tag, if the platform reports it.
    #[serde(default)]
    pub locale: Option<String>,
}
