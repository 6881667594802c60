//! Makes an edit of a pack, or says why it is refused.

use std::io::Write;

use anyhow::bail;
use serde::Serialize;

use super::change::{Change, FILE, kind, print_change};
use super::review::{N_EXAMPLES, ShownReview, print_review};
use super::{Context, word_diff};
use crate::cli::Status;
use crate::cli::report::{PackReport, print};
use crate::conversation::layout::one_line;
use crate::knowledge::EntryChange;
use crate::moderation::edit::Rejection;
use crate::moderation::review::Review;
use crate::moderation::{Edit, RefusedEdit, RevisionAuthor};
use crate::platform::console::printable;
use crate::service::pack_editor::{EditError, ProposedEdit, ReviewedChange};
use crate::service::{Clock, SystemClock};
use crate::store::records::RecordedRevision;

/// Who changes a pack, and how.
#[derive(Debug, Clone, clap::Args)]
pub(in crate::cli) struct ByArgs {
    /// Your name, for the history [default: USER of the environment].
    #[arg(long, value_name = "NAME", value_parser = parse_name)]
    by: Option<String>,
    /// Why, for the history.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Show what would change, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

impl ByArgs {
    /// Whether nothing may be written.
    pub(in crate::cli) fn is_dry_run(&self) -> bool {
        self.dry_run
    }

    /// These, with `reason` before what is given.
    pub(in crate::cli) fn with_reason(&self, reason: &str) -> Self {
        let given = self.reason().map(|given| format!(": {given}")).unwrap_or_default();
        Self { reason: Some(format!("{reason}{given}")), ..self.clone() }
    }

    /// The reason that is given.
    pub(in crate::cli) fn reason(&self) -> Option<String> {
        self.reason.clone().filter(|reason| !reason.trim().is_empty())
    }

    /// Who changes it: the name that is given, else that of the environment.
    pub(in crate::cli) fn author(&self) -> RevisionAuthor {
        let of_system = || ["USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
        let name = self.by.clone().or_else(of_system).filter(|name| !name.trim().is_empty());
        RevisionAuthor::Terminal(name.unwrap_or_else(|| "unknown".to_owned()))
    }
}

/// A name that cannot be taken for that of changes by an editor.
fn parse_name(name: &str) -> anyhow::Result<String> {
    if name == FILE {
        bail!("`{FILE}` stands for changes that were made in an editor");
    }
    Ok(name.to_owned())
}

/// Makes an edit and prints its revisions, with examples of its review; with `--dry-run`, what it would change.
pub(in crate::cli) fn apply(
    edit: Edit,
    by: &ByArgs,
    context: &Context<'_>,
) -> anyhow::Result<Status> {
    let mut editor = context.editor()?;
    let reviewed = match editor.review(&edit) {
        Ok(reviewed) => reviewed,
        Err(error) => return report(error, context),
    };
    if by.dry_run {
        print_reviewed(&reviewed, Tense::WouldBe, context)?;
        return Ok(Status::Success);
    }
    let proposed = ProposedEdit {
        edit,
        by: by.author(),
        reason: by.reason(),
        at: SystemClock.now(),
        seen: None,
    };
    match editor.edit(&proposed) {
        Ok(made) => print_made(&made.revisions, &reviewed.review, context),
        Err(error) => report(error, context),
    }
}

/// Changes with their review, for programs.
#[derive(Serialize)]
struct ShownChanges<'r, C> {
    changes: Vec<C>,
    review: ShownReview<'r>,
}

/// Prints the revisions of an edit, and some examples of what it changes for those who ask.
fn print_made(
    recorded: &[RecordedRevision],
    review: &Review,
    context: &Context<'_>,
) -> anyhow::Result<Status> {
    if context.is_json {
        let changes: Vec<Change<'_>> = recorded.iter().map(Change::new).collect();
        context.print_json(&changes)?;
        return Ok(Status::Success);
    }
    recorded.iter().try_for_each(print_change)?;
    let first = recorded.first().map_or(0, |recorded| recorded.id);
    let rest = format!("`quoth faq review --since {first}` lists all");
    print_review(review, N_EXAMPLES, &rest, context)?;
    Ok(Status::Success)
}

/// Whether a change is made.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) enum Tense {
    /// It is in the file.
    Is,
    /// It is a preview.
    WouldBe,
}

#[derive(Serialize)]
struct ShownEntry<'c> {
    entry: &'c str,
    before: Option<&'c str>,
    after: Option<&'c str>,
}

/// Prints how entries change, word by word, and all that it changes for those who ask.
pub(in crate::cli) fn print_reviewed<'c>(
    ReviewedChange { entries, review, .. }: &'c ReviewedChange,
    tense: Tense,
    context: &Context<'_>,
) -> anyhow::Result<()> {
    if context.is_json {
        let shown = |change: &'c EntryChange| ShownEntry {
            entry: &change.id,
            before: change.before.as_deref(),
            after: change.after.as_deref(),
        };
        let changes = entries.iter().map(shown).collect();
        return context.print_json(&ShownChanges { changes, review: ShownReview::new(review) });
    }
    let verb = match tense {
        Tense::Is => "is",
        Tense::WouldBe => "would be",
    };
    for EntryChange { id, before, after } in entries {
        let mut out = anstream::stdout().lock();
        let what = kind(before.as_deref(), after.as_deref());
        writeln!(out, "{} {verb} {what}:", printable(&one_line(id)))?;
        let [before, after] = [before, after].map(|it| it.as_deref().unwrap_or_default());
        writeln!(out, "{}", word_diff::render(before, after, context.terminal))?;
    }
    print_review(review, usize::MAX, "", context)
}

/// Says why an edit was not made.
pub(in crate::cli) fn report(error: EditError, context: &Context<'_>) -> anyhow::Result<Status> {
    match error {
        EditError::Refused(refused) => report_refusal(refused, context),
        error => bail!(error),
    }
}

fn report_refusal(refused: RefusedEdit, context: &Context<'_>) -> anyhow::Result<Status> {
    let text = format!("{refused}; nothing was changed");
    match refused {
        RefusedEdit::Invalid(rejection) if !context.is_json => {
            let Rejection { files, pack, findings } = *rejection;
            let errors = findings.into_iter().filter(|finding| finding.is_error()).collect();
            print(&[PackReport::new(&context.folder, files, &pack, errors)], context.terminal)?;
        }
        RefusedEdit::Invalid(rejection) => {
            let errors = rejection.findings.iter().filter(|finding| finding.is_error());
            let messages = errors.map(|it| match &it.help {
                Some(help) => format!("{}; {help}", it.message),
                None => it.message.clone(),
            });
            return refuse(
                &[text].into_iter().chain(messages).collect::<Vec<_>>().join("\n"),
                context,
            );
        }
        RefusedEdit::ChangedSince { revision, today } if !context.is_json => {
            let after = revision.after.unwrap_or_default();
            let diff = word_diff::render(&after, &today.unwrap_or_default(), context.terminal);
            writeln!(anstream::stdout(), "Since that change:\n{diff}")?;
        }
        _ => {}
    }
    refuse(&text, context)
}

/// Prints why nothing was changed.
pub(in crate::cli) fn refuse(text: &str, context: &Context<'_>) -> anyhow::Result<Status> {
    context.output().refuse(text)
}
