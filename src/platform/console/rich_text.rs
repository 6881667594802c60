//! Text with markup as lines of a terminal: with styles and links, or in words alone.

use anstyle::{AnsiColor, Style};
use textwrap::core::display_width;

use super::printable;
use super::wrap::{Segment, wrap_line};
use crate::text::RichText;
use crate::text::rich_text::{Address, Inline, Line, LineContent, LineMarks, text_of};

const CODE: Style = AnsiColor::Yellow.on_default();
const STRONG: Style = Style::new().bold();
const LINK: Style = Style::new().underline();

/// Between the columns of a table.
const COLUMN_SEPARATOR: &str = " | ";

/// `text` in lines of at most `width` columns, but for code and addresses, which are never broken.
/// With `is_plain`, there are no styles.
pub(super) fn lines(text: &RichText, width: usize, is_plain: bool) -> Vec<String> {
    let lines = text.lines(&LineMarks::PLAIN);
    let mut written = Vec::new();
    let mut rest = lines.as_slice();
    while let Some((line, after)) = rest.split_first() {
        let is_row = |line: &&Line<'_>| matches!(line.content, LineContent::Row(..));
        let n_rows = rest.iter().take_while(is_row).count();
        if let Some((rows, after_rows)) = rest.split_at_checked(n_rows).filter(|_| n_rows > 0) {
            written.extend(table(rows, width, is_plain));
            rest = after_rows;
            continue;
        }
        written.extend(block(line, width, is_plain));
        rest = after;
    }
    written
}

fn block(line: &Line<'_>, width: usize, is_plain: bool) -> Vec<String> {
    let content = match &line.content {
        LineContent::Paragraph(content) => segments(content, Style::new(), is_plain),
        LineContent::Heading(_, content) => segments(content, STRONG, is_plain),
        LineContent::Code(_, code) => return code_lines(line, code, is_plain),
        LineContent::Rule | LineContent::Blank => vec![Segment::plain(&line.content.text())],
        LineContent::Row(..) => Vec::new(),
    };
    let room = width.saturating_sub(display_width(&line.prefix));
    let lines = split_lines(content).into_iter().flat_map(|line| wrap_line(&line, room));
    prefixed(line, lines)
}

/// `lines` with what is before the lines of `line`.
fn prefixed(line: &Line<'_>, lines: impl Iterator<Item = String>) -> Vec<String> {
    let prefixes = std::iter::once(&line.first_prefix).chain(std::iter::repeat(&line.prefix));
    prefixes.zip(lines).map(|(prefix, line)| format!("{prefix}{line}")).collect()
}

fn code_lines(line: &Line<'_>, code: &str, is_plain: bool) -> Vec<String> {
    let style = if is_plain { Style::new() } else { CODE };
    let code = printable(&code.replace("\r\n", "\n"));
    let styled = |text: &str| {
        if style.is_plain() { text.to_owned() } else { format!("{style}{text}{style:#}") }
    };
    prefixed(line, code.split('\n').map(styled))
}

