//! The keys of `[[space]]` that are not settings of its behavior.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::conversation::PlaceId;

/// The platforms: the part of a place before its first colon.
pub(super) const PLATFORMS: [&str; 4] = ["discord", "matrix", "bridge", "console"];

/// The keys of a `[[space]]` that are not in [`SpaceSettings`](crate::conversation::SpaceSettings).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SpaceHeader {
    pub(super) name: String,
    pub(super) places: Vec<PlaceId>,
    pub(super) packs: Option<Vec<PathBuf>>,
}
