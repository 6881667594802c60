//! The report as JSON. Its keys are a contract with other programs.

use std::io::{BufWriter, Write};

use serde::Serialize;

use super::{Document, PackReport};
use crate::knowledge::{Finding, Severity};
use crate::matching::leave_one_out::PhrasingSummary;
use crate::matching::phrasing_need::PhrasingNeed;

#[derive(Serialize)]
struct Report<'r> {
    packs: Vec<JsonPack<'r>>,
}

#[derive(Serialize)]
struct JsonPack<'r> {
    pack: &'r str,
    path: String,
    accepted: bool,
    entries: usize,
    gaps: usize,
    errors: usize,
    warnings: usize,
    own_phrasings: Option<PhrasingSummary>,
    phrasings_needed: &'r [PhrasingNeed],
    findings: Vec<JsonFinding<'r>>,
}

/// A finding. Lines and columns count from 1 and are null if the file does not exist; the end is
/// exclusive.
#[derive(Serialize)]
struct JsonFinding<'r> {
    rule: &'static str,
    severity: Severity,
    message: &'r str,
    file: &'r str,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    label: &'r str,
    help: Option<&'r str>,
    explanation: &'static str,
}

/// Prints one object with the findings of all packs.
pub(in crate::cli) fn print_json(reports: &[PackReport]) -> anyhow::Result<()> {
    let report = Report { packs: reports.iter().map(json_pack).collect() };
    let mut out = BufWriter::new(std::io::stdout().lock());
    serde_json::to_writer_pretty(&mut out, &report).map_err(std::io::Error::from)?;
    writeln!(out)?;
    out.flush()?;
    Ok(())
}

fn json_pack(report: &PackReport) -> JsonPack<'_> {
    let documents = report.documents();
    let findings =
        report.findings.iter().map(|f| json_finding(f, Document::of(&documents, f))).collect();
    JsonPack {
        pack: &report.name,
        path: report.folder.to_string_lossy().into_owned(),
        accepted: report.n_errors() == 0,
        entries: report.n_entries,
        gaps: report.n_gaps,
        errors: report.n_errors(),
        warnings: report.n_warnings(),
        own_phrasings: report.own_phrasings,
        phrasings_needed: &report.phrasing_needs.first,
        findings,
    }
}

fn json_finding<'r>(finding: &'r Finding, document: Option<&Document<'_>>) -> JsonFinding<'r> {
    let position = |offset: usize| document.map(|document| document.lines.line_and_column(offset));
    let (start, end) = (position(finding.span.start), position(finding.span.end));
    JsonFinding {
        rule: finding.rule.name(),
        severity: finding.rule.severity(),
        message: &finding.message,
        file: &finding.file,
        line: start.map(|(line, _)| line),
        column: start.map(|(_, column)| column),
        end_line: end.map(|(line, _)| line),
        end_column: end.map(|(_, column)| column),
        label: &finding.label,
        help: finding.help.as_deref(),
        explanation: finding.rule.explanation(),
    }
}
