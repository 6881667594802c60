//! A space: what is served where, and how quoth behaves there.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::conversation::{PlaceId, SpaceSettings};

/// The name of the space in which everything is that no `[[space]]` holds.
pub const DEFAULT_SPACE: &str = "default";

/// What the name of a place can start with, up to its first colon.
pub(super) const PLATFORMS: [&str; 4] = ["discord", "matrix", "bridge", "console"];

/// A space with all that holds for it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Space {
    /// Its name, by which records know it.
    pub name: String,
    /// Where it is; none for the default space, which is everywhere else.
    pub places: Vec<PlaceId>,
    /// Pack folders, in order.
    pub packs: Vec<PathBuf>,
    /// How quoth behaves in it.
    #[serde(flatten)]
    pub settings: SpaceSettings,
}

/// What a `[[space]]` says besides how quoth behaves.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SpaceHead {
    pub(super) name: String,
    pub(super) places: Vec<PlaceId>,
    pub(super) packs: Option<Vec<PathBuf>>,
}
