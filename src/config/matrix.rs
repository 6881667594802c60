//! `[matrix]`: how Matrix is served.

use serde::{Deserialize, Serialize};

use super::secret::Secret;

/// How Matrix is served.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MatrixSettings {
    /// The homeserver of the bot's account: its name, or its address. Default: none, and Matrix is
    /// not served.
    pub homeserver: Option<String>,
    /// The bot's user id, or the part of it before the colon. Default: none.
    pub user: Option<String>,
    /// The password of that account. Default: none.
    pub password: Option<Secret>,
    /// An access token instead of user and password. Default: none.
    pub token: Option<Secret>,
    /// Encrypts the session and the keys in the data folder. Default: none, and only the
    /// permissions of the folder protect them.
    pub passphrase: Option<Secret>,
    /// Who may invite the bot: user ids in which `*` stands for anything. Default: nobody.
    pub accepts_invites_from: Vec<String>,
    /// Whether it leaves rooms in which nobody else is left. Default: yes.
    pub leaves_when_alone: bool,
    /// Whether it speaks in notices, which ring nowhere and which other bots do not answer.
    /// Default: yes.
    pub sends_notices: bool,
    /// Whether an answer rings for whoever asked. Default: no.
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
            pings_asker: false,
        }
    }
}
