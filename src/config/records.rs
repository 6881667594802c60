//! `[records]`: the records.

use serde::{Deserialize, Serialize};

use super::secret::Secret;

/// Settings of the records.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecordsSettings {
    /// Key of the hashes that the records have instead of user ids; at least 32 characters. Default:
    /// none; then a key file in the data folder is used.
    pub hash_key: Option<Secret>,
}
