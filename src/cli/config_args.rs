//! The arguments that select the configuration.

use std::path::{Path, PathBuf};

use crate::config::{Config, ConfigError, Environment, Sources};

/// `--config` and `--set`, for every command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct ConfigArgs {
    /// The configuration file [default: config/quoth.toml here, else /etc/quoth/config/quoth.toml].
    #[arg(long, global = true, value_name = "FILE", env = "QUOTH_CONFIG")]
    config: Option<PathBuf>,
    /// Override a setting of the environment and the configuration file, like
    /// `--set http.is_on=false`; may be given several times.
    #[arg(long = "set", global = true, value_name = "KEY=VALUE")]
    sets: Vec<String>,
}

impl ConfigArgs {
    /// The sources of the configuration, including this process's environment.
    pub(super) fn sources(&self) -> Sources {
        Sources::new(self.config.as_deref(), &self.sets, Environment::from_process())
    }

    /// The same with another configuration file.
    pub(super) fn sources_with_file(&self, file: &Path) -> Sources {
        Sources::new(Some(file), &self.sets, Environment::from_process())
    }

    /// Reads the configuration.
    pub(super) fn read(&self) -> Result<Config, ConfigError> {
        self.sources().read()
    }
}
