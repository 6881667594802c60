//! `calibration.toml`: what `quoth calibrate` found for a pack, kept beside its files.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::atomic::{self, WriteError};
use crate::matching::calibration::SCORER_VERSION;
use crate::matching::recalibration::Recalibration;

/// Its name in the pack's folder.
pub const CALIBRATION_FILE: &str = "calibration.toml";

const HEADER: &str = "\
# Made by `quoth calibrate`. It holds for the very pack and version of quoth that it was made with;
# for others it is passed over, and `quoth calibrate` makes it anew.

";

/// A pack's calibration and what it was made for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalibrationFile {
    /// [`crate::knowledge::PackFiles::fingerprint`] of the pack.
    pub pack: String,
    /// [`SCORER_VERSION`] of the quoth that made it.
    pub scorer: u32,
    /// Share of questions that were assumed to have no answer, 0.0 to 1.0.
    pub unanswerable_share: f64,
    /// How the default is changed.
    pub change: Recalibration,
}

impl CalibrationFile {
    /// Whether it was made for a pack with this fingerprint and for this version of quoth.
    pub fn fits(&self, fingerprint: &str) -> bool {
        self.pack == fingerprint && self.scorer == SCORER_VERSION
    }
}

/// Reads the calibration in the pack's `folder`; `None` if there is none, or none that this version
/// understands: then the default holds.
///
/// # Errors
/// If it is there and cannot be read.
pub fn read(folder: &Path) -> io::Result<Option<CalibrationFile>> {
    match std::fs::read_to_string(folder.join(CALIBRATION_FILE)) {
        Ok(text) => Ok(toml::from_str(&text).ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes the calibration into the pack's `folder`, whole or not at all.
///
/// # Errors
/// [`WriteError`] if it cannot be written.
pub fn write(folder: &Path, file: &CalibrationFile) -> Result<(), WriteError> {
    // Numbers and strings always make TOML.
    let text = toml::to_string(file).unwrap_or_default();
    atomic::write(&folder.join(CALIBRATION_FILE), format!("{HEADER}{text}").as_bytes())
}
