//! The lines of a text with markup, for places that show text line by line.

use super::{Block, Inline, Item, text_of};

/// What is written before the lines of lists and quotes.
#[derive(Debug, Clone, Copy)]
pub struct LineMarks<'a> {
    /// Before an item of a list without numbers.
    pub bullet: &'a str,
    /// Before an item whose box is not checked, after the bullet.
    pub unchecked: &'a str,
    /// Before an item whose box is checked, after the bullet.
    pub checked: &'a str,
    /// Before each line of a quote.
    pub quote: &'a str,
    /// Whether items have numbers, where the list has.
    pub has_numbers: bool,
}

impl LineMarks<'_> {
    /// Marks as in a text that is typed.
    pub const PLAIN: LineMarks<'static> = LineMarks {
        bullet: "- ",
        unchecked: "[ ] ",
        checked: "[x] ",
        quote: "> ",
        has_numbers: true,
    };

    /// No marks.
    pub const NONE: LineMarks<'static> =
        LineMarks { bullet: "", unchecked: "", checked: "", quote: "", has_numbers: false };
}

/// A line, or the lines of a block that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<'a> {
    /// What is before its first line.
    pub first_prefix: String,
    /// What is before its other lines.
    pub prefix: String,
    /// What it consists of.
    pub content: LineContent<'a>,
}

/// The content of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineContent<'a> {
    /// A paragraph, in several lines if it has line breaks.
    Paragraph(&'a [Inline]),
    /// A heading of this level, from 1 to 6.
    Heading(u8, &'a [Inline]),
    /// Code in this language, in several lines.
    Code(Option<&'a str>, &'a str),
    /// A row of a table; `true` if it names the columns.
    Row(bool, &'a [Vec<Inline>]),
    /// A line that separates parts of the text.
    Rule,
    /// A blank line.
    Blank,
}

/// Between the cells of a row.
const CELL_SEPARATOR: &str = " | ";

impl LineContent<'_> {
    /// The text without markup.
    pub fn text(&self) -> String {
        self.plain_text(&Inline::text)
    }

    fn plain_text(&self, show: &impl Fn(&Inline) -> String) -> String {
        let all = |content: &[Inline]| content.iter().map(show).collect::<String>();
        match self {
            Self::Paragraph(content) | Self::Heading(_, content) => all(content),
            Self::Code(_, text) => (*text).to_owned(),
            Self::Row(_, cells) => {
                let cells: Vec<String> =
                    cells.iter().map(|cell| all(cell).replace('\n', " ")).collect();
                cells.join(CELL_SEPARATOR)
            }
            Self::Rule => "---".to_owned(),
            Self::Blank => String::new(),
        }
    }
}

impl Line<'_> {
    /// The text without markup, with what is before its lines; `show` is the text of an inline.
    pub fn plain_text(&self, show: &impl Fn(&Inline) -> String) -> String {
        let text = self.content.plain_text(show);
        let text = text.replace('\n', &format!("\n{}", self.prefix));
        format!("{}{text}", self.first_prefix)
    }
}

/// The lines of `blocks`.
pub(super) fn lines<'a>(blocks: &'a [Block], marks: &LineMarks<'_>) -> Vec<Line<'a>> {
    let mut writer = LineWriter {
        marks: *marks,
        lines: Vec::new(),
        pending: None,
        prefix: String::new(),
        is_blank_pending: false,
    };
    writer.blocks(blocks, true);
    writer.lines
}

struct LineWriter<'a, 'm> {
    marks: LineMarks<'m>,
    lines: Vec<Line<'a>>,
    /// The prefix of the next line, if it differs from that of those after it.
    pending: Option<String>,
    prefix: String,
    is_blank_pending: bool,
}

