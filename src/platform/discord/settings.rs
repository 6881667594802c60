//! Settings of the Discord platform.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::super::AnswerStyle;

/// Settings of the Discord platform, from `[discord]`.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The bot's token.
    pub token: SecretString,
    /// Address of a proxy for Discord's REST API, without the path `/api`; `None`: Discord itself.
    pub api_base: Option<String>,
    /// Whether quoth keeps Discord's rate limits itself.
    pub rate_limiter: bool,
    /// Whether to request the privileged Message Content Intent.
    pub message_content: bool,
    /// Whether answers are embeds or plain text.
    pub style: AnswerStyle,
    /// Whether a reply to a message pings its author.
    pub pings_asker: bool,
    /// Ids of applications and webhooks that repeat messages of users, which are answered instead.
    pub proxies: Vec<u64>,
    /// Which shards this process serves.
    pub shards: ShardRange,
    /// How old messages may be that were missed and are still answered.
    pub catch_up: Duration,
    /// The folder of what is remembered over restarts.
    pub folder: PathBuf,
}

/// The shards that this process serves. A shard is a part of the guilds, with a gateway connection
/// of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ShardRange {
    /// The number of shards of all processes; `None`: as many as Discord recommends.
    pub total: Option<u32>,
    /// The first shard of this process, from 0.
    pub first: u32,
    /// The last shard of this process, inclusive; `None`: the last of all.
    pub last: Option<u32>,
}

impl Settings {
    /// The token in plain text, for the REST client and the gateway.
    pub(super) fn token(&self) -> &str {
        self.token.expose_secret()
    }
}
