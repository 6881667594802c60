//! The file that comes with quoth has every setting at its default.

use serde_json::Value;

use super::*;

/// The file with every setting in force, without the example of a space and the secret's ways.
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
    let is_secret = |line: &&str| line.starts_with("hash_key") || line.starts_with("token");
    lines.filter(|line| !is_secret(line)).collect::<Vec<_>>().join("\n")
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
            ("records", _) => assert!(COMMENTED_FILE.contains("\n#hash_key = ")),
            (_, Value::Object(section)) => {
                for (key, want) in section {
                    if key == "token" {
                        assert!(COMMENTED_FILE.contains("\n#token = "));
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
