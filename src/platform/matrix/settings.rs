//! Settings of the platform.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

/// Settings of the account, its storage and its behavior.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The homeserver: its server name, like `example.org`, or the URL of its client-server API,
    /// like `http://127.0.0.1:8008`.
    pub homeserver: String,
    /// How the bot logs in to its account.
    pub login: Login,
    /// The folder of the session and the encryption keys. It is created if it is missing.
    pub folder: PathBuf,
    /// Encrypts the files in [`Self::folder`]. Without it, only the file permissions protect them.
    pub passphrase: Option<SecretString>,
    /// Users that may invite the bot: user IDs in which `*` matches any characters.
    pub accepts_invites_from: Vec<String>,
    /// Whether the bot leaves rooms in which it is the only member.
    pub leaves_when_alone: bool,
    /// Whether the bot sends `m.notice` messages, which notify nobody and which other bots ignore.
    pub sends_notices: bool,
    /// Whether the bot reacts to its own messages with what selects a suggestion or shows more.
    pub sets_reactions: bool,
    /// Whether a reply mentions the asker, which notifies them. It is then `m.text`, whatever
    /// [`Self::sends_notices`] says.
    pub pings_asker: bool,
    /// The maximum age of missed messages that are still answered.
    pub catch_up: Duration,
}

/// How the bot logs in when it has no stored session.
#[derive(Debug, Clone)]
pub enum Login {
    /// With user and password, as a new device.
    Password {
        /// The user ID or its localpart.
        user: String,
        /// The password.
        password: SecretString,
    },
    /// With an access token; the bot then uses the device of the token.
    Token(SecretString),
}
