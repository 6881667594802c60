//! `[[space]]`, apart from how quoth behaves there.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::conversation::PlaceId;

/// What the name of a place can start with, up to its first colon.
pub(super) const PLATFORMS: [&str; 4] = ["discord", "matrix", "bridge", "console"];

/// What a `[[space]]` says besides how quoth behaves.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SpaceHeader {
    pub(super) name: String,
    pub(super) places: Vec<PlaceId>,
    pub(super) packs: Option<Vec<PathBuf>>,
}
