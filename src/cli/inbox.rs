//! `quoth inbox`: the questions that were not answered.

mod group_summary;

use std::io::Write;

use anyhow::{anyhow, bail};
use clap::Subcommand;

use super::Status;
use super::config_args::ConfigArgs;
use super::moderation::{ByArgs, Context, ModerationArgs, apply, refuse};
use super::report::pluralize;
use super::terminal::Terminal;
use crate::config::is_platform_user;
use crate::conversation::{MessageId, PrincipalId};
use crate::knowledge::EntryId;
use crate::moderation::Edit;
use crate::moderation::inbox::{MAX_QUESTIONS, QuestionGroup, Resolution, find_all, groups};
use crate::store::asker_key::AskerKey;
use crate::store::records::Inbox;
use group_summary::{GroupSummary, list, show};

/// The reason in the history of a phrasing from the inbox.
const REASON: &str = "asked in chat";

/// Arguments of `quoth inbox`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    moderation: ModerationArgs,
    /// Only the questions of this space.
    #[arg(long, global = true, value_name = "NAME")]
    space: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the groups of questions that ask for the same, those of the most people first.
    List(ListArgs),
    #[command(flatten)]
    Group(GroupCommand),
    /// Delete all that is recorded of a person, as they can themselves by `forget me`.
    Forget(ForgetArgs),
}

/// What is done with groups.
#[derive(Debug, Subcommand)]
enum GroupCommand {
    /// Show the questions of groups.
    Show(GroupArgs),
    /// Make the questions of groups phrasings of an entry or a gap.
    Assign(AssignArgs),
    /// Make one gap of groups: the sources do not answer it.
    Gap(GapArgs),
    /// Put groups aside, and what asks for the same later.
    Dismiss(GroupArgs),
    /// Delete the questions of groups.
    Erase(GroupArgs),
}

#[derive(Debug, clap::Args)]
struct ForgetArgs {
    /// The person's id, such as discord:user:56 or matrix:@ada:example.org.
    #[arg(value_name = "USER")]
    user: String,
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Only groups with this text in a question.
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
}

#[derive(Debug, clap::Args)]
struct GroupArgs {
    /// The ids of the groups, from `quoth inbox list`.
    #[arg(value_name = "GROUP", required = true)]
    groups: Vec<String>,
}

#[derive(Debug, clap::Args)]
struct AssignArgs {
    #[command(flatten)]
    groups: GroupArgs,
    /// The id of the entry or gap.
    #[arg(value_name = "ID")]
    id: String,
    /// Only the question with these words; may be given several times.
    #[arg(long, value_name = "TEXT")]
    only: Vec<String>,
    #[command(flatten)]
    by: ByArgs,
}

#[derive(Debug, clap::Args)]
struct GapArgs {
    #[command(flatten)]
    groups: GroupArgs,
    /// The question of the gap [default: the latest of the groups].
    #[arg(long, value_name = "TEXT")]
    question: Option<String>,
    #[command(flatten)]
    by: ByArgs,
}

impl GroupCommand {
    /// The ids of the groups.
    fn groups(&self) -> &[String] {
        match self {
            Self::Show(args) | Self::Dismiss(args) | Self::Erase(args) => &args.groups,
            Self::Assign(args) => &args.groups.groups,
            Self::Gap(args) => &args.groups.groups,
        }
    }
}

pub(super) fn run(args: &Args, config: &ConfigArgs, terminal: &Terminal) -> anyhow::Result<Status> {
    match &args.command {
        Command::List(list_args) => {
            let (context, _, groups) = waiting(args, config, terminal)?;
            list(&groups, list_args.search.as_deref(), list_args.limit, &context)
        }
        Command::Group(command) => {
            let (context, mut inbox, groups) = waiting(args, config, terminal)?;
            match find_all(&groups, command.groups()) {
                Ok(group) => run_group(command, &group, &mut inbox, &context),
                Err(id) => {
                    let text = format!("there is no group {id}; `quoth inbox list` shows all");
                    refuse(&text, &context)
                }
            }
        }
        Command::Forget(forget) => erase(&forget.user, config),
    }
}

