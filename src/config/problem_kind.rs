//! [`ProblemKind`]: the problems that a setting can have, in words that say what to do.

use std::io;
use std::path::PathBuf;

use super::key::Key;
use super::origin::Origin;

/// A problem with one setting. It never contains the value of a secret.
#[derive(Debug, thiserror::Error)]
pub enum ProblemKind {
    /// The file is missing or may not be read.
    #[error("cannot read the configuration {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The file or variable is not UTF-8.
    #[error("this is not UTF-8 text: save it as UTF-8")]
    NotUtf8,
    /// The file is not TOML.
    #[error("this is not TOML: {message}")]
    NotToml {
        /// The error of the parser.
        message: String,
    },
    /// A `--set` without an equals sign. Its text is not repeated, since it could be a secret.
    #[error("--set number {number} has no `=`: write --set KEY=VALUE, like --set http.is_on=false")]
    MissingEquals {
        /// Its number, from 1.
        number: usize,
    },
    /// An unknown key.
    #[error("unknown key {key}{}", key_hint(key, near.as_deref(), known))]
    UnknownKey {
        /// The key.
        key: Key,
        /// The most similar known word.
        near: Option<String>,
        /// The known keys.
        known: Vec<String>,
    },
    /// A value of the wrong type.
    #[error("{key} takes {wanted}, but this is {found}")]
    WrongType {
        /// The key.
        key: Key,
        /// The type that it takes.
        wanted: String,
        /// The type of the value.
        found: &'static str,
    },
    /// A value out of range.
    #[error("{key} is {value}: it has to be {range}")]
    OutOfRange {
        /// The key.
        key: Key,
        /// The value.
        value: String,
        /// The valid values.
        range: &'static str,
    },
    /// An unknown word for a key that takes one of several.
    #[error("{key} is `{value}`{}", hint(near.as_deref(), known))]
    UnknownValue {
        /// The key.
        key: Key,
        /// The word.
        value: String,
        /// The most similar known word.
        near: Option<String>,
        /// The known words.
        known: Vec<String>,
    },
    /// A required key is missing.
    #[error("{key} is missing: {help}")]
    Missing {
        /// The key.
        key: Key,
        /// What to write.
        help: &'static str,
    },
    /// A value is empty.
    #[error("{key} is empty: {help}")]
    Empty {
        /// The key.
        key: Key,
        /// What to write or to leave out.
        help: &'static str,
    },
    /// Two spaces with the same name.
    #[error("the space `{name}` is there twice, also at {first}: give each space its own name")]
    DuplicateName {
        /// The name.
        name: String,
        /// Where it was set first.
        first: Origin,
    },
    /// A space that is named like the default space.
    #[error(
        "no space may be called `default`: [default_space] has the settings of all places that are in no [[space]]"
    )]
    ReservedName,
    /// A place that is in two spaces, or twice in one.
    #[error(
        "the place `{place}` is there twice, also at {first}: a place can be in one space only"
    )]
    DuplicatePlace {
        /// The place.
        place: String,
        /// Where it was set first.
        first: Origin,
    },
    /// A secret on the command line.
    #[error(
        "{key} may not be given on the command line, which everybody on this machine can read: use {} or --set {}_file=FILE",
        key.variable(),
        key.dotted()
    )]
    SecretInFlag {
        /// The key.
        key: Key,
    },
    /// A secret with two sources.
    #[error("{key} is given twice, by {one} and by {other}: keep one of them")]
    SecretGivenTwice {
        /// The key.
        key: Key,
        /// The first source.
        one: Origin,
        /// The second source.
        other: Origin,
    },
    /// The file of a secret is missing or may not be read.
    #[error("cannot read {key} from {}: {source}", path.display())]
    SecretUnreadable {
        /// The key.
        key: Key,
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The file of a secret is longer than any secret.
    #[error("the file {} of {key} has more than {max_bytes} bytes: is it another file?", path.display())]
    SecretTooLong {
        /// The key.
        key: Key,
        /// The file.
        path: PathBuf,
        /// The maximum length, in bytes.
        max_bytes: u64,
    },
    /// A secret that is easy to guess.
    #[error("{key} is too short: it needs at least {min_chars} characters ({help})")]
    SecretTooShort {
        /// The key.
        key: Key,
        /// The minimum length, in characters.
        min_chars: usize,
        /// Where to get one.
        help: &'static str,
    },
    /// A platform that this program was built without.
    #[error(
        "{platform} is configured, but this quoth was built without it: build it with its feature"
    )]
    NotBuiltIn {
        /// The platform.
        platform: &'static str,
    },
    /// Listening without the content of messages.
    #[error(
        "`listens_in` names {place}, but without the content of messages the bot cannot listen: at https://discord.com/developers/applications, open your application, Bot, Privileged Gateway Intents, turn Message Content Intent on, and set message_content = true in [discord]; or listen nowhere on Discord"
    )]
    ListensWithoutContent {
        /// The place.
        place: String,
    },
    /// A rate limiter in front of a proxy that limits itself.
    #[error(
        "`api_base` in [discord] needs rate_limiter = false: a proxy of Discord's API keeps the rate limits itself; set rate_limiter = false in [discord], or leave `api_base` out"
    )]
    ApiBaseWithRateLimiter,
    /// An account without a server.
    #[error(
        "`homeserver` in [matrix] is missing: name the server of the bot's account, like homeserver = \"example.org\""
    )]
    NoHomeserver,
    /// A server without an account.
    #[error(
        "[matrix] names no account: set `user` and `password` (QUOTH_MATRIX__PASSWORD_FILE), or `token` (QUOTH_MATRIX__TOKEN_FILE)"
    )]
    NoLogin,
    /// Two logins.
    #[error(
        "[matrix] has `token` and also `user` or `password`: keep the token, or user and password; only with a password can `quoth matrix setup` verify the bot by itself"
    )]
    ConflictingLogins,
    /// A user without a password, or the reverse.
    #[error("[matrix] has `{has}` without `{lacks}`: set both")]
    IncompleteLogin {
        /// The key that is set.
        has: &'static str,
        /// The key that is missing.
        lacks: &'static str,
    },
    /// A space without a pack.
    #[error(
        "no pack is named for the space `{space}`: set `packs`, for example packs = [\"../knowledge/my-pack\"]"
    )]
    NoPack {
        /// The space.
        space: String,
    },
}

