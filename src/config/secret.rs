//! Secrets: read from a setting, from a file that a setting names, or from systemd, and never
//! shown.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use figment::value::Value;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

use super::describe;
use super::error::Problem;
use super::key::Key;
use super::layers::Layers;
use super::origin::Origin;
use super::paths;
use super::problem_kind::ProblemKind;

/// A text that nobody may see. Wiped from memory when it is dropped.
#[derive(Clone, Deserialize)]
#[serde(from = "String")]
pub struct Secret(SecretString);

impl Secret {
    /// The text itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

/// So that reading again can tell whether it changed.
impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(set)")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("(set)")
    }
}

/// A setting that is a secret.
struct SecretKey {
    /// With dots between the levels.
    dotted: &'static str,
    /// Its least length, in characters.
    min_chars: usize,
    /// Where a good one comes from.
    help: &'static str,
}

/// Every setting that is a secret. Each can also be given by a key with [`FILE_SUFFIX`] beside it,
/// and as a credential. In its section's struct, a secret is an `Option<Secret>`.
const SECRETS: [SecretKey; 5] = [
    SecretKey {
        dotted: "records.hash_key",
        min_chars: 32,
        help: "`openssl rand -hex 32` makes a good one",
    },
    // Discord chooses its length; a shorter one is a slip.
    SecretKey { dotted: "discord.token", min_chars: 20, help: "copy all of it" },
    SecretKey { dotted: "matrix.password", min_chars: 1, help: "it is that of the bot's account" },
    SecretKey { dotted: "matrix.token", min_chars: 10, help: "copy all of it" },
    SecretKey {
        dotted: "matrix.passphrase",
        min_chars: 16,
        help: "`openssl rand -hex 32` makes a good one",
    },
];

/// Ends the key that names the file of a secret.
pub(super) const FILE_SUFFIX: &str = "_file";

/// What the names of our credentials start with.
const CREDENTIAL_PREFIX: &str = "quoth.";

/// How much of a secret's file is read, in bytes; a longer one is none.
const MAX_BYTES: u64 = 64 * 1024;

/// Whether the setting is a secret.
pub(super) fn is_secret(key: &Key) -> bool {
    SECRETS.iter().any(|secret| Key::new(secret.dotted) == *key)
}

/// The keys in the section at `section` that name files of secrets.
pub(super) fn file_keys(section: &Key) -> impl Iterator<Item = String> + '_ {
    SECRETS
        .iter()
        .map(|secret| Key::new(secret.dotted))
        .filter(|key| key.parent().as_ref() == Some(section))
        .map(|key| file_key(&key).last().to_owned())
}

/// Puts each secret where its setting stands, whichever way it was given.
pub(super) fn resolve(layers: &mut Layers, credentials: Option<&Path>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for secret in SECRETS {
        let key = Key::new(secret.dotted);
        match SecretSource::only(layers, &key, credentials).and_then(|way| read(way, &key, &secret))
        {
            Ok(Some((text, origin))) => layers.put(&key, Value::from(text), origin),
            Ok(None) => {}
            Err(problem) => problems.push(problem),
        }
    }
    problems
}

fn read(
    way: Option<SecretSource>,
    key: &Key,
    &SecretKey { min_chars, help, .. }: &SecretKey,
) -> Result<Option<(String, Origin)>, Problem> {
    let Some(way) = way else { return Ok(None) };
    let origin = way.origin();
    let text = way.text(key).map_err(|fault| Problem::new(origin.clone(), fault))?;
    if text.chars().count() < min_chars {
        let fault = ProblemKind::SecretTooShort { key: key.clone(), min_chars, help };
        return Err(Problem::new(origin, fault));
    }
    Ok(Some((text, origin)))
}

/// A way to a secret.
enum SecretSource {
    Text(String, Origin),
    /// A file, and where it is named.
    File(PathBuf, Origin),
    Credential(PathBuf),
}

