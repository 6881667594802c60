//! [`Origin`]: where the value of a setting comes from.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

/// Where the value of a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "layer", rename_all = "snake_case")]
pub enum Origin {
    /// It was not set.
    Default,
    /// The configuration file.
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column, in characters from 1.
        column: usize,
    },
    /// An environment variable.
    Environment {
        /// Its name.
        variable: String,
    },
    /// A `--set` on the command line.
    Flag {
        /// The key that was set.
        key: String,
    },
    /// The file of a secret, named by a setting.
    SecretFile {
        /// The file.
        path: PathBuf,
        /// The origin of the setting that names it.
        named_by: Box<Origin>,
    },
    /// A systemd credential.
    Credential {
        /// Its file.
        path: PathBuf,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line, column } => {
                write!(f, "{}:{line}:{column}", path.display())
            }
            Self::Environment { variable } => write!(f, "environment variable {variable}"),
            Self::Flag { key } => write!(f, "flag --set {key}"),
            Self::SecretFile { path, named_by } => {
                write!(f, "{}, named by {named_by}", path.display())
            }
            Self::Credential { path } => write!(f, "credential {}", path.display()),
        }
    }
}
