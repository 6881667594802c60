//! `quoth chat`: a conversation in the terminal, or questions from a pipe, a line each.

use std::io::{BufRead, IsTerminal, Write};

use anyhow::Context;
use rustyline::error::ReadlineError;

use super::Status;
use super::config_args::ConfigArgs;
use super::lines::{Line, next_line};
use super::packs::{self, Opened, PackArgs};
use super::terminal::Terminal;
use crate::conversation::Session;
use crate::platform::console;

/// Arguments of `quoth chat`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    packs: PackArgs,
}

/// Stands before what a person types.
const PROMPT: &str = "> ";

pub(super) fn run(args: &Args, config: &ConfigArgs, terminal: &Terminal) -> anyhow::Result<Status> {
    let mut chat =
        Chat { opened: packs::open(&args.packs, config)?, session: Session::default(), terminal };
    if std::io::stdin().is_terminal() && terminal.is_interactive() {
        chat.with_person()?;
    } else {
        chat.with_pipe(&mut std::io::stdin().lock())?;
    }
    Ok(Status::Success)
}

struct Chat<'a> {
    opened: Opened,
    session: Session,
    terminal: &'a Terminal,
}

impl Chat<'_> {
    /// Reads with line editing and a history that is forgotten at the end. Ctrl-C and Ctrl-D leave.
    fn with_person(&mut self) -> anyhow::Result<()> {
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

    fn with_pipe(&mut self, input: &mut impl BufRead) -> anyhow::Result<()> {
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
        let titles: Vec<String> =
            self.opened.index.packs().iter().map(|pack| format!("“{}”", pack.title)).collect();
        let greeting = format!(
            "I answer with quotes from {}. Ask in your own words; `help` and `topics` say more, Ctrl-D leaves.",
            titles.join(", ")
        );
        let greeting = textwrap::fill(
            &console::shown(&greeting),
            console::unhyphenated(self.terminal.width()),
        );
        writeln!(anstream::stdout(), "{greeting}\n")?;
        Ok(())
    }

    fn answer(&mut self, message: &str) -> anyhow::Result<()> {
        let Opened { index, rule } = &self.opened;
        let reply = self.session.reply(index, message, rule);
        let text = console::render(&reply, self.terminal.layout());
        writeln!(anstream::stdout(), "{text}")?;
        Ok(())
    }
}
