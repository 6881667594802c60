//! The report as text.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufWriter, Write};

use miette::{GraphicalReportHandler, GraphicalTheme, NarratableReportHandler};

use super::diagnostic::FindingDiagnostic;
use super::excerpt::Excerpt;
use super::{Document, PackReport};
use crate::cli::terminal::Terminal;
use crate::knowledge::{Finding, Rule, Severity};
use crate::matching::leave_one_out::PhrasingSummary;
use crate::matching::phrasing_need::{ENOUGH_PHRASINGS, PhrasingNeeds};
use crate::platform::console::printable;

/// Most findings of one rule in one pack that are shown on a terminal; the others are counted. Nobody
/// fixes more in one sitting, and an imported pack can have thousands of unquoted sentences.
const MAX_SHOWN: usize = 20;

/// The same limit if the output is not a terminal, since logs can be searched.
const MAX_LOGGED: usize = 1_000;

/// Least number of phrasings whose results are summarized; shares of fewer mean little.
const MIN_SUMMARIZED: usize = 20;

/// Width of line numbers and frame, in columns.
const FRAME_COLUMNS: usize = 12;

/// Widest line without a frame, in columns. A screen reader has no line width.
const PLAIN_COLUMNS: usize = 1_000;

/// Prints the findings of every pack, the explanations of their rules, and a summary.
pub(in crate::cli) fn print(reports: &[PackReport], terminal: &Terminal) -> anyhow::Result<()> {
    let mut out = BufWriter::new(anstream::stdout().lock());
    for report in reports {
        print_findings(&mut out, report, terminal)?;
    }
    print_explanations(&mut out, reports, terminal)?;
    for report in reports {
        writeln!(out, "{}", summary(report))?;
        if let Some(own) = report.own_phrasings.filter(|own| own.asked >= MIN_SUMMARIZED) {
            writeln!(out, "pack {}: {}", report.name, own_phrasings(own))?;
        }
        print_needs(&mut out, report)?;
    }
    let n_errors: usize = reports.iter().map(PackReport::n_errors).sum();
    let n_warnings: usize = reports.iter().map(PackReport::n_warnings).sum();
    writeln!(out, "{}, {}", pluralize(n_errors, "error"), pluralize(n_warnings, "warning"))?;
    out.flush()?;
    Ok(())
}

fn print_findings(
    out: &mut impl Write,
    report: &PackReport,
    terminal: &Terminal,
) -> anyhow::Result<()> {
    let documents = report.documents();
    let max_shown = if terminal.is_interactive() { MAX_SHOWN } else { MAX_LOGGED };
    let mut n_seen: BTreeMap<Rule, usize> = BTreeMap::new();
    for finding in &report.findings {
        let n_seen = n_seen.entry(finding.rule).or_default();
        *n_seen += 1;
        if *n_seen <= max_shown {
            let document = Document::of(&documents, finding);
            writeln!(out, "{}", render(finding, report, document, terminal)?)?;
        }
    }
    for (rule, n_seen) in n_seen.iter().filter(|(_, n_seen)| **n_seen > max_shown) {
        let n_more = group_digits(n_seen - max_shown);
        writeln!(out, "... and {n_more} more of {}; --json lists all of them\n", rule.name())?;
    }
    Ok(())
}

/// A finding with its span marked in an excerpt.
fn render(
    finding: &Finding,
    report: &PackReport,
    document: Option<&Document<'_>>,
    terminal: &Terminal,
) -> Result<String, std::fmt::Error> {
    let path = report.folder.join(&finding.file).display().to_string();
    let mut rendered = String::new();
    if terminal.is_plain() {
        let excerpt = document.and_then(|document| {
            let (line, column) = document.lines.line_and_column(finding.span.start);
            let name = format!("{path}:{line}:{column}");
            Excerpt::new(name, document, &finding.span, PLAIN_COLUMNS)
        });
        let diagnostic =
            FindingDiagnostic::new(finding, finding.rule.name().to_owned(), &path, excerpt);
        NarratableReportHandler::new().render_report(&mut rendered, &diagnostic)?;
    } else {
        let max_columns = terminal.width().saturating_sub(FRAME_COLUMNS);
        let excerpt = document
            .and_then(|document| Excerpt::new(path.clone(), document, &finding.span, max_columns));
        // The severity in words, since symbols and colors are not accessible to everybody.
        let code = match finding.rule.severity() {
            Severity::Error => format!("error[{}]", finding.rule.name()),
            Severity::Warning => format!("warning[{}]", finding.rule.name()),
        };
        let diagnostic = FindingDiagnostic::new(finding, code, &path, excerpt);
        // anstream strips the colors if the output does not support them (NO_COLOR, pipes).
        GraphicalReportHandler::new_themed(GraphicalTheme::unicode())
            .with_width(terminal.width())
            .render_report(&mut rendered, &diagnostic)?;
    }
    Ok(rendered)
}

