//! What people get to see, one after the other, and what was called for it.

use std::time::Instant;

use serde_json::Value;

use super::mention::Mentions;
use super::message::Message;

/// Something that people see happen to a message of the bot.
#[derive(Debug, Clone)]
pub(crate) enum ObservedChange {
    /// It appears.
    Sent(ObservedMessage),
    /// It says something else.
    Amended(ObservedMessage),
    /// It goes.
    Removed(ObservedMessage),
}

/// A message of the bot as it stands.
#[derive(Debug, Clone)]
pub(crate) struct ObservedMessage {
    /// Its id.
    pub(crate) id: u64,
    /// Where it stands.
    pub(crate) channel: u64,
    /// The message that it replies to.
    pub(crate) reply_to: Option<u64>,
    /// The interaction that it responds to, with a message of its own or by changing this one.
    pub(crate) interaction: Option<u64>,
    /// Whether one person alone sees it.
    pub(crate) is_private: bool,
    /// Everything that it says, with Markdown.
    pub(crate) text: String,
    /// Text above the embeds.
    pub(crate) content: String,
    /// Embeds as they were sent.
    pub(crate) embeds: Value,
    /// Rows of buttons and selects as they were sent.
    pub(crate) components: Value,
    /// Whom it pings.
    pub(crate) n_pings: usize,
    /// Whether it comes without a notification.
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
            is_private: message.only_for.is_some(),
            text: message.text(),
            content: message.content.clone(),
            embeds: message.embeds.clone(),
            components: message.components.clone(),
            n_pings: users.len() + roles.len() + usize::from(*everyone),
            is_silent: message.flags & super::draft::SUPPRESS_NOTIFICATIONS != 0,
        }
    }

    /// Every button and select, in order.
    pub(crate) fn controls(&self) -> impl Iterator<Item = &Value> {
        let rows = self.components.as_array().into_iter().flatten();
        rows.flat_map(|row| row["components"].as_array().into_iter().flatten())
    }

    /// What the buttons say.
    pub(crate) fn labels(&self) -> Vec<&str> {
        self.controls().filter_map(|control| control["label"].as_str()).collect()
    }
}

impl ObservedChange {
    /// The message that it is about.
    pub(crate) fn shown(&self) -> &ObservedMessage {
        match self {
            Self::Sent(shown) | Self::Amended(shown) | Self::Removed(shown) => shown,
        }
    }
}

/// A request to the interface, and how it was answered.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Method and path, with `{}` for ids and tokens: `POST /channels/{}/messages`.
    pub(crate) route: String,
    /// The ids and tokens, in order.
    pub(crate) ids: Vec<String>,
    /// Its body, null if there is none.
    pub(crate) body: Value,
    /// The status of the answer; 0 if the connection was cut.
    pub(crate) status: u16,
    /// When it reached us.
    #[allow(dead_code, reason = "benches/discord.rs reads it")]
    pub(crate) arrived: Instant,
    /// When it was answered: milliseconds since 1970.
    pub(crate) at_ms: u64,
}
