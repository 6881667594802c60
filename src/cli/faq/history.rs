//! `quoth faq history` and `diff`.

use std::io::Write;

use anyhow::anyhow;

use crate::cli::Status;
use crate::cli::moderation::{Change, Context, print_change, refuse, render_word_diff};
use crate::conversation::Timestamp;
use crate::knowledge::patch::history_id;
use crate::service::{Clock, SystemClock};
use crate::store::records::{AuthorFilter, RevisionFilter};

/// Arguments of `quoth faq history`.
#[derive(Debug, clap::Args)]
pub(super) struct HistoryArgs {
    /// Only the changes of this entry.
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// Only the changes by this person; `file` are those of the file by an editor.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Only the changes since this day or time (UTC), like 2026-11-30 or 2026-11-30T08:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    since: Option<Timestamp>,
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,
}

/// Arguments of `quoth faq diff`.
#[derive(Debug, clap::Args)]
pub(super) struct DiffArgs {
    /// The number of the change, from `quoth faq history`.
    #[arg(value_name = "REVISION")]
    revision: i64,
}

pub(super) fn history(args: &HistoryArgs, context: &Context<'_>) -> anyhow::Result<Status> {
    let mut editor = context.editor()?;
    editor.catch_up(SystemClock.now())?;
    let filter = RevisionFilter {
        pack: context.pack.name.clone(),
        entry: args.id.as_deref().map(|id| history_id(id).to_owned()),
        by: args.by.as_deref().map(AuthorFilter::named),
        since: args.since,
        from: None,
        limit: args.limit,
    };
    let found = editor.history().list(&filter)?;
    if context.is_json {
        context.print_json(&found.iter().map(Change::new).collect::<Vec<_>>())?;
        return Ok(Status::Success);
    }
    if found.is_empty() {
        writeln!(anstream::stdout(), "No change is recorded.")?;
    }
    found.iter().try_for_each(print_change)?;
    Ok(Status::Success)
}

pub(super) fn diff(args: &DiffArgs, context: &Context<'_>) -> anyhow::Result<Status> {
    let edit = context.editor()?.edit_of(args.revision)?;
    let Some(found) = edit.into_iter().find(|recorded| recorded.id == args.revision) else {
        return refuse(&format!("this pack has no revision {}", args.revision), context);
    };
    if context.is_json {
        context.print_json(&Change::new(&found))?;
        return Ok(Status::Success);
    }
    print_change(&found)?;
    let [before, after] = [&found.revision.before, &found.revision.after];
    let [before, after] = [before, after].map(|text| text.as_deref().unwrap_or_default());
    writeln!(anstream::stdout(), "{}", render_word_diff(before, after, context.terminal))?;
    Ok(Status::Success)
}

/// A day or a time, for an argument.
pub(super) fn parse_time(text: &str) -> anyhow::Result<Timestamp> {
    Timestamp::parse(text)
        .ok_or_else(|| anyhow!("write it like 2026-11-30 or 2026-11-30T08:00:00Z"))
}
