//! `[bridge]`: the bridge to chat programs of the operator.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Settings of the bridge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BridgeSettings {
    /// Path of a Unix socket on which other programs exchange JSON lines with quoth. Default: none;
    /// then there is no bridge.
    pub socket: Option<PathBuf>,
    /// Permissions of the socket in octal digits, as for chmod. Default: `"0600"`, for its owner only.
    pub socket_mode: String,
}

impl Default for BridgeSettings {
    fn default() -> Self {
        Self { socket: None, socket_mode: "0600".to_owned() }
    }
}

impl BridgeSettings {
    /// The permissions of the socket; `None` if they are invalid. quoth itself has to be able to open it.
    pub fn mode(&self) -> Option<u32> {
        let digits = self.socket_mode.strip_prefix('0').unwrap_or(&self.socket_mode);
        let mode = u32::from_str_radix(digits, 8).ok()?;
        (digits.len() == 3 && mode & 0o600 == 0o600).then_some(mode)
    }
}
