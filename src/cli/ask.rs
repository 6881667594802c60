//! `quoth ask`: one answer, or one a line.

mod record;

use std::io::{BufRead, Write};
use std::time::Instant;

use anyhow::bail;

use super::Status;
use super::packs::{self, PackArgs};
use super::terminal::Terminal;
use crate::conversation::Reply;
use crate::matching::calibration::Calibration;
use crate::matching::{Index, Thresholds};
use crate::platform::console;
use record::{Failure, Record};

/// The longest line that is read, in bytes; a longer one is no question.
const MAX_LINE_BYTES: u64 = 16 * 1024 * 1024;

/// Arguments of `quoth ask`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The question; several words need no quotation marks.
    #[arg(required_unless_present = "jsonl", conflicts_with = "jsonl")]
    question: Vec<String>,
    #[command(flatten)]
    packs: PackArgs,
    /// Print the outcome as a JSON object.
    #[arg(long, conflicts_with = "jsonl")]
    json: bool,
    /// Read {"q": "..."} a line from standard input and print an outcome a line.
    #[arg(long)]
    jsonl: bool,
    /// Add "micros" to each outcome: the time from text to outcome, in microseconds.
    #[arg(long)]
    timings: bool,
}

pub(super) fn run(
    args: &Args,
    config: Option<&std::path::Path>,
    terminal: &Terminal,
) -> anyhow::Result<Status> {
    let asker = Asker {
        index: packs::index(&args.packs.packs, config)?,
        calibration: Calibration::default(),
        thresholds: Thresholds::default(),
        has_timings: args.timings,
    };
    if args.jsonl {
        return ask_lines(&asker, &mut std::io::stdin().lock(), &mut std::io::stdout().lock());
    }
    let question = args.question.join(" ");
    if question.trim().is_empty() {
        bail!("the question is empty");
    }
    if args.json {
        let mut line = serde_json::to_string(&asker.record(&question))?;
        line.push('\n');
        std::io::stdout().write_all(line.as_bytes())?;
        return Ok(Status::Success);
    }
    let outcome = asker.index.ask(&question, &asker.calibration, &asker.thresholds);
    let reply = Reply::new(&asker.index, &outcome);
    anstream::stdout().write_all(console::render(&reply, terminal.layout()).as_bytes())?;
    Ok(Status::Success)
}

/// Everything that answering takes.
struct Asker {
    index: Index,
    calibration: Calibration,
    thresholds: Thresholds,
    has_timings: bool,
}

impl Asker {
    fn record(&self, question: &str) -> Record {
        let start = Instant::now();
        let outcome = self.index.ask(question, &self.calibration, &self.thresholds);
        let micros = start.elapsed().as_micros();
        Record::new(&self.index, question, &outcome, self.has_timings.then_some(micros))
    }
}

/// Answers each line of `input` with one line of `output`, in order.
fn ask_lines(
    asker: &Asker,
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> anyhow::Result<Status> {
    let mut status = Status::Success;
    let mut line = Vec::new();
    for number in 1usize.. {
        line.clear();
        let n_read =
            std::io::Read::take(&mut *input, MAX_LINE_BYTES).read_until(b'\n', &mut line)?;
        if n_read == 0 {
            break;
        }
        if !line.ends_with(b"\n") && u64::try_from(n_read).is_ok_and(|n| n == MAX_LINE_BYTES) {
            input.skip_until(b'\n')?;
            line.clear();
        }
        if line.iter().all(u8::is_ascii_whitespace) && input.fill_buf()?.is_empty() {
            break;
        }
        let json = match question_of(&line) {
            Ok(question) => serde_json::to_string(&asker.record(&question))?,
            Err(reason) => {
                status = Status::Failed;
                serde_json::to_string(&Failure { error: format!("line {number}: {reason}") })?
            }
        };
        writeln!(output, "{json}")?;
    }
    output.flush()?;
    Ok(status)
}

/// The value of "q"; other keys are passed over.
fn question_of(line: &[u8]) -> Result<String, String> {
    let text = std::str::from_utf8(line).map_err(|_| "not UTF-8".to_owned())?;
    if text.trim().is_empty() {
        return Err(
            "empty, or longer than 16 MiB; a line holds one object {\"q\": \"...\"}".to_owned()
        );
    }
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
    match value.get("q") {
        Some(serde_json::Value::String(question)) => Ok(question.clone()),
        Some(_) => Err("\"q\" is not a text".to_owned()),
        None => Err("no key \"q\"".to_owned()),
    }
}
