//! What tests observe: changes of the bot's messages, and requests.

use std::time::Instant;

use serde_json::Value;

use super::mention::Mentions;
use super::message::Message;

/// A visible change of a message of the bot.
#[derive(Debug, Clone)]
pub(crate) enum ObservedChange {
    /// A new message.
    Sent(ObservedMessage),
    /// An edit.
    Edited(ObservedMessage),
    /// A deletion.
    Deleted(ObservedMessage),
}

/// The current state of a message of the bot.
#[derive(Debug, Clone)]
pub(crate) struct ObservedMessage {
    /// Its id.
    pub(crate) id: u64,
    /// Its channel.
    pub(crate) channel: u64,
    /// The message that it replies to.
    pub(crate) reply_to: Option<u64>,
    /// The interaction to which it responds, as a new message or by this edit.
    pub(crate) interaction: Option<u64>,
    /// Whether it is ephemeral.
    pub(crate) is_private: bool,
    /// Content and embeds together, with Markdown.
    pub(crate) text: String,
    /// The content field.
    pub(crate) content: String,
    /// Embeds as they were sent.
    pub(crate) embeds: Value,
    /// Rows of buttons and selects as they were sent.
    pub(crate) components: Value,
    /// The number of users and roles that it pings.
    pub(crate) n_pings: usize,
    /// The users that it pings.
    pub(crate) pings: Vec<u64>,
    /// Whether it suppresses notifications.
    pub(crate) is_silent: bool,
}

impl ObservedMessage {
    pub(super) fn new(message: &Message) -> Self {
        let Mentions { users, roles, everyone } = &message.mentions;
        Self {
            id: message.id,
            channel: message.channel,
            reply_to: message.reply_to,
            interaction: message.interaction,
            is_private: message.visible_to.is_some(),
            text: message.text(),
            content: message.content.clone(),
            embeds: message.embeds.clone(),
            components: message.components.clone(),
            n_pings: users.len() + roles.len() + usize::from(*everyone),
            pings: users.iter().copied().collect(),
            is_silent: message.flags & super::draft::SUPPRESS_NOTIFICATIONS != 0,
        }
    }

    /// Every button and select, in order.
    pub(crate) fn controls(&self) -> impl Iterator<Item = &Value> {
        let rows = self.components.as_array().into_iter().flatten();
        rows.flat_map(|row| row["components"].as_array().into_iter().flatten())
    }

    /// The labels of the buttons.
    pub(crate) fn labels(&self) -> Vec<&str> {
        self.controls().filter_map(|control| control["label"].as_str()).collect()
    }
}

impl ObservedChange {
    /// The message that changed.
    pub(crate) fn message(&self) -> &ObservedMessage {
        match self {
            Self::Sent(message) | Self::Edited(message) | Self::Deleted(message) => message,
        }
    }
}

/// A request to the REST API, with the status of its response.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Method and path, with `{}` for ids and tokens: `POST /channels/{}/messages`.
    pub(crate) route: String,
    /// The ids and tokens, in order.
    pub(crate) ids: Vec<String>,
    /// Its body, null if there is none.
    pub(crate) body: Value,
    /// The name and the content of the file beside it.
    pub(crate) file: Option<(String, String)>,
    /// The status of the response; 0 if the connection was closed without one.
    pub(crate) status: u16,
    /// When the request arrived.
    #[allow(dead_code, reason = "benches/discord.rs reads it")]
    pub(crate) arrived: Instant,
    /// When the response was sent, in milliseconds since 1970.
    pub(crate) at_ms: u64,
}
