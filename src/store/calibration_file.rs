//! `calibration.toml`: the calibration that `quoth calibrate` writes to a pack's folder.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::atomic::{self, WriteError};
use crate::matching::calibration::SCORER_VERSION;
use crate::matching::recalibration::Recalibration;

/// The name of the file in the pack's folder.
pub const CALIBRATION_FILE: &str = "calibration.toml";

const HEADER: &str = "\
# Made by `quoth calibrate`, for the exact state of the pack and the version of quoth at that time.
# For others it is ignored; run `quoth calibrate` again to replace it.

";

/// A pack's calibration, with the pack and version that it applies to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalibrationFile {
    /// [`crate::knowledge::PackFiles::fingerprint`] of the pack.
    pub pack: String,
    /// [`SCORER_VERSION`] of the version of quoth that made it.
    pub scorer: u32,
    /// Assumed share of questions without an answer, 0.0 to 1.0.
    pub unanswerable_share: f64,
    /// The change of the default calibration.
    pub change: Recalibration,
}

impl CalibrationFile {
    /// Whether it applies to a pack with this fingerprint in this version of quoth.
    pub fn fits(&self, fingerprint: &str) -> bool {
        self.pack == fingerprint && self.scorer == SCORER_VERSION
    }
}

/// Reads the calibration in the pack's `folder`. `None` if the file is missing or invalid for this
/// version; then the default calibration applies.
///
/// # Errors
/// If the file exists and cannot be read.
pub fn read(folder: &Path) -> io::Result<Option<CalibrationFile>> {
    match std::fs::read_to_string(folder.join(CALIBRATION_FILE)) {
        Ok(text) => Ok(toml::from_str(&text).ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes the calibration from the pack's `folder`; whether there was one.
///
/// # Errors
/// If the file exists and cannot be removed.
pub fn remove(folder: &Path) -> io::Result<bool> {
    match std::fs::remove_file(folder.join(CALIBRATION_FILE)) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Writes the calibration to the pack's `folder`, atomically.
///
/// # Errors
/// [`WriteError`] if the file cannot be written.
pub fn write(folder: &Path, file: &CalibrationFile) -> Result<(), WriteError> {
    // Numbers and strings can always be serialized as TOML.
    let text = toml::to_string(file).unwrap_or_default();
    atomic::write(&folder.join(CALIBRATION_FILE), format!("{HEADER}{text}").as_bytes())
}
