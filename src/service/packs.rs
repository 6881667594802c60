//! Opening pack folders: read, proved, indexed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use crate::knowledge::{self, Finding, Pack, PackFiles};
use crate::matching::Index;
use crate::matching::calibration::Calibration;
use crate::matching::index::MAX_ENTRIES;
use crate::store::pack_files::ReadError;
use crate::store::{calibration_file, pack_files};

/// What answering takes, apart from how sure one wants to be.
pub struct Opened {
    /// What is searched.
    pub index: Index,
    /// From evidence to probabilities.
    pub calibration: Calibration,
}

/// Opens packs to be asked together. A single pack's own calibration holds if it fits; several packs
/// are asked together, for which the default holds.
///
/// # Errors
/// [`PackError`] says which pack cannot be served, why, and what to do.
pub fn open(folders: &[PathBuf]) -> Result<Opened, PackError> {
    let loaded = folders.iter().map(|folder| load(folder)).collect::<Result<Vec<_>, _>>()?;
    let n_entries: usize = loaded.iter().map(|loaded| loaded.pack.entries.len()).sum();
    if n_entries > MAX_ENTRIES {
        return Err(PackError::TooManyEntries { n_entries });
    }
    let own = match (folders, loaded.as_slice()) {
        ([folder], [loaded]) => own_calibration(folder, loaded)?,
        _ => None,
    };
    let start = Instant::now();
    let index = Index::new(loaded.into_iter().map(|loaded| loaded.pack).collect());
    let millis = start.elapsed().as_millis();
    let (n_phrasings, bytes) = (index.n_phrasings(), index.n_bytes());
    tracing::debug!(n_phrasings, millis, bytes, "Index built");
    Ok(Opened { index, calibration: own.unwrap_or_default() })
}

fn own_calibration(folder: &Path, loaded: &Loaded) -> Result<Option<Calibration>, PackError> {
    let refused = |source| PackError::Calibration { folder: folder.to_owned(), source };
    let Some(file) = calibration_file::read(folder).map_err(refused)? else { return Ok(None) };
    if !file.fits(&loaded.files.fingerprint()) {
        tracing::warn!(
            "The calibration of {} is of another state of it and is passed over; `quoth calibrate` \
             makes it anew",
            folder.display()
        );
        return Ok(None);
    }
    Ok(Some(file.change.calibration()))
}

/// A proved pack and its files.
pub struct Loaded {
    /// The pack.
    pub pack: Arc<Pack>,
    /// What it was made of.
    pub files: PackFiles,
}

/// The proved pack in `folder`.
///
/// # Errors
/// [`PackError`] if it cannot be read, or is refused.
pub fn load(folder: &Path) -> Result<Loaded, PackError> {
    let start = Instant::now();
    let files = pack_files::read(folder)?;
    let proof = knowledge::prove(&files);
    let errors: Vec<&Finding> = proof.findings.iter().filter(|f| f.is_error()).collect();
    if let Some(first) = errors.first() {
        return Err(PackError::Refused {
            folder: folder.to_owned(),
            message: first.message.clone(),
            file: first.file.clone(),
            n_errors: errors.len(),
        });
    }
    let (n_entries, n_sources) = (proof.pack.entries.len(), proof.pack.sources.len());
    let millis = start.elapsed().as_millis();
    tracing::debug!(pack = %proof.pack.name, n_entries, n_sources, millis, "Pack {} loaded", folder.display());
    Ok(Loaded { pack: Arc::new(proof.pack), files })
}

/// Why packs cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// A folder or a file of it cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A pack has errors.
    #[error(
        "the pack {} is refused: {message} in {file} (errors: {n_errors}); `quoth check {0}` says what to do",
        folder.display()
    )]
    Refused {
        /// Its folder.
        folder: PathBuf,
        /// The first error.
        message: String,
        /// The file that it is in.
        file: String,
        /// How many there are.
        n_errors: usize,
    },
    /// Its calibration is there and cannot be read.
    #[error("cannot read the calibration of {}", folder.display())]
    Calibration {
        /// The pack's folder.
        folder: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// More than an index holds.
    #[error("the packs have {n_entries} entries together, more than {MAX_ENTRIES}: serve fewer")]
    TooManyEntries {
        /// How many.
        n_entries: usize,
    },
}
