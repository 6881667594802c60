//! Questions on a terminal, or answers from a pipe, a line each.

use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;

use anyhow::bail;

use crate::cli::terminal::Terminal;

/// Asks questions, and reads the answers.
pub(super) struct Interview<'t> {
    terminal: &'t Terminal,
    /// Whether somebody types, who can answer again.
    is_typed: bool,
}

impl<'t> Interview<'t> {
    pub(super) fn start(terminal: &'t Terminal) -> Self {
        Self { terminal, is_typed: std::io::stdin().is_terminal() }
    }

    /// The answer to `question`, which is `default` if it is empty.
    pub(super) fn ask(&mut self, question: &str, default: Option<&str>) -> anyhow::Result<String> {
        self.ask_until(question, default, |answer| Ok(answer.to_owned()))
    }

    /// What `parse` makes of the answer. If it is an error, that is shown, and the question is asked again.
    ///
    /// # Errors
    /// If the answers end.
    pub(super) fn ask_until<T>(
        &mut self,
        question: &str,
        default: Option<&str>,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> anyhow::Result<T> {
        let default_shown = default.map_or_else(String::new, |default| format!(" [{default}]"));
        loop {
            self.prompt(&format!("{question}{default_shown} "))?;
            let answer = line()?;
            let answer = answer.trim();
            match parse(if answer.is_empty() { default.unwrap_or_default() } else { answer }) {
                Ok(parsed) => return Ok(parsed),
                Err(problem) => self.terminal.note(&problem),
            }
        }
    }

    /// A secret, which is not shown while it is typed, and for which `check` has no problem. `None` if the one in the file
    /// `kept` stays.
    ///
    /// # Errors
    /// If the answers end.
    pub(super) fn ask_secret(
        &mut self,
        question: &str,
        kept: Option<&Path>,
        check: impl Fn(&str) -> Result<(), &'static str>,
    ) -> anyhow::Result<Option<String>> {
        let hidden = if self.is_typed { " (not shown)" } else { "" };
        let default =
            kept.map(|file| format!(" [the one in {}]", file.display())).unwrap_or_default();
        loop {
            self.prompt(&format!("{question}{hidden}{default} "))?;
            let secret = if self.is_typed { rpassword::read_password()? } else { line()? };
            let secret = secret.trim().to_owned();
            if secret.is_empty() && kept.is_some() {
                return Ok(None);
            }
            match check(&secret) {
                Ok(()) => return Ok(Some(secret)),
                Err(problem) => self.terminal.note(problem),
            }
        }
    }

    fn prompt(&self, text: &str) -> std::io::Result<()> {
        let mut out = anstream::stderr();
        write!(out, "{text}")?;
        if !self.is_typed {
            writeln!(out)?;
        }
        out.flush()
    }
}

/// The next line of standard input.
fn line() -> anyhow::Result<String> {
    let mut line = String::new();
    if std::io::stdin().lock().read_line(&mut line)? == 0 {
        bail!("the answers ended before the last question; nothing was written");
    }
    Ok(line)
}
