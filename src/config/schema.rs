//! A JSON schema of the configuration file, with which editors complete and check it.

use figment::error::Kind;
use figment::value::{Dict, Value as Given};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::bridge::BridgeSettings;
use super::discord::DiscordSettings;
use super::log::LogSettings;
use super::matching::MatchingSettings;
use super::matrix::MatrixSettings;
use super::records::RecordsSettings;
use super::reference::{SPACE, SectionReference, SettingReference};
use super::settings::Config;
use crate::conversation::SpaceSettings;
use crate::service::settings::{DeliverySettings, HttpSettings, RetentionSettings};

/// The draft that editors of TOML understand.
const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

/// The key of a text that explains a setting.
const DESCRIPTION: &str = "description";

/// The schema.
pub fn schema() -> Value {
    let sections = SectionReference::all();
    let defaults = serde_json::to_value(Config::default()).unwrap_or_default();
    let mut properties = Map::new();
    for section in &sections {
        let defaults = defaults.get(&section.name).unwrap_or(&Value::Null);
        let settings = properties_of(section, defaults);
        match section.name.as_str() {
            "" => properties.extend(settings),
            SPACE => {
                let of_all = sections.iter().find(|it| it.name == "default_space");
                // The defaults are those of the default space, whatever they are there.
                let of_all = of_all.map(|it| properties_of(it, &Value::Null)).unwrap_or_default();
                let mut item = object(settings.into_iter().chain(of_all).collect());
                item.insert("required".to_owned(), json!(["name", "places"]));
                let description = &section.description;
                let list = json!({ "type": "array", "description": description, "items": item });
                properties.insert(SPACE.to_owned(), list);
            }
            name => {
                let mut described = object(settings);
                described.insert(DESCRIPTION.to_owned(), section.description.clone().into());
                properties.insert(name.to_owned(), described.into());
            }
        }
    }
    let head =
        [("$schema", DRAFT), ("title", "quoth.toml"), (DESCRIPTION, "The configuration of quoth.")];
    let head = head.into_iter().map(|(key, text)| (key.to_owned(), Value::from(text)));
    head.chain(object(properties)).collect::<Map<String, Value>>().into()
}

/// A section with these properties and no others.
fn object(properties: Map<String, Value>) -> Map<String, Value> {
    let keys = [
        ("type", Value::from("object")),
        ("additionalProperties", false.into()),
        ("properties", properties.into()),
    ];
    keys.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn properties_of(section: &SectionReference, defaults: &Value) -> Map<String, Value> {
    let property = |setting: &SettingReference| {
        let default = defaults.get(&setting.key).filter(|default| !default.is_null());
        (setting.key.clone(), property(&section.name, setting, default))
    };
    section.settings.iter().map(property).collect()
}

fn property(section: &str, setting: &SettingReference, default: Option<&Value>) -> Value {
    let described = (DESCRIPTION.to_owned(), setting.description.clone().into());
    let default = default.map(|default| ("default".to_owned(), default.clone()));
    let typed = typed(section, &setting.key, &setting.value);
    let typed = typed.as_object().cloned().unwrap_or_default();
    typed.into_iter().chain([described]).chain(default).collect::<Map<String, Value>>().into()
}

/// The type of a setting with this value: its default or an example.
fn typed(section: &str, key: &str, value: &Value) -> Value {
    let words = words_of_section(section, key);
    let text = || match words.as_slice() {
        [] => json!({ "type": "string" }),
        words => json!({ "type": "string", "enum": words }),
    };
    match value {
        Value::Bool(_) => json!({ "type": "boolean" }),
        Value::Number(number) if number.is_f64() => {
            // All of them are probabilities or shares.
            json!({ "type": "number", "exclusiveMinimum": 0, "maximum": 1 })
        }
        Value::Number(_) => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
        Value::Array(_) => json!({ "type": "array", "items": text() }),
        _ => text(),
    }
}

/// The words that a setting takes, if it takes no others.
fn words_of_section(section: &str, key: &str) -> Vec<&'static str> {
    match section {
        "matching" => words_of::<MatchingSettings>(key),
        "delivery" => words_of::<DeliverySettings>(key),
        "retention" => words_of::<RetentionSettings>(key),
        "http" => words_of::<HttpSettings>(key),
        "log" => words_of::<LogSettings>(key),
        "records" => words_of::<RecordsSettings>(key),
        "discord" => words_of::<DiscordSettings>(key),
        "matrix" => words_of::<MatrixSettings>(key),
        "bridge" => words_of::<BridgeSettings>(key),
        "default_space" => words_of::<SpaceSettings>(key),
        _ => Vec::new(),
    }
}

/// When serde rejects an unknown word, it lists the known ones.
fn words_of<T: DeserializeOwned>(key: &str) -> Vec<&'static str> {
    let word = Given::from("");
    [word.clone(), Given::from(vec![word])]
        .into_iter()
        .find_map(|given| {
            let unknown = Given::from(Dict::from([(key.to_owned(), given)])).deserialize::<T>();
            match unknown.map_err(|error| error.kind) {
                Err(Kind::UnknownVariant(_, known)) => Some(known.to_vec()),
                _ => None,
            }
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schema_has_types_words_defaults_and_no_other_keys() {
        let schema = schema();
        let at = |pointer: &str| schema.pointer(pointer).unwrap_or(&Value::Null);
        assert_eq!(at("/properties/http/properties/is_on/type"), "boolean");
        assert_eq!(at("/properties/http/properties/listen/default"), "127.0.0.1:8410");
        assert_eq!(at("/properties/log/properties/format/enum"), &json!(["text", "json"]));
        assert_eq!(at("/properties/matching/properties/answer_from/type"), "number");
        assert_eq!(at("/properties/discord/properties/shards/type"), "integer");
        assert_eq!(at("/properties/discord/properties/token_file/type"), "string");
        assert_eq!(at("/properties/packs/items/type"), "string");
        let speaks_when = at("/properties/default_space/properties/speaks_when/items/enum");
        assert!(speaks_when.as_array().unwrap().contains(&json!("mention")), "{speaks_when}");
        assert_eq!(at("/properties/space/items/required"), &json!(["name", "places"]));
        assert_eq!(at("/properties/space/items/properties/locale/default"), &Value::Null);
        assert_eq!(at("/properties/space/items/additionalProperties"), &json!(false));
        assert_eq!(at("/additionalProperties"), &json!(false));
    }
}
