//! `quoth ask`: answers one question, or one per line.

mod record;

use std::time::Instant;

use super::Status;
use super::config_args::ConfigArgs;
use super::packs::LoadedIndex;
use super::question::QuestionArgs;
use super::terminal::Terminal;
use crate::conversation::Reply;
use crate::platform::console;
use record::Record;

/// Arguments of `quoth ask`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    question: QuestionArgs,
    /// Add "micros" to each JSON object: the time to answer, in microseconds.
    #[arg(long)]
    timings: bool,
}

pub(super) fn run(args: &Args, config: &ConfigArgs, terminal: &Terminal) -> anyhow::Result<Status> {
    let record = |LoadedIndex { index, rule }: &LoadedIndex, question: &str| {
        let start = Instant::now();
        let outcome = index.ask(question, rule);
        let micros = start.elapsed().as_micros();
        Record::new(index, question, &outcome, args.timings.then_some(micros))
    };
    let text = |LoadedIndex { index, rule }: &LoadedIndex, question: &str| {
        let outcome = index.ask(question, rule);
        let passages = index.passages(question, &outcome);
        console::render(&Reply::new(index, &outcome, &passages), terminal.layout())
    };
    args.question.run(config, record, text)
}
