//! The file that comes with quoth has every setting at its default.

use serde_json::Value;

use super::key::Key;
use super::secret;
use super::*;

/// The names of secrets, which have no default that could be shown.
const SECRETS: [&str; 4] = ["hash_key", "token", "password", "passphrase"];

/// The file with every setting and the example of a space in force, without the ways of secrets.
fn in_force() -> String {
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
    let is_secret = |line: &&str| {
        let key = line.split(" = ").next().unwrap_or_default();
        SECRETS.contains(&key.strip_suffix(secret::FILE_SUFFIX).unwrap_or(key))
    };
    lines.filter(|line| !is_secret(line)).collect::<Vec<_>>().join("\n")
}

/// The lines of the section `name`.
fn section_of(name: &str) -> &'static str {
    let (_, section) = COMMENTED_FILE.split_once(&format!("\n[{name}]\n")).expect(name);
    section.split("\n[").next().expect("at least an empty one")
}

#[test]
fn the_file_has_every_key_and_every_default() {
    let in_force: toml::Table = in_force().parse().unwrap();
    let mut file: Value = serde_json::to_value(in_force).unwrap();
    let space = file.as_object_mut().unwrap().remove("space").unwrap();
    let want = serde_json::to_value(Config::default()).unwrap();
    for (name, want) in want.as_object().unwrap() {
        match (name.as_str(), want) {
            ("packs" | "space", _) => {}
            ("data", _) => assert_eq!(file["data"], "../data"),
            (_, Value::Object(section)) => {
                for (key, want) in section {
                    if secret::is_secret(&Key::new(&format!("{name}.{key}"))) {
                        let lines = section_of(name).lines();
                        let names_file = |line: &str| line.starts_with(&format!("#{key}_file = "));
                        assert!(lines.into_iter().any(names_file), "{name}.{key}");
                        continue;
                    }
                    let value = file[name].get(key).unwrap_or_else(|| panic!("no {name}.{key}"));
                    assert!(want.is_null() || value == want, "{name}.{key}: {value}, not {want}");
                }
            }
            _ => panic!("{name} is not looked at"),
        }
    }
    for key in ["name", "places", "packs"] {
        assert!(space[0].get(key).is_some(), "{key}");
    }
}

#[test]
fn the_file_is_valid_as_it_is_and_with_every_setting_in_force() {
    let as_it_is = Given::file(COMMENTED_FILE).read();
    let changed = Config { packs: as_it_is.packs.clone(), ..Config::default() };
    assert_eq!(Config { data: changed.data.clone(), ..as_it_is }, changed);
    assert_eq!(Given::file(&in_force()).read().spaces().all().count(), 2);
}

#[test]
fn settings_are_shown_in_the_order_of_the_file() {
    let shown = Given::file(&in_force()).sources().show().unwrap();
    let places: Vec<usize> = shown
        .settings
        .iter()
        .filter_map(|setting| match &setting.from {
            Origin::File { line, .. } if !setting.key.starts_with("space.") => Some(*line),
            _ => None,
        })
        .collect();
    assert!(places.is_sorted(), "the file and `config show` have one order: {places:?}");
}
