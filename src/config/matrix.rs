//! `[matrix]`: the Matrix platform.

use serde::{Deserialize, Serialize};

use super::secret::Secret;

/// Settings of the Matrix platform.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MatrixSettings {
    /// The homeserver of the bot's account: its name or its address. Default: none; then Matrix is
    /// not served.
    pub homeserver: Option<String>,
    /// The bot's user id, or the part of it before the colon. Default: none.
    pub user: Option<String>,
    /// The password of that account. Default: none.
    pub password: Option<Secret>,
    /// An access token instead of user and password. Default: none.
    pub token: Option<Secret>,
    /// Encrypts the session and the keys in the data folder. Default: none; then only the
    /// permissions of the folder protect them.
    pub passphrase: Option<Secret>,
    /// Users who may invite the bot: user ids, with `*` as wildcard. Default: nobody.
    pub accepts_invites_from: Vec<String>,
    /// Whether the bot leaves rooms that have no other member. Default: yes.
    pub leaves_when_alone: bool,
    /// Whether the bot sends notices (`m.notice`), which notify nobody and which other bots ignore.
    /// Default: yes.
    pub sends_notices: bool,
    /// Whether the bot sets the reactions to its messages that select a suggestion or show more, so
    /// that users only have to press them. Default: yes.
    pub sets_reactions: bool,
    /// Whether an answer mentions the asker, which notifies them. It is then a text, even if the bot
    /// sends notices, since those notify nobody. Default: no.
    pub pings_asker: bool,
}

impl Default for MatrixSettings {
    fn default() -> Self {
        Self {
            homeserver: None,
            user: None,
            password: None,
            token: None,
            passphrase: None,
            accepts_invites_from: Vec::new(),
            leaves_when_alone: true,
            sends_notices: true,
            sets_reactions: true,
            pings_asker: false,
        }
    }
}
