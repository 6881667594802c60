//! Loads pack folders: reads, checks and indexes them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use crate::knowledge::finding::Rule;
use crate::knowledge::pack::FAQ_FILE;
use crate::knowledge::{CuratedTexts, EntryId, Finding, Pack, PackFiles, Proof, ProvedPack};
use crate::matching::Index;
use crate::matching::calibration::Calibration;
use crate::matching::index::MAX_ENTRIES;
use crate::store::pack_files::ReadError;
use crate::store::records::AcceptedTexts;
use crate::store::{calibration_file, pack_files};

/// A pack that was read and checked.
#[derive(Debug, Clone)]
pub struct LoadedPack {
    /// The pack, without its disabled entries.
    pub pack: Arc<Pack>,
    /// [`PackFiles::fingerprint`] of its files.
    pub fingerprint: String,
    /// Ids of entries that are disabled, because a quote of theirs is no longer in its source.
    pub disabled: Vec<EntryId>,
    /// The texts that moderators edit, to find what the next version of them changes.
    pub texts: CuratedTexts,
    /// The same pack, by which the next version is proved; `None` if entries are disabled.
    pub proved: Option<ProvedPack>,
}

/// Loads the pack in `folder`.
///
/// # Errors
/// [`PackError`] if it cannot be read, or has errors.
pub fn load(folder: &Path) -> Result<LoadedPack, PackError> {
    let files = pack_files::read(folder)?;
    let fingerprint = files.fingerprint();
    verify(folder, &files, fingerprint, &[], |_| false)
}

/// Checks the pack `files` in `folder`, as for [`load`].
///
/// # Errors
/// [`PackError::Rejected`] if it has errors.
pub fn check(folder: &Path, files: &PackFiles) -> Result<(), PackError> {
    verify(folder, files, String::new(), &[], |_| false).map(drop)
}

/// Loads the pack in `folder` for a running service. If `faq.toml` has not changed since
/// `previous`, entries whose quotes are no longer in them are disabled instead of rejecting the pack.
/// If nothing has changed, returns `previous`. What the pack has in common with that, or with a pack in `prepared`, is not
/// proved again.
///
/// # Errors
/// [`PackError`] if it cannot be read, or has other errors.
pub fn load_lenient(
    folder: &Path,
    previous: Option<&LoadedPack>,
    prepared: &[ProvedPack],
) -> Result<LoadedPack, PackError> {
    let files = pack_files::read(folder)?;
    let fingerprint = files.fingerprint();
    if let Some(same) = previous.filter(|previous| previous.fingerprint == fingerprint) {
        return Ok(same.clone());
    }
    let is_faq_new = previous.is_some_and(|previous| *previous.texts.faq != *faq_of(&files));
    let previous = previous.and_then(|previous| previous.proved.clone());
    let known: Vec<ProvedPack> = prepared.iter().cloned().chain(previous).collect();
    verify(folder, &files, fingerprint, &known, |rule| !is_faq_new && is_about_sources(rule))
}

/// Loads the pack in `folder` at the start of a service; see
/// [`KnowledgeBase::open_again`](super::KnowledgeBase::open_again). If the pack that was served last is
/// returned, the error says why.
///
/// # Errors
/// [`PackError`] if it cannot be read, or has errors and was not served before.
pub fn load_again(
    folder: &Path,
    accepted: &HashMap<String, AcceptedTexts>,
) -> Result<(LoadedPack, Option<PackError>), PackError> {
    let files = pack_files::read(folder)?;
    let texts = CuratedTexts::of(&files);
    let accepted = accepted.get(&files.name).map(|accepted| accepted.completed_by(&texts));
    let is_faq_new = accepted.as_ref().is_none_or(|accepted| accepted.faq != texts.faq);
    let is_tolerated = |rule| !is_faq_new && is_about_sources(rule);
    let verified = verify(folder, &files, files.fingerprint(), &[], is_tolerated);
    let (rejected, accepted) = match (verified, accepted) {
        (Ok(loaded), _) => return Ok((loaded, None)),
        (Err(error), Some(accepted)) if accepted != texts => (error, accepted),
        (Err(error), _) => return Err(error),
    };
    let served = accepted.put_into(&files);
    match verify(folder, &served, served.fingerprint(), &[], is_about_sources) {
        Ok(loaded) => Ok((loaded, Some(rejected))),
        Err(_) => Err(rejected),
    }
}

/// Whether a change of the sources alone can violate `rule`.
fn is_about_sources(rule: Rule) -> bool {
    matches!(rule, Rule::QuoteNotInSource | Rule::NoSuchParagraph)
}

/// Checks `files`; what they have in common with the `known` packs is not proved again. Entries that violate only rules
/// that `is_tolerated` accepts are disabled.
fn verify(
    folder: &Path,
    files: &PackFiles,
    fingerprint: String,
    known: &[ProvedPack],
    is_tolerated: impl Fn(Rule) -> bool,
) -> Result<LoadedPack, PackError> {
    let start = Instant::now();
    let loaded = match ProvedPack::prove(files, known) {
        Ok(proved) => LoadedPack {
            pack: Arc::clone(proved.pack()),
            fingerprint,
            disabled: Vec::new(),
            texts: CuratedTexts::of(files),
            proved: Some(proved),
        },
        Err(proof) => without_unproved(folder, files, fingerprint, *proof, is_tolerated)?,
    };
    let pack = &loaded.pack;
    let (n_entries, n_sources) = (pack.entries.len(), pack.sources.len());
    let millis = start.elapsed().as_millis();
    tracing::debug!(pack = %pack.name, n_entries, n_sources, millis, "Pack {} loaded", folder.display());
    Ok(loaded)
}

