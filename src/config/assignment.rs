//! [`Assignment`]: one setting from an environment variable or a `--set`.

use std::ffi::OsStr;

use figment::value::{Dict, Map, Value};
use figment::{Metadata, Profile, Provider};
use serde::Deserialize;

use super::error::Problem;
use super::key::{Key, PREFIX};
use super::origin::Origin;
use super::problem_kind::ProblemKind;

/// Name of the environment layer in figment's metadata.
pub(super) const VARIABLE_LAYER: &str = "environment variable";

/// Name of the command line layer in figment's metadata.
pub(super) const FLAG_LAYER: &str = "flag";

/// One setting from an environment variable or a `--set`. Each is its own figment provider, so that
/// figment remembers which value comes from which one.
pub(super) struct Assignment {
    pub(super) key: Key,
    /// The text as it was given.
    pub(super) text: String,
    pub(super) origin: Origin,
}

impl Assignment {
    /// The setting of the environment variable `QUOTH_<name>`.
    pub(super) fn from_variable(name: &str, value: &OsStr) -> Result<Self, Problem> {
        let origin = Origin::Environment { variable: format!("{PREFIX}{name}") };
        match value.to_str() {
            Some(text) => Ok(Self { key: Key::from_variable(name), text: text.to_owned(), origin }),
            None => Err(Problem::new(origin, ProblemKind::NotUtf8)),
        }
    }

    /// The setting of the `number`th `--set`, from 1.
    pub(super) fn from_flag(number: usize, set: &str) -> Result<Self, Problem> {
        let Some((key, text)) = set.split_once('=') else {
            return Err(Problem::without_origin(ProblemKind::MissingEquals { number }));
        };
        let key = Key::new(key.trim());
        let origin = Origin::Flag { key: key.dotted() };
        Ok(Self { key, text: text.trim().to_owned(), origin })
    }

    /// The text as a TOML value if it is one, otherwise as a string.
    fn value(&self) -> Value {
        toml::de::ValueDeserializer::parse(&self.text)
            .and_then(<Value as Deserialize>::deserialize)
            .unwrap_or_else(|_| Value::from(self.text.as_str()))
    }
}

impl Provider for Assignment {
    fn metadata(&self) -> Metadata {
        match &self.origin {
            Origin::Environment { variable } => Metadata::from(VARIABLE_LAYER, variable.as_str()),
            _ => Metadata::from(FLAG_LAYER, self.key.dotted()),
        }
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let nest = |inner, part: &String| Value::from(Dict::from([(part.clone(), inner)]));
        let value = self.key.parts().iter().rev().fold(self.value(), nest);
        Ok(Profile::Default.collect(value.into_dict().unwrap_or_default()))
    }
}
