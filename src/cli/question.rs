//! The arguments of commands that answer or explain questions.

use std::io::Write;

use anyhow::bail;
use serde::Serialize;

use super::Status;
use super::config_args::ConfigArgs;
use super::lines::each_question;
use super::packs::{self, LoadedIndex, PackArgs};

/// One question, or many on standard input.
#[derive(Debug, clap::Args)]
pub(super) struct QuestionArgs {
    /// The question; several words need no quotation marks.
    #[arg(required_unless_present = "jsonl", conflicts_with = "jsonl")]
    question: Vec<String>,
    #[command(flatten)]
    packs: PackArgs,
    /// Print the result as a JSON object.
    #[arg(long, conflicts_with = "jsonl")]
    json: bool,
    /// Read lines {"q": "..."} from standard input and print a JSON object for each.
    #[arg(long)]
    jsonl: bool,
}

impl QuestionArgs {
    /// Prints `record` of each question as JSON, or `text` of a single one, by the arguments.
    pub(super) fn run<R: Serialize>(
        &self,
        config: &ConfigArgs,
        record: impl Fn(&LoadedIndex, &str) -> R,
        text: impl Fn(&LoadedIndex, &str) -> String,
    ) -> anyhow::Result<Status> {
        let loaded = packs::open(&self.packs, config)?;
        if self.jsonl {
            let (mut input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
            return each_question(&mut input, &mut output, |question| {
                Ok(serde_json::to_string(&record(&loaded, question))?)
            });
        }
        let question = self.question.join(" ");
        if question.trim().is_empty() {
            bail!("the question is empty");
        }
        if self.json {
            let json = serde_json::to_string(&record(&loaded, &question))?;
            std::io::stdout().write_all(format!("{json}\n").as_bytes())?;
        } else {
            anstream::stdout().write_all(text(&loaded, &question).as_bytes())?;
        }
        Ok(Status::Success)
    }
}
