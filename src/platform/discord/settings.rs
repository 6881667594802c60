//! What Discord needs to know.

use secrecy::{ExposeSecret, SecretString};

use super::super::AnswerStyle;

/// How Discord is served.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The bot's token.
    pub token: SecretString,
    /// Address of what stands in for Discord's HTTP interface, up to `/api`.
    pub api_base: Option<String>,
    /// Whether requests wait here until Discord has room for them.
    pub rate_limiter: bool,
    /// Whether the privileged intent for the content of all messages is asked for.
    pub message_content: bool,
    /// How answers look.
    pub style: AnswerStyle,
    /// Which shards are served.
    pub shards: ShardRange,
}

/// Which shards are served: parts of the guilds, each with a connection of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ShardRange {
    /// How many there are in all; `None`: as many as Discord recommends.
    pub total: Option<u32>,
    /// The first one that this process serves, from 0.
    pub first: u32,
    /// The last one that this process serves; `None`: the last of all.
    pub last: Option<u32>,
}

impl Settings {
    /// The token, for the two clients that need it.
    pub(super) fn token(&self) -> &str {
        self.token.expose_secret()
    }
}
