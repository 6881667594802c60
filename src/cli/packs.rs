//! Which packs a command works with.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::knowledge::{self, Finding, Pack};
use crate::matching::Index;
use crate::store::pack_files;

/// Where the configuration is looked for when nobody names it.
const DEFAULT_CONFIG: &str = "config/quoth.toml";

/// `--pack`, for every command that reads packs.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct PackArgs {
    /// A pack folder, instead of the packs of the configuration; may be given several times.
    #[arg(long = "pack", value_name = "DIR")]
    pub(super) packs: Vec<PathBuf>,
}

/// The part of the configuration that says which packs are served.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    /// Pack folders, relative to the folder of the configuration file.
    packs: Vec<PathBuf>,
}

/// The folders to use: those given, else those of the configuration.
pub(super) fn folders(given: &[PathBuf], config: Option<&Path>) -> anyhow::Result<Vec<PathBuf>> {
    if !given.is_empty() {
        return Ok(given.to_vec());
    }
    let path = config.unwrap_or(Path::new(DEFAULT_CONFIG));
    if config.is_none() && !path.exists() {
        bail!("no pack to use: give --pack DIR, or run where there is a {DEFAULT_CONFIG}");
    }
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the configuration {}", path.display()))?;
    let config: Config = toml::from_str(&text)
        .with_context(|| format!("the configuration {} is not valid", path.display()))?;
    if config.packs.is_empty() {
        bail!("the configuration {} names no pack", path.display());
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    Ok(config.packs.iter().map(|pack| tidy(folder.join(pack))).collect())
}

/// The path without detours like `config/../`, if it then still leads to the same folder.
fn tidy(path: PathBuf) -> PathBuf {
    let mut short = PathBuf::new();
    for part in path.components() {
        let is_detour = part == Component::ParentDir
            && matches!(short.components().next_back(), Some(Component::Normal(_)));
        if is_detour {
            short.pop();
        } else {
            short.push(part);
        }
    }
    let is_same =
        short.canonicalize().ok().is_some_and(|it| path.canonicalize().is_ok_and(|p| p == it));
    if is_same { short } else { path }
}

/// The index of the packs to use.
pub(super) fn index(given: &[PathBuf], config: Option<&Path>) -> anyhow::Result<Index> {
    let packs = folders(given, config)?.into_iter().map(|folder| load(&folder));
    let packs = packs.collect::<anyhow::Result<_>>()?;
    let start = Instant::now();
    let index = Index::new(packs);
    let millis = start.elapsed().as_millis();
    let (n_phrasings, bytes) = (index.n_phrasings(), index.n_bytes());
    tracing::debug!(n_phrasings, millis, bytes, "Index built");
    Ok(index)
}

/// The proved pack in `folder`.
fn load(folder: &Path) -> anyhow::Result<Arc<Pack>> {
    let start = Instant::now();
    let proof = knowledge::prove(&pack_files::read(folder)?);
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
    Ok(Arc::new(proof.pack))
}
