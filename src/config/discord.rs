//! `[discord]`: how Discord is served.

use serde::{Deserialize, Serialize};

use super::secret::Secret;
use crate::platform::AnswerStyle;

/// How Discord is served.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DiscordSettings {
    /// The bot's token. Default: none, and Discord is not served.
    pub token: Option<Secret>,
    /// Whether the privileged intent for the content of all messages is asked for, which listening
    /// and prefixes need. Default: no.
    pub message_content: bool,
    /// How answers look. Default: `"embed"`.
    pub style: AnswerStyle,
    /// Shards in all. Default: as many as Discord recommends.
    pub shards: Option<u32>,
    /// First shard that this process serves, from 0. Default: 0.
    pub first_shard: u32,
    /// Last shard that this process serves. Default: the last of all.
    pub last_shard: Option<u32>,
    /// Whether requests wait until Discord has room for them. Default: yes.
    pub rate_limiter: bool,
    /// Address of what stands in for Discord's HTTP interface, up to `/api`, and keeps its limits
    /// itself: only without [`Self::rate_limiter`]. Default: none, and Discord itself is asked.
    pub api_base: Option<String>,
}

impl Default for DiscordSettings {
    fn default() -> Self {
        Self {
            token: None,
            message_content: false,
            style: AnswerStyle::default(),
            shards: None,
            first_shard: 0,
            last_shard: None,
            rate_limiter: true,
            api_base: None,
        }
    }
}
