//! From layers to settings, collecting everything that is wrong on the way.

mod spaces;

use std::path::PathBuf;

use figment::error::Kind;
use figment::value::{Dict, Value};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Config;
use super::describe;
use super::error::Problem;
use super::key::Key;
use super::layers::Layers;
use super::origin::Origin;
use super::paths;
use super::problem_kind::{ProblemKind, nearest};
use super::secret;
use super::validation::{InvalidValue, Validate};

/// Everything at the top of a configuration, in the order in which it is shown.
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

/// The folder of the records, from the folder of the configuration file: beside `config`.
const DATA_FROM_FILE: &str = "../data";

/// The settings that stand in no section.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TopLevel {
    packs: Vec<PathBuf>,
    data: PathBuf,
}

/// Reads settings, and keeps what is wrong.
pub(super) struct ConfigReader<'l> {
    layers: &'l Layers,
    problems: Vec<Problem>,
}

impl<'l> ConfigReader<'l> {
    /// A reader that goes on with the `problems` of the layers themselves.
    pub(super) fn new(layers: &'l Layers, problems: Vec<Problem>) -> Self {
        Self { layers, problems }
    }

    /// What was wrong.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// The whole configuration. What was wrong is left at its default.
    pub(super) fn config(&mut self) -> Config {
        let root = self.layers.dict(&Key::root());
        for name in root.keys().filter(|name| !TOP.contains(&name.as_str())) {
            self.unknown(&Key::root().child(name), &TOP);
        }
        let is_bare = |name: &str| name == "packs" || name == "data";
        let bare = root.into_iter().filter(|(name, _)| is_bare(name)).collect();
        let bare: TopLevel = self.typed(&Key::root(), bare);
        let mut config = Config {
            packs: self.packs(&Key::new("packs"), bare.packs),
            data: self.data(bare.data),
            matching: self.section("matching"),
            delivery: self.section("delivery"),
            retention: self.section("retention"),
            http: self.section("http"),
            log: self.section("log"),
            records: self.section("records"),
            discord: self.section("discord"),
            matrix: self.section("matrix"),
            bridge: self.section("bridge"),
            default_space: self.section("default_space"),
            spaces: Vec::new(),
        };
        config.bridge.socket =
            config.bridge.socket.take().map(|path| self.located("bridge.socket", path));
        config.spaces = self.spaces(&config);
        config
    }

    fn data(&mut self, given: PathBuf) -> PathBuf {
        let key = Key::new("data");
        if given.as_os_str().is_empty() {
            let help = "name a folder, or leave the key out";
            self.fault(&key, ProblemKind::Empty { key: key.clone(), help });
        }
        match (self.layers.origin(&key), self.layers.file()) {
            (Origin::Default, None) => Config::default().data,
            (Origin::Default, Some(_)) => self.located("data", PathBuf::from(DATA_FROM_FILE)),
            _ => self.located("data", given),
        }
    }

    /// Pack folders, of which there has to be one where the key is given.
    fn packs(&mut self, key: &Key, given: Vec<PathBuf>) -> Vec<PathBuf> {
        let origin = self.layers.origin(key);
        // Nothing stands there either if it was of the wrong type, which has been said.
        let is_empty_list =
            self.layers.value(key).and_then(Value::as_array).is_some_and(<[Value]>::is_empty);
        if is_empty_list && origin != Origin::Default {
            let help = "name at least one pack folder, or leave the key out";
            self.fault(key, ProblemKind::Empty { key: key.clone(), help });
        }
        given.into_iter().map(|pack| paths::resolve(&pack, &origin, self.layers.file())).collect()
    }

    fn located(&self, dotted: &str, path: PathBuf) -> PathBuf {
        paths::resolve(&path, &self.layers.origin(&Key::new(dotted)), self.layers.file())
    }

    /// The section `name`, in range.
    fn section<T: DeserializeOwned + Default + Validate>(&mut self, name: &str) -> T {
        let key = Key::new(name);
        match self.layers.value(&key) {
            Some(Value::Dict(_, dict)) => {
                let section: T = self.typed(&key, dict.clone());
                self.check_range(&key, dict, &section);
                section
            }
            Some(value) => {
                self.not_a(&key, "a section", value);
                T::default()
            }
            None => T::default(),
        }
    }