/// The pack of `files` without the entries that violate rules, if `is_tolerated` accepts all of these.
fn without_unproved(
    folder: &Path,
    files: &PackFiles,
    fingerprint: String,
    Proof { mut pack, unproved_ids, findings, .. }: Proof,
    is_tolerated: impl Fn(Rule) -> bool,
) -> Result<LoadedPack, PackError> {
    let errors: Vec<&Finding> =
        findings.iter().filter(|it| it.is_error() && !is_tolerated(it.rule)).collect();
    if let Some(first) = errors.first() {
        return Err(PackError::Rejected {
            folder: folder.to_owned(),
            message: first.message.clone(),
            file: first.file.clone(),
            n_errors: errors.len(),
        });
    }
    pack.entries.retain(|entry| !unproved_ids.contains(&entry.id));
    let (pack, texts) = (Arc::new(pack), CuratedTexts::of(files));
    Ok(LoadedPack { pack, fingerprint, disabled: unproved_ids, texts, proved: None })
}

fn faq_of(files: &PackFiles) -> &str {
    files.text(FAQ_FILE).unwrap_or_default()
}

/// Builds one index of the packs `loaded`. Of packs that `existing` indexes have, it takes the parts of these.
///
/// # Errors
/// [`PackError::TooManyEntries`] or [`PackError::SameName`].
pub fn index<'e>(
    loaded: &[LoadedPack],
    existing: impl Iterator<Item = &'e Index> + Clone,
) -> Result<Index, PackError> {
    for (number, one) in loaded.iter().enumerate() {
        let earlier = loaded.iter().take(number);
        if let Some(name) = earlier.map(|it| &it.pack.name).find(|name| **name == one.pack.name) {
            return Err(PackError::SameName { name: name.clone() });
        }
    }
    let n_entries: usize = loaded.iter().map(|loaded| loaded.pack.entries.len()).sum();
    if n_entries > MAX_ENTRIES {
        return Err(PackError::TooManyEntries { n_entries });
    }
    let start = Instant::now();
    let packs = loaded.iter().map(|loaded| Arc::clone(&loaded.pack)).collect();
    let index = Index::with_parts_of(packs, existing);
    let millis = start.elapsed().as_millis();
    let (n_phrasings, bytes) = (index.n_phrasings(), index.n_bytes());
    tracing::debug!(n_phrasings, millis, bytes, "Index built");
    Ok(index)
}

/// The calibration that belongs to a list of packs.
#[derive(Debug, Clone, PartialEq)]
pub enum PackCalibration {
    /// None: the folder has no calibration file, or there are several packs.
    None,
    /// It was made for this state of the pack.
    Current(Box<Calibration>),
    /// It was made for another state of the pack, or by another version of quoth.
    Stale {
        /// Share of unanswerable questions that it assumes, 0.0 to 1.0.
        unanswerable_share: f64,
    },
}

/// Reads the calibration of packs that share an index.
///
/// # Errors
/// [`PackError::Calibration`].
pub fn calibration(
    folders: &[PathBuf],
    loaded: &[LoadedPack],
) -> Result<PackCalibration, PackError> {
    let ([folder], [loaded]) = (folders, loaded) else { return Ok(PackCalibration::None) };
    let error = |source| PackError::Calibration { folder: folder.to_owned(), source };
    Ok(match calibration_file::read(folder).map_err(error)? {
        None => PackCalibration::None,
        Some(file) if file.fits(&loaded.fingerprint) => {
            PackCalibration::Current(Box::new(file.change.calibration()))
        }
        Some(file) => PackCalibration::Stale { unanswerable_share: file.unanswerable_share },
    })
}

/// Why packs cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// A folder or a file in it cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A pack has errors.
    #[error(
        "the pack {} is rejected: {message} in {file} (errors: {n_errors}); `quoth check {0}` says what to do",
        folder.display()
    )]
    Rejected {
        /// Its folder.
        folder: PathBuf,
        /// The first error.
        message: String,
        /// The file with the first error.
        file: String,
        /// Number of errors.
        n_errors: usize,
    },
    /// A calibration file exists and cannot be read.
    #[error("cannot read the calibration of {}", folder.display())]
    Calibration {
        /// The pack's folder.
        folder: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// Two packs of one space have folders of the same name. Their entries would have the same ids.
    #[error(
        "two pack folders are called {name}: rename one of them, since entries are identified by the names of their folders where a space has several packs"
    )]
    SameName {
        /// The name.
        name: String,
    },
    /// The packs have more entries than an index can hold.
    #[error("the packs have {n_entries} entries together, more than {MAX_ENTRIES}: serve fewer")]
    TooManyEntries {
        /// Number of entries.
        n_entries: usize,
    },
}
