//! `quoth phrasings`: has a language model draft phrasings, and takes them over.

mod accept;
mod draft;
mod model;

use std::path::PathBuf;
use std::time::Duration;

use super::Status;
use super::config_args::ConfigArgs;
use super::terminal::Terminal;

/// Text of `--help` about what happens.
const OUTCOME: &str = "\
The model gets the question, the phrasings and the quotes of one entry at a time, the entries with the fewest \
phrasings first. What it drafts is no part of the pack: the drafts wait in a file, without those that \
stand already, lead to another entry or a gap, or are in another language. Read the file, remove what nobody \
would ask, then run the command with --accept. If it is interrupted, run it again: it goes on with the entries \
that are not in the file.

The model is one of your choice behind an API like OpenAI's, such as a local one. If it needs a key, put it \
into the environment variable PHRASINGS_API_KEY, or into a file for --key-file.";

/// Arguments of `quoth phrasings`.
#[derive(Debug, clap::Args)]
#[command(after_help = OUTCOME)]
pub(super) struct Args {
    /// The pack folder.
    #[arg(value_name = "PACK")]
    folder: PathBuf,
    /// The address of the API, such as http://localhost:11434/v1.
    #[arg(long, value_name = "URL", required_unless_present = "accept")]
    endpoint: Option<url::Url>,
    /// The name of the model.
    #[arg(long, value_name = "NAME", required_unless_present = "accept")]
    model: Option<String>,
    /// A file with the key for the API.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Draft for this entry, however many phrasings it has; may be given several times.
    #[arg(long = "entry", value_name = "ID")]
    entries: Vec<String>,
    /// How many phrasings to ask for, for each entry.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u8).range(1..=50))]
    number: u8,
    /// Most entries to draft for in this run; each is one request.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    requests: u32,
    /// Most seconds to wait for each reply.
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..))]
    timeout: u32,
    /// The file of drafts [default: phrasings.toml in the pack folder].
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Take over the drafts of these entries, or of all, into the pack.
    #[arg(long, value_name = "ID", num_args = 0.., conflicts_with_all = ["endpoint", "model", "entries"])]
    accept: Option<Vec<String>>,
}

impl Args {
    /// The file of drafts.
    fn file(&self) -> PathBuf {
        self.file.clone().unwrap_or_else(|| self.folder.join("phrasings.toml"))
    }

    fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout.into())
    }
}

pub(super) fn run(args: &Args, config: &ConfigArgs, terminal: &Terminal) -> anyhow::Result<Status> {
    match &args.accept {
        Some(ids) => accept::run(args, ids, terminal),
        None => draft::run(args, config),
    }
}