impl ProblemKind {
    /// Whether it is about where a secret comes from.
    pub fn is_about_secret(&self) -> bool {
        matches!(
            self,
            Self::SecretInFlag { .. }
                | Self::SecretGivenTwice { .. }
                | Self::SecretUnreadable { .. }
                | Self::SecretTooLong { .. }
                | Self::SecretTooShort { .. }
        )
    }
}

/// Known words that a hint lists; more would hide the sentence before them.
const MAX_LISTED: usize = 16;

/// What to do about an unknown key. One whose name is right is in a section, and belongs to none.
fn key_hint(key: &Key, near: Option<&str>, known: &[String]) -> String {
    match near {
        Some(near) if near == key.last() => {
            format!(": `{near}` stands at the top of the file, above the first [section]")
        }
        near => hint(near, known),
    }
}

/// What to do about an unknown word.
fn hint(near: Option<&str>, known: &[String]) -> String {
    match near {
        Some(near) => format!(": did you mean `{near}`?"),
        None if known.is_empty() => ": remove it".to_owned(),
        None => {
            let listed: Vec<String> =
                known.iter().take(MAX_LISTED).map(|it| format!("`{it}`")).collect();
            let more = if known.len() > MAX_LISTED { ", ..." } else { "" };
            format!(": known here are {}{more}", listed.join(", "))
        }
    }
}

/// The word of `known` that is most similar to `word`: at most one edit (optimal string alignment
/// distance) per three characters, so that short words do not match each other.
pub(super) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<String> {
    let max_edits = word.chars().count() / 3;
    known
        .into_iter()
        .map(|near| (strsim::osa_distance(word, near), near))
        .filter(|(n_edits, _)| *n_edits <= max_edits)
        .min_by_key(|(n_edits, _)| *n_edits)
        .map(|(_, near)| near.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_word_is_suggested_only_within_a_few_edits() {
        let cases = [
            ("lisen", Some("listen")),
            ("lsiten", Some("listen")),
            ("is_onn", Some("is_on")),
            ("port", None),
            ("on", None),
            ("", None),
        ];
        for (word, want) in cases {
            assert_eq!(nearest(word, ["listen", "is_on"]).as_deref(), want, "{word:?}");
        }
    }
}
