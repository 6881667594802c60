//! Messages of users, independent of the platform.

use serde::{Deserialize, Serialize};

use super::id::{MessageId, PlaceId, PrincipalId};
use super::timestamp::Timestamp;

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
