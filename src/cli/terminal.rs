//! What the terminal can show, and how output is written to it.

use std::io::{IsTerminal, Write};

use anstyle::{AnsiColor, Style};

use crate::conversation::wording::Wording;
use crate::platform::console::Layout;

/// Widest lines that are still pleasant to read, in columns.
const MAX_WIDTH: usize = 88;

/// Line width where the output is no terminal, in columns.
const PIPE_WIDTH: usize = 80;

/// Emphasis of an error's first word.
const ERROR: Style = AnsiColor::Red.on_default().bold();

/// The terminal that a command talks to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terminal {
    is_plain: bool,
    is_interactive: bool,
    width: usize,
}

impl Terminal {
    /// Looks at standard output; `is_plain` turns colour, frames and progress bars off.
    pub(super) fn new(is_plain: bool) -> Self {
        if is_plain {
            anstream::ColorChoice::Never.write_global();
        }
        let is_interactive = std::io::stdout().is_terminal();
        let width = if is_interactive { textwrap::termwidth() } else { PIPE_WIDTH };
        Self { is_plain, is_interactive, width: width.clamp(20, MAX_WIDTH) }
    }

    /// Whether output should do without anything that only the eye can read.
    pub(super) fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// Whether a person is looking at standard output.
    pub(super) fn is_interactive(&self) -> bool {
        self.is_interactive
    }

    /// Columns to wrap at.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// How replies are laid out on it.
    pub(super) fn layout(&self) -> Layout {
        Layout { width: self.width, is_plain: self.is_plain, wording: Wording::english() }
    }

    /// Prints a line that is no part of a command's output to standard error.
    pub(super) fn note(&self, line: &str) {
        // Standard error is gone: there is nowhere left to say so.
        drop(writeln!(anstream::stderr(), "{line}"));
    }

    /// Prints why a command could not do its work, with every cause, to standard error.
    pub(super) fn error(&self, error: &anyhow::Error) {
        let mut stderr = anstream::stderr().lock();
        let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
        // Standard error is gone: there is nowhere left to say so.
        drop(writeln!(stderr, "{ERROR}error:{ERROR:#} {}", causes.join(": ")));
    }
}