/// Prints the explanation of each rule that has findings.
fn print_explanations(
    out: &mut impl Write,
    reports: &[PackReport],
    terminal: &Terminal,
) -> std::io::Result<()> {
    let rules: BTreeSet<Rule> =
        reports.iter().flat_map(|report| &report.findings).map(|finding| finding.rule).collect();
    if rules.is_empty() {
        return Ok(());
    }
    writeln!(out, "Why these rules:")?;
    for rule in rules {
        let options =
            textwrap::Options::new(terminal.width()).initial_indent("  ").subsequent_indent("    ");
        let text = format!("{}: {}", rule.name(), rule.explanation());
        writeln!(out, "{}", textwrap::fill(&text, options))?;
    }
    writeln!(out)
}

/// Prints which entries need more phrasings.
fn print_needs(out: &mut impl Write, report: &PackReport) -> std::io::Result<()> {
    let PhrasingNeeds { n_entries, first } = &report.phrasing_needs;
    if *n_entries == 0 {
        return Ok(());
    }
    let entries = pluralize_as(*n_entries, "entry has", "entries have");
    writeln!(
        out,
        "pack {}: {entries} fewer than {ENOUGH_PHRASINGS} phrasings. Those that need more most, with words \
         of their quotes that no phrasing has:",
        report.name
    )?;
    for need in first {
        let phrasings = pluralize(need.n_phrasings, "phrasing");
        let words: Vec<String> = need.missing_words.iter().map(|it| printable(it)).collect();
        let words = match words.as_slice() {
            [] => String::new(),
            words => format!("; {}", words.join(", ")),
        };
        writeln!(out, "  {}: {phrasings}{words}", printable(&need.id))?;
    }
    Ok(())
}

fn summary(report: &PackReport) -> String {
    let counts = format!(
        "pack {}: {}, {}, {}",
        report.name,
        pluralize_as(report.n_entries, "entry", "entries"),
        pluralize(report.n_gaps, "gap"),
        pluralize(report.n_sentences, "sentence")
    );
    if report.n_errors() > 0 {
        return format!("{counts}; rejected until the errors are fixed");
    }
    match report.n_of(Rule::UnquotedSentence) {
        0 => format!("{counts}, all quoted"),
        n_unquoted => format!("{counts}, {} not quoted", group_digits(n_unquoted)),
    }
}

fn own_phrasings(own: PhrasingSummary) -> String {
    let mut text = format!(
        "{} of {} phrasings find their entry",
        group_digits(own.found),
        group_digits(own.asked)
    );
    if let Some(percent) = (100 * own.found_left_out).checked_div(own.left_out) {
        let (found, n) = (group_digits(own.found_left_out), group_digits(own.left_out));
        text.push_str(&format!("; left out themselves, {found} of {n} do ({percent} %)"));
    }
    text
}

/// A number and a noun, in the plural unless the number is 1.
pub(in crate::cli) fn pluralize(n: usize, noun: &str) -> String {
    pluralize_as(n, noun, &format!("{noun}s"))
}

/// The same for nouns whose plural is not formed with s.
pub(in crate::cli) fn pluralize_as(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", group_digits(n), if n == 1 { one } else { many })
}

/// The number with commas between groups of three digits.
fn group_digits(n: usize) -> String {
    let digits = n.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap_or_default())
        .collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_nouns_pluralized() {
        let cases =
            [(0, "0 errors"), (1, "1 error"), (999, "999 errors"), (1_234_567, "1,234,567 errors")];
        for (n, want) in cases {
            assert_eq!(pluralize(n, "error"), want);
        }
    }
}
