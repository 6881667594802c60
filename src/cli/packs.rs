//! Which packs a command works with.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::config_args::ConfigArgs;
use crate::config::{DEFAULT_FILE, Matching};
use crate::knowledge::{self, Finding, Pack, PackFiles};
use crate::matching::calibration::Calibration;
use crate::matching::index::MAX_ENTRIES;
use crate::matching::{DecisionRule, Index};
use crate::store::{calibration_file, pack_files};
use anyhow::{Context, bail};

/// `--pack`, for every command that reads packs.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct PackArgs {
    /// A pack folder, instead of the packs of the configuration; may be given several times.
    #[arg(long = "pack", value_name = "DIR")]
    pub(super) packs: Vec<PathBuf>,
}

/// When to answer, by the configuration.
pub(super) fn matching(config: &ConfigArgs) -> anyhow::Result<Matching> {
    Ok(config.read()?.matching)
}

/// The folders to use: those given, else those of the configuration.
pub(super) fn folders(given: &[PathBuf], config: &ConfigArgs) -> anyhow::Result<Vec<PathBuf>> {
    if !given.is_empty() {
        return Ok(given.to_vec());
    }
    let packs = config.read()?.packs;
    if packs.is_empty() {
        bail!(
            "no pack to use: give --pack DIR, run where there is a {DEFAULT_FILE}, or set `packs` in the configuration"
        );
    }
    Ok(packs)
}

/// What answering takes.
pub(super) struct Opened {
    pub(super) index: Index,
    pub(super) rule: DecisionRule,
}

/// Opens the packs to use. A single pack's own calibration holds if it fits; several packs are
/// asked together, for which the default holds.
pub(super) fn open(args: &PackArgs, config: &ConfigArgs) -> anyhow::Result<Opened> {
    let folders = folders(&args.packs, config)?;
    let loaded =
        folders.iter().map(|folder| load(folder)).collect::<anyhow::Result<Vec<Loaded>>>()?;
    let n_entries: usize = loaded.iter().map(|loaded| loaded.pack.entries.len()).sum();
    if n_entries > MAX_ENTRIES {
        bail!("the packs have {n_entries} entries together, more than {MAX_ENTRIES}: serve fewer");
    }
    let own = match (folders.as_slice(), loaded.as_slice()) {
        ([folder], [loaded]) => own_calibration(folder, loaded)?,
        _ => None,
    };
    let rule = DecisionRule {
        calibration: own.unwrap_or_default(),
        thresholds: matching(config)?.thresholds(),
    };
    let start = Instant::now();
    let index = Index::new(loaded.into_iter().map(|loaded| loaded.pack).collect());
    let millis = start.elapsed().as_millis();
    let (n_phrasings, bytes) = (index.n_phrasings(), index.n_bytes());
    tracing::debug!(n_phrasings, millis, bytes, "Index built");
    Ok(Opened { index, rule })
}

fn own_calibration(folder: &Path, loaded: &Loaded) -> anyhow::Result<Option<Calibration>> {
    let file = calibration_file::read(folder)
        .with_context(|| format!("cannot read the calibration of {}", folder.display()))?;
    let Some(file) = file else { return Ok(None) };
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
pub(super) struct Loaded {
    pub(super) pack: Arc<Pack>,
    pub(super) files: PackFiles,
}

/// The proved pack in `folder`.
pub(super) fn load(folder: &Path) -> anyhow::Result<Loaded> {
    let start = Instant::now();
    let files = pack_files::read(folder)?;
    let proof = knowledge::prove(&files);
    let errors: Vec<&Finding> = proof.findings.iter().filter(|f| f.is_error()).collect();
    if let Some(first) = errors.first() {
        bail!(
            "the pack {} is refused: {} in {} (errors: {}); `quoth check {0}` says what to do",
            folder.display(),
            first.message,
            first.file,
            errors.len(),
        );
    }
    let (n_entries, n_sources) = (proof.pack.entries.len(), proof.pack.sources.len());
    let millis = start.elapsed().as_millis();
    tracing::debug!(pack = %proof.pack.name, n_entries, n_sources, millis, "Pack {} loaded", folder.display());
    Ok(Loaded { pack: Arc::new(proof.pack), files })
}
