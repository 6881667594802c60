//! `[records]`: how records are kept.

use serde::{Deserialize, Serialize};

use super::secret::Secret;

/// How records are kept.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecordsSettings {
    /// Keys the hashes that stand in records instead of askers; at least 32 characters. Default:
    /// none, and a key file in the data folder is used.
    pub hash_key: Option<Secret>,
}
