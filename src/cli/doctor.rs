//! `quoth doctor`: checks the whole setup of a service and says what to do.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use anyhow::bail;
use serde_json::{Value, json};

use super::Status;
use super::config_args::ConfigArgs;
use super::terminal::Terminal;
use crate::app::doctor::{CheckReport, check_names, diagnose};
use crate::platform::console::printable;
use crate::platform::diagnosis::CheckResult;

/// Arguments of `quoth doctor`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Names of the checks to run [default: all; --list prints them].
    #[arg(value_name = "CHECK")]
    checks: Vec<String>,
    /// Print the results as a JSON list with an object for each check.
    #[arg(long)]
    json: bool,
    /// Print the names of the checks and what each looks at, without running them.
    #[arg(long, conflicts_with = "checks")]
    list: bool,
}

const OK: Style = AnsiColor::Green.on_default();
const WRONG: Style = AnsiColor::Red.on_default().bold();
const NOT_APPLICABLE: Style = Style::new().dimmed();

pub(super) fn run(args: &Args, config: &ConfigArgs, terminal: &Terminal) -> anyhow::Result<Status> {
    if args.list {
        return list(args.json, terminal).map(|()| Status::Success);
    }
    check_usage(&args.checks)?;
    let spinner = super::progress::spinner(terminal, "Checking".to_owned());
    let reports = diagnose(&config.sources(), &args.checks);
    spinner.finish_and_clear();
    let reports = reports?;
    if args.json {
        let objects: Vec<Value> = reports.iter().map(object).collect();
        writeln!(anstream::stdout(), "{}", serde_json::to_string_pretty(&objects)?)?;
    } else {
        print(&reports, terminal)?;
    }
    let is_wrong = |it: &CheckReport| matches!(it.result, CheckResult::Wrong { .. });
    Ok(if reports.iter().any(is_wrong) { Status::Failed } else { Status::Success })
}

fn check_usage(names: &[String]) -> anyhow::Result<()> {
    let known: Vec<&str> = check_names().iter().map(|it| it.name).collect();
    match names.iter().find(|name| !known.contains(&name.as_str())) {
        Some(unknown) => {
            bail!("there is no check {}; the checks are {}", printable(unknown), known.join(", "))
        }
        None => Ok(()),
    }
}

fn list(is_json: bool, terminal: &Terminal) -> anyhow::Result<()> {
    let names = check_names();
    let mut out = anstream::stdout();
    if is_json {
        let objects: Vec<Value> =
            names.iter().map(|it| json!({ "check": it.name, "looks_at": it.looks_at })).collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&objects)?)?;
        return Ok(());
    }
    for it in names {
        write_wrapped(&mut out, terminal, "", &format!("{}: {}", it.name, it.looks_at))?;
    }
    Ok(())
}

/// The JSON object of a report, which is a contract with other programs.
fn object(CheckReport { name, result }: &CheckReport) -> Value {
    let (status, message, advice) = match result {
        CheckResult::Ok(found) => ("ok", found, None),
        CheckResult::Wrong { message, advice } => ("wrong", message, Some(advice)),
        CheckResult::NotApplicable(why) => ("not_applicable", why, None),
    };
    json!({ "check": name, "status": status, "message": message, "advice": advice })
}

/// Prints a line for each check, with advice below what is wrong, and a summary.
fn print(reports: &[CheckReport], terminal: &Terminal) -> anyhow::Result<()> {
    let mut out = anstream::stdout();
    let (mut n_ok, mut n_wrong, mut n_not_applicable) = (0, 0, 0);
    for CheckReport { name, result } in reports {
        let (style, word, text) = match result {
            CheckResult::Ok(found) => {
                n_ok += 1;
                (OK, "ok", found)
            }
            CheckResult::Wrong { message, .. } => {
                n_wrong += 1;
                (WRONG, "wrong", message)
            }
            CheckResult::NotApplicable(why) => {
                n_not_applicable += 1;
                (NOT_APPLICABLE, "not applicable", why)
            }
        };
        let label = format!("{style}{word}{style:#} {name}: ");
        write_wrapped(&mut out, terminal, &label, &printable(text))?;
        if let CheckResult::Wrong { advice, .. } = result {
            write_wrapped(&mut out, terminal, "  what to do: ", &printable(advice))?;
        }
    }
    writeln!(out, "\n{n_wrong} wrong, {n_ok} ok, {n_not_applicable} not applicable")?;
    if n_wrong == 0 && n_not_applicable > 0 {
        writeln!(out, "Nothing is wrong among what could be checked.")?;
    }
    Ok(())
}

/// Writes `label` and `text`, wrapped to the terminal's width; as one line if the output is plain.
fn write_wrapped(
    out: &mut impl Write,
    terminal: &Terminal,
    label: &str,
    text: &str,
) -> anyhow::Result<()> {
    let line = format!("{label}{text}");
    if terminal.is_plain() {
        writeln!(out, "{line}")?;
    } else {
        let options = textwrap::Options::new(terminal.width()).subsequent_indent("    ");
        writeln!(out, "{}", textwrap::fill(&line, options))?;
    }
    Ok(())
}
