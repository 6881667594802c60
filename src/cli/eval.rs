//! `quoth eval`: evaluates packs on labeled messages.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};

use super::config_args::ConfigArgs;
use super::lines::{Line, next_line};
use super::packs::{self, LoadedIndex, PackArgs};
use super::terminal::Terminal;
use super::{Status, progress, reliability_table};
use crate::matching::evaluation::{Evaluation, JudgedMessage, Sweep, Tally, evaluate, sweep};

/// Arguments of `quoth eval`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Labeled messages, one {"q", "gold", "kind"} per line: gold lists ids of right entries or
    /// texts that a right quote contains, and is empty if nothing answers; kind is optional.
    questions: PathBuf,
    #[command(flatten)]
    packs: PackArgs,
    /// Print the counts as a JSON object.
    #[arg(long)]
    json: bool,
    /// Print the results of other thresholds for answers, and how well the confidence is calibrated,
    /// instead.
    #[arg(long, conflicts_with_all = ["min_right", "max_false"])]
    sweep: bool,
    /// Fail (exit code 1) if fewer than this percentage of answerable messages are answered right.
    #[arg(long, value_name = "PERCENT")]
    min_right: Option<f64>,
    /// Fail (exit code 1) if more than this percentage of unanswerable messages are answered.
    #[arg(long, value_name = "PERCENT")]
    max_false: Option<f64>,
}

pub(super) fn run(args: &Args, config: &ConfigArgs, terminal: &Terminal) -> anyhow::Result<Status> {
    let LoadedIndex { index, rule } = packs::open(&args.packs, config)?;
    let messages = read(&args.questions)?;
    let bar = progress::bar(terminal, "Asking", messages.len());
    if args.sweep {
        let results = sweep(&index, &messages, &rule, || bar.inc(1));
        bar.finish_and_clear();
        let text = if args.json {
            format!("{}\n", serde_json::to_string_pretty(&results)?)
        } else {
            sweep_report(&results)
        };
        std::io::stdout().write_all(text.as_bytes())?;
        return Ok(Status::Success);
    }
    let evaluation = evaluate(&index, &messages, &rule, || bar.inc(1));
    bar.finish_and_clear();
    let text = if args.json {
        format!("{}\n", serde_json::to_string_pretty(&evaluation)?)
    } else {
        report(&evaluation)
    };
    std::io::stdout().write_all(text.as_bytes())?;
    let right = Evaluation::total(&evaluation.in_scope);
    let false_answers = Evaluation::total(&evaluation.out_of_scope);
    let right_share = percent(right.right, right.n);
    let false_share = percent(false_answers.wrong, false_answers.n);
    let mut status = Status::Success;
    if let Some(min) = args.min_right.filter(|min| right_share < *min) {
        terminal.note(&format!("failed: {right_share:.1} % right, less than {min} %"));
        status = Status::Failed;
    }
    if let Some(max) = args.max_false.filter(|max| false_share > *max) {
        terminal.note(&format!("failed: {false_share:.1} % false answers, more than {max} %"));
        status = Status::Failed;
    }
    Ok(status)
}

fn read(path: &PathBuf) -> anyhow::Result<Vec<JudgedMessage>> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut input = BufReader::new(file);
    let mut messages = Vec::new();
    for number in 1usize.. {
        let location = || format!("{}, line {number}", path.display());
        match next_line(&mut input).with_context(location)? {
            None => break,
            Some(Line::Text(text)) if text.trim().is_empty() => {}
            Some(Line::Text(text)) => {
                messages.push(serde_json::from_str(&text).with_context(|| {
                    format!("{}: want {{\"q\": \"...\", \"gold\": [...]}}", location())
                })?);
            }
            Some(Line::NotUtf8) => bail!("{} is not UTF-8", location()),
            Some(Line::TooLong) => bail!("{} is too long for a question", location()),
        }
    }
    if messages.is_empty() {
        bail!("{} contains no labeled message", path.display());
    }
    Ok(messages)
}

fn report(evaluation: &Evaluation) -> String {
    let mut text = String::new();
    if !evaluation.in_scope.is_empty() {
        let columns = ["right", "in three", "wrong", "suggest", "abstain", "ranked first"];
        table(&mut text, "IN SCOPE", &columns, &evaluation.in_scope, |t| {
            vec![t.right, t.right_in_three, t.wrong, t.suggested, t.abstained, t.ranked_first]
        });
        let exact = &evaluation.exact_phrasings;
        let all = Evaluation::total(&evaluation.in_scope);
        push(&mut text, &format!("exact phrasings: {}, of them right {}", exact.n, exact.right));
        push(
            &mut text,
            &format!(
                "right without those: {} of {} ({:.1} %)\n",
                all.right - exact.right,
                all.n - exact.n,
                percent(all.right - exact.right, all.n - exact.n)
            ),
        );
    }
    if !evaluation.out_of_scope.is_empty() {
        let columns = ["false", "suggest", "abstain"];
        table(&mut text, "OUT OF SCOPE", &columns, &evaluation.out_of_scope, |t| {
            vec![t.wrong, t.suggested, t.abstained]
        });
        let exact = &evaluation.out_of_scope_exact_phrasings;
        let all = Evaluation::total(&evaluation.out_of_scope);
        let others = all.n - exact.n;
        push(&mut text, &format!("exact phrasings: {}, of them false {}", exact.n, exact.wrong));
        push(
            &mut text,
            &format!(
                "false without those: {} of {others} ({:.1} %)",
                all.wrong - exact.wrong,
                percent(all.wrong - exact.wrong, others)
            ),
        );
        push(&mut text, "");
    }
    let n_answers = evaluation.n_answers;
    let mean = evaluation.n_quoted_chars.checked_div(n_answers).unwrap_or(0);
    push(&mut text, &format!("answers: {n_answers}, quoted characters on average: {mean}"));
    text
}

/// A table of the results per threshold: counts, and percentages of the answerable or unanswerable
/// messages.
fn sweep_report(sweep: &Sweep) -> String {
    let mut text = format!("{:<13}{:>15}{:>15}{:>15}\n", "ANSWERS FROM", "right", "wrong", "false");
    for row in &sweep.rows {
        let cell = |count: usize, of: usize| format!("{count:>7}{:>6.1} %", percent(count, of));
        push(
            &mut text,
            &format!(
                "{:<13}{}{}{}",
                format!("{:>3.0} %", row.answer_from * 100.0),
                cell(row.right, sweep.in_scope),
                cell(row.wrong, sweep.in_scope),
                cell(row.false_answers, sweep.out_of_scope)
            ),
        );
    }
    push(
        &mut text,
        &format!(
            "of {} answerable and {} unanswerable messages\n",
            sweep.in_scope, sweep.out_of_scope
        ),
    );
    text.push_str(&reliability_table::render(&sweep.predictions));
    text
}

fn table(
    text: &mut String,
    title: &str,
    columns: &[&str],
    kinds: &BTreeMap<String, Tally>,
    counts: impl Fn(&Tally) -> Vec<usize>,
) {
    let mut header = format!("{title:<13}{:>6}", "n");
    for column in columns {
        header.push_str(&format!("{column:>15}"));
    }
    push(text, &header);
    let total = Evaluation::total(kinds);
    for (kind, tally) in kinds.iter().map(|(kind, t)| (kind.as_str(), t)).chain([("all", &total)]) {
        let mut row = format!("{kind:<13}{:>6}", tally.n);
        for count in counts(tally) {
            row.push_str(&format!("{count:>7}{:>6.1} %", percent(count, tally.n)));
        }
        push(text, &row);
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of messages")]
fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 }
}

fn push(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}
