//! Opening pack folders: read, proved, indexed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use crate::knowledge::finding::Rule;
use crate::knowledge::pack::FAQ_FILE;
use crate::knowledge::{self, EntryId, Finding, Pack, PackFiles, Proof};
use crate::matching::Index;
use crate::matching::calibration::Calibration;
use crate::matching::index::MAX_ENTRIES;
use crate::store::pack_files::ReadError;
use crate::store::{calibration_file, pack_files};

/// A proved pack.
#[derive(Debug, Clone)]
pub struct LoadedPack {
    /// The pack, without what is set aside.
    pub pack: Arc<Pack>,
    /// [`knowledge::PackFiles::fingerprint`] of its files.
    pub fingerprint: String,
    /// Ids of entries that are not answered with, since a quote of theirs is no longer in its
    /// source.
    pub disabled: Vec<EntryId>,
    /// The text of its `faq.toml`, by which the next state of it is compared.
    pub faq: Arc<str>,
}

/// The proved pack in `folder`.
///
/// # Errors
/// [`PackError`] if it cannot be read, or has errors.
pub fn load(folder: &Path) -> Result<LoadedPack, PackError> {
    let files = pack_files::read(folder)?;
    let fingerprint = files.fingerprint();
    verify(folder, &files, fingerprint, |_| false)
}

/// The pack in `folder` as a service takes it, which has to go on: where nothing but the sources
/// has changed since `before`, entries whose quotes are no longer in them are set aside. If nothing
/// has changed at all, it is what it was.
///
/// # Errors
/// [`PackError`] if it cannot be read, or has other errors.
pub fn load_lenient(folder: &Path, before: Option<&LoadedPack>) -> Result<LoadedPack, PackError> {
    let files = pack_files::read(folder)?;
    let fingerprint = files.fingerprint();
    if let Some(same) = before.filter(|before| before.fingerprint == fingerprint) {
        return Ok(same.clone());
    }
    let is_faq_new = before.is_some_and(|before| *before.faq != *faq_of(&files));
    verify(folder, &files, fingerprint, |rule| !is_faq_new && is_about_sources(rule))
}

/// Whether a change of the sources alone can break `rule`.
fn is_about_sources(rule: Rule) -> bool {
    matches!(rule, Rule::QuoteNotInSource | Rule::NoSuchParagraph)
}

/// Proves `files`, and sets aside what only breaks rules that are `forgiven`.
fn verify(
    folder: &Path,
    files: &PackFiles,
    fingerprint: String,
    forgiven: impl Fn(Rule) -> bool,
) -> Result<LoadedPack, PackError> {
    let start = Instant::now();
    let Proof { mut pack, unproved_ids: unproved, findings, .. } = knowledge::prove(files);
    let errors: Vec<&Finding> =
        findings.iter().filter(|found| found.is_error() && !forgiven(found.rule)).collect();
    if let Some(first) = errors.first() {
        return Err(PackError::Refused {
            folder: folder.to_owned(),
            message: first.message.clone(),
            file: first.file.clone(),
            n_errors: errors.len(),
        });
    }
    pack.entries.retain(|entry| !unproved.contains(&entry.id));
    let (n_entries, n_sources) = (pack.entries.len(), pack.sources.len());
    let millis = start.elapsed().as_millis();
    tracing::debug!(pack = %pack.name, n_entries, n_sources, millis, "Pack {} loaded", folder.display());
    let (pack, faq) = (Arc::new(pack), Arc::from(faq_of(files)));
    Ok(LoadedPack { pack, fingerprint, disabled: unproved, faq })
}

fn faq_of(files: &PackFiles) -> &str {
    files.text(FAQ_FILE).unwrap_or_default()
}

/// The index of `loaded` together.
///
/// # Errors
/// [`PackError::TooManyEntries`].
pub fn index(loaded: &[LoadedPack]) -> Result<Index, PackError> {
    let n_entries: usize = loaded.iter().map(|loaded| loaded.pack.entries.len()).sum();
    if n_entries > MAX_ENTRIES {
        return Err(PackError::TooManyEntries { n_entries });
    }
    let start = Instant::now();
    let index = Index::new(loaded.iter().map(|loaded| Arc::clone(&loaded.pack)).collect());
    let millis = start.elapsed().as_millis();
    let (n_phrasings, bytes) = (index.n_phrasings(), index.n_bytes());
    tracing::debug!(n_phrasings, millis, bytes, "Index built");
    Ok(index)
}

/// What the folders of packs hold of a calibration.
#[derive(Debug, Clone, PartialEq)]
pub enum PackCalibration {
    /// None that counts: there is none, or several packs are asked together.
    None,
    /// It fits.
    Current(Calibration),
    /// It was made for another state of the pack, or by another version of quoth.
    Stale {
        /// Share of questions that were assumed to have no answer, 0.0 to 1.0.
        unanswerable_share: f64,
    },
}

/// The calibration of packs that are asked together.
///
/// # Errors
/// [`PackError::Calibration`].
pub fn calibration(
    folders: &[PathBuf],
    loaded: &[LoadedPack],
) -> Result<PackCalibration, PackError> {
    let ([folder], [loaded]) = (folders, loaded) else { return Ok(PackCalibration::None) };
    let refused = |source| PackError::Calibration { folder: folder.to_owned(), source };
    Ok(match calibration_file::read(folder).map_err(refused)? {
        None => PackCalibration::None,
        Some(file) if file.fits(&loaded.fingerprint) => {
            PackCalibration::Current(file.change.calibration())
        }
        Some(file) => PackCalibration::Stale { unanswerable_share: file.unanswerable_share },
    })
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
