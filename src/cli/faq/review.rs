//! `quoth faq review`.

use std::io::Write;

use crate::cli::Status;
use crate::cli::moderation::{Context, Tense, print_reviewed, refuse, report_edit_error};

/// Arguments of `quoth faq review`.
#[derive(Debug, clap::Args)]
pub(super) struct ReviewArgs {
    /// Compare with the state before this change, from `quoth faq history` [default: the text that was recorded last].
    #[arg(long, value_name = "REVISION")]
    since: Option<i64>,
}

pub(super) fn review(args: &ReviewArgs, context: &Context<'_>) -> anyhow::Result<Status> {
    let editor = context.editor()?;
    let reviewed = match args.since {
        Some(revision) => editor.review_since(revision),
        None => editor.review_file(),
    };
    let reviewed = match (reviewed, args.since) {
        (Err(error), _) => return report_edit_error(error, context),
        (Ok(Some(reviewed)), _) => reviewed,
        (Ok(None), Some(revision)) => {
            return refuse(&format!("this pack has no revision {revision}"), context);
        }
        (Ok(None), None) => {
            let text = "no text of this pack is recorded yet, so there is nothing to compare with";
            return refuse(text, context);
        }
    };
    if reviewed.entries.is_empty() && !context.is_json {
        let before = args.since.map_or_else(
            || "as it was recorded last".to_owned(),
            |revision| format!("as before change {revision}"),
        );
        writeln!(anstream::stdout(), "The entries and synonyms are {before}.")?;
        return Ok(Status::Success);
    }
    print_reviewed(&reviewed, Tense::Is, context)?;
    Ok(Status::Success)
}
