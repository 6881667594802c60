//! The commands of `quoth faq` that change a pack.

use std::io::Write;

use anyhow::{anyhow, bail};
use serde::Serialize;

use super::history::{Change, print_change};
use super::{Context, word_diff};
use crate::cli::Status;
use crate::cli::report::{PackReport, print};
use crate::knowledge::{EntryChange, EntryDraft, EntryFields, EntryId, QuoteDraft};
use crate::moderation::edit::Rejection;
use crate::moderation::{Edit, RefusedEdit, RevisionAuthor};
use crate::platform::console::printable;
use crate::service::pack_editor::{EditError, ProposedEdit};
use crate::service::{Clock, SystemClock};
use crate::store::records::RevisionFilter;

/// Who changes a pack, and how.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct ByArgs {
    /// Your name, for the history [default: that of the system].
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Why, for the history.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Show what would change, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

impl ByArgs {
    fn author(&self) -> RevisionAuthor {
        let of_system = || ["USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
        let name = self.by.clone().or_else(of_system).filter(|name| !name.trim().is_empty());
        RevisionAuthor::Terminal(name.unwrap_or_else(|| "unknown".to_owned()))
    }
}

/// The fields of an entry.
#[derive(Debug, clap::Args)]
struct FieldArgs {
    /// A quote, in the words of a source; may be given twice.
    #[arg(long = "quote", value_name = "TEXT")]
    quotes: Vec<String>,
    /// The source of the quotes; needed if the pack has several.
    #[arg(long, value_name = "NAME", requires = "quotes")]
    source: Option<String>,
    /// The paragraph of a quote that the source has several times.
    #[arg(long, value_name = "N", requires = "quotes")]
    paragraph: Option<usize>,
    /// Who is quoted.
    #[arg(long, value_name = "NAME", requires = "quotes")]
    speaker: Option<String>,
    /// The role of the speaker.
    #[arg(long, value_name = "TEXT", requires = "quotes")]
    role: Option<String>,
    /// A line above the quotes, in your words.
    #[arg(long, value_name = "TEXT")]
    lead: Option<String>,
    /// A topic; may be given several times.
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// The id of a related entry; may be given several times.
    #[arg(long, value_name = "ID")]
    see_also: Vec<String>,
}

impl FieldArgs {
    fn quotes(&self) -> Vec<QuoteDraft> {
        let quote = |text: &String| QuoteDraft {
            text: text.clone(),
            source: self.source.clone(),
            paragraph: self.paragraph,
            speaker: self.speaker.clone(),
            role: self.role.clone(),
        };
        self.quotes.iter().map(quote).collect()
    }
}

/// Arguments of `quoth faq add`.
#[derive(Debug, clap::Args)]
pub(super) struct AddArgs {
    /// The question, as the FAQ asks it.
    #[arg(long, value_name = "TEXT")]
    question: String,
    /// Another phrasing; may be given several times.
    #[arg(long = "phrasing", value_name = "TEXT")]
    phrasings: Vec<String>,
    /// The id [default: made of the question].
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// A gap: the sources do not answer the question.
    #[arg(long, conflicts_with_all = ["quotes", "lead"], required_unless_present = "quotes")]
    gap: bool,
    #[command(flatten)]
    fields: FieldArgs,
    #[command(flatten)]
    by: ByArgs,
}

/// Arguments of `quoth faq edit`.
#[derive(Debug, clap::Args)]
pub(super) struct EditArgs {
    /// The entry's id.
    #[arg(value_name = "ID")]
    id: String,
    /// The question.
    #[arg(long, value_name = "TEXT")]
    question: Option<String>,
    #[command(flatten)]
    fields: FieldArgs,
    #[command(flatten)]
    by: ByArgs,
}

/// Arguments of a command for one entry.
#[derive(Debug, clap::Args)]
pub(super) struct IdArgs {
    /// The entry's id.
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    by: ByArgs,
}

/// Arguments of a command for a phrasing of an entry.
#[derive(Debug, clap::Args)]
pub(super) struct PhrasingArgs {
    /// The entry's id.
    #[arg(value_name = "ID")]
    id: String,
    /// The phrasing.
    #[arg(value_name = "TEXT")]
    phrasing: String,
    #[command(flatten)]
    by: ByArgs,
}

/// Arguments of `quoth faq move-phrasing`.
#[derive(Debug, clap::Args)]
pub(super) struct MoveArgs {
    /// The id of the entry that has it.
    #[arg(value_name = "FROM")]
    from: String,
    /// The id of the entry that gets it.
    #[arg(value_name = "TO")]
    to: String,
    /// The phrasing.
    #[arg(value_name = "TEXT")]
    phrasing: String,
    #[command(flatten)]
    by: ByArgs,
}

/// Arguments of `quoth faq revert`.
#[derive(Debug, clap::Args)]
pub(super) struct RevertArgs {
    /// The number of the change, from `quoth faq history`.
    #[arg(value_name = "REVISION")]
    revision: i64,
    #[command(flatten)]
    by: ByArgs,
}

pub(super) fn add(args: &AddArgs, context: &Context<'_>) -> anyhow::Result<Status> {
    let pack = context.pack()?;
    let is_taken = |id: &str| pack.entries.iter().any(|entry| entry.id.as_str() == id);
    let id = match &args.id {
        Some(id) => parsed(id)?,
        None => EntryId::from_question(&args.question, is_taken),
    };
    let fields = &args.fields;
    let draft = EntryDraft {
        variants: args.phrasings.clone(),
        lead: fields.lead.clone(),
        tags: fields.tags.clone(),
        see_also: fields.see_also.clone(),
        quotes: fields.quotes(),
        ..EntryDraft::new(id, &args.question)
    };
    apply(Edit::Add(draft), &args.by, context)
}

pub(super) fn edit(args: &EditArgs, context: &Context<'_>) -> anyhow::Result<Status> {
    let given = |texts: &Vec<String>| Some(texts.clone()).filter(|texts| !texts.is_empty());
    let fields = EntryFields {
        question: args.question.clone(),
        variants: None,
        lead: args.fields.lead.clone(),
        tags: given(&args.fields.tags),
        see_also: given(&args.fields.see_also),
        quotes: Some(args.fields.quotes()).filter(|quotes| !quotes.is_empty()),
    };
    apply(Edit::Change { id: parsed(&args.id)?, fields }, &args.by, context)
}

pub(super) fn remove(args: &IdArgs, context: &Context<'_>) -> anyhow::Result<Status> {
    apply(Edit::Remove { id: parsed(&args.id)? }, &args.by, context)
}

pub(super) fn restore(args: &IdArgs, context: &Context<'_>) -> anyhow::Result<Status> {
    let mut editor = context.editor()?;
    editor.catch_up(SystemClock.now())?;
    let filter = RevisionFilter {
        pack: context.pack()?.name,
        entry: Some(args.id.clone()),
        limit: 1,
        ..RevisionFilter::default()
    };
    let last = editor.history().list(&filter)?.pop();
    match last.filter(|last| last.revision.after.is_none()) {
        Some(removed) => apply(Edit::Revert(Box::new(removed.revision)), &args.by, context),
        None => refuse(&format!("the history has no removal of {} to take back", args.id), context),
    }
}

pub(super) fn add_phrasing(args: &PhrasingArgs, context: &Context<'_>) -> anyhow::Result<Status> {
    let (id, phrasing) = (parsed(&args.id)?, args.phrasing.clone());
    apply(Edit::AddPhrasing { id, phrasing }, &args.by, context)
}

pub(super) fn remove_phrasing(
    args: &PhrasingArgs,
    context: &Context<'_>,
) -> anyhow::Result<Status> {
    let (id, phrasing) = (parsed(&args.id)?, args.phrasing.clone());
    apply(Edit::RemovePhrasing { id, phrasing }, &args.by, context)
}

pub(super) fn move_phrasing(args: &MoveArgs, context: &Context<'_>) -> anyhow::Result<Status> {
    let (from, to) = (parsed(&args.from)?, parsed(&args.to)?);
    apply(Edit::MovePhrasing { from, to, phrasing: args.phrasing.clone() }, &args.by, context)
}

pub(super) fn revert(args: &RevertArgs, context: &Context<'_>) -> anyhow::Result<Status> {
    let found = context.editor()?.history().find(args.revision)?;
    match found.filter(|found| context.pack().is_ok_and(|pack| pack.name == found.revision.pack)) {
        Some(found) => {
            let reason = Some(format!("takes back {}", found.id));
            let by = ByArgs { reason: args.by.reason.clone().or(reason), ..args.by.clone() };
            apply(Edit::Revert(Box::new(found.revision)), &by, context)
        }
        None => refuse(&format!("this pack has no revision {}", args.revision), context),
    }
}

fn parsed(id: &str) -> anyhow::Result<EntryId> {
    EntryId::new(id).ok_or_else(|| anyhow!("an id has 1 to 100 characters, and no spaces"))
}

/// Makes an edit and prints its revisions; with `--dry-run`, what it would change.
fn apply(edit: Edit, by: &ByArgs, context: &Context<'_>) -> anyhow::Result<Status> {
    let mut editor = context.editor()?;
    if by.dry_run {
        return match editor.preview(&edit) {
            Ok(changes) => print_preview(&changes, context),
            Err(error) => report(error, context),
        };
    }
    let reason = by.reason.clone();
    let proposed = ProposedEdit { edit, by: by.author(), reason, at: SystemClock.now() };
    match editor.edit(&proposed) {
        Ok(recorded) if context.is_json => {
            let changes: Vec<Change<'_>> = recorded.iter().map(Change::new).collect();
            context.print_json(&changes)?;
            Ok(Status::Success)
        }
        Ok(recorded) => {
            for recorded in &recorded {
                print_change(recorded, context)?;
            }
            Ok(Status::Success)
        }
        Err(error) => report(error, context),
    }
}

#[derive(Serialize)]
struct Preview<'c> {
    entry: &'c str,
    before: Option<&'c str>,
    after: Option<&'c str>,
}

