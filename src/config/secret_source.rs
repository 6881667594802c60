//! Where a secret is read from: its setting, a file that a setting names, or a systemd credential.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use figment::value::Value;

use super::describe;
use super::error::Problem;
use super::key::Key;
use super::layers::Layers;
use super::origin::Origin;
use super::paths;
use super::problem_kind::ProblemKind;
use super::secret_key::{SECRETS, SecretKey, file_key};

/// Prefix of the names of credentials.
const CREDENTIAL_PREFIX: &str = "quoth.";

/// The longest file of a secret, in bytes. A longer one is another file.
const MAX_BYTES: u64 = 64 * 1024;

/// Puts each secret at the key of its setting, whatever source it comes from.
pub(super) fn resolve(layers: &mut Layers, credentials: Option<&Path>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for secret in SECRETS {
        let key = Key::new(secret.dotted);
        match SecretSource::only(layers, &key, credentials)
            .and_then(|source| read(source, &key, &secret))
        {
            Ok(Some((text, origin))) => layers.put(&key, Value::from(text), origin),
            Ok(None) => {}
            Err(problem) => problems.push(problem),
        }
    }
    problems
}

/// Where each secret that was resolved comes from, with its key.
pub(super) fn origins(layers: &Layers) -> Vec<(&'static str, Origin)> {
    let origin = |secret: SecretKey| {
        let key = Key::new(secret.dotted);
        let origin = layers.value(&key).map(|_| layers.origin(&key));
        origin.filter(|it| *it != Origin::Default).map(|origin| (secret.dotted, origin))
    };
    SECRETS.into_iter().filter_map(origin).collect()
}

fn read(
    source: Option<SecretSource>,
    key: &Key,
    &SecretKey { min_chars, help, .. }: &SecretKey,
) -> Result<Option<(String, Origin)>, Problem> {
    let Some(source) = source else { return Ok(None) };
    let origin = source.origin();
    let text = source.text(key).map_err(|kind| Problem::new(origin.clone(), kind))?;
    if text.chars().count() < min_chars {
        let kind = ProblemKind::SecretTooShort { key: key.clone(), min_chars, help };
        return Err(Problem::new(origin, kind));
    }
    Ok(Some((text, origin)))
}

/// Where a secret comes from.
enum SecretSource {
    Text(String, Origin),
    /// A file, and the origin of the setting that names it.
    File(PathBuf, Origin),
    Credential(PathBuf),
}

impl SecretSource {
    /// The source of the secret at `key`. Its settings are removed from `layers`.
    ///
    /// # Errors
    /// A problem if there are two sources, or a setting that cannot be one.
    fn only(
        layers: &mut Layers,
        key: &Key,
        credentials: Option<&Path>,
    ) -> Result<Option<Self>, Problem> {
        let credential = credentials
            .map(|folder| folder.join(format!("{CREDENTIAL_PREFIX}{}", key.dotted())))
            .filter(|path| path.exists())
            .map(Self::Credential);
        let sources = [Self::setting(layers, key), Self::file(layers, key), Ok(credential)];
        let sources = sources.into_iter().collect::<Result<Vec<Option<Self>>, Problem>>()?;
        let mut sources = sources.into_iter().flatten();
        match (sources.next(), sources.next()) {
            (Some(one), Some(other)) => {
                let (one, other) = (one.origin(), other.origin());
                let key = key.clone();
                let kind = ProblemKind::SecretGivenTwice { key, one: one.clone(), other };
                Err(Problem::new(one, kind))
            }
            (source, _) => Ok(source),
        }
    }

    fn setting(layers: &mut Layers, key: &Key) -> Result<Option<Self>, Problem> {
        let Some((raw, origin)) = take(layers, key) else { return Ok(None) };
        let kind = match (raw, &origin) {
            (_, Origin::Flag { .. }) => ProblemKind::SecretInFlag { key: key.clone() },
            (RawSecret::Text(text), _) => return Ok(Some(Self::Text(text, origin))),
            (RawSecret::Other(found), _) => {
                let wanted = "a text between quotation marks".to_owned();
                ProblemKind::WrongType { key: key.clone(), wanted, found }
            }
        };
        Err(Problem::new(origin, kind))
    }

    fn file(layers: &mut Layers, key: &Key) -> Result<Option<Self>, Problem> {
        let key = file_key(key);
        let Some((raw, origin)) = take(layers, &key) else { return Ok(None) };
        match raw {
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

    /// The secret itself. Line breaks at the end of a file are not part of it.
    fn text(self, key: &Key) -> Result<String, ProblemKind> {
        let path = match self {
            Self::Text(text, _) => return Ok(text),
            Self::File(path, _) | Self::Credential(path) => path,
        };
        let mut text = String::new();
        match File::open(&path).and_then(|file| file.take(MAX_BYTES + 1).read_to_string(&mut text))
        {
            Ok(n_bytes) if n_bytes as u64 > MAX_BYTES => {
                Err(ProblemKind::SecretTooLong { key: key.clone(), path, max_bytes: MAX_BYTES })
            }
            Ok(_) => Ok(text.trim_end_matches(['\r', '\n']).to_owned()),
            Err(source) => Err(ProblemKind::SecretUnreadable { key: key.clone(), path, source }),
        }
    }
}

/// The value of a setting that takes a text.
enum RawSecret {
    Text(String),
    /// A value of another type, described in words.
    Other(&'static str),
}

fn take(layers: &mut Layers, key: &Key) -> Option<(RawSecret, Origin)> {
    let origin = layers.origin(key);
    let text = layers.text(key).map(str::to_owned);
    let raw = match (text, layers.take(key)?) {
        (_, Value::Empty(..)) => return None,
        // The text as it was raw: a secret of digits is not a number.
        (Some(text), _) | (None, Value::String(_, text)) => RawSecret::Text(text),
        (None, value) => RawSecret::Other(describe::type_of(&value)),
    };
    Some((raw, origin))
}
