//! Text with markup, as a tree of blocks and inlines. It knows neither the syntax that it was read
//! from nor how a platform shows it.
//!
//! The tree is at most [`MAX_DEPTH`] blocks and [`MAX_DEPTH`] inlines deep, so recursion over it is
//! bounded.

mod address;
mod line;

pub use address::Address;
pub use line::{Line, LineContent, LineMarks};

/// Deepest nesting of blocks, and of inlines; what is nested deeper stands in the deepest level. No
/// chat shows more, and no document that people write needs it.
pub const MAX_DEPTH: usize = 16;

/// Text with markup.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RichText {
    /// The blocks, in order.
    pub blocks: Vec<Block>,
}

/// A part of a text that stands on lines of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A heading.
    Heading {
        /// Its level, from 1 to 6.
        level: u8,
        /// Its text.
        content: Vec<Inline>,
    },
    /// Lines that are shown as they are written.
    Code {
        /// The language, if it is named.
        language: Option<String>,
        /// The lines, without a line break at the end.
        text: String,
    },
    /// A quote.
    Quote(Vec<Self>),
    /// A list.
    List {
        /// The number of the first item; `None` without numbers.
        start: Option<u64>,
        /// Whether blank lines separate the items.
        is_loose: bool,
        /// The items.
        items: Vec<Item>,
    },
    /// A table.
    Table {
        /// The cells of the first row, which names the columns; empty if it is not part of the text.
        head: Vec<Cell>,
        /// The other rows.
        rows: Vec<Vec<Cell>>,
    },
    /// A line that separates parts of a text.
    Rule,
}

/// The text of a cell of a table.
pub type Cell = Vec<Inline>;

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Item {
    /// Whether its box is checked, if it has one.
    pub is_checked: Option<bool>,
    /// What it consists of.
    pub blocks: Vec<Block>,
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    /// Text without markup. Two of them never follow each other.
    Text(String),
    /// Text that is shown as it is written.
    Code(String),
    /// Emphasized text.
    Emphasis(Vec<Self>),
    /// Strongly emphasized text.
    Strong(Vec<Self>),
    /// Text that is struck out.
    Strikethrough(Vec<Self>),
    /// A link, or an image.
    Link {
        /// What is shown. It contains no other link.
        content: Vec<Self>,
        /// Where it leads to.
        address: Address,
    },
    /// The end of a line.
    LineBreak,
}

impl RichText {
    /// The same text with links replaced by what they show.
    #[must_use]
    pub fn without_addresses(&self) -> Self {
        Self { blocks: self.blocks.iter().map(Block::without_addresses).collect() }
    }

    /// The same text with `before` at its start and `after` at its end, as text of its first and last
    /// line where these are no code.
    #[must_use]
    pub fn surrounded(&self, before: &str, after: &str) -> Self {
        let mut blocks = self.blocks.clone();
        if !before.is_empty() {
            prepend(&mut blocks, before);
        }
        if !after.is_empty() {
            append(&mut blocks, after);
        }
        Self { blocks }
    }

    /// Whether it has a letter, digit or other visible character.
    pub fn has_text(&self) -> bool {
        let lines = self.lines(&LineMarks::NONE);
        lines.iter().any(|line| !line.content.text().trim().is_empty())
    }

    /// The text without markup and addresses, in lines, with the marks of lists and quotes.
    pub fn plain_text(&self) -> String {
        let lines = self.lines(&LineMarks::PLAIN);
        let texts: Vec<String> = lines.iter().map(|line| line.plain_text(&Inline::text)).collect();
        texts.join("\n")
    }

    /// Its lines, with `marks` before those of lists and quotes.
    pub fn lines(&self, marks: &LineMarks<'_>) -> Vec<Line<'_>> {
        line::lines(&self.blocks, marks)
    }
}

impl Block {
    fn without_addresses(&self) -> Self {
        let all = |blocks: &[Self]| blocks.iter().map(Self::without_addresses).collect();
        let cells = |row: &Vec<Cell>| row.iter().map(|cell| without_links(cell)).collect();
        match self {
            Self::Paragraph(content) => Self::Paragraph(without_links(content)),
            Self::Heading { level, content } => {
                Self::Heading { level: *level, content: without_links(content) }
            }
            Self::Quote(blocks) => Self::Quote(all(blocks)),
            Self::List { start, is_loose, items } => {
                let item =
                    |item: &Item| Item { blocks: all(&item.blocks), is_checked: item.is_checked };
                let items = items.iter().map(item).collect();
                Self::List { start: *start, is_loose: *is_loose, items }
            }
            Self::Table { head, rows } => {
                Self::Table { head: cells(head), rows: rows.iter().map(cells).collect() }
            }
            Self::Code { .. } | Self::Rule => self.clone(),
        }
    }
}

impl Inline {
    /// The text without markup.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) | Self::Code(text) => text.clone(),
            Self::Emphasis(content)
            | Self::Strong(content)
            | Self::Strikethrough(content)
            | Self::Link { content, .. } => text_of(content),
            Self::LineBreak => "\n".to_owned(),
        }
    }
}

/// The text of `content` without markup.
pub fn text_of(content: &[Inline]) -> String {
    content.iter().map(Inline::text).collect()
}

/// Adds `text` to `content`.
pub(crate) fn push_text(content: &mut Vec<Inline>, text: &str) {
    match content.last_mut() {
        _ if text.is_empty() => {}
        Some(Inline::Text(last)) => last.push_str(text),
        _ => content.push(Inline::Text(text.to_owned())),
    }
}

fn without_links(content: &[Inline]) -> Vec<Inline> {
    let mut bare = Vec::new();
    for inline in content {
        match inline {
            Inline::Text(text) => push_text(&mut bare, text),
            Inline::Emphasis(content) => bare.push(Inline::Emphasis(without_links(content))),
            Inline::Strong(content) => bare.push(Inline::Strong(without_links(content))),
            Inline::Strikethrough(content) => {
                bare.push(Inline::Strikethrough(without_links(content)));
            }
            Inline::Link { content, .. } => {
                for inline in without_links(content) {
                    match inline {
                        Inline::Text(text) => push_text(&mut bare, &text),
                        inline => bare.push(inline),
                    }
                }
            }
            Inline::Code(_) | Inline::LineBreak => bare.push(inline.clone()),
        }
    }
    bare
}

fn prepend(blocks: &mut Vec<Block>, text: &str) {
    match blocks.first_mut() {
        Some(Block::Paragraph(content) | Block::Heading { content, .. }) => {
            if let Some(Inline::Text(first)) = content.first_mut() {
                first.insert_str(0, &format!("{text} "));
            } else {
                content.insert(0, Inline::Text(format!("{text} ")));
            }
        }
        Some(Block::Quote(inner)) => prepend(inner, text),
        Some(Block::List { items, .. }) if !items.is_empty() => {
            if let Some(item) = items.first_mut() {
                prepend(&mut item.blocks, text);
            }
        }
        _ => blocks.insert(0, Block::Paragraph(vec![Inline::Text(text.to_owned())])),
    }
}

fn append(blocks: &mut Vec<Block>, text: &str) {
    match blocks.last_mut() {
        Some(Block::Paragraph(content) | Block::Heading { content, .. }) => {
            push_text(content, &format!(" {text}"));
        }
        Some(Block::Quote(inner)) => append(inner, text),
        Some(Block::List { items, .. }) if !items.is_empty() => {
            if let Some(item) = items.last_mut() {
                append(&mut item.blocks, text);
            }
        }
        _ => blocks.push(Block::Paragraph(vec![Inline::Text(text.to_owned())])),
    }
}
