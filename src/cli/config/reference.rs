//! Every setting as tables in Markdown, for docs/configuration.md.

use serde_json::Value;

use crate::config::{Config, SectionReference, SettingReference};

/// A table for each section.
pub(super) fn render() -> String {
    let defaults = serde_json::to_value(Config::default()).unwrap_or_default();
    let mut text = String::new();
    for section in SectionReference::all() {
        let (heading, defaults) = match section.name.as_str() {
            "" => ("At the top".to_owned(), &defaults),
            name => {
                // There can be any number of spaces; every other section is there once.
                let heading = if name == "space" { "`[[space]]`" } else { &format!("`[{name}]`") };
                (heading.to_owned(), defaults.get(name).unwrap_or(&Value::Null))
            }
        };
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&format!("### {heading}\n\n"));
        if !section.description.is_empty() {
            text.push_str(&format!("{}\n\n", section.description));
        }
        text.push_str("| key | default | what it does |\n|---|---|---|\n");
        for setting in &section.settings {
            text.push_str(&row(setting, defaults));
        }
    }
    text
}

fn row(setting: &SettingReference, defaults: &Value) -> String {
    let default = match defaults.get(&setting.key) {
        _ if setting.key == "data" => "see there".to_owned(),
        None | Some(Value::Null) => "not set".to_owned(),
        Some(default) => format!("`{default}`"),
    };
    // A vertical bar would end the cell.
    let description = setting.description.replace('|', "\\|").replace('*', "\\*");
    format!("| `{}` | {default} | {description} |\n", setting.key)
}
