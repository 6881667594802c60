//! `quoth eval`: how well the packs do on judged messages.

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
    /// Judged messages, one {"q", "gold", "kind"} a line: gold lists entry ids or texts that a
    /// right quote holds, and is empty where nothing answers; kind is optional.
    questions: PathBuf,
    #[command(flatten)]
    packs: PackArgs,
    /// Print the counts as a JSON object.
    #[arg(long)]
    json: bool,
    /// Print instead what answering from each of many confidences on would do, and whether the
    /// confidences are what they say.
    #[arg(long, conflicts_with_all = ["min_right", "max_false"])]
    sweep: bool,
    /// Fail (exit code 1) if less than this share, in percent, is answered rightly.
    #[arg(long, value_name = "PERCENT")]
    min_right: Option<f64>,
    /// Fail (exit code 1) if more than this share, in percent, of what nothing answers is answered.
    #[arg(long, value_name = "PERCENT")]
    max_false: Option<f64>,
}

pub(super) fn run(args: &Args, config: &ConfigArgs, terminal: &Terminal) -> anyhow::Result<Status> {
    let LoadedIndex { index, rule } = packs::open(&args.packs, config)?;
    let judged = read(&args.questions)?;
    let bar = progress::bar(terminal, "Asking", judged.len());
    if args.sweep {
        let swept = sweep(&index, &judged, &rule, || bar.inc(1));
        bar.finish_and_clear();
        let text = if args.json {
            format!("{}\n", serde_json::to_string_pretty(&swept)?)
        } else {
            sweep_report(&swept)
        };
        std::io::stdout().write_all(text.as_bytes())?;
        return Ok(Status::Success);
    }
    let evaluation = evaluate(&index, &judged, &rule, || bar.inc(1));
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
    if let Some(least) = args.min_right.filter(|least| right_share < *least) {
        terminal.note(&format!("failed: {right_share:.1} % right, less than {least} %"));
        status = Status::Failed;
    }
    if let Some(most) = args.max_false.filter(|most| false_share > *most) {
        terminal.note(&format!("failed: {false_share:.1} % false answers, more than {most} %"));
        status = Status::Failed;
    }
    Ok(status)
}

fn read(path: &PathBuf) -> anyhow::Result<Vec<JudgedMessage>> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut input = BufReader::new(file);
    let mut judged = Vec::new();
    for number in 1usize.. {
        let place = || format!("{}, line {number}", path.display());
        match next_line(&mut input).with_context(place)? {
            None => break,
            Some(Line::Text(text)) if text.trim().is_empty() => {}
            Some(Line::Text(text)) => {
                judged.push(serde_json::from_str(&text).with_context(|| {
                    format!("{}: a line holds {{\"q\": \"...\", \"gold\": [...]}}", place())
                })?);
            }
            Some(Line::NotUtf8) => bail!("{} is not UTF-8", place()),
            Some(Line::TooLong) => bail!("{} is too long for a question", place()),
        }
    }
    if judged.is_empty() {
        bail!("{} holds no judged message", path.display());
    }
    Ok(judged)
}

fn report(evaluation: &Evaluation) -> String {
    let mut text = String::new();
    if !evaluation.in_scope.is_empty() {
        let columns = ["right", "in three", "wrong", "suggest", "abstain", "ranked first"];
        table(&mut text, "IN SCOPE", &columns, &evaluation.in_scope, |t| {
            vec![t.right, t.right_in_three, t.wrong, t.suggested, t.abstained, t.ranked_first]
        });
        let same = &evaluation.exact_phrasings;
        let all = Evaluation::total(&evaluation.in_scope);
        push(
            &mut text,
            &format!("in a phrasing's very words: {}, of them right {}", same.n, same.right),
        );
        push(
            &mut text,
            &format!(
                "right without those: {} of {} ({:.1} %)\n",
                all.right - same.right,
                all.n - same.n,
                percent(all.right - same.right, all.n - same.n)
            ),
        );
    }
    if !evaluation.out_of_scope.is_empty() {
        let columns = ["false", "suggest", "abstain"];
        table(&mut text, "OUT OF SCOPE", &columns, &evaluation.out_of_scope, |t| {
            vec![t.wrong, t.suggested, t.abstained]
        });
        let same = &evaluation.out_of_scope_exact_phrasings;
        let all = Evaluation::total(&evaluation.out_of_scope);
        let others = all.n - same.n;
        push(
            &mut text,
            &format!("in a phrasing's very words: {}, of them false {}", same.n, same.wrong),
        );
        push(
            &mut text,
            &format!(
                "false without those: {} of {others} ({:.1} %)",
                all.wrong - same.wrong,
                percent(all.wrong - same.wrong, others)
            ),
        );
        push(&mut text, "");
    }
    let n_answers = evaluation.n_answers;
    let mean = evaluation.n_quoted_chars.checked_div(n_answers).unwrap_or(0);
    push(&mut text, &format!("answers: {n_answers}, quoted characters in the mean: {mean}"));
    text
}

/// What each threshold would do: a column of counts, beside shares of the messages that something
/// answers and that nothing does.
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
            "of {} messages that something answers, {} that nothing does\n",
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
