//! The configuration file: which packs are served, and how sure quoth has to be.

use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::matching::Thresholds;

/// The configuration. `config/quoth.toml` describes every setting.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Pack folders, in order; relative ones from where quoth runs.
    pub packs: Vec<PathBuf>,
    /// When to answer.
    #[serde(default)]
    pub matching: Matching,
}

/// When to answer.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Matching {
    /// Least probability that the first entry answers, for an answer; above 0.0, at most 1.0.
    pub answer_from: f64,
    /// Least probability that one of three entries answers, for suggestions; above 0.0, at most
    /// 1.0.
    pub suggest_from: f64,
    /// Share of questions that nothing answers, as `quoth calibrate` assumes it; between 0.0 and
    /// 1.0.
    pub unanswerable_share: f64,
}

impl Default for Matching {
    fn default() -> Self {
        let Thresholds { answer, suggest, .. } = Thresholds::default();
        Self { answer_from: answer, suggest_from: suggest, unanswerable_share: 0.3 }
    }
}

impl Matching {
    /// The thresholds that it sets.
    pub fn thresholds(&self) -> Thresholds {
        Thresholds { answer: self.answer_from, suggest: self.suggest_from, ..Thresholds::default() }
    }

    fn check(&self) -> Result<(), ConfigError> {
        let is_probability = |value: f64| value > 0.0 && value <= 1.0;
        let named = [
            ("answer_from", self.answer_from, is_probability(self.answer_from)),
            ("suggest_from", self.suggest_from, is_probability(self.suggest_from)),
            (
                "unanswerable_share",
                self.unanswerable_share,
                is_probability(self.unanswerable_share) && self.unanswerable_share < 1.0,
            ),
        ];
        match named.into_iter().find(|(_, _, is_valid)| !is_valid) {
            Some((name, value, _)) => Err(ConfigError::NoProbability { name, value }),
            None => Ok(()),
        }
    }
}

impl Config {
    /// Reads the configuration at `path`. Its pack folders come out relative to where the file is.
    ///
    /// # Errors
    /// [`ConfigError`] says what is wrong with it and what to do.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        let mut config: Self = toml::from_str(&text).map_err(|source| ConfigError::Invalid {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        if config.packs.is_empty() {
            return Err(ConfigError::NoPack { path: path.to_owned() });
        }
        config.matching.check()?;
        let folder = path.parent().unwrap_or(Path::new(""));
        for pack in &mut config.packs {
            *pack = folder.join(&*pack);
        }
        Ok(config)
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is missing or may not be read.
    #[error("cannot read the configuration {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is no TOML, or has settings that quoth does not know.
    #[error("the configuration {} is not valid", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// Its list of packs is empty.
    #[error("the configuration {} names no pack", path.display())]
    NoPack {
        /// The file.
        path: PathBuf,
    },
    /// A setting that has to be a probability is none.
    #[error("{name} is {value} in the configuration: it has to be above 0 and at most 1")]
    NoProbability {
        /// The setting.
        name: &'static str,
        /// Its value.
        value: f64,
    },
}
