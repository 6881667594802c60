//! The configuration: what is served, how sure quoth has to be, how it behaves where.
//!
//! Layers stand on top of each other: flags beat the environment, the environment beats the file,
//! the file beats the defaults. One reading reports everything that is wrong.

mod assignment;
mod bridge;
mod describe;
mod discord;
mod effective;
mod environment;
mod error;
mod key;
mod layers;
mod log;
mod matching;
mod matrix;
mod origin;
mod paths;
mod problem_kind;
mod reader;
mod records;
mod secret;
mod sources;
mod space;
mod toml_file;
mod validation;

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::conversation::space::DEFAULT_SPACE;
use crate::conversation::{Space, SpaceSettings, Spaces};
use crate::service::settings::{DeliverySettings, HttpSettings, RetentionSettings};

pub use bridge::BridgeSettings;
pub use discord::DiscordSettings;
pub use effective::{EffectiveSettings, Setting};
pub use environment::Environment;
pub use error::{ConfigError, Problem};
pub use key::Key;
pub use log::{LogFormat, LogSettings};
pub use matching::MatchingSettings;
pub use matrix::MatrixSettings;
pub use origin::Origin;
pub use problem_kind::ProblemKind;
pub use records::RecordsSettings;
pub use secret::Secret;
pub use sources::{DEFAULT_FILE, Sources};

/// The file with every setting, its default and what it is for.
pub const COMMENTED_FILE: &str = include_str!("../config/quoth.toml");

/// The configuration. `config/quoth.toml` describes every setting.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Config {
    /// Pack folders of the default space, and of every space that names none, in order; relative
    /// ones from where quoth runs. Default: none.
    pub packs: Vec<PathBuf>,
    /// The folder of the records. Default: `../data` seen from the folder of the configuration
    /// file, and `data` where quoth runs if there is no such file.
    pub data: PathBuf,
    /// When to answer.
    pub matching: MatchingSettings,
    /// How messages are delivered.
    pub delivery: DeliverySettings,
    /// How long records are kept.
    pub retention: RetentionSettings,
    /// Health and metrics over HTTP.
    pub http: HttpSettings,
    /// What the service writes down about itself.
    pub log: LogSettings,
    /// How records are kept.
    pub records: RecordsSettings,
    /// How Discord is served.
    pub discord: DiscordSettings,
    /// How Matrix is served.
    pub matrix: MatrixSettings,
    /// Where chat programs of your own connect.
    pub bridge: BridgeSettings,
    /// How quoth behaves where no other space says so.
    pub default_space: SpaceSettings,
    /// The spaces of `[[space]]`; [`Self::spaces`] has all.
    #[serde(rename = "space")]
    spaces: Vec<Space>,
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
    /// Reads the configuration file at `path`, else [`DEFAULT_FILE`] if it is there, the
    /// environment of this process, and `sets`: `KEY=VALUE`, with dots between the levels of the
    /// key. [`Sources`] reads the same again.
    ///
    /// # Errors
    /// [`ConfigError`] has everything that is wrong, where that was set, and what to do.
    pub fn load(path: Option<&Path>, sets: &[String]) -> Result<Self, ConfigError> {
        Sources::new(path, sets, Environment::of_process()).read()
    }

    /// Every space with all that holds for it.
    pub fn spaces(&self) -> Spaces {
        let default = Space {
            name: DEFAULT_SPACE.to_owned(),
            places: Vec::new(),
            packs: self.packs.clone(),
            settings: self.default_space.clone(),
        };
        Spaces { default, others: self.spaces.clone() }
    }

    /// Whether every space has something to answer with, which only serving asks for.
    ///
    /// # Errors
    /// [`ConfigError`] names the spaces that have nothing.
    pub fn check_servable(&self) -> Result<(), ConfigError> {
        let spaces = self.spaces();
        let without = spaces.all().filter(|space| space.packs.is_empty());
        let no_pack = |space: &Space| ProblemKind::NoPack { space: space.name.clone() };
        let mut faults: Vec<ProblemKind> = without.map(no_pack).collect();
        faults.extend(self.discord_faults(&spaces));
        faults.extend(self.matrix_faults());
        ConfigError::ok_or_errors(faults.into_iter().map(Problem::nowhere).collect(), ())
    }
}

impl Config {
    /// What does not go together in `[discord]`. Where it is not served, nothing has to.
    fn discord_faults(&self, spaces: &Spaces) -> Vec<ProblemKind> {
        let discord = &self.discord;
        if discord.token.is_none() {
            return Vec::new();
        }
        let mut faults = Vec::new();
        if !cfg!(feature = "discord") {
            faults.push(ProblemKind::NotBuiltIn { platform: "Discord" });
        }
        if discord.api_base.is_some() && discord.rate_limiter {
            faults.push(ProblemKind::ApiBaseWithRateLimiter);
        }
        let listened = spaces.all().flat_map(|space| &space.settings.listens_in);
        let on_discord = listened.filter(|place| place.parts().0 == "discord");
        if let Some(place) = on_discord.take(usize::from(!discord.message_content)).next() {
            faults.push(ProblemKind::ListensWithoutContent { place: place.to_string() });
        }
        faults
    }

    /// Whether what stands in `[matrix]` goes together, for whoever sets that up alone.
    ///
    /// # Errors
    /// [`ConfigError`] says what does not.
    pub fn check_matrix(&self) -> Result<(), ConfigError> {
        let problems = self.matrix_faults().into_iter().map(Problem::nowhere).collect();
        ConfigError::ok_or_errors(problems, ())
    }

    /// What does not go together in `[matrix]`. Where it is not served, nothing has to.
    fn matrix_faults(&self) -> Vec<ProblemKind> {
        let MatrixSettings { homeserver, user, password, token, .. } = &self.matrix;
        if homeserver.is_none() {
            let is_meant = user.is_some() || password.is_some() || token.is_some();
            return if is_meant { vec![ProblemKind::NoHomeserver] } else { Vec::new() };
        }
        let mut faults = Vec::new();
        if !cfg!(feature = "matrix") {
            faults.push(ProblemKind::NotBuiltIn { platform: "Matrix" });
        }
        match (user.is_some(), password.is_some(), token.is_some()) {
            (true, true, false) | (false, false, true) => {}
            (false, false, false) => faults.push(ProblemKind::NoLogin),
            (_, _, true) => faults.push(ProblemKind::ConflictingLogins),
            (true, false, false) => {
                faults.push(ProblemKind::IncompleteLogin { has: "user", lacks: "password" });
            }
            (false, true, false) => {
                faults.push(ProblemKind::IncompleteLogin { has: "password", lacks: "user" });
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests;
