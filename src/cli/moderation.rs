//! What the commands for moderators share: the pack, edits of it, and how changes are shown.

mod apply;
mod change;
mod review;
mod word_diff;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::bail;

use super::config_args::ConfigArgs;
use super::output::Output;
use super::packs;
use super::terminal::Terminal;
use crate::conversation::{Space, Spaces};
use crate::knowledge::pack::FAQ_FILE;
use crate::knowledge::{Pack, ProvedPack};
use crate::service::pack_editor::{PackEditor, ReviewScope};
use crate::store::pack_files;

pub(super) use apply::{ByArgs, Tense, apply, print_reviewed, refuse, report as report_edit_error};
pub(super) use change::{Change, print_change};
pub(super) use word_diff::render as render_word_diff;

/// Arguments of all commands for moderators.
#[derive(Debug, clap::Args)]
pub(super) struct ModerationArgs {
    /// The pack; needed unless exactly one is configured.
    #[arg(long, global = true, value_name = "DIR")]
    pack: Option<PathBuf>,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
}

/// The pack folder to use: the one given, else the only one of the configuration.
fn folder(args: &ModerationArgs, config: &ConfigArgs) -> anyhow::Result<PathBuf> {
    let given: Vec<PathBuf> = args.pack.iter().cloned().collect();
    match packs::folders(&given, config)?.as_slice() {
        [folder] => Ok(folder.clone()),
        several => bail!("{} packs are configured: say which one, with --pack DIR", several.len()),
    }
}

/// What all commands need.
pub(super) struct Context<'a> {
    pub(super) folder: PathBuf,
    /// The pack, as far as it is valid.
    pub(super) pack: Arc<Pack>,
    /// The pack as it was proved; `None` if it has errors.
    proved: Option<ProvedPack>,
    /// The text of `faq.toml`.
    pub(super) faq: String,
    pub(super) config: &'a ConfigArgs,
    pub(super) terminal: &'a Terminal,
    pub(super) is_json: bool,
}

impl<'a> Context<'a> {
    /// Reads the pack. What of it has errors is left out, with a note.
    pub(super) fn new(
        args: &ModerationArgs,
        config: &'a ConfigArgs,
        terminal: &'a Terminal,
    ) -> anyhow::Result<Self> {
        let folder = folder(args, config)?;
        let files = pack_files::read(&folder)?;
        let (pack, proved) = match ProvedPack::prove(&files, &[]) {
            Ok(proved) => (Arc::clone(proved.pack()), Some(proved)),
            Err(proof) => (Arc::new(proof.pack), None),
        };
        if proved.is_none() {
            let shown = folder.display();
            let note = "has errors; what they are in is not listed. To see them, run: quoth check";
            terminal.note(&format!("{shown} {note} {shown}"));
        }
        let faq = files.text(FAQ_FILE).unwrap_or_default().to_owned();
        Ok(Self { folder, pack, proved, faq, config, terminal, is_json: args.json })
    }

    /// The editor of the pack, whose history is in the data folder of the configuration.
    pub(super) fn editor(&self) -> anyhow::Result<PackEditor> {
        let config = self.config.read()?;
        let editor = PackEditor::open(&self.folder, &config.data)?;
        let (spaces, thresholds) = (self.spaces(&config.spaces()), config.default_thresholds());
        let known = self.proved.iter().cloned().collect();
        Ok(editor.with_scope(ReviewScope { spaces, thresholds, served: None, known }))
    }

    /// The spaces that use the pack; `None`, which is all, if none or each does.
    fn spaces(&self, spaces: &Spaces) -> Option<Vec<String>> {
        let same = |folder: &PathBuf| folder.canonicalize().ok();
        let own = same(&self.folder);
        let uses = |space: &&Space| space.packs.iter().any(|folder| same(folder) == own);
        let names: Vec<String> = spaces.all().filter(uses).map(|it| it.name.clone()).collect();
        (!names.is_empty() && names.len() < spaces.all().count()).then_some(names)
    }

    /// Whether the pack has no errors.
    pub(super) fn is_valid(&self) -> bool {
        self.proved.is_some()
    }

    pub(super) fn output(&self) -> Output<'_> {
        Output { terminal: self.terminal, is_json: self.is_json }
    }

    /// Prints a value as JSON.
    pub(super) fn print_json(&self, value: &impl serde::Serialize) -> anyhow::Result<()> {
        self.output().print_json(value)
    }
}
