//! `quoth calibrate`: calibrates the confidence on a pack's own phrasings.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};

use super::config_args::ConfigArgs;
use super::packs::{self, PackArgs};
use super::terminal::Terminal;
use super::{Status, progress, reliability_table};
use crate::matching::Index;
use crate::matching::calibration::SCORER_VERSION;
use crate::matching::recalibration::{MAX_ASKED, MIN_QUESTIONS, Recalibration, collect_samples};
use crate::service::packs::load;
use crate::store::calibration_file::{self, CALIBRATION_FILE, CalibrationFile};

/// Arguments of `quoth calibrate`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    packs: PackArgs,
    /// Print the calibration without writing it.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &Args, config: &ConfigArgs, terminal: &Terminal) -> anyhow::Result<Status> {
    let share = packs::matching(config)?.unanswerable_share;
    for folder in packs::folders(&args.packs.packs, config)? {
        calibrate(&folder, share, args.dry_run, terminal)?;
    }
    Ok(Status::Success)
}

fn calibrate(
    folder: &Path,
    unanswerable_share: f64,
    is_dry_run: bool,
    terminal: &Terminal,
) -> anyhow::Result<()> {
    let loaded = load(folder)?;
    let index = Index::new(vec![Arc::clone(&loaded.pack)]);
    let n_asked = index.n_phrasings().min(MAX_ASKED);
    let bar = progress::bar(terminal, "Asking its own phrasings, each left out", n_asked);
    let questions = collect_samples(&index, MAX_ASKED, || bar.inc(1));
    bar.finish_and_clear();
    let Some(change) = Recalibration::fit(&questions, unanswerable_share) else {
        bail!(
            "the pack {} cannot be calibrated: it has fewer than {MIN_QUESTIONS} phrasings of entries \
             with several phrasings; the default calibration is used",
            folder.display()
        );
    };
    let file = CalibrationFile {
        pack: loaded.fingerprint,
        scorer: SCORER_VERSION,
        unanswerable_share,
        change,
    };
    if !is_dry_run {
        calibration_file::write(folder, &file)
            .with_context(|| format!("cannot write the calibration of {}", folder.display()))?;
    }
    let predictions = Recalibration::predictions(&questions, unanswerable_share);
    let action = if is_dry_run { "Would write" } else { "Wrote" };
    let text = format!(
        "{action} {}: log-odds of the first entry x {:.3} {:+.3}, of one of three x {:.3} {:+.3}.\n\
         Asked {} of its own phrasings, each left out; {:.0} % of questions are assumed to have no answer.\n\n{}",
        folder.join(CALIBRATION_FILE).display(),
        change.first.scale,
        change.first.shift,
        change.any.scale,
        change.any.shift,
        questions.len(),
        unanswerable_share * 100.0,
        reliability_table::render(&predictions),
    );
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}
