//! [`EffectiveSettings`]: the effective value of every setting, with its origin.

use serde::Serialize;
use serde_json::{Map, Value};

use super::bridge::BridgeSettings;
use super::discord::DiscordSettings;
use super::key::Key;
use super::layers::Layers;
use super::log::LogSettings;
use super::matching::MatchingSettings;
use super::matrix::MatrixSettings;
use super::origin::Origin;
use super::reader::{TOP, keys_of};
use super::records::RecordsSettings;
use super::secret_key::is_secret;
use super::settings::Config;
use super::space::SpaceHeader;
use crate::conversation::SpaceSettings;
use crate::service::settings::{DeliverySettings, HttpSettings, RetentionSettings};

/// The effective value of one setting.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Setting {
    /// The key, with dots between the levels; spaces are numbered from 0.
    pub key: String,
    /// The value, with paths relative to the working directory; null if it is not set and has no
    /// default. For a secret only whether it is set.
    pub value: Value,
    /// Whether the value is hidden.
    pub is_secret: bool,
    /// The origin of the value.
    pub from: Origin,
}

/// The effective value of every setting, in the order of the configuration file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EffectiveSettings {
    /// The settings.
    pub settings: Vec<Setting>,
}

impl EffectiveSettings {
    /// The settings of `config`, which was read from `layers`.
    pub(super) fn new(config: &Config, layers: &Layers) -> Self {
        let values = serde_json::to_value(config).unwrap_or_default();
        let mut effective = Self { settings: Vec::new() };
        for name in TOP {
            let key = Key::new(name);
            match values.get(name) {
                Some(Value::Object(section)) => {
                    effective.push_section(&key, keys_of_section(name), section, layers);
                }
                Some(Value::Array(spaces)) if name == "space" => {
                    for (number, space) in spaces.iter().enumerate() {
                        let at = key.child(number.to_string());
                        let keys = [keys_of::<SpaceHeader>(), keys_of::<SpaceSettings>()].concat();
                        if let Value::Object(space) = space {
                            effective.push_section(&at, &keys, space, layers);
                        }
                    }
                }
                Some(value) => effective.push(&key, value.clone(), layers),
                None => {}
            }
        }
        effective
    }

    fn push_section(
        &mut self,
        at: &Key,
        keys: &[&str],
        section: &Map<String, Value>,
        layers: &Layers,
    ) {
        for name in keys {
            let value = section.get(*name).cloned().unwrap_or_default();
            self.push(&at.child(*name), value, layers);
        }
    }

    fn push(&mut self, key: &Key, value: Value, layers: &Layers) {
        let is_secret = is_secret(key);
        let from = origin(key, layers);
        self.settings.push(Setting { key: key.dotted(), value, is_secret, from });
    }
}

/// The origin of the value at `key`. A setting that a space leaves out has the origin of the default
/// space's.
fn origin(key: &Key, layers: &Layers) -> Origin {
    let is_set = layers.value(key).is_some();
    match key.parts() {
        [list, _, name] if list == "space" && !is_set => {
            let inherited = if name == "packs" {
                Key::new(name)
            } else {
                Key::new("default_space").child(name)
            };
            layers.origin(&inherited)
        }
        _ if is_set => layers.origin(key),
        _ => Origin::Default,
    }
}

/// The keys of a section, in order.
fn keys_of_section(name: &str) -> &'static [&'static str] {
    match name {
        "matching" => keys_of::<MatchingSettings>(),
        "delivery" => keys_of::<DeliverySettings>(),
        "retention" => keys_of::<RetentionSettings>(),
        "http" => keys_of::<HttpSettings>(),
        "log" => keys_of::<LogSettings>(),
        "records" => keys_of::<RecordsSettings>(),
        "discord" => keys_of::<DiscordSettings>(),
        "matrix" => keys_of::<MatrixSettings>(),
        "bridge" => keys_of::<BridgeSettings>(),
        "default_space" => keys_of::<SpaceSettings>(),
        _ => &[],
    }
}
