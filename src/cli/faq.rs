//! `quoth faq`: reads and edits the entries of a pack.

mod edit;
mod entries;
mod export;
mod history;
mod review;
mod synonyms;

use clap::Subcommand;

use super::Status;
use super::config_args::ConfigArgs;
use super::moderation::{Context, ModerationArgs};
use super::terminal::Terminal;

/// Arguments of `quoth faq`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    moderation: ModerationArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the entries and gaps.
    List,
    /// Show an entry as it is written.
    Show(entries::ShowArgs),
    /// Find entries for a question, best first, however unsure.
    Search(entries::SearchArgs),
    /// Add an entry, or a gap.
    Add(edit::AddArgs),
    /// Change fields of an entry.
    Edit(edit::EditArgs),
    /// Remove an entry. `restore` brings it back.
    Remove(edit::IdArgs),
    /// Bring a removed entry back as it was.
    Restore(edit::IdArgs),
    /// Add phrasings to an entry.
    AddPhrasing(edit::PhrasingsArgs),
    /// Remove a phrasing from an entry.
    RemovePhrasing(edit::PhrasingArgs),
    /// Move a phrasing from one entry to another.
    MovePhrasing(edit::MoveArgs),
    /// List the groups of terms that mean the same in the pack.
    Synonyms,
    /// Make terms synonyms: those that have none join the group of the others, or make a new one.
    AddSynonyms(synonyms::TermsArgs),
    /// Take terms out of the synonyms.
    RemoveSynonyms(synonyms::TermsArgs),
    /// List the changes of a pack or an entry, newest first.
    History(history::HistoryArgs),
    /// Show a change, word by word.
    Diff(history::DiffArgs),
    /// Show what the file changes for those who ask, against the text that was recorded last.
    Review(review::ReviewArgs),
    /// Take a change back, or all that somebody has done.
    Revert(edit::RevertArgs),
    /// Write all entries to a file that other programs, or `quoth import`, read.
    Export(export::ExportArgs),
}

pub(super) fn run(args: &Args, config: &ConfigArgs, terminal: &Terminal) -> anyhow::Result<Status> {
    let context = Context::new(&args.moderation, config, terminal)?;
    match &args.command {
        Command::List => entries::list(&context),
        Command::Show(args) => entries::show(args, &context),
        Command::Search(args) => entries::search(args, &context),
        Command::Add(args) => edit::add(args, &context),
        Command::Edit(args) => edit::edit(args, &context),
        Command::Remove(args) => edit::remove(args, &context),
        Command::Restore(args) => edit::restore(args, &context),
        Command::AddPhrasing(args) => edit::add_phrasings(args, &context),
        Command::RemovePhrasing(args) => edit::remove_phrasing(args, &context),
        Command::MovePhrasing(args) => edit::move_phrasing(args, &context),
        Command::Synonyms => synonyms::list(&context),
        Command::AddSynonyms(args) => synonyms::add(args, &context),
        Command::RemoveSynonyms(args) => synonyms::remove(args, &context),
        Command::History(args) => history::history(args, &context),
        Command::Diff(args) => history::diff(args, &context),
        Command::Review(args) => review::review(args, &context),
        Command::Revert(args) => edit::revert(args, &context),
        Command::Export(args) => export::export(args, &context),
    }
}
