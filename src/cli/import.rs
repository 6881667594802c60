//! `quoth import`: creates a pack from questions and answers in JSON lines.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::terminal::Terminal;
use super::{Status, progress, report};
use crate::knowledge::import::{Import, Imported, LineError};
use crate::store::pack_files;

/// Largest file that is imported, in bytes. The created pack must be small enough to be read again.
const MAX_IMPORT_BYTES: u64 = 256 * 1024 * 1024;

/// Lines between two updates of the progress bar.
const LINES_PER_TICK: usize = 1_000;

/// Text of `--help` about the format.
const FORMAT: &str = "\
Each line is an object with \"id\", \"question\", \"variants\" (a list) and \"answer\" or \"quotes\" (a \
list of texts, or of objects with \"text\", \"speaker\" and \"role\"); it may have \"lead\", \"tags\" and \
\"gap\". Other keys are ignored.

Answers become the paragraphs of the pack's source. An answer is split at blank lines, and \
between sentences if it is too long for one quote; each part is a paragraph and a quote of the entry. \
Without an answer, the question is used.

If any line is invalid, all invalid lines are reported, nothing is written and the exit code is 1.";

/// Arguments of `quoth import`.
#[derive(Debug, clap::Args)]
#[command(after_help = FORMAT)]
pub(super) struct Args {
    /// The file, one entry per line.
    #[arg(value_name = "FILE.jsonl")]
    file: PathBuf,
    /// The pack folder to create; it may exist if it is empty.
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
    /// The title of the pack and of its source [default: the file's name].
    #[arg(long)]
    title: Option<String>,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Status> {
    let name = args.file.file_stem().map(|name| name.to_string_lossy()).unwrap_or_default();
    let title = args.title.as_deref().unwrap_or(&name);
    if title.trim().is_empty() {
        bail!("the title is empty: give one with --title");
    }
    pack_files::check_is_free(&args.into)?;
    let bytes = read_lines(&args.file)?;
    let imported = match import_lines(&bytes, title, terminal) {
        Ok(imported) => imported,
        Err(errors) => {
            print_errors(&args.file, &errors)?;
            return Ok(Status::Failed);
        }
    };
    let counts = format!(
        "{}, {} and a source of {}",
        report::pluralize_as(imported.n_entries, "entry", "entries"),
        report::pluralize(imported.n_gaps, "gap"),
        report::pluralize(imported.n_paragraphs, "paragraph"),
    );
    pack_files::create(&args.into, &imported.pack.into_files())?;
    let folder = args.into.display();
    writeln!(
        std::io::stdout(),
        "Created the pack {folder} with {counts}.\nTo check it, run: quoth check {folder}"
    )?;
    Ok(Status::Success)
}

fn read_lines(path: &Path) -> anyhow::Result<Vec<u8>> {
    let name = path.display();
    let metadata = std::fs::metadata(path).with_context(|| format!("cannot read {name}"))?;
    if metadata.is_dir() {
        bail!("{name} is a folder; import takes a file of lines");
    }
    if metadata.len() > MAX_IMPORT_BYTES {
        let n_bytes = metadata.len();
        bail!("{name} has {n_bytes} bytes, more than the limit of {MAX_IMPORT_BYTES}; split it");
    }
    std::fs::read(path).with_context(|| format!("cannot read {name}"))
}

fn import_lines(
    bytes: &[u8],
    title: &str,
    terminal: &Terminal,
) -> Result<Imported, Vec<LineError>> {
    let bar = progress::bytes_bar(terminal, "Importing".to_owned(), bytes.len());
    let mut import = Import::default();
    let mut n_read_bytes = 0;
    for (idx, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        import.add(line);
        n_read_bytes += line.len() + 1;
        if idx % LINES_PER_TICK == 0 {
            progress::move_to(&bar, n_read_bytes);
        }
    }
    bar.finish_and_clear();
    import.finish(title)
}

fn print_errors(path: &Path, errors: &[LineError]) -> std::io::Result<()> {
    let mut stderr = std::io::BufWriter::new(anstream::stderr().lock());
    for error in errors {
        writeln!(stderr, "{}:{}: {}", path.display(), error.line, error.problem)?;
    }
    let n_invalid = report::pluralize(errors.len(), "bad line");
    writeln!(stderr, "Nothing was written: {n_invalid}.")?;
    stderr.flush()
}