/// The inbox, and the groups of questions that wait in it.
fn waiting<'a>(
    args: &Args,
    config: &'a ConfigArgs,
    terminal: &'a Terminal,
) -> anyhow::Result<(Context<'a>, Inbox, Vec<QuestionGroup>)> {
    let context = Context::new(&args.moderation, config, terminal)?;
    let inbox = Inbox::open(&config.read()?.data)?;
    let questions = inbox.questions(args.space.as_deref(), MAX_QUESTIONS)?;
    let groups = groups(&questions, &context.pack);
    Ok((context, inbox, groups))
}

fn run_group(
    command: &GroupCommand,
    group: &QuestionGroup,
    inbox: &mut Inbox,
    context: &Context<'_>,
) -> anyhow::Result<Status> {
    match command {
        GroupCommand::Show(_) => show(group, context),
        GroupCommand::Assign(args) => {
            let is_all = args.only.is_empty();
            let chosen = if is_all { Some(group.clone()) } else { group.only(&args.only) };
            let Some(group) = chosen else {
                return refuse("the group has no question with these words", context);
            };
            let status = assign(args, &group, context)?;
            resolve(status, &group, &args.by, inbox)
        }
        GroupCommand::Gap(args) => {
            let draft = group.gap(&context.pack, args.question.as_deref());
            let status = apply(Edit::Add(draft), &args.by.with_reason(REASON), context)?;
            resolve(status, group, &args.by, inbox)
        }
        GroupCommand::Dismiss(_) => {
            inbox.resolve(&messages(group), Resolution::Dismissed)?;
            print_result("Dismissed", group, context)
        }
        GroupCommand::Erase(_) => {
            inbox.erase(&messages(group))?;
            print_result("Deleted", group, context)
        }
    }
}

/// Deletes the records of the user with this id.
fn erase(user: &str, config: &ConfigArgs) -> anyhow::Result<Status> {
    let config = config.read()?;
    if !is_platform_user(user) {
        bail!("write the id with its platform, such as discord:user:56 or matrix:@ada:example.org");
    }
    let hash_key = config.records.hash_key.as_ref();
    let key = AskerKey::configured(hash_key.map(|key| key.expose()), &config.data)?;
    let n_deleted = Inbox::open(&config.data)?.erase_asker(&key.hash(&PrincipalId::from(user)))?;
    let records = pluralize(usize::try_from(n_deleted).unwrap_or(usize::MAX), "record");
    writeln!(anstream::stdout(), "Deleted {records}.")?;
    Ok(Status::Success)
}

fn messages(group: &QuestionGroup) -> Vec<MessageId> {
    group.questions.iter().map(|question| question.message.clone()).collect()
}

/// Adds the wordings that the entry does not have to its phrasings.
fn assign(
    args: &AssignArgs,
    group: &QuestionGroup,
    context: &Context<'_>,
) -> anyhow::Result<Status> {
    let id = EntryId::new(&args.id).ok_or_else(|| anyhow!("there is no entry {}", args.id))?;
    let phrasings = group.new_phrasings(&context.pack, &id);
    if phrasings.is_empty() {
        context.terminal.note(&format!("{id} has these phrasings already."));
        return Ok(Status::Success);
    }
    apply(Edit::AddPhrasings { id, phrasings }, &args.by.with_reason(REASON), context)
}

/// Takes questions that became phrasings out of the inbox.
fn resolve(
    status: Status,
    group: &QuestionGroup,
    by: &ByArgs,
    inbox: &mut Inbox,
) -> anyhow::Result<Status> {
    if status == Status::Success && !by.is_dry_run() {
        inbox.resolve(&messages(group), Resolution::Assigned)?;
    }
    Ok(status)
}

fn print_result(
    what: &str,
    group: &QuestionGroup,
    context: &Context<'_>,
) -> anyhow::Result<Status> {
    if context.is_json {
        context.print_json(&GroupSummary::new(group))?;
    } else {
        let questions = pluralize(group.questions.len(), "question");
        writeln!(anstream::stdout(), "{what} {questions}.")?;
    }
    Ok(Status::Success)
}
