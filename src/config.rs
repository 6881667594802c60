//! The configuration: which platforms and packs are served, and how the bot behaves in which space.
//!
//! It is read in layers: flags override the environment, the environment overrides the file, the
//! file overrides the defaults. One reading reports all problems.

mod assignment;
mod bridge;
mod describe;
mod discord;
mod effective;
mod environment;
mod error;
mod ignored;
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
mod redacted;
mod reference;
mod schema;
mod secret;
mod secret_key;
mod secret_source;
mod servable;
mod settings;
mod setup;
mod sources;
mod space;
mod toml_file;
mod validation;

pub use bridge::BridgeSettings;
pub use discord::DiscordSettings;
pub use effective::{EffectiveSettings, Setting};
pub use environment::Environment;
pub use error::{ConfigError, Problem};
pub use ignored::IgnoredSetting;
pub use key::Key;
pub use log::{LogFormat, LogSettings};
pub use matching::MatchingSettings;
pub use matrix::MatrixSettings;
pub use origin::Origin;
pub use problem_kind::ProblemKind;
pub use records::RecordsSettings;
pub use redacted::RedactedFile;
pub use reference::{SectionReference, SettingReference};
pub use schema::schema;
pub use secret::Secret;
pub use secret_key::MIN_TOKEN_CHARS;
pub use settings::Config;
pub use setup::{MatrixAnswers, SetupAnswers};
pub use sources::{DEFAULT_FILE, PartialConfig, SYSTEM_FILE, Sources};
pub use validation::{is_channel, is_place, is_platform_user};

/// The text of `config/quoth.toml`: every setting, commented, at its default.
pub const COMMENTED_FILE: &str = include_str!("../config/quoth.toml");

#[cfg(test)]
mod tests;