impl SecretSource {
    /// The one way to the secret at `key`. What leads there is taken out of `layers`.
    fn only(
        layers: &mut Layers,
        key: &Key,
        credentials: Option<&Path>,
    ) -> Result<Option<Self>, Problem> {
        let credential = credentials
            .map(|folder| folder.join(format!("{CREDENTIAL_PREFIX}{}", key.dotted())))
            .filter(|path| path.exists())
            .map(Self::Credential);
        let ways = [Self::setting(layers, key), Self::file(layers, key), Ok(credential)];
        let ways = ways.into_iter().collect::<Result<Vec<Option<Self>>, Problem>>()?;
        let mut ways = ways.into_iter().flatten();
        match (ways.next(), ways.next()) {
            (Some(one), Some(other)) => {
                let (one, other) = (one.origin(), other.origin());
                let key = key.clone();
                let fault = ProblemKind::SecretGivenTwice { key, one: one.clone(), other };
                Err(Problem::new(one, fault))
            }
            (way, _) => Ok(way),
        }
    }

    fn setting(layers: &mut Layers, key: &Key) -> Result<Option<Self>, Problem> {
        let Some((given, origin)) = take(layers, key) else { return Ok(None) };
        let fault = match (given, &origin) {
            (_, Origin::Flag { .. }) => ProblemKind::SecretInFlag { key: key.clone() },
            (RawSecret::Text(text), _) => return Ok(Some(Self::Text(text, origin))),
            (RawSecret::Other(found), _) => {
                let wanted = "a text between quotation marks".to_owned();
                ProblemKind::WrongType { key: key.clone(), wanted, found }
            }
        };
        Err(Problem::new(origin, fault))
    }

    fn file(layers: &mut Layers, key: &Key) -> Result<Option<Self>, Problem> {
        let key = file_key(key);
        let Some((given, origin)) = take(layers, &key) else { return Ok(None) };
        match given {
            RawSecret::Text(path) => {
                let path = paths::resolve(Path::new(&path), &origin, layers.file());
                Ok(Some(Self::File(path, origin)))
            }
            RawSecret::Other(found) => {
                let wanted = "the path of a file between quotation marks".to_owned();
                Err(Problem::new(origin, ProblemKind::WrongType { key, wanted, found }))
            }
        }
    }

    fn origin(&self) -> Origin {
        match self {
            Self::Text(_, origin) => origin.clone(),
            Self::File(path, named_by) => {
                Origin::SecretFile { path: path.clone(), named_by: Box::new(named_by.clone()) }
            }
            Self::Credential(path) => Origin::Credential { path: path.clone() },
        }
    }

    /// The secret itself. Files end in a line break more often than not, which is no part of it.
    fn text(self, key: &Key) -> Result<String, ProblemKind> {
        let path = match self {
            Self::Text(text, _) => return Ok(text),
            Self::File(path, _) | Self::Credential(path) => path,
        };
        let mut text = String::new();
        match File::open(&path).and_then(|file| file.take(MAX_BYTES).read_to_string(&mut text)) {
            Ok(_) => Ok(text.trim_end_matches(['\r', '\n']).to_owned()),
            Err(source) => Err(ProblemKind::SecretUnreadable { key: key.clone(), path, source }),
        }
    }
}

/// What was given for a setting that takes a text.
enum RawSecret {
    Text(String),
    /// Something else, in words.
    Other(&'static str),
}

fn take(layers: &mut Layers, key: &Key) -> Option<(RawSecret, Origin)> {
    let origin = layers.origin(key);
    let text = layers.text(key).map(str::to_owned);
    let given = match (text, layers.take(key)?) {
        (_, Value::Empty(..)) => return None,
        // To the letter: a key of digits is no number.
        (Some(text), _) | (None, Value::String(_, text)) => RawSecret::Text(text),
        (None, value) => RawSecret::Other(describe::found(&value)),
    };
    Some((given, origin))
}

fn file_key(key: &Key) -> Key {
    Key::new(&format!("{}{FILE_SUFFIX}", key.dotted()))
}
