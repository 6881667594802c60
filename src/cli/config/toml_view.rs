//! The effective settings in the syntax of a configuration file.

use serde_json::Value;

use crate::config::{EffectiveSettings, Setting};

/// The settings as TOML, each with its origin in a comment.
pub(in crate::cli) fn render(effective: &EffectiveSettings) -> String {
    let mut text = String::new();
    let mut current_section = String::new();
    for setting in &effective.settings {
        let (section, key) = setting.key.rsplit_once('.').unwrap_or(("", &setting.key));
        if section != current_section {
            current_section = section.to_owned();
            let header = match section.split_once('.') {
                Some((list, _)) => format!("\n[[{list}]]\n"),
                None => format!("\n[{section}]\n"),
            };
            text.push_str(&header);
        }
        text.push_str(&line(key, setting));
    }
    text
}

fn line(key: &str, setting: &Setting) -> String {
    let Setting { value, from, .. } = setting;
    match value {
        Value::Null => format!("# {key} is not set\n"),
        _ if setting.is_secret => format!("# {key} (set, from {from})\n"),
        _ if is_long(value) => format!("# {from}:\n{key} = {value}\n"),
        // The JSON of strings, numbers and lists is also TOML.
        _ => format!("{key} = {value} # {from}\n"),
    }
}

fn is_long(value: &Value) -> bool {
    value.as_array().is_some_and(|items| items.len() > 2)
}
