//! `quoth faq export`.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use anyhow::{Context as _, bail};

use crate::cli::Status;
use crate::cli::moderation::Context;
use crate::knowledge::export::{ExportFormat, export as export_entries};
use crate::platform::console::printable;
use crate::store::atomic;

/// Arguments of `quoth faq export`.
#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    /// What to write.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Jsonl)]
    format: Format,
    /// The file to write [default: the terminal].
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    /// A list of objects, which `quoth import` reads.
    Json,
    /// An object a line, which `quoth import` reads.
    Jsonl,
    /// A table for a spreadsheet; `quoth import` reads it, without speakers and gaps.
    Csv,
    /// A page for people: questions, with their quotes below; without leads, phrasings and speakers.
    Markdown,
}

pub(super) fn export(args: &ExportArgs, context: &Context<'_>) -> anyhow::Result<Status> {
    if !context.is_valid() {
        bail!("nothing was exported: what has errors would be missing");
    }
    let format = match args.format {
        Format::Json => ExportFormat::Json,
        Format::Jsonl => ExportFormat::JsonLines,
        Format::Csv => ExportFormat::Csv,
        Format::Markdown => ExportFormat::Markdown,
    };
    let written = export_entries(&context.pack, format)?;
    match &args.output {
        Some(path) => atomic::write(path, written.as_bytes())?,
        None if std::io::stdout().is_terminal() => {
            write!(anstream::stdout(), "{}", printable(&written)).context("cannot write")?;
        }
        None => std::io::stdout().write_all(written.as_bytes()).context("cannot write")?,
    }
    Ok(Status::Success)
}
