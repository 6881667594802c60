//! Events that a platform reports to the bot.

use serde::{Deserialize, Serialize};

use super::control::Control;
use super::id::{MessageId, PlaceId};
use super::message::{Message, Place, User};
use super::notice::Notice;
use super::timestamp::Timestamp;

/// Something that happened on a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// Somebody said something.
    #[serde(rename = "said")]
    MessageCreated(Message),
    /// Somebody changed what they had said; `id` and `sent_at` stay.
    #[serde(rename = "edited")]
    MessageEdited(Message),
    /// A message was taken back.
    #[serde(rename = "deleted")]
    MessageDeleted {
        /// Which one.
        id: MessageId,
        /// Where it stood.
        place: Place,
    },
    /// Somebody did something with one of our messages.
    #[serde(rename = "used")]
    ControlUsed(ControlUse),
    /// We cannot speak at a place before somebody there gives us permissions.
    #[serde(skip)]
    MissingPermissions {
        /// Where.
        place: Place,
        /// The permissions that are missing, by the names that people read on the platform.
        missing: Vec<String>,
    },
    /// Something is to be told to moderators; it comes from within, never from a platform.
    #[serde(skip)]
    Alert(Alert),
    /// We came to a place, or are told again that we are there.
    Joined {
        /// Where we greet.
        place: Place,
        /// What we came to, if that place is only a part of it.
        #[serde(default)]
        #[serde(rename = "whole")]
        member_of: Option<PlaceId>,
        /// When.
        at: Timestamp,
    },
}

/// Something that moderators are to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Its name: the same thing is told once.
    pub id: MessageId,
    /// Where they are told.
    pub place: Place,
    /// What.
    pub notice: Notice,
}

/// What somebody did with one of our messages: a button, a reaction, a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlUse {
    /// Its own name: it is handled once, like a message.
    pub id: MessageId,
    /// Which of our messages.
    #[serde(rename = "sent")]
    pub message: MessageId,
    /// Where that stands.
    pub place: Place,
    /// Who did it.
    #[serde(rename = "by")]
    pub user: User,
    /// When.
    #[serde(rename = "at")]
    pub used_at: Timestamp,
    /// What.
    pub control: Control,
    /// The language of whoever did it as a BCP 47 tag, if the platform tells.
    #[serde(default)]
    pub locale: Option<String>,
}
