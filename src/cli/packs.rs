//! The packs that a command uses.

use std::path::PathBuf;

use anyhow::bail;

use super::config_args::ConfigArgs;
use crate::config::{DEFAULT_FILE, MatchingSettings};
use crate::matching::calibration::Calibration;
use crate::matching::{DecisionRule, Index};
use crate::service::packs::{self, PackCalibration};

/// `--pack`, for every command that reads packs.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct PackArgs {
    /// Use this pack folder instead of the configured packs; may be given several times.
    #[arg(long = "pack", value_name = "DIR")]
    pub(super) packs: Vec<PathBuf>,
}

/// The configuration's settings for matching.
pub(super) fn matching(config: &ConfigArgs) -> anyhow::Result<MatchingSettings> {
    Ok(config.read()?.matching)
}

/// The pack folders to use: those given, else those of the configuration.
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

/// An index and the rule by which outcomes are decided.
pub(super) struct LoadedIndex {
    pub(super) index: Index,
    pub(super) rule: DecisionRule,
}

/// Loads the packs and their calibration.
pub(super) fn open(args: &PackArgs, config: &ConfigArgs) -> anyhow::Result<LoadedIndex> {
    let folders = folders(&args.packs, config)?;
    let loaded = folders.iter().map(|folder| packs::load(folder)).collect::<Result<Vec<_>, _>>()?;
    let index = packs::index(&loaded, std::iter::empty())?;
    let calibration = match packs::calibration(&folders, &loaded)? {
        PackCalibration::Current(own) => *own,
        PackCalibration::None => Calibration::default(),
        PackCalibration::Stale { .. } => {
            tracing::warn!(
                "The calibration of the pack is stale and is ignored; run `quoth calibrate` to renew it"
            );
            Calibration::default()
        }
    };
    let thresholds = config.read()?.default_thresholds();
    Ok(LoadedIndex { index, rule: DecisionRule { calibration, thresholds } })
}
