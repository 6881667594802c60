//! `quoth faq`: reads and edits the entries of a pack.

mod edit;
mod entries;
mod history;
mod word_diff;

use std::io::Write;
use std::path::PathBuf;

use anyhow::bail;
use clap::Subcommand;

use super::Status;
use super::config_args::ConfigArgs;
use super::packs;
use super::terminal::Terminal;
use crate::knowledge::pack::FAQ_FILE;
use crate::knowledge::{Pack, prove};
use crate::service::pack_editor::PackEditor;
use crate::store::pack_files;

/// Arguments of `quoth faq`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
    /// The pack; needed unless exactly one is configured.
    #[arg(long, global = true, value_name = "DIR")]
    pack: Option<PathBuf>,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
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
    /// Add a phrasing to an entry.
    AddPhrasing(edit::PhrasingArgs),
    /// Remove a phrasing from an entry.
    RemovePhrasing(edit::PhrasingArgs),
    /// Move a phrasing from one entry to another.
    MovePhrasing(edit::MoveArgs),
    /// List the changes of a pack or an entry, newest first.
    History(history::HistoryArgs),
    /// Show a change, word by word.
    Diff(history::DiffArgs),
    /// Take a change back.
    Revert(edit::RevertArgs),
}

pub(super) fn run(args: &Args, config: &ConfigArgs, terminal: &Terminal) -> anyhow::Result<Status> {
    let context = Context { folder: folder(args, config)?, config, terminal, is_json: args.json };
    match &args.command {
        Command::List => entries::list(&context),
        Command::Show(args) => entries::show(args, &context),
        Command::Search(args) => entries::search(args, &context),
        Command::Add(args) => edit::add(args, &context),
        Command::Edit(args) => edit::edit(args, &context),
        Command::Remove(args) => edit::remove(args, &context),
        Command::Restore(args) => edit::restore(args, &context),
        Command::AddPhrasing(args) => edit::add_phrasing(args, &context),
        Command::RemovePhrasing(args) => edit::remove_phrasing(args, &context),
        Command::MovePhrasing(args) => edit::move_phrasing(args, &context),
        Command::History(args) => history::history(args, &context),
        Command::Diff(args) => history::diff(args, &context),
        Command::Revert(args) => edit::revert(args, &context),
    }
}

/// The pack folder to use: the one given, else the only one of the configuration.
fn folder(args: &Args, config: &ConfigArgs) -> anyhow::Result<PathBuf> {
    let given: Vec<PathBuf> = args.pack.iter().cloned().collect();
    match packs::folders(&given, config)?.as_slice() {
        [folder] => Ok(folder.clone()),
        several => bail!("{} packs are configured: say which one, with --pack DIR", several.len()),
    }
}

/// What all commands need.
struct Context<'a> {
    folder: PathBuf,
    config: &'a ConfigArgs,
    terminal: &'a Terminal,
    is_json: bool,
}

impl Context<'_> {
    /// The pack, as far as it is valid.
    fn pack(&self) -> anyhow::Result<Pack> {
        Ok(prove(&pack_files::read(&self.folder)?).pack)
    }

    /// The text of `faq.toml`.
    fn faq(&self) -> anyhow::Result<String> {
        let files = pack_files::read(&self.folder)?;
        Ok(files.text(FAQ_FILE).unwrap_or_default().to_owned())
    }

    /// The editor of the pack, whose history is in the data folder of the configuration.
    fn editor(&self) -> anyhow::Result<PackEditor> {
        Ok(PackEditor::open(&self.folder, &self.config.read()?.data)?)
    }

    /// Prints a value as JSON.
    fn print_json(&self, value: &impl serde::Serialize) -> anyhow::Result<()> {
        let mut out = anstream::stdout().lock();
        serde_json::to_writer_pretty(&mut out, value)?;
        Ok(writeln!(out)?)
    }
}
