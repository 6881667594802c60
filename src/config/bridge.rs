//! `[bridge]`: chat programs of your own.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Where chat programs of your own connect.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BridgeSettings {
    /// Path of a Unix socket, on which other programs speak JSON lines. Default: none, and there is
    /// no bridge.
    pub socket: Option<PathBuf>,
}
