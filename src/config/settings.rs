//! [`Config`]: all settings.

use std::path::PathBuf;

use serde::Serialize;

use super::bridge::BridgeSettings;
use super::discord::DiscordSettings;
use super::log::LogSettings;
use super::matching::MatchingSettings;
use super::matrix::MatrixSettings;
use super::records::RecordsSettings;
use crate::conversation::space::DEFAULT_SPACE;
use crate::conversation::{Space, SpaceSettings, Spaces};
use crate::matching::Thresholds;
use crate::service::settings::{DeliverySettings, HttpSettings, RetentionSettings};

/// All settings. `config/quoth.toml` describes each of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Config {
    /// Pack folders of the default space, and of every space without its own, in order. Relative ones
    /// are relative to the working directory. Default: none.
    pub packs: Vec<PathBuf>,
    /// The data folder, with the records. Default: `../data` relative to the folder of the
    /// configuration file, or `data` in the working directory if there is no such file.
    pub data: PathBuf,
    /// How sure an answer has to be.
    pub matching: MatchingSettings,
    /// How messages are delivered.
    pub delivery: DeliverySettings,
    /// How long records are kept.
    pub retention: RetentionSettings,
    /// Health and metrics over HTTP.
    pub http: HttpSettings,
    /// The log.
    pub log: LogSettings,
    /// The records.
    pub records: RecordsSettings,
    /// The Discord platform.
    pub discord: DiscordSettings,
    /// The Matrix platform.
    pub matrix: MatrixSettings,
    /// The bridge, for chat programs of the operator.
    pub bridge: BridgeSettings,
    /// Settings of the default space, which other spaces inherit.
    pub default_space: SpaceSettings,
    /// The spaces of `[[space]]`. [`Self::spaces`] returns the default space as well.
    #[serde(rename = "space")]
    pub(super) spaces: Vec<Space>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            packs: Vec::new(),
            data: PathBuf::from("data"),
            matching: MatchingSettings::default(),
            delivery: DeliverySettings::default(),
            retention: RetentionSettings::default(),
            http: HttpSettings::default(),
            log: LogSettings::default(),
            records: RecordsSettings::default(),
            discord: DiscordSettings::default(),
            matrix: MatrixSettings::default(),
            bridge: BridgeSettings::default(),
            default_space: SpaceSettings::default(),
            spaces: Vec::new(),
        }
    }
}

impl Config {
    /// The thresholds of the default space.
    pub fn default_thresholds(&self) -> Thresholds {
        self.default_space.thresholds(self.matching.thresholds())
    }

    /// The sections that differ from those of `running` and apply only after a restart.
    pub fn changed_until_restart(&self, running: &Self) -> Vec<&'static str> {
        let sections = [
            ("`data`", self.data != running.data),
            ("[delivery]", self.delivery != running.delivery),
            ("[retention]", self.retention != running.retention),
            ("[http]", self.http != running.http),
            ("[log]", self.log != running.log),
            ("[records]", self.records != running.records),
            ("[discord]", self.discord != running.discord),
            ("[matrix]", self.matrix != running.matrix),
            ("[bridge]", self.bridge != running.bridge),
        ];
        sections.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
    }

    /// All spaces with their packs and settings.
    pub fn spaces(&self) -> Spaces {
        let default = Space {
            name: DEFAULT_SPACE.to_owned(),
            places: Vec::new(),
            packs: self.packs.clone(),
            settings: self.default_space.clone(),
        };
        Spaces { default, others: self.spaces.clone() }
    }
}
