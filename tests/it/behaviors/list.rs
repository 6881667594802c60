//! The list of behaviors, as it stands in tests/data/behaviors.toml.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    behavior: Vec<Behavior>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Behavior {
    pub(super) name: String,
    #[serde(default)]
    pub(super) terminal: bool,
    #[serde(default)]
    pub(super) settings: toml::Table,
    /// Whether Discord needs its intent for the content of messages.
    #[serde(default)]
    #[cfg_attr(not(feature = "discord"), allow(dead_code, reason = "Discord alone reads it"))]
    pub(super) discord_reads_all: bool,
    /// Why a platform does something else, or nothing, by its name.
    #[serde(default)]
    pub(super) not_on: BTreeMap<String, String>,
    pub(super) step: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub(super) said: Option<String>,
    pub(super) edited: Option<String>,
    pub(super) deleted: Option<String>,
    pub(super) used: Option<String>,
    pub(super) joined: Option<String>,
    #[serde(default)]
    pub(super) restart: bool,
    #[serde(default)]
    pub(super) kill: bool,
    pub(super) id: Option<String>,
    pub(super) by: Option<String>,
    pub(super) place: Option<String>,
    #[serde(default)]
    pub(super) direct: bool,
    #[serde(default)]
    pub(super) command: bool,
    #[serde(default)]
    pub(super) plain: bool,
    #[serde(default)]
    pub(super) bot: bool,
    pub(super) reply_to: Option<String>,
    pub(super) about: Option<String>,
    pub(super) control: Option<Value>,
    #[serde(default)]
    pub(super) ago: u64,
    #[serde(default)]
    pub(super) private: bool,
    #[serde(default)]
    pub(super) then: Vec<String>,
}

/// All of them.
pub(super) fn list() -> Vec<Behavior> {
    let list: List = toml::from_str(include_str!("../../data/behaviors.toml")).unwrap();
    list.behavior
}

impl Step {
    /// The name of the place where it happens.
    pub(super) fn place(&self) -> &str {
        self.joined.as_ref().or(self.place.as_ref()).map_or("room", String::as_str)
    }

    /// Who does it.
    pub(super) fn by(&self) -> &str {
        self.by.as_deref().unwrap_or("ada")
    }

    /// Its own name.
    pub(super) fn id(&self) -> &str {
        self.id.as_deref().unwrap_or_default()
    }

    /// Whether something happens on the platform.
    pub(super) fn is_act(&self) -> bool {
        !self.restart && !self.kill
    }
}
