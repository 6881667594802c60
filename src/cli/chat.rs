//! `quoth chat`: a conversation in the terminal, or questions from a pipe, a line each.

use std::io::{BufRead, IsTerminal, Write};
use std::sync::Arc;

use anyhow::Context;
use rustyline::error::ReadlineError;
use tokio::runtime::Runtime;

use super::Status;
use super::config_args::ConfigArgs;
use super::lines::{Line, next_line};
use super::packs::{self, PackArgs};
use super::terminal::Terminal;
use crate::config::Config;
use crate::conversation::space::DEFAULT_SPACE;
use crate::conversation::{Event, Space, SpaceSettings, Spaces};
use crate::platform::console::{self, ConsoleSession};
use crate::service::{Clock, KnowledgeBase, Parts, Service, SystemClock};
use crate::store::asker_key::AskerKey;
use crate::store::records::{Holder, SqliteRecords};

/// Arguments of `quoth chat`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    packs: PackArgs,
}

/// Stands before what a person types.
const PROMPT: &str = "> ";

pub(super) fn run(args: &Args, config: &ConfigArgs, terminal: &Terminal) -> anyhow::Result<Status> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let service = runtime.block_on(service(args, config))?;
    let conversation = ConsoleSession::new(terminal.layout());
    let chat = Chat { runtime, service, conversation, terminal };
    if std::io::stdin().is_terminal() && terminal.is_interactive() {
        chat.with_person()?;
    } else {
        chat.with_pipe(&mut std::io::stdin().lock())?;
    }
    Ok(Status::Success)
}

/// The service as a chat platform has it, with records that end with the conversation.
async fn service(args: &Args, config: &ConfigArgs) -> anyhow::Result<Service<SqliteRecords>> {
    let packs = packs::folders(&args.packs.packs, config)?;
    let Config { matching, delivery, default_space, .. } = config.read()?;
    let default = Space {
        name: DEFAULT_SPACE.to_owned(),
        places: Vec::new(),
        packs,
        // Whoever sits at the terminal harms nobody by asking a lot.
        settings: SpaceSettings { cooldown_seconds: 0, ..default_space },
    };
    let spaces = Spaces { default, others: Vec::new() };
    let clock = SystemClock;
    Ok(Service::new(Parts {
        records: SqliteRecords::in_memory(clock.now()).await?,
        knowledge_base: Arc::new(KnowledgeBase::open(spaces, matching.thresholds())?),
        asker_key: AskerKey::random()?,
        clock: Arc::new(clock),
        holder: Holder::new("chat"),
        delivery,
    }))
}

struct Chat<'a> {
    runtime: Runtime,
    service: Service<SqliteRecords>,
    conversation: ConsoleSession,
    terminal: &'a Terminal,
}

impl Chat<'_> {
    /// Reads with line editing and a history that is forgotten at the end. Ctrl-C and Ctrl-D leave.
    fn with_person(&self) -> anyhow::Result<()> {
        let mut editor =
            rustyline::DefaultEditor::new().context("the terminal allows no line editing")?;
        self.greet()?;
        loop {
            match editor.readline(PROMPT) {
                Ok(line) if line.trim().is_empty() => {}
                Ok(line) if ["quit", "exit"].contains(&line.trim()) => return Ok(()),
                Ok(line) => {
                    editor.add_history_entry(&line).context("cannot keep the line")?;
                    self.answer(&line)?;
                }
                Err(ReadlineError::Interrupted | ReadlineError::Eof) => return Ok(()),
                Err(error) => return Err(error).context("cannot read from the terminal"),
            }
        }
    }

    fn with_pipe(&self, input: &mut impl BufRead) -> anyhow::Result<()> {
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
            "I answer with quotes from {}. Ask in your own words; `help` and `topics` say more, Ctrl-D leaves.",
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
        let message = self.conversation.message(text, SystemClock.now());
        self.runtime
            .block_on(self.service.handle(&Event::MessageCreated(message), &self.conversation));
        Ok(self.conversation.check()?)
    }
}
