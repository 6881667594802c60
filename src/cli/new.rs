//! `quoth new`: creates a starter pack from a document.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::Status;
use crate::knowledge::scaffold;
use crate::store::pack_files;

/// Largest document, in bytes: about five million words, far more than anybody writes entries for.
const MAX_DOCUMENT_BYTES: u64 = 32 * 1024 * 1024;

/// Text of `--help` about the pack.
const OUTCOME: &str = "\
The text is kept unchanged, except that a first line which is the title is not repeated, and that \
front matter in YAML or TOML (title, author, date, url, language) becomes that of the source. faq.toml has \
an entry for every sentence, below the heading of its section, commented out, that lacks only its \
question. Until the first question \
is written, `quoth check` reports that there is no entry, and fails.";

/// Arguments of `quoth new`.
#[derive(Debug, clap::Args)]
#[command(after_help = OUTCOME)]
pub(super) struct Args {
    /// The pack folder to create; it may exist if it is empty.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The document to quote from: text or Markdown in UTF-8, paragraphs separated by blank lines.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The document's title [default: that of its front matter, else its first line, if that is a
    /// heading or stands alone].
    #[arg(long)]
    title: Option<String>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    if args.title.as_ref().is_some_and(|title| title.trim().is_empty()) {
        bail!("the title is empty: give one with --title, or omit --title");
    }
    pack_files::check_is_free(&args.folder)?;
    let document = read_document(&args.from)?;
    let name = args.from.file_stem().map(|name| name.to_string_lossy()).unwrap_or_default();
    let pack = scaffold::from_document(&document, args.title.as_deref(), &name);
    pack_files::create(&args.folder, &pack.into_files())?;
    let folder = args.folder.display();
    writeln!(
        std::io::stdout(),
        "Created the pack {folder}. In faq.toml, write the questions of the first sentences,\nthen run: \
         quoth check {folder}"
    )?;
    Ok(Status::Success)
}

fn read_document(path: &Path) -> anyhow::Result<String> {
    let name = path.display();
    let metadata = std::fs::metadata(path).with_context(|| format!("cannot read {name}"))?;
    if metadata.is_dir() {
        bail!("{name} is a folder; --from takes one document");
    }
    if metadata.len() > MAX_DOCUMENT_BYTES {
        let n_bytes = metadata.len();
        bail!("{name} has {n_bytes} bytes, more than the limit of {MAX_DOCUMENT_BYTES}");
    }
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {name}"))?;
    let Ok(document) = String::from_utf8(bytes) else {
        bail!("{name} is not UTF-8 text; save it as text with the encoding UTF-8");
    };
    if document.trim_start_matches('\u{FEFF}').trim().is_empty() {
        bail!("{name} is empty: there is nothing to quote from");
    }
    Ok(document)
}
