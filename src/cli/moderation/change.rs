//! A change of a pack, as it is shown.

use std::io::Write;

use serde::Serialize;

use crate::conversation::layout::one_line;
use crate::platform::console::printable;
use crate::store::records::{AuthorFilter, RecordedRevision};

/// A change, for programs.
#[derive(Serialize)]
pub(in crate::cli) struct Change<'r> {
    id: i64,
    pack: String,
    entry: &'r str,
    by: &'r str,
    reason: Option<&'r str>,
    at: String,
    before: Option<&'r str>,
    after: Option<&'r str>,
}

impl<'r> Change<'r> {
    pub(in crate::cli) fn new(recorded: &'r RecordedRevision) -> Self {
        let revision = &recorded.revision;
        Self {
            id: recorded.id,
            pack: revision.subject.id(),
            entry: &revision.entry,
            by: revision.by.name().unwrap_or(FILE),
            reason: revision.reason.as_deref(),
            at: revision.at.rfc3339(),
            before: revision.before.as_deref(),
            after: revision.after.as_deref(),
        }
    }
}

/// Prints a change in a line.
pub(in crate::cli) fn print_change(
    RecordedRevision { id, revision }: &RecordedRevision,
) -> anyhow::Result<()> {
    let what = kind(revision.before.as_deref(), revision.after.as_deref());
    let reason = revision.reason.as_ref().map(|it| format!(": {it}")).unwrap_or_default();
    let (at, by) = (revision.at.rfc3339(), revision.by.name().unwrap_or(FILE));
    let line = format!("{id}: {} {what} by {by} at {at}{reason}", revision.entry);
    Ok(writeln!(anstream::stdout(), "{}", printable(&one_line(&line)))?)
}

/// What has happened to an entry with these texts.
pub(super) fn kind(before: Option<&str>, after: Option<&str>) -> &'static str {
    match (before, after) {
        (None, _) => "added",
        (_, None) => "removed",
        _ => "changed",
    }
}

/// How changes of the file are told, which nobody known has made.
pub(in crate::cli) const FILE: &str = AuthorFilter::FILE;
