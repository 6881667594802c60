//! The commands of `quoth faq` about synonyms.

use std::io::Write;

use crate::cli::Status;
use crate::cli::moderation::{ByArgs, Context, apply};
use crate::conversation::layout::one_line;
use crate::knowledge::LexiconPatch;
use crate::moderation::Edit;
use crate::platform::console::printable;

/// Arguments of the commands that change synonyms.
#[derive(Debug, clap::Args)]
pub(super) struct TermsArgs {
    /// The terms: words, or several words in quotation marks.
    #[arg(value_name = "TERM", required = true)]
    terms: Vec<String>,
    #[command(flatten)]
    by: ByArgs,
}

pub(super) fn list(context: &Context<'_>) -> anyhow::Result<Status> {
    let groups = context.pack.lexicon.groups();
    if context.is_json {
        context.print_json(&groups)?;
        return Ok(Status::Success);
    }
    let mut out = anstream::stdout().lock();
    for terms in groups {
        writeln!(out, "{}", printable(&one_line(&terms.join(", "))))?;
    }
    Ok(Status::Success)
}

pub(super) fn add(args: &TermsArgs, context: &Context<'_>) -> anyhow::Result<Status> {
    let patch = LexiconPatch::Add(args.terms.clone());
    apply(Edit::ChangeLexicon(patch), &args.by, context)
}

pub(super) fn remove(args: &TermsArgs, context: &Context<'_>) -> anyhow::Result<Status> {
    let patch = LexiconPatch::Remove(args.terms.clone());
    apply(Edit::ChangeLexicon(patch), &args.by, context)
}
