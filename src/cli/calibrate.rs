//! `quoth calibrate`: calibrates the confidence on a pack's own phrasings.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};

use super::config_args::ConfigArgs;
use super::packs::{self, PackArgs};
use super::terminal::Terminal;
use super::{Status, progress, reliability_table};
use crate::config::MatchingSettings;
use crate::matching::Index;
use crate::matching::calibration::SCORER_VERSION;
use crate::matching::recalibration::{
    DecisionShares, MAX_ASKED, MIN_QUESTIONS, NotCalibrated, Recalibration, collect_samples,
};
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
    let matching = packs::matching(config)?;
    for folder in packs::folders(&args.packs.packs, config)? {
        calibrate(&folder, &matching, args.dry_run, terminal)?;
    }
    Ok(Status::Success)
}

fn calibrate(
    folder: &Path,
    matching: &MatchingSettings,
    is_dry_run: bool,
    terminal: &Terminal,
) -> anyhow::Result<()> {
    let (unanswerable_share, thresholds) = (matching.unanswerable_share, &matching.thresholds());
    let loaded = load(folder)?;
    let index = Index::new(vec![Arc::clone(&loaded.pack)]);
    let n_asked = index.n_phrasings().min(MAX_ASKED);
    let bar = progress::bar(terminal, "Asking its own phrasings, each left out", n_asked);
    let questions = collect_samples(&index, MAX_ASKED, || bar.inc(1));
    bar.finish_and_clear();
    let calibrated = match Recalibration::fit(&questions, unanswerable_share, thresholds) {
        Ok(calibrated) => calibrated,
        Err(NotCalibrated::TooFewQuestions { answerable, unanswerable }) => bail!(
            "the pack {} cannot be calibrated: its own phrasings make {answerable} questions that something \
             answers and {unanswerable} that nothing does, and a calibration needs {MIN_QUESTIONS} of each; \
             the default calibration is used",
            folder.display()
        ),
        Err(NotCalibrated::NotBetter { default, calibrated }) => {
            if !is_dry_run {
                calibration_file::remove(folder).with_context(|| {
                    format!("cannot remove the calibration of {}", folder.display())
                })?;
            }
            let text = format!(
                "{} keeps the default calibration: its own would not decide clearly better.\n\n{}",
                folder.display(),
                comparison(&default, &calibrated)
            );
            std::io::stdout().write_all(text.as_bytes())?;
            return Ok(());
        }
    };
    let change = calibrated.change;
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
    let action = if is_dry_run { "Would write" } else { "Wrote" };
    let text = format!(
        "{action} {}: log-odds of the first entry x {:.3} {:+.3}, of one of three x {:.3} {:+.3}.\n\
         Asked {} questions made of its own phrasings, with phrasing or entry left out; {:.0} % of questions are assumed to have no answer.\n\n{}\n{}",
        folder.join(CALIBRATION_FILE).display(),
        change.first.scale,
        change.first.shift,
        change.any.scale,
        change.any.shift,
        questions.len(),
        unanswerable_share * 100.0,
        comparison(&calibrated.default, &calibrated.calibrated),
        reliability_table::render(&calibrated.predictions),
    );
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}

/// What the default and the calibration decide of the pack's own phrasings.
fn comparison(default: &DecisionShares, calibrated: &DecisionShares) -> String {
    type Share = fn(&DecisionShares) -> f64;
    let rows: [(&str, Share); 5] = [
        ("answered rightly", |it| it.right),
        ("answered wrongly", |it| it.wrong),
        ("suggested with the right entry", |it| it.suggested),
        ("answered though nothing does", |it| it.falsely_answered),
        ("suggested though nothing answers", |it| it.falsely_suggested),
    ];
    let mut text = format!("{:<34}{:>9}{:>12}\n", "OF ITS OWN PHRASINGS", "default", "calibrated");
    for (label, share) in rows {
        let [default, calibrated] = [default, calibrated].map(|shares| share(shares) * 100.0);
        text.push_str(&format!("{label:<34}{default:>7.1} %{calibrated:>10.1} %\n"));
    }
    text
}
