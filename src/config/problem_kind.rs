//! What can be wrong with one setting, in words that say what to do.

use std::io;
use std::path::PathBuf;

use super::key::Key;
use super::origin::Origin;

/// What is wrong with one setting. No value of a secret is ever in it.
#[derive(Debug, thiserror::Error)]
pub enum ProblemKind {
    /// The file is missing or may not be read.
    #[error("cannot read the configuration {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file or variable is not UTF-8.
    #[error("this is not UTF-8: save it as UTF-8")]
    NotUtf8,
    /// The file is no TOML.
    #[error("this is no TOML: {message}")]
    NotToml {
        /// What the parser said.
        message: String,
    },
    /// A `--set` without an equals sign; its text is not repeated, it could be a secret.
    #[error("--set number {number} has no `=`: write --set KEY=VALUE, like --set http.is_on=false")]
    MissingEquals {
        /// Which one, from 1.
        number: usize,
    },
    /// A key that quoth does not know.
    #[error("unknown key {key}{}", hint(near.as_deref(), known))]
    UnknownKey {
        /// The key.
        key: Key,
        /// What was probably meant.
        near: Option<String>,
        /// What is known there.
        known: Vec<String>,
    },
    /// A value of another kind than the key takes.
    #[error("{key} takes {wanted}, but this is {found}")]
    WrongType {
        /// The key.
        key: Key,
        /// What it takes.
        wanted: String,
        /// What it was given.
        found: &'static str,
    },
    /// A value outside of what makes sense.
    #[error("{key} is {value}: it has to be {range}")]
    OutOfRange {
        /// The key.
        key: Key,
        /// Its value.
        value: String,
        /// What makes sense.
        range: &'static str,
    },
    /// A word that is none of those that the key takes.
    #[error("{key} is `{value}`{}", hint(near.as_deref(), known))]
    UnknownValue {
        /// The key.
        key: Key,
        /// The word.
        value: String,
        /// What was probably meant.
        near: Option<String>,
        /// What it takes.
        known: Vec<String>,
    },
    /// Something that has to be there is not.
    #[error("{key} is missing: {help}")]
    Missing {
        /// The key.
        key: Key,
        /// What to write.
        help: &'static str,
    },
    /// Something is there and holds nothing.
    #[error("{key} is empty: {help}")]
    Empty {
        /// The key.
        key: Key,
        /// What to write, or to leave out.
        help: &'static str,
    },
    /// Two spaces of one name.
    #[error("the space `{name}` is there twice, also at {first}: give each space its own name")]
    DuplicateName {
        /// The name.
        name: String,
        /// Where it stands first.
        first: Origin,
    },
    /// The name of the default space.
    #[error(
        "no space may be called `default`: [default_space] sets how quoth behaves where no [[space]] holds"
    )]
    ReservedName,
    /// One place in two spaces, or twice in one.
    #[error(
        "the place `{place}` is there twice, also at {first}: a place can be in one space only"
    )]
    DuplicatePlace {
        /// The place.
        place: String,
        /// Where it stands first.
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
    /// Two ways to one secret.
    #[error("{key} is given twice, by {one} and by {other}: keep one of them")]
    SecretGivenTwice {
        /// The key.
        key: Key,
        /// The first way.
        one: Origin,
        /// The second way.
        other: Origin,
    },
    /// The file of a secret is missing or may not be read.
    #[error("cannot read {key} from {}: {source}", path.display())]
    SecretUnreadable {
        /// The key.
        key: Key,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A secret that is easily guessed.
    #[error("{key} is too short: it needs at least {min_chars} characters ({help})")]
    SecretTooShort {
        /// The key.
        key: Key,
        /// Its least length, in characters.
        min_chars: usize,
        /// Where a good one comes from.
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
    /// Listening to what Discord does not show.
    #[error(
        "`listens_in` names {place}, but without the content of messages there is nothing to hear: at https://discord.com/developers/applications, open your application, Bot, Privileged Gateway Intents, switch Message Content Intent on, and set message_content = true in [discord]; or listen nowhere on Discord"
    )]
    ListensWithoutContent {
        /// The place.
        place: String,
    },
    /// A rate limiter in front of one.
    #[error(
        "`api_base` in [discord] needs rate_limiter = false: what stands in for Discord's interface keeps its limits itself; set rate_limiter = false in [discord], or leave `api_base` out"
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
    /// Two ways to log in.
    #[error(
        "[matrix] has `token` beside `user` or `password`: keep the token, or user and password; only with a password can `quoth matrix setup` verify the bot by itself"
    )]
    ConflictingLogins,
    /// Half of what it takes to log in.
    #[error("[matrix] has `{has}` without `{lacks}`: set both")]
    IncompleteLogin {
        /// What is there.
        has: &'static str,
        /// What is not.
        lacks: &'static str,
    },
    /// Nothing to answer with.
    #[error(
        "no pack is named for the space `{space}`: set `packs`, for example packs = [\"../knowledge/my-pack\"]"
    )]
    NoPack {
        /// The space.
        space: String,
    },
}

/// How many known words are listed at the most; more would hide the sentence before them.
const MAX_LISTED: usize = 16;

/// The way on for a word that is not known.
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

/// The one of `known` that somebody who wrote `word` most likely meant: at most one slip (optimal
/// string alignment) in three letters, so that short words are not taken for each other.
pub(super) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<String> {
    let max_slips = word.chars().count() / 3;
    known
        .into_iter()
        .map(|near| (strsim::osa_distance(word, near), near))
        .filter(|(n_slips, _)| *n_slips <= max_slips)
        .min_by_key(|(n_slips, _)| *n_slips)
        .map(|(_, near)| near.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_offered_only_when_it_is_near() {
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
