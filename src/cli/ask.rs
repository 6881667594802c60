//! `quoth ask`: one answer, or one a line.

mod record;

use std::io::Write;
use std::time::Instant;

use anyhow::bail;

use super::Status;
use super::lines::each_question;
use super::packs::{self, Opened, PackArgs};
use super::terminal::Terminal;
use crate::conversation::Reply;
use crate::platform::console;
use record::Record;

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
    let asker = Asker { opened: packs::open(&args.packs, config)?, has_timings: args.timings };
    if args.jsonl {
        let (mut input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
        return each_question(&mut input, &mut output, |question| {
            Ok(serde_json::to_string(&asker.record(question))?)
        });
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
    let Opened { index, rule } = &asker.opened;
    let reply = Reply::new(index, &index.ask(&question, rule));
    anstream::stdout().write_all(console::render(&reply, terminal.layout()).as_bytes())?;
    Ok(Status::Success)
}

/// Asks and records.
struct Asker {
    opened: Opened,
    has_timings: bool,
}

impl Asker {
    fn record(&self, question: &str) -> Record {
        let Opened { index, rule } = &self.opened;
        let start = Instant::now();
        let outcome = index.ask(question, rule);
        let micros = start.elapsed().as_micros();
        Record::new(index, question, &outcome, self.has_timings.then_some(micros))
    }
}
