//! `[log]`: what the service writes down about itself.

use serde::{Deserialize, Serialize};

/// What the service writes down about itself, on standard error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogSettings {
    /// How lines look. Default: `text`.
    pub format: LogFormat,
    /// What is written, as directives of tracing's filter: `"info"`, or
    /// `"warn,quoth::service=debug"`. Default: `"info"`.
    pub level: String,
}

/// How lines of the log look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for programs that collect logs.
    Json,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: "info".to_owned() }
    }
}