/// The rows of a table: in columns if they fit, else each in lines of its own.
fn table(rows: &[Line<'_>], width: usize, is_plain: bool) -> Vec<String> {
    let cells: Vec<Vec<Vec<Segment>>> = rows.iter().map(|row| row_cells(row, is_plain)).collect();
    let n_columns = cells.iter().map(Vec::len).max().unwrap_or_default();
    let cell_width = |cell: &Vec<Segment>| {
        cell.iter().map(|segment| display_width(&segment.text)).sum::<usize>()
    };
    let column_width = |column: usize| {
        cells.iter().filter_map(|row| row.get(column)).map(cell_width).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..n_columns).map(column_width).collect();
    let separators = COLUMN_SEPARATOR.len() * n_columns.saturating_sub(1);
    let prefix = rows.first().map_or(0, |row| display_width(&row.prefix));
    let fits = prefix + widths.iter().sum::<usize>() + separators <= width;
    let mut lines = Vec::new();
    for (row, cells) in rows.iter().zip(cells) {
        let mut line = Vec::new();
        for (column, cell) in cells.into_iter().enumerate() {
            if column > 0 {
                line.push(Segment::plain(COLUMN_SEPARATOR));
            }
            let n_spaces = widths.get(column).map_or(0, |width| width - cell_width(&cell));
            line.extend(cell);
            if fits && column + 1 < n_columns {
                line.push(Segment::plain(&" ".repeat(n_spaces)));
            }
        }
        let room = width.saturating_sub(display_width(&row.prefix));
        lines.extend(prefixed(row, wrap_line(&line, room).into_iter()));
    }
    lines
}

fn row_cells(row: &Line<'_>, is_plain: bool) -> Vec<Vec<Segment>> {
    let LineContent::Row(is_head, cells) = &row.content else { return Vec::new() };
    let style = if *is_head { STRONG } else { Style::new() };
    let cell = |cell: &Vec<Inline>| {
        let mut segments = segments(cell, style, is_plain);
        segments.iter_mut().for_each(|segment| segment.text = segment.text.replace('\n', " "));
        segments
    };
    cells.iter().map(cell).collect()
}

/// The lines of `segments`, which have line feeds.
fn split_lines(segments: Vec<Segment>) -> Vec<Vec<Segment>> {
    let mut lines = vec![Vec::new()];
    for segment in segments {
        for (number, text) in segment.text.split('\n').enumerate() {
            if number > 0 {
                lines.push(Vec::new());
            }
            if let Some(line) = lines.last_mut() {
                line.push(Segment { text: text.to_owned(), ..segment.clone() });
            }
        }
    }
    lines
}

fn segments(content: &[Inline], style: Style, is_plain: bool) -> Vec<Segment> {
    let mut segments = Vec::new();
    push_all(content, style, None, &mut segments);
    if is_plain {
        for segment in &mut segments {
            *segment = Segment::plain(&segment.text);
        }
    }
    segments
}

fn push_all(content: &[Inline], style: Style, address: Option<&str>, segments: &mut Vec<Segment>) {
    for inline in content {
        let (text, style) = match inline {
            Inline::Text(text) => (text.as_str(), style),
            Inline::Code(text) => (text.as_str(), CODE | style.get_effects()),
            Inline::LineBreak => ("\n", style),
            Inline::Emphasis(content) => {
                push_all(content, style.italic(), address, segments);
                continue;
            }
            Inline::Strong(content) => {
                push_all(content, style.bold(), address, segments);
                continue;
            }
            Inline::Strikethrough(content) => {
                push_all(content, style.strikethrough(), address, segments);
                continue;
            }
            Inline::Link { content, address: target } => {
                push_link(content, target, style, segments);
                continue;
            }
        };
        let address = address.map(str::to_owned);
        segments.push(Segment { text: printable(text), style, address });
    }
}

/// A link with its address, which terminals without links recognize, too.
fn push_link(content: &[Inline], address: &Address, style: Style, segments: &mut Vec<Segment>) {
    let (target, link_style) = match address {
        Address::Linked(address) => (Some(address.as_str()), style | LINK.get_effects()),
        Address::Shown(_) => (None, style),
    };
    push_all(content, link_style, target, segments);
    if !address.is_shown_by(&text_of(content)) {
        let text = printable(address.displayed());
        segments.push(Segment { text: " (".to_owned(), style, address: None });
        segments.push(Segment { text, style, address: target.map(str::to_owned) });
        segments.push(Segment { text: ")".to_owned(), style, address: None });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::MarkdownText;

    fn rendered(document: &str, width: usize, is_plain: bool) -> String {
        let text = MarkdownText::new(document);
        let text = text.rich_text(document, 0..document.len(), None);
        lines(&text, width, is_plain).join("\n")
    }

    #[test]
    fn markup_is_shown_in_lines() {
        let rows = [
            ("a *b* **c** ~~d~~ `e*f`", "a b c d e*f"),
            ("a  \nb\nc", "a\nb c"),
            (
                "[a](https://x.example/b) <https://y.example>",
                "a (https://x.example/b)\nhttps://y.example",
            ),
            ("[a](mailto:b@c.example) <b@c.example>", "a (b@c.example) b@c.example"),
            ("[a](b.md)", "a (b.md)"),
            ("![a](https://x.example/b.png)", "a (https://x.example/b.png)"),
            ("# a\n\nb", "a\n\nb"),
            ("- a\n  - b\n- [x] c", "- a\n  - b\n- [x] c"),
            ("9. a\n10. b", "9. a\n10. b"),
            ("- one two three four five six seven", "- one two three four five\n  six seven"),
            ("> a\n>\n> b", "> a\n>\n> b"),
            (
                "```\na\n    b is a rather long line of code\n```",
                "a\n    b is a rather long line of code",
            ),
            ("|a|b|\n|-|-|\n|long|c|", "a    | b\nlong | c"),
            (
                "|a|b|\n|-|-|\n|long long long|much much longer|",
                "a | b\nlong long long | much much\nlonger",
            ),
            ("a\n\n---\n\nb", "a\n\n---\n\nb"),
            ("a&#27;[31m `b&#7;`", "a\u{fffd}[31m b&#7;"),
        ];
        for (document, want) in rows {
            assert_eq!(rendered(document, 30, true), want, "{document}");
        }
    }

    #[test]
    fn styles_mark_what_is_marked() {
        let rows = [
            ("*a*", "\u{1b}[3ma\u{1b}[0m"),
            ("**a**", "\u{1b}[1ma\u{1b}[0m"),
            ("# a", "\u{1b}[1ma\u{1b}[0m"),
            ("~~a~~", "\u{1b}[9ma\u{1b}[0m"),
            ("`a`", "\u{1b}[33ma\u{1b}[0m"),
            (
                "<https://x.example>",
                "\u{1b}]8;;https://x.example\u{1b}\\\u{1b}[4mhttps://x.example\u{1b}[0m\u{1b}]8;;\u{1b}\\",
            ),
        ];
        for (document, want) in rows {
            assert_eq!(rendered(document, 30, false), want, "{document}");
        }
    }
}
