//! `[discord]`: the Discord platform.

use serde::{Deserialize, Serialize};

use super::secret::Secret;
use crate::platform::AnswerStyle;

/// Settings of the Discord platform.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DiscordSettings {
    /// The bot's token. Default: none; then Discord is not served.
    pub token: Option<Secret>,
    /// Whether the bot requests the privileged Message Content Intent, which listening and prefixes
    /// need. Default: no.
    pub message_content: bool,
    /// How answers look. Default: `"embed"`.
    pub style: AnswerStyle,
    /// Whether an answer to a message pings its author, which notifies them. Default: no.
    pub pings_asker: bool,
    /// Ids of bots (applications) or webhooks that repeat messages of users under another name, like
    /// PluralKit: the bot answers their messages as those of users. Default: none; then it ignores all
    /// webhooks.
    pub proxies: Vec<String>,
    /// Total number of shards. Default: as many as Discord recommends.
    pub shards: Option<u32>,
    /// First shard that this process serves, from 0. Default: 0.
    pub first_shard: u32,
    /// Last shard that this process serves. Default: the last one.
    pub last_shard: Option<u32>,
    /// Whether requests wait for Discord's rate limits. Default: yes.
    pub rate_limiter: bool,
    /// Address, up to `/api`, of a proxy of Discord's HTTP API that keeps the rate limits itself; only
    /// without [`Self::rate_limiter`]. Default: none; then Discord itself is used.
    pub api_base: Option<String>,
}

impl Default for DiscordSettings {
    fn default() -> Self {
        Self {
            token: None,
            message_content: false,
            style: AnswerStyle::default(),
            pings_asker: false,
            proxies: Vec::new(),
            shards: None,
            first_shard: 0,
            last_shard: None,
            rate_limiter: true,
            api_base: None,
        }
    }
}
