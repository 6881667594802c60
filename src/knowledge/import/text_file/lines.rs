//! The lines of a plain text, and its blocks: lines without a blank one between them.

use std::ops::Range;

use textwrap::core::display_width;

use crate::knowledge::import::plain_text::{item_mark, on_one_line};
use crate::text::analyzer::is_written_without_spaces;

/// Columns from one tab stop to the next.
const TAB_COLUMNS: usize = 8;

/// A line without the white space around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'t> {
    pub(super) text: &'t str,
    /// The columns of white space before the text.
    pub(super) indent: usize,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Blank,
    /// Signs that draw a line.
    Rule,
    Words,
}

/// The lines of a text.
pub(super) struct Lines<'t>(Vec<Line<'t>>);

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self(text.lines().map(Line::new).collect())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The line at `at`, blank behind the last one.
    pub(super) fn get(&self, at: usize) -> Line<'t> {
        self.0.get(at).copied().unwrap_or(Line { text: "", indent: 0, kind: Kind::Blank })
    }

    /// Whether the line has words: it is neither blank nor a rule.
    pub(super) fn has_words(&self, at: usize) -> bool {
        self.get(at).kind == Kind::Words
    }

    /// Where blocks start, in order.
    pub(super) fn starts_of_blocks(&self) -> impl Iterator<Item = usize> + '_ {
        let starts = |at: &usize| self.has_words(*at) && (*at == 0 || !self.has_words(at - 1));
        (0..self.len()).filter(starts)
    }

    /// The block that starts at `at`.
    pub(super) fn block_at(&self, at: usize) -> Range<usize> {
        at..(at..).find(|line| !self.has_words(*line)).unwrap_or(at)
    }

    /// Whether a rule stands below a block, next to it.
    pub(super) fn is_underlined(&self, block: &Range<usize>) -> bool {
        self.get(block.end).kind == Kind::Rule
    }

    /// Whether the line starts an item of a list.
    pub(super) fn is_item(&self, at: usize) -> bool {
        item_mark(self.get(at).text).is_some()
    }

    /// `span` from its first line with words to its last; empty if it has none.
    pub(super) fn with_words(&self, span: &Range<usize>) -> Range<usize> {
        let first = span.clone().find(|at| self.has_words(*at));
        let last = span.clone().rev().find(|at| self.has_words(*at));
        first.zip(last).map_or(span.end..span.end, |(first, last)| first..last + 1)
    }

    /// Leaves of the line at `at` what is `rest`, the end of it, in its columns.
    pub(super) fn cut_before(&mut self, at: usize, rest: &str) {
        if let Some(line) = self.0.get_mut(at) {
            let start = line.text.len().saturating_sub(rest.len());
            let (label, text) = line.text.split_at_checked(start).unwrap_or(("", line.text));
            *line = Line { text, indent: line.indent + display_width(label), kind: line.kind };
        }
    }

    /// The words of lines on one line, without the first `skipped` bytes.
    pub(super) fn joined(&self, span: &Range<usize>, skipped: usize) -> String {
        let mut joined = String::new();
        for at in span.clone() {
            let text = self.get(at).text;
            if !joined.is_empty() && !are_joined(&joined, text) {
                joined.push(' ');
            }
            joined.push_str(text);
        }
        on_one_line(joined.get(skipped..).unwrap_or_default())
    }
}

/// Whether a line goes on with the next without a space: scripts without spaces are broken anywhere.
pub(super) fn are_joined(line: &str, next: &str) -> bool {
    // With their punctuation.
    let is_without_spaces = |c: char| {
        is_written_without_spaces(c)
            || matches!(c, '\u{3000}'..='\u{303F}' | '\u{FF01}'..='\u{FF60}')
    };
    let ends = [line.chars().next_back(), next.chars().next()];
    ends.into_iter().all(|c| c.is_some_and(is_without_spaces))
}

impl<'t> Line<'t> {
    fn new(line: &'t str) -> Self {
        let text = line.trim();
        let before = line.get(..line.len() - line.trim_start().len()).unwrap_or_default();
        let indent = before.chars().fold(0, |column, c| match c {
            '\t' => (column / TAB_COLUMNS + 1) * TAB_COLUMNS,
            _ => column + 1,
        });
        let kind = match text {
            "" => Kind::Blank,
            _ if is_rule(text) => Kind::Rule,
            _ => Kind::Words,
        };
        Self { text, indent, kind }
    }
}

/// Whether a line is drawn of signs.
pub(super) fn is_rule(line: &str) -> bool {
    let text = line.trim();
    let mut signs = text.chars();
    let Some(sign) = signs.next() else { return false };
    "-=*_~#+─═".contains(sign) && text.chars().count() >= 3 && signs.all(|c| c == sign)
}
