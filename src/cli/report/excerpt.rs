//! The lines around a finding, clipped to the width of the screen.

use std::ops::Range;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use textwrap::core::display_width;

use super::Document;

/// Marks where a line is clipped.
const CUT: &str = "…";

/// The first line of a marked span, with the lines before and after it.
///
/// It knows its line and column in the whole file, so that miette does not scan the file again for
/// every finding. Columns count characters; miette itself would count bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// The path, optionally with line and column.
    pub(super) name: String,
    text: String,
    mark: Range<usize>,
    /// Line of the excerpt's start in the file, from 0.
    first_line: usize,
    /// Line of the mark in the file, from 0.
    line: usize,
    /// Column of the mark in the file, from 0.
    column: usize,
}

impl Excerpt {
    /// The excerpt around `span` (UTF-8 byte offsets) of `document`, at most `max_columns` wide. `None`
    /// if the file is empty or not UTF-8.
    pub(super) fn new(
        name: String,
        document: &Document<'_>,
        span: &Range<usize>,
        max_columns: usize,
    ) -> Option<Self> {
        if document.text.trim().is_empty() || !document.is_text {
            return None;
        }
        let (line, column) = document.lines.line_and_column(span.start);
        let marked_line = document.lines.line_span(line)?;
        let text_of = |number: usize| document.text.get(document.lines.line_span(number)?);
        let before = line.checked_sub(1).and_then(text_of);
        let after = text_of(line + 1).filter(|text| !text.trim().is_empty());

        let mut text = String::new();
        if let Some(before) = before {
            text.push_str(&clip(before, max_columns));
            text.push('\n');
        }
        let line_text = document.text.get(marked_line.clone())?;
        let start = span.start.clamp(marked_line.start, marked_line.end) - marked_line.start;
        let end = span.end.clamp(marked_line.start, marked_line.end) - marked_line.start;
        let window = Window::new(line_text, &(start..end.max(start)), max_columns);
        let mark = text.len() + window.mark.start..text.len() + window.mark.end;
        text.push_str(&window.text);
        if let Some(after) = after {
            text.push('\n');
            text.push_str(&clip(after, max_columns));
        }
        let first_line = line - 1 - usize::from(before.is_some());
        Some(Self { name, text, mark, first_line, line: line - 1, column: column - 1 })
    }

    /// The mark (UTF-8 byte offsets into the excerpt).
    pub(super) fn mark(&self) -> SourceSpan {
        (self.mark.start, self.mark.len()).into()
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let is_mark = context_lines_before == 0 && context_lines_after == 0;
        let (range, line, column) = if is_mark {
            (span.offset()..span.offset() + span.len(), self.line, self.column)
        } else {
            (0..self.text.len(), self.first_line, 0)
        };
        let data = self.text.get(range.clone()).ok_or(MietteError::OutOfBounds)?;
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            data.as_bytes(),
            (range.start, range.len()).into(),
            line,
            column,
            data.lines().count(),
        )))
    }
}

/// The part of a line that contains the start of the mark.
struct Window {
    text: String,
    mark: Range<usize>,
}

impl Window {
    fn new(line: &str, mark: &Range<usize>, max_columns: usize) -> Self {
        // If the line is clipped before the mark, a quarter of the width is left for that part.
        let before = line.get(..mark.start).unwrap_or_default();
        let is_short = before.len() <= max_columns && display_width(before) <= max_columns / 2;
        let visible_before = if is_short { before } else { tail(before, max_columns / 4) };
        let mut text =
            if visible_before.len() < before.len() { CUT.to_owned() } else { String::new() };
        text.push_str(&printable(visible_before));
        let rest = line.get(mark.start..).unwrap_or_default();
        let room = max_columns.saturating_sub(display_width(&text));
        let visible = head(rest, room);
        let n_marked = mark.len().min(visible.len());
        let start = text.len();
        text.push_str(&printable(visible.get(..n_marked).unwrap_or(visible)));
        let mark = start..text.len();
        text.push_str(&printable(visible.get(n_marked..).unwrap_or_default()));
        if visible.len() < rest.len() {
            text.push_str(CUT);
        }
        Self { text, mark }
    }
}

fn clip(line: &str, max_columns: usize) -> String {
    let visible = head(line, max_columns);
    let cut = if visible.len() < line.len() { CUT } else { "" };
    format!("{}{cut}", printable(visible))
}

/// The longest start of `text` that fits into `max_columns`.
fn head(text: &str, max_columns: usize) -> &str {
    let mut n_columns = 0;
    let end = text.char_indices().find(|(_, c)| {
        n_columns += display_width(c.encode_utf8(&mut [0; 4]));
        n_columns > max_columns
    });
    end.and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// The last `n_chars` characters of `text`.
fn tail(text: &str, n_chars: usize) -> &str {
    let start = text.char_indices().rev().take(n_chars).last().map_or(text.len(), |(at, _)| at);
    text.get(start..).unwrap_or_default()
}

/// `text` with control characters, which could control the terminal, and characters that change the
/// direction of text replaced.
pub(super) fn printable(text: &str) -> String {
    let replaced = |c: char| match c {
        '\t' => ' ',
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => '\u{FFFD}',
        c if c.is_control() => '\u{FFFD}',
        c => c,
    };
    text.chars().map(replaced).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(text: &str, span: Range<usize>, max_columns: usize) -> Option<(String, String)> {
        let document = Document::new("f", text.as_bytes());
        let excerpt = Excerpt::new("f".to_owned(), &document, &span, max_columns)?;
        let mark = excerpt.text.get(excerpt.mark.clone()).unwrap().to_owned();
        Some((excerpt.text, mark))
    }

    #[test]
    fn excerpt_has_the_lines_before_and_after_the_mark() {
        let cases = [
            ("a\nb\nc\nd", 2..3, "a\nb\nc", "b"),
            ("a\r\nbb\r\n\r\nd", 4..9, "a\nbb", "b"),
            ("x\u{1b}[2J\u{202e}y", 0..1, "x�[2J�y", "x"),
            ("a", 1..1, "a", ""),
            ("a\n", 2..2, "a\n", ""),
            ("a", 7..9, "a", ""),
        ];
        for (text, span, want, mark) in cases {
            let want = Some((want.to_owned(), mark.to_owned()));
            assert_eq!(excerpt(text, span.clone(), 20), want, "{text:?} {span:?}");
        }
        assert_eq!(excerpt(" \n", 0..0, 20), None);
    }

    #[test]
    fn long_lines_are_clipped_around_the_mark() {
        let cases = [
            ("text = '123456789'", 7..18, 14, "text = '123456…", "'123456"),
            ("0123456789mark6789", 10..14, 8, "…89mark6…", "mark"),
            ("0123456789mark", 10..14, 8, "…89mark", "mark"),
            ("漢字漢字漢字漢字", 12..24, 6, "…字漢…", "漢"),
        ];
        for (text, span, max_columns, want, mark) in cases {
            let want = Some((want.to_owned(), mark.to_owned()));
            assert_eq!(excerpt(text, span, max_columns), want, "{text:?}");
        }
    }
}
