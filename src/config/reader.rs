//! [`ConfigReader`]: reads [`Config`] from the layers and collects all problems.

mod spaces;

use std::path::PathBuf;

use figment::error::Kind;
use figment::value::{Dict, Value};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::describe;
use super::error::Problem;
use super::key::Key;
use super::layers::Layers;
use super::log::LogSettings;
use super::origin::Origin;
use super::paths;
use super::problem_kind::{ProblemKind, nearest};
use super::reference::{SPACE, SectionReference};
use super::secret_key::{SECRETS, file_keys};
use super::settings::Config;
use super::validation::Validate;
use crate::conversation::InvalidValue;

/// The top-level keys and sections, in the order in which they are shown.
pub(super) const TOP: [&str; 13] = [
    "packs",
    "data",
    "matching",
    "delivery",
    "retention",
    "http",
    "log",
    "records",
    "discord",
    "matrix",
    "bridge",
    "default_space",
    "space",
];

/// The default data folder, relative to the folder of the configuration file.
const DATA_FROM_FILE: &str = "../data";

/// The settings that are in no section.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TopLevel {
    packs: Vec<PathBuf>,
    data: PathBuf,
}

/// Reads settings and collects problems.
pub(super) struct ConfigReader<'l> {
    layers: &'l Layers,
    problems: Vec<Problem>,
}

impl<'l> ConfigReader<'l> {
    /// A reader that adds to `problems`, those of the layers themselves.
    pub(super) fn new(layers: &'l Layers, problems: Vec<Problem>) -> Self {
        Self { layers, problems }
    }

    /// All problems.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// The whole configuration. Settings with problems have their defaults.
    pub(super) fn config(&mut self) -> Config {
        let root = self.layers.dict(&Key::root());
        for name in root.keys().filter(|name| !TOP.contains(&name.as_str())) {
            self.unknown(&Key::root().child(name), &TOP);
        }
        let is_top_level = |name: &str| name == "packs" || name == "data";
        let top_level = root.into_iter().filter(|(name, _)| is_top_level(name)).collect();
        let top_level: TopLevel = self.typed(&Key::root(), top_level);
        let mut config = Config {
            packs: self.packs(&Key::new("packs"), top_level.packs),
            data: self.data(top_level.data),
            matching: self.section("matching"),
            delivery: self.section("delivery"),
            retention: self.section("retention"),
            http: self.section("http"),
            log: self.log(),
            records: self.section("records"),
            discord: self.section("discord"),
            matrix: self.section("matrix"),
            bridge: self.section("bridge"),
            default_space: self.section("default_space"),
            spaces: Vec::new(),
        };
        config.bridge.socket =
            config.bridge.socket.take().map(|path| self.resolve("bridge.socket", path));
        config.spaces = self.spaces(&config);
        config
    }

    /// The settings of the log. Settings with problems have their defaults.
    pub(super) fn log(&mut self) -> LogSettings {
        self.section("log")
    }

    fn data(&mut self, given: PathBuf) -> PathBuf {
        let key = Key::new("data");
        if given.as_os_str().is_empty() {
            let help = "name a folder, or leave the key out";
            self.report(&key, ProblemKind::Empty { key: key.clone(), help });
        }
        match (self.layers.origin(&key), self.layers.file()) {
            (Origin::Default, None) => Config::default().data,
            (Origin::Default, Some(_)) => self.resolve("data", PathBuf::from(DATA_FROM_FILE)),
            _ => self.resolve("data", given),
        }
    }

    /// Pack folders; at least one if the key is set.
    fn packs(&mut self, key: &Key, given: Vec<PathBuf>) -> Vec<PathBuf> {
        let origin = self.layers.origin(key);
        // A value of the wrong type is not empty: that problem is reported already.
        let is_empty_list =
            self.layers.value(key).and_then(Value::as_array).is_some_and(<[Value]>::is_empty);
        if is_empty_list && origin != Origin::Default {
            let help = "name at least one pack folder, or leave the key out";
            self.report(key, ProblemKind::Empty { key: key.clone(), help });
        }
        given.into_iter().map(|pack| paths::resolve(&pack, &origin, self.layers.file())).collect()
    }

    fn resolve(&self, dotted: &str, path: PathBuf) -> PathBuf {
        paths::resolve(&path, &self.layers.origin(&Key::new(dotted)), self.layers.file())
    }

    /// The section `name`, checked.
    fn section<T: DeserializeOwned + Default + Validate>(&mut self, name: &str) -> T {
        let key = Key::new(name);
        match self.layers.value(&key) {
            Some(Value::Dict(_, dict)) => {
                let section: T = self.typed(&key, dict.clone());
                self.check_range(&key, dict, &section);
                section
            }
            Some(value) => {
                self.wrong_type(&key, "a section", value);
                T::default()
            }
            None => T::default(),
        }
    }

