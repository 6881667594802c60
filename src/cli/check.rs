//! `quoth check`: checks packs and reports everything that is wrong.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::config_args::ConfigArgs;
use super::packs::{self, PackArgs};
use super::report::{self, PackReport};
use super::terminal::Terminal;
use super::{Status, progress};
use crate::knowledge::lint::lint;
use crate::knowledge::{Finding, PackFiles, Proof, Rule, prove};
use crate::matching::leave_one_out::{self, PhrasingResult, PhrasingSummary};
use crate::matching::phrasing_need::PhrasingNeeds;
use crate::matching::{DecisionRule, Index};
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
    /// What else fails the check, besides errors.
    #[arg(long, value_enum, value_name = "WHAT")]
    deny: Option<Deny>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Deny {
    /// Problems of a valid pack that should be fixed.
    Warnings,
}

pub(super) fn run(args: &Args, config: &ConfigArgs, terminal: &Terminal) -> anyhow::Result<Status> {
    let given: Vec<PathBuf> = args.folders.iter().chain(&args.packs.packs).cloned().collect();
    let mut reports = Vec::new();
    for folder in packs::folders(&given, config)? {
        let spinner = progress::spinner(terminal, format!("Checking {}", folder.display()));
        let files = pack_files::read(&folder)?;
        let proof = prove(&files);
        spinner.finish_and_clear();
        reports.push(check(&folder, files, proof, terminal));
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

/// Most of a pack's own phrasings that are asked. Of more, an evenly spread sample is asked.
const MAX_ASKED: usize = 5_000;

/// Limit of phrasings asked times phrasings searched. The cost of a question grows with the pack; the
/// limit keeps the check of a large pack within seconds.
const MAX_WORK: usize = 50_000_000;

/// Most entries that are named as in need of phrasings: what somebody writes in one sitting.
const MAX_NEEDS: usize = 5;

/// Checks one pack. The findings are sorted by file and position.
fn check(folder: &Path, files: PackFiles, mut proof: Proof, terminal: &Terminal) -> PackReport {
    let warnings = lint(&proof);
    let mut findings = std::mem::take(&mut proof.findings);
    findings.extend(warnings);
    let entry_spans = std::mem::take(&mut proof.entry_spans);
    let pack = Arc::new(proof.pack);
    let (mut own_phrasings, mut phrasing_needs) = (None, PhrasingNeeds::default());
    if !findings.iter().any(Finding::is_error) {
        let index = Index::new(vec![Arc::clone(&pack)]);
        let results = ask_own_phrasings(&index, terminal);
        findings.extend(leave_one_out::findings(&index, &entry_spans, &results));
        own_phrasings = Some(PhrasingSummary::new(&index, &results));
        phrasing_needs = PhrasingNeeds::new(&index, MAX_NEEDS);
    }
    findings.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
    let mut report = PackReport::new(folder, files, &pack, findings);
    (report.own_phrasings, report.phrasing_needs) = (own_phrasings, phrasing_needs);
    report
}

fn ask_own_phrasings(index: &Index, terminal: &Terminal) -> Vec<PhrasingResult> {
    let n_phrasings = index.n_phrasings();
    let max_asked = (MAX_WORK / n_phrasings.max(1)).clamp(1, MAX_ASKED);
    let bar = progress::bar(terminal, "Asking its own phrasings", n_phrasings.min(max_asked));
    let rule = DecisionRule::default();
    let results = leave_one_out::ask_own_phrasings(index, &rule, max_asked, || bar.inc(1));
    bar.finish_and_clear();
    results
}

fn sort_key(finding: &Finding) -> (&str, usize, usize, Rule) {
    (&finding.file, finding.span.start, finding.span.end, finding.rule)
}
