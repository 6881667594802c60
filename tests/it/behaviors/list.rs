//! The list of behaviors in tests/data/behaviors.toml.

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
    /// Whether Discord needs the message content intent for it.
    #[serde(default)]
    #[cfg_attr(not(feature = "discord"), allow(dead_code, reason = "Discord alone reads it"))]
    pub(super) discord_reads_all: bool,
    /// By name of a platform: why it does not have the behavior.
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
    /// Text of the message `reply_to`, if another user sends it first.
    pub(super) about: Option<String>,
    /// Who sends it.
    pub(super) about_by: Option<String>,
    pub(super) control: Option<Value>,
    #[serde(default)]
    pub(super) ago: u64,
    #[serde(default)]
    pub(super) private: bool,
    #[serde(default)]
    pub(super) then: Vec<String>,
}

/// All behaviors.
pub(super) fn list() -> Vec<Behavior> {
    let list: List = toml::from_str(include_str!("../../data/behaviors.toml")).unwrap();
    list.behavior
}

impl Step {
    /// Name of the place.
    pub(super) fn place(&self) -> &str {
        self.joined.as_ref().or(self.place.as_ref()).map_or("room", String::as_str)
    }

    /// Name of the user.
    pub(super) fn by(&self) -> &str {
        self.by.as_deref().unwrap_or("ada")
    }

    /// Id of the message or use.
    pub(super) fn id(&self) -> &str {
        self.id.as_deref().unwrap_or_default()
    }

    /// Whether it is an event on the platform, as opposed to a restart.
    pub(super) fn is_action(&self) -> bool {
        !self.restart && !self.kill
    }
}
