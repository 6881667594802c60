//! `[log]`: the log of the service.

use serde::{Deserialize, Serialize};

/// Settings of the log, which is on standard error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogSettings {
    /// Format of the lines. Default: `text`.
    pub format: LogFormat,
    /// Which events are logged, as directives of tracing's `EnvFilter`: `"info"`, or
    /// `"warn,quoth::service=debug"`. Default: `"info"`.
    pub level: String,
}

/// Format of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// Plain text.
    #[default]
    Text,
    /// One JSON object per line, for log collectors.
    Json,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: "info".to_owned() }
    }
}
