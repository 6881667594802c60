//! `quoth check`: proves packs and says what is wrong.

use std::path::{Path, PathBuf};

use super::packs::{self, PackArgs};
use super::report::{self, PackReport};
use super::terminal::Terminal;
use super::{Status, progress};
use crate::knowledge::lint::lint;
use crate::knowledge::{Finding, PackFiles, Rule, prove};
use crate::store::pack_files;

/// Arguments of `quoth check`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Pack folders [default: those of --pack, else of the configuration].
    #[arg(value_name = "PACK")]
    folders: Vec<PathBuf>,
    #[command(flatten)]
    packs: PackArgs,
    /// Print every finding as JSON; lines and columns count from 1, columns in characters, and
    /// files are relative to the pack's path.
    #[arg(long)]
    json: bool,
    /// What fails the check besides errors.
    #[arg(long, value_enum, value_name = "WHAT")]
    deny: Option<Deny>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Deny {
    /// A pack that could be served but should be mended fails too.
    Warnings,
}

pub(super) fn run(
    args: &Args,
    config: Option<&Path>,
    terminal: &Terminal,
) -> anyhow::Result<Status> {
    let given: Vec<PathBuf> = args.folders.iter().chain(&args.packs.packs).cloned().collect();
    let mut reports = Vec::new();
    for folder in packs::folders(&given, config)? {
        let spinner = progress::spinner(terminal, format!("Checking {}", folder.display()));
        let files = pack_files::read(&folder)?;
        reports.push(check(&folder, files));
        spinner.finish_and_clear();
    }
    if args.json {
        report::print_json(&reports)?;
    } else {
        report::print(&reports, terminal)?;
    }
    let is_failed = |report: &PackReport| {
        report.n_errors() > 0 || (args.deny == Some(Deny::Warnings) && report.n_warnings() > 0)
    };
    Ok(if reports.iter().any(is_failed) { Status::Failed } else { Status::Success })
}

/// Everything that is wrong with one pack, by file and place.
fn check(folder: &Path, files: PackFiles) -> PackReport {
    let proof = prove(&files);
    let warnings = lint(&proof);
    let mut findings = proof.findings;
    findings.extend(warnings);
    // Findings of rules that need more than the pack's files are appended here.
    findings.sort_by(|a, b| place_of(a).cmp(&place_of(b)));
    PackReport::new(folder, files, &proof.pack, findings)
}

fn place_of(finding: &Finding) -> (&str, usize, usize, Rule) {
    (&finding.file, finding.span.start, finding.span.end, finding.rule)
}
