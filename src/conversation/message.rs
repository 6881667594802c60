//! A user's message and where it was sent, independent of the platform.

use serde::{Deserialize, Serialize};

use super::id::{MessageId, PlaceId, PrincipalId};
use super::timestamp::Timestamp;

/// A message of a user.
///
/// It is also read from the bridge. Its JSON keys are a contract (docs/bridge.md), so a renamed
/// field keeps its old key and accepts its own name as an alias.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Id of the message.
    pub id: MessageId,
    /// The place where it was sent.
    pub place: Place,
    /// The user who sent it.
    pub author: User,
    /// The text, without the platform's markup for mentions of the bot.
    pub text: String,
    /// How the message addresses the bot.
    #[serde(default, rename = "address", alias = "addressing")]
    pub addressing: Addressing,
    /// The message that this one replies to.
    #[serde(default)]
    pub replied_to: Option<RepliedTo>,
    /// When the message was sent.
    pub sent_at: Timestamp,
    /// Id of the edit that produced this text, on platforms whose edits have ids. Each edit is
    /// handled once, like a message.
    #[serde(default, rename = "change", alias = "edit_id")]
    pub edit_id: Option<MessageId>,
    /// The author's language as a BCP 47 tag, if the platform reports it.
    #[serde(default)]
    pub locale: Option<String>,
}

/// A user, as seen at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// Id of the user.
    pub id: PrincipalId,
    /// The roles that the user has at the place.
    #[serde(default)]
    pub roles: Vec<PrincipalId>,
    /// Whether the user is a program: another bot, or the bot itself. Bots get no reply.
    #[serde(default)]
    pub is_bot: bool,
}

/// A channel, thread, room or direct message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Id of the place; replies are sent there.
    pub id: PlaceId,
    /// Parent places, innermost first: a thread's channel, then its guild. In a direct message: the
    /// places that the user shares with the bot.
    #[serde(default, rename = "within", alias = "parents")]
    pub parents: Vec<PlaceId>,
    /// Whether it is a direct message, which only the user and the bot can read.
    #[serde(default)]
    pub is_direct: bool,
}

/// How a message addresses the bot, as reported by the platform; prefixes are parsed from the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Addressing {
    /// Whether it mentions the bot. The mention is no longer in the text.
    #[serde(rename = "mentions_us", alias = "mentions_bot")]
    pub mentions_bot: bool,
    /// Whether it is a command of the platform. A command always gets a reply, which may be
    /// private.
    pub is_command: bool,
    /// Whether the asker wants the answer to a command to be public.
    pub is_public: bool,
    /// Whether the text is a question even if it is a command word: the one of a command that asks.
    pub is_question: bool,
}

/// The message that another message replies to, or to which it refers in a thread that was started from
/// that one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepliedTo {
    /// Id of the message.
    pub id: MessageId,
    /// Whether the bot sent it.
    #[serde(default, rename = "is_ours", alias = "is_from_bot")]
    pub is_from_bot: bool,
    /// Who wrote it, if the platform reports it.
    #[serde(default)]
    pub author: Option<PrincipalId>,
    /// Its text, if the platform reports it.
    #[serde(default)]
    pub text: Option<String>,
    /// The title of the thread that was started from it, if that may be meant, too.
    #[serde(default)]
    pub title: Option<String>,
    /// Where it is from, as far as the platform reports it.
    #[serde(default)]
    pub origin: MessageOrigin,
}

/// Where a message is from, for those who quote it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MessageOrigin {
    /// The name of its author, as they are called at the place.
    pub author_name: Option<String>,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// The address at which it can be read.
    pub url: Option<String>,
    /// The text of the message that it replies to.
    pub answered: Option<String>,
}
