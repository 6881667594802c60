//! What a configuration is read from, kept so that it can be read again.

use std::path::{Path, PathBuf};

use super::effective::EffectiveSettings;
use super::environment::Environment;
use super::error::ConfigError;
use super::layers::Layers;
use super::secret;
use super::{Config, reader::ConfigReader};

/// Where the configuration file is looked for when nobody names it.
pub const DEFAULT_FILE: &str = "config/quoth.toml";

/// What a configuration is read from. [`Self::read`] can be called as often as the file changes.
#[derive(Clone)]
pub struct Sources {
    path: Option<PathBuf>,
    pub(super) sets: Vec<String>,
    pub(super) environment: Environment,
}

impl Sources {
    /// The file at `path`, else [`DEFAULT_FILE`] if it is there; over it the environment, and over
    /// that `sets`, each `KEY=VALUE` with dots between the levels of the key.
    pub fn new(path: Option<&Path>, sets: &[String], environment: Environment) -> Self {
        Self { path: path.map(Path::to_owned), sets: sets.to_vec(), environment }
    }

    /// The file that is read; `None` if none is named and there is none where it is looked for.
    pub fn file(&self) -> Option<PathBuf> {
        let default = || Some(PathBuf::from(DEFAULT_FILE)).filter(|path| path.exists());
        self.path.clone().or_else(default)
    }

    /// Reads the configuration.
    ///
    /// # Errors
    /// [`ConfigError`] has everything that is wrong.
    pub fn read(&self) -> Result<Config, ConfigError> {
        Ok(self.read_layers()?.0)
    }

    /// Reads the configuration, with where each of its values came from.
    ///
    /// # Errors
    /// [`ConfigError`] has everything that is wrong.
    pub fn show(&self) -> Result<EffectiveSettings, ConfigError> {
        let (config, layers) = self.read_layers()?;
        Ok(EffectiveSettings::new(&config, &layers))
    }

    fn read_layers(&self) -> Result<(Config, Layers), ConfigError> {
        let mut problems = Vec::new();
        let mut layers = Layers::read(self, &mut problems);
        problems.extend(secret::resolve(&mut layers, self.environment.credentials().as_deref()));
        let mut reader = ConfigReader::new(&layers, problems);
        let config = reader.config();
        ConfigError::ok_or_errors(reader.into_problems(), config).map(|config| (config, layers))
    }
}
