//! [`Output`]: how a command answers people and programs.

use std::io::Write;

use anyhow::anyhow;
use serde::Serialize;

use super::Status;
use super::terminal::Terminal;
use crate::platform::console::printable;

/// Where a command prints, and whether for programs.
#[derive(Clone, Copy)]
pub(super) struct Output<'a> {
    pub(super) terminal: &'a Terminal,
    /// Whether JSON is printed.
    pub(super) is_json: bool,
}

impl Output<'_> {
    /// Prints a value as JSON.
    pub(super) fn print_json(&self, value: &impl Serialize) -> anyhow::Result<()> {
        let mut out = anstream::stdout().lock();
        serde_json::to_writer_pretty(&mut out, value)?;
        Ok(writeln!(out)?)
    }

    /// Prints why nothing was changed.
    pub(super) fn refuse(&self, text: &str) -> anyhow::Result<Status> {
        #[derive(Serialize)]
        struct JsonError<'t> {
            error: &'t str,
        }
        if self.is_json {
            self.print_json(&JsonError { error: text })?;
        } else {
            self.terminal.error(&anyhow!(printable(text)));
        }
        Ok(Status::Failed)
    }
}