    /// Reports the invalid values of `section` that `dict` has set.
    fn check_range(&mut self, at: &Key, dict: &Dict, section: &impl Validate) {
        for InvalidValue { key, item, value, range } in section.validate() {
            if dict.contains_key(key) {
                let key = at.child(key);
                let at = item.map_or(key.clone(), |item| key.child(item.to_string()));
                self.report(&at, ProblemKind::OutOfRange { key, value, range });
            }
        }
    }

    /// `dict` as a `T`, without the keys that have problems.
    fn typed<T: DeserializeOwned + Default>(&mut self, at: &Key, dict: Dict) -> T {
        let valid = self.valid_keys::<T>(at, dict, &[]);
        Value::from(valid).deserialize().unwrap_or_default()
    }

    /// The part of `dict` that fits a `T`; reports the rest. `others` are further known keys.
    fn valid_keys<T: DeserializeOwned>(&mut self, at: &Key, dict: Dict, others: &[&str]) -> Dict {
        let mut valid = Dict::new();
        for (name, value) in dict {
            let key = at.child(&name);
            match self.coerce::<T>(&key, value) {
                Ok(value) => drop(valid.insert(name, value)),
                Err(error) => self.report_error(&key, error, others),
            }
        }
        valid
    }

    /// `value` if a `T` takes it, otherwise the text that it was parsed from, if a `T` takes that.
    fn coerce<T: DeserializeOwned>(
        &self,
        key: &Key,
        value: Value,
    ) -> Result<Value, Box<figment::Error>> {
        let error_of = |value: &Value| {
            let dict = Dict::from([(key.last().to_owned(), value.clone())]);
            Value::from(dict).deserialize::<T>().err()
        };
        let Some(error) = error_of(&value) else { return Ok(value) };
        let text = self.layers.text(key).map(Value::from);
        text.filter(|text| error_of(text).is_none()).ok_or(Box::new(error))
    }

    fn report_error(&mut self, key: &Key, error: Box<figment::Error>, others: &[&str]) {
        if let Kind::UnknownField(_, known) = error.kind {
            let known: Vec<&str> = others.iter().chain(known).copied().collect();
            return self.unknown(key, &known);
        }
        // After the key itself, the path has the index of the list item.
        let item = error.path.get(1).filter(|item| item.parse::<usize>().is_ok());
        let at = item.map_or(key.clone(), |item| key.child(item));
        self.report(&at, describe::problem_kind(*error, key.clone()));
    }

    fn unknown(&mut self, key: &Key, known: &[&str]) {
        let section = key.parent().unwrap_or_else(Key::root);
        let files: Vec<String> = file_keys(&section).collect();
        let known: Vec<&str> =
            known.iter().copied().chain(files.iter().map(String::as_str)).collect();
        let near = nearest(key.last(), known.iter().copied()).map(|name| section.child(name));
        let near = near.or_else(|| find_in_other_section(key)).map(|near| {
            let is_variable = matches!(self.layers.origin(key), Origin::Environment { .. });
            match near.parent() {
                _ if is_variable => near.variable(),
                parent if parent == key.parent() => near.last().to_owned(),
                _ => near.dotted(),
            }
        });
        let known = describe::owned(&known);
        self.report(key, ProblemKind::UnknownKey { key: key.clone(), near, known });
    }

    fn wrong_type(&mut self, key: &Key, wanted: &str, value: &Value) {
        let wanted = wanted.to_owned();
        let found = describe::type_of(value);
        self.report(key, ProblemKind::WrongType { key: key.clone(), wanted, found });
    }

    fn report(&mut self, at: &Key, kind: ProblemKind) {
        self.problems.push(Problem::new(self.layers.origin(at), kind));
    }
}

/// The keys of a `T`, in the order of its declaration.
pub(super) fn keys_of<T: DeserializeOwned>() -> &'static [&'static str] {
    // When serde rejects an unknown key, it lists the known ones.
    let unknown = Dict::from([(String::new(), Value::from(false))]);
    match Value::from(unknown).deserialize::<T>().map_err(|error| error.kind) {
        Err(Kind::UnknownField(_, known)) => known,
        _ => &[],
    }
}

/// The setting of another section that `key` means: it has the name of the setting, or those of section and setting
/// with one underscore between them, which are two in a variable.
fn find_in_other_section(key: &Key) -> Option<Key> {
    let is_meant = |section: &str, setting: &str| {
        let joined = key.last().strip_prefix(section).and_then(|rest| rest.strip_prefix('_'));
        setting == key.last() || (key.parts().len() == 1 && joined == Some(setting))
    };
    let of_secret = SECRETS.iter().map(|secret| Key::new(secret.dotted)).find(|secret| {
        let section = secret.parent().unwrap_or_else(Key::root);
        is_meant(section.last(), secret.last())
    });
    if of_secret.is_some() {
        return of_secret;
    }
    // What is in no section comes first.
    SectionReference::all().into_iter().filter(|section| section.name != SPACE).find_map(
        |section| {
            let setting = section.settings.iter().find(|it| is_meant(&section.name, &it.key))?;
            let at = if section.name.is_empty() { Key::root() } else { Key::new(&section.name) };
            Some(at.child(&setting.key))
        },
    )
}
