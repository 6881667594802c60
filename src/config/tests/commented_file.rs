//! Tests of `config/quoth.toml`, which has every setting at its default.

use serde_json::Value;

use super::key::Key;
use super::secret_key::{FILE_SUFFIX, is_secret};
use super::*;

/// The names of secrets, which have no default that could be shown.
const SECRETS: [&str; 4] = ["hash_key", "token", "password", "passphrase"];

/// The file with every setting and the example of a space uncommented, without secrets.
fn uncommented() -> String {
    let is_setting = |line: &str| {
        line.split(" = ").next().is_some_and(|key| {
            !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        })
    };
    let lines = COMMENTED_FILE.lines().map(|line| match line.strip_prefix('#') {
        Some(setting) if is_setting(setting) && line.contains(" = ") => setting,
        Some("[[space]]") => "[[space]]",
        _ => line,
    });
    let is_secret_line = |line: &&str| {
        let key = line.split(" = ").next().unwrap_or_default();
        SECRETS.contains(&key.strip_suffix(FILE_SUFFIX).unwrap_or(key))
    };
    lines.filter(|line| !is_secret_line(line)).collect::<Vec<_>>().join("\n")
}

/// The lines of the section `name`.
fn section_of(name: &str) -> &'static str {
    let (_, section) = COMMENTED_FILE.split_once(&format!("\n[{name}]\n")).expect(name);
    section.split("\n[").next().expect("at least an empty one")
}

#[test]
fn commented_file_has_every_key_at_its_default() {
    let uncommented: toml::Table = uncommented().parse().unwrap();
    let mut file: Value = serde_json::to_value(uncommented).unwrap();
    let space = file.as_object_mut().unwrap().remove("space").unwrap();
    let want = serde_json::to_value(Config::default()).unwrap();
    for (name, want) in want.as_object().unwrap() {
        match (name.as_str(), want) {
            ("packs" | "space", _) => {}
            ("data", _) => assert_eq!(file["data"], "../data"),
            (_, Value::Object(section)) => {
                for (key, want) in section {
                    if is_secret(&Key::new(&format!("{name}.{key}"))) {
                        let lines = section_of(name).lines();
                        let names_file = |line: &str| line.starts_with(&format!("#{key}_file = "));
                        assert!(lines.into_iter().any(names_file), "{name}.{key}");
                        continue;
                    }
                    let value = file[name].get(key).unwrap_or_else(|| panic!("no {name}.{key}"));
                    assert!(want.is_null() || value == want, "{name}.{key}: {value}, not {want}");
                }
            }
            _ => panic!("{name} is not checked"),
        }
    }
    for key in ["name", "places", "packs"] {
        assert!(space[0].get(key).is_some(), "{key}");
    }
}

#[test]
fn commented_file_is_valid_as_it_is_and_uncommented() {
    let as_it_is = TestConfig::file(COMMENTED_FILE).read();
    let changed = Config { packs: as_it_is.packs.clone(), ..Config::default() };
    assert_eq!(Config { data: changed.data.clone(), ..as_it_is }, changed);
    assert_eq!(TestConfig::file(&uncommented()).read().spaces().all().count(), 2);
}

#[test]
fn effective_settings_are_in_the_order_of_the_commented_file() {
    let shown = TestConfig::file(&uncommented()).sources().show().unwrap();
    let lines: Vec<usize> = shown
        .settings
        .iter()
        .filter_map(|setting| match &setting.from {
            Origin::File { line, .. } if !setting.key.starts_with("space.") => Some(*line),
            _ => None,
        })
        .collect();
    assert!(lines.is_sorted(), "{lines:?}");
}
