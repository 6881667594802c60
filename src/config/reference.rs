//! [`SectionReference`]: every setting with its description, as `config/quoth.toml` has them.

use serde_json::Value;

use super::COMMENTED_FILE;
use super::key::Key;
use super::secret_key::is_secret;

/// The name of the section of spaces, of which there can be any number.
pub(super) const SPACE: &str = "space";

/// A section of the configuration file.
#[derive(Debug, Clone, PartialEq)]
pub struct SectionReference {
    /// Its name; empty for the settings above all sections.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its settings, in the order of the file.
    pub settings: Vec<SettingReference>,
}

/// A setting.
#[derive(Debug, Clone, PartialEq)]
pub struct SettingReference {
    /// Its key in the section.
    pub key: String,
    /// What it does. Settings that are described together have the same description.
    pub description: String,
    /// The default; where there is none, an example.
    pub value: Value,
    /// Whether it is a secret, or names the file of one.
    pub is_secret: bool,
}

impl SectionReference {
    /// All sections, in the order of the file.
    pub fn all() -> Vec<Self> {
        let mut sections = vec![Self::named("", "")];
        let mut comment = String::new();
        for line in COMMENTED_FILE.lines() {
            if let Some((key, value)) = setting(line) {
                if let Some(section) = sections.last_mut() {
                    section.push(key, value, &std::mem::take(&mut comment));
                }
            } else if let Some(name) = section_name(line) {
                sections.push(Self::named(name, &std::mem::take(&mut comment)));
            } else if let Some(text) = line.strip_prefix("# ") {
                if !comment.is_empty() {
                    comment.push(' ');
                }
                comment.push_str(text);
            } else {
                comment.clear();
            }
        }
        sections
    }

    fn named(name: &str, description: &str) -> Self {
        let (name, description) = (name.to_owned(), description.to_owned());
        Self { name, description, settings: Vec::new() }
    }

    /// Adds a setting. One without a `comment` is described with the setting above it.
    fn push(&mut self, key: &str, value: Value, comment: &str) {
        let above = self.settings.last().filter(|_| comment.is_empty());
        let description = above.map_or(comment, |above| &above.description).to_owned();
        let secret = key.strip_suffix(super::secret_key::FILE_SUFFIX).unwrap_or(key);
        let is_secret = is_secret(&Key::new(&self.name).child(secret));
        self.settings.push(SettingReference { key: key.to_owned(), description, value, is_secret });
    }
}

/// The key and the value of a line that sets one, also if it is commented out.
fn setting(line: &str) -> Option<(&str, Value)> {
    let line = line.strip_prefix('#').unwrap_or(line);
    let (key, value) = line.split_once(" = ")?;
    let is_key = key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let table: toml::Table = format!("value = {value}").parse().ok().filter(|_| is_key)?;
    Some((key, serde_json::to_value(table.get("value")?).ok()?))
}

fn section_name(line: &str) -> Option<&str> {
    let line = line.strip_prefix('#').unwrap_or(line);
    let name = line.strip_prefix('[')?.strip_suffix(']')?;
    Some(name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::reader::TOP;

    #[test]
    fn every_setting_has_a_description() {
        let sections = SectionReference::all();
        let top = sections.first().unwrap().settings.iter().map(|setting| &*setting.key);
        let named = sections.iter().skip(1).map(|section| &*section.name);
        assert_eq!(top.chain(named).collect::<Vec<_>>(), TOP);
        for section in &sections {
            assert_eq!(section.name.is_empty(), section.description.is_empty(), "{}", section.name);
            for setting in &section.settings {
                let description = &setting.description;
                assert!(description.len() > 10, "{}.{}", section.name, setting.key);
            }
        }
        let secrets = sections.iter().flat_map(|it| &it.settings).filter(|it| it.is_secret);
        let secrets: Vec<&str> = secrets.map(|it| &*it.key).collect();
        let want = ["hash_key", "hash_key_file", "token", "token_file"];
        assert_eq!(secrets.get(..4), Some(&want[..]));
    }
}