impl<'a> LineWriter<'a, '_> {
    /// Writes `blocks`, with blank lines between them if they are separated.
    fn blocks(&mut self, blocks: &'a [Block], is_separated: bool) {
        for (number, block) in blocks.iter().enumerate() {
            self.is_blank_pending |= number > 0 && is_separated;
            self.block(block);
        }
    }

    fn block(&mut self, block: &'a Block) {
        match block {
            Block::Paragraph(content) => self.push(LineContent::Paragraph(content)),
            Block::Heading { level, content } => self.push(LineContent::Heading(*level, content)),
            Block::Code { language, text } => {
                self.push(LineContent::Code(language.as_deref(), text));
            }
            Block::Rule => self.push(LineContent::Rule),
            Block::Quote(blocks) => {
                let mark = self.marks.quote.to_owned();
                self.indented(&mark.clone(), &mark, |writer| writer.blocks(blocks, true));
            }
            Block::List { start, is_loose, items } => {
                for (item, number) in items.iter().zip(0..) {
                    self.is_blank_pending |= number > 0 && *is_loose;
                    let number = start.map(|start| start.saturating_add(number));
                    self.item(item, number, *is_loose);
                }
            }
            Block::Table { head, rows } => {
                if !head.is_empty() {
                    self.push(LineContent::Row(true, head));
                }
                rows.iter().for_each(|row| self.push(LineContent::Row(false, row)));
            }
        }
    }

    fn item(&mut self, item: &'a Item, number: Option<u64>, is_loose: bool) {
        let number = number.filter(|_| self.marks.has_numbers);
        let mark = number.map_or(self.marks.bullet.to_owned(), |number| format!("{number}. "));
        let indent = " ".repeat(mark.chars().count());
        let task = match item.is_checked {
            Some(true) => self.marks.checked,
            Some(false) => self.marks.unchecked,
            None => "",
        };
        let mark = mark + task;
        self.indented(&mark, &indent, |writer| {
            if item.blocks.is_empty() {
                writer.push(LineContent::Paragraph(&[]));
            }
            writer.blocks(&item.blocks, is_loose);
        });
    }

    /// Writes with `first` before the first line, and `others` before the others.
    fn indented(&mut self, first: &str, others: &str, write: impl FnOnce(&mut Self)) {
        self.flush_blank();
        let outer = self.prefix.clone();
        let pending = self.pending.take().unwrap_or_else(|| outer.clone());
        self.pending = Some(pending + first);
        self.prefix.push_str(others);
        write(self);
        self.pending = None;
        self.prefix = outer;
    }

    fn flush_blank(&mut self) {
        if std::mem::take(&mut self.is_blank_pending) {
            let prefix = self.prefix.trim_end().to_owned();
            let content = LineContent::Blank;
            self.lines.push(Line { first_prefix: prefix.clone(), prefix, content });
        }
    }

    fn push(&mut self, content: LineContent<'a>) {
        self.flush_blank();
        let prefix = self.prefix.clone();
        let first_prefix = self.pending.take().unwrap_or_else(|| prefix.clone());
        self.lines.push(Line { first_prefix, prefix, content });
    }
}

impl Inline {
    /// The text without markup, with the address after a link that does not show it.
    pub fn text_with_address(&self) -> String {
        let all = |content: &[Self]| content.iter().map(Self::text_with_address).collect();
        match self {
            Self::Emphasis(content) | Self::Strong(content) | Self::Strikethrough(content) => {
                all(content)
            }
            Self::Link { content, address } => {
                let label = text_of(content);
                if address.is_shown_by(&label) {
                    return label;
                }
                format!("{label} ({})", address.displayed())
            }
            Self::Text(_) | Self::Code(_) | Self::LineBreak => self.text(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::rich_text::RichText;

    fn paragraph(text: &str) -> Block {
        Block::Paragraph(vec![Inline::Text(text.to_owned())])
    }

    fn list(start: Option<u64>, is_loose: bool, items: Vec<Vec<Block>>) -> Block {
        let item = |blocks| Item { is_checked: None, blocks };
        Block::List { start, is_loose, items: items.into_iter().map(item).collect() }
    }

    #[test]
    fn lines_have_the_marks_of_lists_and_quotes() {
        let nested = list(None, false, vec![vec![paragraph("x")], vec![]]);
        let code = Block::Code { language: None, text: "a\n  b".to_owned() };
        let rows = [
            (vec![paragraph("a"), paragraph("b")], "a\n\nb"),
            (vec![list(None, false, vec![vec![paragraph("a"), nested]])], "- a\n  - x\n  - "),
            (
                vec![list(Some(9), true, vec![vec![paragraph("a"), code], vec![paragraph("b")]])],
                "9. a\n\n   a\n     b\n\n10. b",
            ),
            (
                vec![Block::Quote(vec![paragraph("a"), paragraph("b\nc")]), Block::Rule],
                "> a\n>\n> b\n> c\n\n---",
            ),
        ];
        for (blocks, want) in rows {
            assert_eq!(RichText { blocks }.plain_text(), want);
        }
    }
}
