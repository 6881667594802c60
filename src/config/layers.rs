//! [`Layers`]: the merged values of all layers, and the layer that each value comes from.

use std::collections::BTreeMap;
use std::path::Path;

use figment::Figment;
use figment::providers::Serialized;
use figment::value::{Dict, Value};

use super::assignment::{Assignment, FLAG_LAYER, VARIABLE_LAYER};
use super::environment::Environment;
use super::error::Problem;
use super::key::Key;
use super::origin::Origin;
use super::settings::Config;
use super::toml_file::{self, TomlFile};

/// The layers, merged. Not `Debug`, because it holds secrets.
pub(super) struct Layers {
    figment: Figment,
    merged: Value,
    file: Option<TomlFile>,
    assignments: Vec<Assignment>,
    /// Origins of the values that were put in afterwards.
    put_origins: BTreeMap<Key, Origin>,
}

impl Layers {
    /// Merges the defaults, the file at `path`, `environment` and `sets`. Appends to `problems` what
    /// cannot be read.
    pub(super) fn read(
        path: Option<&Path>,
        environment: &Environment,
        sets: &[String],
        problems: &mut Vec<Problem>,
    ) -> Self {
        let file = path.map(|path| TomlFile::read(path, problems));
        let variables = environment.settings();
        let variables = variables.map(|(name, value)| Assignment::from_variable(name, value));
        let flags = (1..).zip(sets).map(|(n, set)| Assignment::from_flag(n, set));
        let assignments = variables
            .chain(flags)
            .filter_map(|assignment| assignment.map_err(|problem| problems.push(problem)).ok());
        let assignments: Vec<Assignment> = assignments.collect();

        let mut figment = Figment::from(Serialized::defaults(Config::default()));
        if let Some(file) = &file {
            figment = figment.merge(file);
        }
        for assignment in &assignments {
            figment = figment.merge(assignment);
        }
        // No provider fails, so there is always a value.
        let merged = figment.find_value("").unwrap_or_else(|_| Value::from(Dict::new()));
        Self { figment, merged, file, assignments, put_origins: BTreeMap::new() }
    }

    /// The configuration file, if there is one.
    pub(super) fn file(&self) -> Option<&TomlFile> {
        self.file.as_ref()
    }

    /// The value at `key`.
    pub(super) fn value(&self, key: &Key) -> Option<&Value> {
        key.parts().iter().try_fold(&self.merged, |value, part| match value {
            Value::Dict(_, dict) => dict.get(part),
            Value::Array(_, items) => items.get(part.parse::<usize>().ok()?),
            _ => None,
        })
    }

    /// The section at `key`; empty if there is none.
    pub(super) fn dict(&self, key: &Key) -> Dict {
        self.value(key).and_then(Value::as_dict).cloned().unwrap_or_default()
    }

    /// The origin of the value at `key`, or of the innermost section that exists.
    pub(super) fn origin(&self, key: &Key) -> Origin {
        if let Some(origin) = self.put_origins.get(key) {
            return origin.clone();
        }
        let mut at = Some(key.clone());
        while let Some(found) = at {
            if let Some(value) = self.value(&found) {
                return self.origin_of(value, key);
            }
            at = found.parent();
        }
        Origin::Default
    }

    fn origin_of(&self, value: &Value, key: &Key) -> Origin {
        let Some(metadata) = self.figment.get_metadata(value.tag()) else {
            return Origin::Default;
        };
        let source = metadata.source.as_ref().and_then(|source| source.custom());
        let source = source.unwrap_or_default().to_owned();
        match (metadata.name.as_ref(), &self.file) {
            (VARIABLE_LAYER, _) => Origin::Environment { variable: source },
            (FLAG_LAYER, _) => Origin::Flag { key: source },
            (toml_file::LAYER, Some(file)) => file.origin(key),
            _ => Origin::Default,
        }
    }

    /// The text that the environment or the command line gave for `key`, if its value comes from
    /// there.
    pub(super) fn text(&self, key: &Key) -> Option<&str> {
        let origin = self.origin(key);
        let matches = |it: &&Assignment| it.key == *key && it.origin == origin;
        self.assignments.iter().rev().find(matches).map(|it| it.text.as_str())
    }

    /// Removes and returns the value at `key`, which is in a section.
    pub(super) fn take(&mut self, key: &Key) -> Option<Value> {
        self.section_mut(key)?.remove(key.last())
    }

    /// Sets the value at `key`, which is in a section, to `value` from `origin`.
    pub(super) fn put(&mut self, key: &Key, value: Value, origin: Origin) {
        if let Some(section) = self.section_mut(key) {
            section.insert(key.last().to_owned(), value);
            self.put_origins.insert(key.clone(), origin);
        }
    }

    fn section_mut(&mut self, key: &Key) -> Option<&mut Dict> {
        let parent = key.parent()?;
        let section = parent.parts().iter().try_fold(&mut self.merged, |value, part| match value {
            Value::Dict(_, dict) => dict.get_mut(part),
            _ => None,
        });
        match section? {
            Value::Dict(_, dict) => Some(dict),
            _ => None,
        }
    }
}
