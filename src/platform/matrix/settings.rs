//! What has to be known to serve Matrix.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

/// How Matrix is served.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The homeserver: its name, like `example.org`, or its address, like `http://127.0.0.1:8008`.
    pub homeserver: String,
    /// The bot's account.
    pub login: Login,
    /// The folder of the session and the keys. It is made if it is not there.
    pub folder: PathBuf,
    /// Encrypts what is in [`Self::folder`]. Without one it is protected by its permissions alone.
    pub passphrase: Option<SecretString>,
    /// Who may invite the bot: user ids in which `*` stands for anything.
    pub accepts_invites_from: Vec<String>,
    /// Whether it leaves rooms in which nobody else is left.
    pub leaves_when_alone: bool,
    /// Whether it speaks in notices, which ring nowhere and which other bots do not answer.
    pub sends_notices: bool,
    /// Whether a reply rings for whoever asked.
    pub pings_asker: bool,
    /// How old what was missed may be to be answered still.
    pub catch_up: Duration,
}

/// How the bot logs in, where it has no session yet.
#[derive(Debug, Clone)]
pub enum Login {
    /// With its password.
    Password {
        /// The user id, or its local part.
        user: String,
        /// The password.
        password: SecretString,
    },
    /// With an access token, whose device the bot then is.
    Token(SecretString),
}
