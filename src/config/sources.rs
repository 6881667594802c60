//! [`Sources`]: the file, environment and flags of a configuration, kept for reading them again.

use std::path::{Path, PathBuf};

use super::effective::EffectiveSettings;
use super::environment::Environment;
use super::error::{ConfigError, Problem};
use super::layers::Layers;
use super::log::LogSettings;
use super::origin::Origin;
use super::reader::ConfigReader;
use super::redacted::{self, RedactedFile};
use super::secret_source;
use super::settings::Config;

/// The configuration file if none is named, in the working directory.
pub const DEFAULT_FILE: &str = "config/quoth.toml";

/// The configuration file if there is no [`DEFAULT_FILE`] either: that of a package, such as the one for Debian.
pub const SYSTEM_FILE: &str = "/etc/quoth/config/quoth.toml";

/// The sources of a configuration. [`Self::read`] can be called again when the file has changed.
#[derive(Clone)]
pub struct Sources {
    path: Option<PathBuf>,
    sets: Vec<String>,
    environment: Environment,
}

/// A configuration that was read as far as possible.
#[derive(Debug)]
pub struct PartialConfig {
    /// The settings. Those with problems have their defaults.
    pub config: Config,
    /// All problems, as [`ConfigError`] has them.
    pub problems: Vec<Problem>,
    /// Where the secrets come from that could be read, each with its key.
    pub secret_origins: Vec<(&'static str, Origin)>,
}

impl Sources {
    /// The file at `path`, else the first of [`DEFAULT_FILE`] and [`SYSTEM_FILE`] that exists; over it `environment`, and
    /// over that `sets`, each `KEY=VALUE` with dots between the levels of the key.
    pub fn new(path: Option<&Path>, sets: &[String], environment: Environment) -> Self {
        Self { path: path.map(Path::to_owned), sets: sets.to_vec(), environment }
    }

    /// The configuration file; `None` if none is named, and neither [`DEFAULT_FILE`] nor [`SYSTEM_FILE`] exists.
    pub fn file(&self) -> Option<PathBuf> {
        let mut defaults = [DEFAULT_FILE, SYSTEM_FILE].into_iter().map(PathBuf::from);
        self.path.clone().or_else(|| defaults.find(|path| path.exists()))
    }

    /// Reads the configuration.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem.
    pub fn read(&self) -> Result<Config, ConfigError> {
        Ok(self.read_layers()?.0)
    }

    /// Reads the settings of the log alone, so that the problems of a configuration can be logged as it
    /// says. Settings with problems have their defaults.
    pub fn read_log(&self) -> LogSettings {
        let mut problems = Vec::new();
        let file = self.file();
        let layers = Layers::read(file.as_deref(), &self.environment, &self.sets, &mut problems);
        ConfigReader::new(&layers, problems).log()
    }

    /// Reads the configuration with the origin of each value.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem.
    pub fn show(&self) -> Result<EffectiveSettings, ConfigError> {
        let (config, layers) = self.read_layers()?;
        Ok(EffectiveSettings::new(&config, &layers))
    }

    /// The text of the configuration file without secrets; `None` if there is no file, or none that can be read.
    pub fn redacted_file(&self) -> Option<RedactedFile> {
        redacted::redact(&std::fs::read_to_string(self.file()?).ok()?)
    }

    /// Reads as much of the configuration as can be read.
    pub fn read_partially(&self) -> PartialConfig {
        let (config, layers, problems) = self.read_with_problems();
        let problems = match ConfigError::ok_or_errors(problems, ()) {
            Ok(()) => Vec::new(),
            Err(error) => error.problems,
        };
        PartialConfig { config, problems, secret_origins: secret_source::origins(&layers) }
    }

    fn read_layers(&self) -> Result<(Config, Layers), ConfigError> {
        let (config, layers, problems) = self.read_with_problems();
        ConfigError::ok_or_errors(problems, config).map(|config| (config, layers))
    }

    fn read_with_problems(&self) -> (Config, Layers, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut layers =
            Layers::read(self.file().as_deref(), &self.environment, &self.sets, &mut problems);
        let credentials = self.environment.credentials();
        problems.extend(secret_source::resolve(&mut layers, credentials.as_deref()));
        let mut reader = ConfigReader::new(&layers, problems);
        let config = reader.config();
        let problems = reader.into_problems();
        (config, layers, problems)
    }
}

impl Config {
    /// Reads the configuration file at `path`, else the first of [`DEFAULT_FILE`] and [`SYSTEM_FILE`] that exists, the
    /// environment of this process, and `sets`: `KEY=VALUE`, with dots between the levels of the key.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem, its origin, and what to do.
    pub fn load(path: Option<&Path>, sets: &[String]) -> Result<Self, ConfigError> {
        Sources::new(path, sets, Environment::from_process()).read()
    }
}
