//! `quoth chat`: chats with a user in the terminal, or answers questions from a pipe, one per line.

use std::io::{BufRead, IsTerminal, Write};
use std::sync::Arc;

use anyhow::Context;
use rustyline::error::ReadlineError;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use super::Status;
use super::config_args::ConfigArgs;
use super::lines::{Line, next_line};
use super::packs::{self, PackArgs};
use super::terminal::Terminal;
use crate::config::Config;
use crate::conversation::space::DEFAULT_SPACE;
use crate::conversation::{Event, PlaceId, Space, SpaceSettings, Spaces};
use crate::platform::console::{self, ConsoleSession};
use crate::service::moderation::PackEditing;
use crate::service::{Clock, KnowledgeBase, Parts, Service, SystemClock};
use crate::store::asker_key::AskerKey;
use crate::store::records::{Holder, RecordsInspection, SqliteRecords};

/// Arguments of `quoth chat`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    packs: PackArgs,
}

/// Prompt before the user's input.
const PROMPT: &str = "> ";

pub(super) fn run(args: &Args, config: &ConfigArgs, terminal: &Terminal) -> anyhow::Result<Status> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let service = runtime.block_on(service(args, config))?;
    let session = ConsoleSession::new(terminal.layout());
    let chat = Chat { runtime, service, session, terminal };
    if std::io::stdin().is_terminal() && terminal.is_interactive() {
        chat.run_interactive()?;
    } else {
        chat.run_piped(&mut std::io::stdin().lock())?;
    }
    Ok(Status::Success)
}

/// The service that chat platforms use, with records in memory.
async fn service(args: &Args, config: &ConfigArgs) -> anyhow::Result<Service<SqliteRecords>> {
    let all = config.read()?;
    let spaces = all.spaces();
    let has_console = |space: &&Space| space.places.contains(&PlaceId::from(console::PLACE));
    // Records that cannot be read are none of a chat's concern.
    let overrides = RecordsInspection::setting_overrides_in(&all.data).unwrap_or_default();
    let spaces = spaces.with_overrides(&overrides);
    let space = spaces.others.iter().find(has_console).unwrap_or(&spaces.default).clone();
    let is_given = !args.packs.packs.is_empty() || space.packs.is_empty();
    let default = Space {
        name: DEFAULT_SPACE.to_owned(),
        places: Vec::new(),
        packs: if is_given { packs::folders(&args.packs.packs, config)? } else { space.packs },
        // No rate limit: there is only one user.
        settings: SpaceSettings { cooldown_seconds: 0, ..space.settings },
    };
    let Config { matching, delivery, data, .. } = all;
    // Edits are in use when they are confirmed; nobody else has to know. The settings here are not those of a space.
    let events = mpsc::unbounded_channel().0;
    let editing = PackEditing { data, changes_settings: false, events };
    let spaces = Spaces { default, others: Vec::new() };
    let clock = SystemClock;
    Ok(Service::new(Parts {
        records: SqliteRecords::in_memory(clock.now()).await?,
        knowledge_base: Arc::new(KnowledgeBase::open(spaces, matching.thresholds())?),
        asker_key: AskerKey::random()?,
        clock: Arc::new(clock),
        holder: Holder::new("chat"),
        delivery,
        keeps_questions: false,
    })
    .with_pack_editing(editing))
}

struct Chat<'a> {
    runtime: Runtime,
    service: Service<SqliteRecords>,
    session: ConsoleSession,
    terminal: &'a Terminal,
}

impl Chat<'_> {
    /// Reads questions with line editing and an unsaved history, until Ctrl-C or Ctrl-D.
    fn run_interactive(&self) -> anyhow::Result<()> {
        let mut editor = rustyline::DefaultEditor::new()
            .context("the terminal does not support line editing")?;
        self.greet()?;
        loop {
            match editor.readline(PROMPT) {
                Ok(line) if line.trim().is_empty() => {}
                Ok(line) if ["quit", "exit"].contains(&line.trim()) => return Ok(()),
                Ok(line) => {
                    editor
                        .add_history_entry(&line)
                        .context("cannot add the line to the history")?;
                    self.answer(&line)?;
                }
                Err(ReadlineError::Interrupted | ReadlineError::Eof) => return Ok(()),
                Err(error) => return Err(error).context("cannot read from the terminal"),
            }
        }
    }

    fn run_piped(&self, input: &mut impl BufRead) -> anyhow::Result<()> {
        while let Some(line) = next_line(input)? {
            match line {
                Line::Text(text) if text.trim().is_empty() => {}
                Line::Text(text) => self.answer(&text)?,
                Line::NotUtf8 | Line::TooLong => self.answer("")?,
            }
        }
        Ok(())
    }

    fn greet(&self) -> anyhow::Result<()> {
        let snapshot = self.service.knowledge_base().current();
        let packs = snapshot.index_for(&snapshot.spaces.default).index.packs();
        let titles: Vec<String> = packs.iter().map(|pack| format!("“{}”", pack.title)).collect();
        let greeting = format!(
            "I answer with quotes from {}. Ask in your own words; `help` and `topics` show more, Ctrl-D quits.",
            titles.join(", ")
        );
        let greeting = textwrap::fill(
            &console::printable(&greeting),
            console::wrap_options(self.terminal.width()),
        );
        writeln!(anstream::stdout(), "{greeting}\n")?;
        Ok(())
    }

    fn answer(&self, text: &str) -> anyhow::Result<()> {
        let message = self.session.message(text, SystemClock.now());
        self.runtime.block_on(self.service.handle(&Event::MessageCreated(message), &self.session));
        Ok(self.session.check()?)
    }
}
