//! Which settings are secrets.

use super::key::Key;

/// A setting that is a secret.
pub(super) struct SecretKey {
    /// With dots between the levels.
    pub(super) dotted: &'static str,
    /// Minimum length, in characters.
    pub(super) min_chars: usize,
    /// Where to get one.
    pub(super) help: &'static str,
}

/// Every setting that is a secret. Each can also be given by a key with [`FILE_SUFFIX`] in the same
/// section, and as a credential. In the struct of its section, a secret is an `Option<Secret>`.
pub(super) const SECRETS: [SecretKey; 5] = [
    SecretKey {
        dotted: "records.hash_key",
        min_chars: 32,
        help: "`openssl rand -hex 32` makes a good one",
    },
    // Discord chooses the length; a shorter one was not copied completely.
    SecretKey { dotted: "discord.token", min_chars: MIN_TOKEN_CHARS, help: "copy all of it" },
    SecretKey { dotted: "matrix.password", min_chars: 1, help: "it is that of the bot's account" },
    SecretKey { dotted: "matrix.token", min_chars: 10, help: "copy all of it" },
    SecretKey {
        dotted: "matrix.passphrase",
        min_chars: 16,
        help: "`openssl rand -hex 32` makes a good one",
    },
];

/// Minimum length of the Discord token, in characters.
pub const MIN_TOKEN_CHARS: usize = 20;

/// Suffix of a key that names the file of a secret.
pub(super) const FILE_SUFFIX: &str = "_file";

/// Whether the setting `key` is a secret.
pub(super) fn is_secret(key: &Key) -> bool {
    SECRETS.iter().any(|secret| Key::new(secret.dotted) == *key)
}

/// The keys in `section` that name files of secrets.
pub(super) fn file_keys(section: &Key) -> impl Iterator<Item = String> + '_ {
    SECRETS
        .iter()
        .map(|secret| Key::new(secret.dotted))
        .filter(|key| key.parent().as_ref() == Some(section))
        .map(|key| file_key(&key).last().to_owned())
}

/// The key that names the file of the secret `key`.
pub(super) fn file_key(key: &Key) -> Key {
    Key::new(&format!("{}{FILE_SUFFIX}", key.dotted()))
}
