//! `[bridge]`: the bridge to chat programs of the operator.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Settings of the bridge.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BridgeSettings {
    /// Path of a Unix socket on which other programs exchange JSON lines with quoth. Default: none;
    /// then there is no bridge.
    pub socket: Option<PathBuf>,
}