fn print_preview<'c>(changes: &'c [EntryChange], context: &Context<'_>) -> anyhow::Result<Status> {
    if context.is_json {
        let preview = |change: &'c EntryChange| Preview {
            entry: &change.id,
            before: change.before.as_deref(),
            after: change.after.as_deref(),
        };
        context.print_json(&changes.iter().map(preview).collect::<Vec<_>>())?;
        return Ok(Status::Success);
    }
    let mut out = anstream::stdout().lock();
    for EntryChange { id, before, after } in changes {
        writeln!(out, "{} would change:", printable(id))?;
        let [before, after] = [before, after].map(|it| it.as_deref().unwrap_or_default());
        writeln!(out, "{}", word_diff::render(before, after, context.terminal))?;
    }
    Ok(Status::Success)
}

/// Says why an edit was not made.
fn report(error: EditError, context: &Context<'_>) -> anyhow::Result<Status> {
    match error {
        EditError::Refused(refused) => report_refusal(refused, context),
        error => bail!(error),
    }
}

fn report_refusal(refused: RefusedEdit, context: &Context<'_>) -> anyhow::Result<Status> {
    let text = format!("{refused}; nothing was changed");
    match refused {
        RefusedEdit::InvalidBefore(rejection) | RefusedEdit::InvalidAfter(rejection)
            if !context.is_json =>
        {
            let Rejection { files, pack, findings } = *rejection;
            let errors = findings.into_iter().filter(|finding| finding.is_error()).collect();
            print(&[PackReport::new(&context.folder, files, &pack, errors)], context.terminal)?;
        }
        RefusedEdit::InvalidBefore(rejection) | RefusedEdit::InvalidAfter(rejection) => {
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
fn refuse(text: &str, context: &Context<'_>) -> anyhow::Result<Status> {
    #[derive(Serialize)]
    struct Refusal<'t> {
        error: &'t str,
    }
    if context.is_json {
        context.print_json(&Refusal { error: text })?;
    } else {
        context.terminal.error(&anyhow!(printable(text)));
    }
    Ok(Status::Failed)
}
