//! `quoth new`: a pack to start from.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::Status;
use crate::knowledge::scaffold;
use crate::store::pack_files;

/// The largest document that a pack is made of, in bytes: some five million words, far more than
/// anybody writes entries for.
const MAX_DOCUMENT_BYTES: u64 = 32 * 1024 * 1024;

/// What `--help` says about the pack.
const OUTCOME: &str = "\
The text stays as it is, except that a first line which is the title is not repeated. In faq.toml \
every sentence waits as an entry that is commented out and lacks only its question. Until the first \
one is written, `quoth check` says that there is no entry, and fails.";

/// Arguments of `quoth new`.
#[derive(Debug, clap::Args)]
#[command(after_help = OUTCOME)]
pub(super) struct Args {
    /// The folder to make; it may be there already if it is empty.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The document to quote from: text or Markdown in UTF-8, paragraphs divided by blank lines.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The document's title [default: its first line, if that is a heading or stands alone].
    #[arg(long)]
    title: Option<String>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    if args.title.as_ref().is_some_and(|title| title.trim().is_empty()) {
        bail!("the title is empty: write one behind --title, or leave --title out");
    }
    pack_files::check_is_free(&args.folder)?;
    let document = read_document(&args.from)?;
    let name = args.from.file_stem().map(|name| name.to_string_lossy()).unwrap_or_default();
    let pack = scaffold::from_document(&document, args.title.as_deref(), &name);
    pack_files::create(&args.folder, &pack.into_files())?;
    let folder = args.folder.display();
    writeln!(
        std::io::stdout(),
        "Made the pack {folder}. In faq.toml each sentence waits for its question; write the first \
         ones,\nthen run: quoth check {folder}"
    )?;
    Ok(Status::Success)
}

fn read_document(path: &Path) -> anyhow::Result<String> {
    let shown = path.display();
    let metadata = std::fs::metadata(path).with_context(|| format!("cannot read {shown}"))?;
    if metadata.is_dir() {
        bail!("{shown} is a folder; --from takes one document");
    }
    if metadata.len() > MAX_DOCUMENT_BYTES {
        let n_bytes = metadata.len();
        bail!(
            "{shown} has {n_bytes} bytes, more than the {MAX_DOCUMENT_BYTES} that a document may have"
        );
    }
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {shown}"))?;
    let Ok(document) = String::from_utf8(bytes) else {
        bail!("{shown} is no text in UTF-8; save it as text with the encoding UTF-8");
    };
    if document.trim_start_matches('\u{FEFF}').trim().is_empty() {
        bail!("{shown} is empty: there is nothing to quote from");
    }
    Ok(document)
}
