//! The commands of `quoth faq` that change a pack.

use anyhow::{anyhow, bail};

use super::history::parse_time;
use crate::cli::Status;
use crate::cli::moderation::{ByArgs, Context, apply, refuse};
use crate::conversation::Timestamp;
use crate::knowledge::{EntryDraft, EntryFields, EntryId, QuoteDraft};
use crate::moderation::Edit;
use crate::service::pack_editor::EditsBy;
use crate::service::{Clock, SystemClock};
use crate::store::records::{AuthorFilter, RecordedRevision};

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
    #[arg(long, conflicts_with_all = ["quotes", "lead"])]
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

/// Arguments of `quoth faq add-phrasing`.
#[derive(Debug, clap::Args)]
pub(super) struct PhrasingsArgs {
    /// The entry's id.
    #[arg(value_name = "ID")]
    id: String,
    /// The phrasings.
    #[arg(value_name = "TEXT", required = true)]
    phrasings: Vec<String>,
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
    #[arg(value_name = "REVISION", required_unless_present = "all_by", conflicts_with = "all_by")]
    revision: Option<i64>,
    /// Take back all changes by this person, as `quoth faq history` names them; `file` are those by an editor.
    #[arg(long, value_name = "NAME")]
    all_by: Option<String>,
    /// With --all-by: only the changes since this day or time (UTC), like 2026-11-30 or 2026-11-30T08:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = parse_time, requires = "all_by")]
    since: Option<Timestamp>,
    #[command(flatten)]
    by: ByArgs,
}

pub(super) fn add(args: &AddArgs, context: &Context<'_>) -> anyhow::Result<Status> {
    if !args.gap && args.fields.quotes.is_empty() {
        bail!("give --quote TEXT with words of a source, or --gap if the sources do not answer");
    }
    let is_taken = |id: &str| context.pack.entries.iter().any(|entry| entry.id.as_str() == id);
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
    let removal = editor.removal_of(&args.id)?;
    if removal.is_empty() {
        let text = format!("{} was not removed last, as far as the history knows", args.id);
        return refuse(&text, context);
    }
    apply(revert_of(removal), &args.by, context)
}

pub(super) fn add_phrasings(args: &PhrasingsArgs, context: &Context<'_>) -> anyhow::Result<Status> {
    let (id, phrasings) = (parsed(&args.id)?, args.phrasings.clone());
    apply(Edit::AddPhrasings { id, phrasings }, &args.by, context)
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
    match (args.revision, &args.all_by) {
        (Some(revision), _) => revert_one(revision, args, context),
        (None, Some(name)) => revert_all(name, args, context),
        (None, None) => bail!("say which change: its number, or --all-by NAME"),
    }
}

fn revert_one(revision: i64, args: &RevertArgs, context: &Context<'_>) -> anyhow::Result<Status> {
    let edit = context.editor()?.edit_of(revision)?;
    if edit.is_empty() {
        return refuse(&format!("this pack has no revision {revision}"), context);
    }
    let numbers: Vec<String> = edit.iter().map(|recorded| recorded.id.to_string()).collect();
    let by = args.by.with_reason(&format!("takes back {}", numbers.join(", ")));
    apply(revert_of(edit), &by, context)
}

/// Takes back what `name` has done, and lists what stays since others have changed the same places.
fn revert_all(name: &str, args: &RevertArgs, context: &Context<'_>) -> anyhow::Result<Status> {
    let mut editor = context.editor()?;
    let found = editor.edits_by(AuthorFilter::named(name), args.since, SystemClock.now())?;
    let since = args.since.map(|since| format!(" since {}", since.to_the_minute()));
    let since = since.unwrap_or_default();
    let Some(EditsBy { reverted, kept }) = found else {
        return refuse(&format!("this pack has no change by {name}{since}"), context);
    };
    for RecordedRevision { id, revision } in &kept {
        let note = "stays, since others have changed the same place: see `quoth faq diff";
        context.terminal.note(&format!("{id}: {} {note} {id}`", revision.entry));
    }
    let by = args.by.with_reason(&format!("takes back all by {name}{since}"));
    apply(reverted, &by, context)
}

fn revert_of(edit: Vec<RecordedRevision>) -> Edit {
    Edit::Revert(edit.into_iter().map(|recorded| recorded.revision).collect())
}

fn parsed(id: &str) -> anyhow::Result<EntryId> {
    EntryId::new(id).ok_or_else(|| anyhow!("an id has 1 to 100 characters, and no spaces"))
}
