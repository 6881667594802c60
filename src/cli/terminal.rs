//! The terminal's capabilities, and messages on standard error.

use std::io::{IsTerminal, Write};

use anstyle::{AnsiColor, Style};

use crate::conversation::wording::Wording;
use crate::platform::console::Layout;

/// Widest line, in columns; longer lines are hard to read.
const MAX_WIDTH: usize = 88;

/// Line width if the output is not a terminal, in columns.
const PIPE_WIDTH: usize = 80;

/// Style of the word `error:`.
const ERROR: Style = AnsiColor::Red.on_default().bold();

/// The terminal of a command.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terminal {
    is_plain: bool,
    is_interactive: bool,
    width: usize,
}

impl Terminal {
    /// Inspects standard output. `is_plain` disables color, frames and progress bars.
    pub(super) fn new(is_plain: bool) -> Self {
        if is_plain {
            anstream::ColorChoice::Never.write_global();
        }
        let is_interactive = std::io::stdout().is_terminal();
        let width = if is_interactive { textwrap::termwidth() } else { PIPE_WIDTH };
        Self { is_plain, is_interactive, width: width.clamp(20, MAX_WIDTH) }
    }

    /// Whether output must be readable by a screen reader.
    pub(super) fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// Whether standard output is a terminal.
    pub(super) fn is_interactive(&self) -> bool {
        self.is_interactive
    }

    /// Line width in columns.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Layout of replies.
    pub(super) fn layout(&self) -> Layout {
        Layout { width: self.width, is_plain: self.is_plain, wording: Wording::english() }
    }

    /// Prints a line to standard error that is not part of the command's output.
    pub(super) fn note(&self, line: &str) {
        // If standard error is closed, the failure cannot be reported anywhere.
        drop(writeln!(anstream::stderr(), "{line}"));
    }

    /// Prints an error with all its causes to standard error.
    pub(super) fn error(&self, error: &anyhow::Error) {
        let mut stderr = anstream::stderr().lock();
        let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
        // If standard error is closed, the failure cannot be reported anywhere.
        drop(writeln!(stderr, "{ERROR}error:{ERROR:#} {}", causes.join(": ")));
    }
}