    /// Reports what is out of range in `section`, as far as it is `dict` that says so.
    fn check_range(&mut self, at: &Key, dict: &Dict, section: &impl Validate) {
        for InvalidValue { key, item, value, range } in section.validate() {
            if dict.contains_key(key) {
                let key = at.child(key);
                let place = item.map_or(key.clone(), |item| key.child(item.to_string()));
                self.fault(&place, ProblemKind::OutOfRange { key, value, range });
            }
        }
    }

    /// `dict` as a `T`, without the keys that are wrong.
    fn typed<T: DeserializeOwned + Default>(&mut self, at: &Key, dict: Dict) -> T {
        let sound = self.valid_keys::<T>(at, dict, &[]);
        Value::from(sound).deserialize().unwrap_or_default()
    }

    /// The part of `dict` that fits a `T`; the rest is reported. `others` are known as well.
    fn valid_keys<T: DeserializeOwned>(&mut self, at: &Key, dict: Dict, others: &[&str]) -> Dict {
        let mut sound = Dict::new();
        for (name, value) in dict {
            let key = at.child(&name);
            match self.coerce::<T>(&key, value) {
                Ok(value) => drop(sound.insert(name, value)),
                Err(error) => self.refused(&key, error, others),
            }
        }
        sound
    }

    /// `value` if a `T` takes it, else the text that it was made of, if a `T` takes that.
    fn coerce<T: DeserializeOwned>(
        &self,
        key: &Key,
        value: Value,
    ) -> Result<Value, Box<figment::Error>> {
        let refusal = |value: &Value| {
            let dict = Dict::from([(key.last().to_owned(), value.clone())]);
            Value::from(dict).deserialize::<T>().err()
        };
        let Some(error) = refusal(&value) else { return Ok(value) };
        let text = self.layers.text(key).map(Value::from);
        text.filter(|text| refusal(text).is_none()).ok_or(Box::new(error))
    }

    fn refused(&mut self, key: &Key, error: Box<figment::Error>, others: &[&str]) {
        if let Kind::UnknownField(_, known) = error.kind {
            let known: Vec<&str> = others.iter().chain(known).copied().collect();
            return self.unknown(key, &known);
        }
        // Beyond the key itself, serde says which item of a list it was.
        let item = error.path.get(1).filter(|item| item.parse::<usize>().is_ok());
        let place = item.map_or(key.clone(), |item| key.child(item));
        self.fault(&place, describe::fault(*error, key.clone()));
    }

    fn unknown(&mut self, key: &Key, known: &[&str]) {
        let section = key.parent().unwrap_or_else(Key::root);
        let files: Vec<String> = secret::file_keys(&section).collect();
        let known: Vec<&str> =
            known.iter().copied().chain(files.iter().map(String::as_str)).collect();
        let near =
            nearest(key.last(), known.iter().copied()).or_else(|| Self::find_in_other_section(key));
        let known = describe::owned(&known);
        self.fault(key, ProblemKind::UnknownKey { key: key.clone(), near, known });
    }

    /// A setting of this name in another section.
    fn find_in_other_section(key: &Key) -> Option<String> {
        let all = Value::serialize(Config::default()).ok()?.into_dict()?;
        let sections = all.iter().filter_map(|(name, value)| Some((name, value.as_dict()?)));
        let mut found = sections.filter(|(_, section)| section.contains_key(key.last()));
        let bare = all.contains_key(key.last()).then(|| key.last().to_owned());
        bare.or_else(|| found.next().map(|(name, _)| format!("{name}.{}", key.last())))
    }

    fn not_a(&mut self, key: &Key, wanted: &str, value: &Value) {
        let wanted = wanted.to_owned();
        let fault =
            ProblemKind::WrongType { key: key.clone(), wanted, found: describe::found(value) };
        self.fault(key, fault);
    }

    fn fault(&mut self, place: &Key, fault: ProblemKind) {
        self.problems.push(Problem::new(self.layers.origin(place), fault));
    }
}

/// The keys that a `T` knows, in the order in which it declares them.
pub(super) fn keys_of<T: DeserializeOwned>() -> &'static [&'static str] {
    // Refusing a key that nobody has, serde lists those that it takes.
    let nobodys = Dict::from([(String::new(), Value::from(false))]);
    match Value::from(nobodys).deserialize::<T>().map_err(|error| error.kind) {
        Err(Kind::UnknownField(_, known)) => known,
        _ => &[],
    }
}
