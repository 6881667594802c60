//! What comes in from a platform: messages, and what people do with ours.

use serde::{Deserialize, Serialize};

use super::id::{MessageId, PlaceId, PrincipalId};
use super::notice::Notice;
use super::timestamp::Timestamp;

/// Where something is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Where a reply goes.
    pub id: PlaceId,
    /// What stands around it, nearest first: a thread's channel, then the guild. In a direct
    /// message: the places that the asker shares with us.
    #[serde(default)]
    #[serde(rename = "within")]
    pub parents: Vec<PlaceId>,
    /// Whether nobody else reads it.
    #[serde(default)]
    pub is_direct: bool,
}

/// Who says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// Who it is.
    pub id: PrincipalId,
    /// The roles that the person has there.
    #[serde(default)]
    pub roles: Vec<PrincipalId>,
    /// Whether it is a program: other bots, and ourselves. They get no reply.
    #[serde(default)]
    pub is_bot: bool,
}

/// How a message turns to us. What the platform itself knows; prefixes are found in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Addressing {
    /// It names us. The name is no longer in the text.
    #[serde(rename = "mentions_us")]
    pub mentions_bot: bool,
    /// It is one of the platform's commands: it waits for a reply, which may be private.
    pub is_command: bool,
    /// The asker wants everybody to see what answers the command.
    pub is_public: bool,
}

/// The message that another one replies to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepliedTo {
    /// Which message.
    pub id: MessageId,
    /// Whether it is one of ours.
    #[serde(default)]
    #[serde(rename = "is_ours")]
    pub is_from_bot: bool,
    /// What it says, if the platform tells.
    #[serde(default)]
    pub text: Option<String>,
}

/// Something that somebody said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Its name.
    pub id: MessageId,
    /// Where it stands.
    pub place: Place,
    /// Who said it.
    pub author: User,
    /// What it says, without the platform's markup for who is meant.
    pub text: String,
    /// How it turns to us.
    #[serde(default)]
    #[serde(rename = "address")]
    pub addressing: Addressing,
    /// What it replies to.
    #[serde(default)]
    pub replied_to: Option<RepliedTo>,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// The name of the change that made it say this, if the platform names changes: each is handled
    /// once, like a message.
    #[serde(default)]
    #[serde(rename = "change")]
    pub edit_id: Option<MessageId>,
    /// The author's language as a BCP 47 tag, if the platform tells.
    #[serde(default)]
    pub locale: Option<String>,
}

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

/// What our messages offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// Show the suggestion of this number, from 1.
    Pick(usize),
    /// It was what the asker looked for.
    Helpful,
    /// It was not.
    Unhelpful,
    /// Take it away.
    Delete,
    /// Show the paragraphs of its quotes, without so many pieces.
    #[serde(rename = "paragraph")]
    Paragraphs(usize),
    /// Show its quotes without so many.
    #[serde(rename = "rest")]
    Quotes(usize),
    /// Show what can be asked without so many questions.
    Topics(usize),
}
