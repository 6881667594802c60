//! Markdown: what people read of a document that is written in it.
//!
//! CommonMark with the extensions of GitHub that people use. A document is read once, as a whole, so
//! that a part of it is read as it is meant there: with the lists it stands in, and with the addresses
//! that links name elsewhere.

mod bare_address;
mod html;
mod tree;
mod words;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{BrokenLink, CowStr, Event, Options, Parser, Tag, TagEnd};
use url::Url;

use super::rich_text::RichText;
use tree::TreeBuilder;
use words::{SYNTAX, WordReader};

/// Most of the text around a part that is parsed with it, in bytes: far more than a chapter. A part of
/// a longer list is parsed alone, so that showing one item does not take time for all of them.
const MAX_CONTEXT_BYTES: usize = 64 * 1024;

/// What is read of a document in Markdown.
#[derive(Debug)]
pub struct MarkdownText {
    /// The document with each byte of syntax replaced by a space, or by [`SYNTAX`] within lines of
    /// text. Offsets are those of the document.
    words: String,
    /// The byte spans of what has lines of its own: paragraphs, headings, items, cells, code blocks.
    lines: Vec<LineSpan>,
    /// The byte spans of the headings.
    headings: Vec<Range<usize>>,
    /// The starts of the blocks that are in no other block, in order.
    block_starts: Vec<usize>,
    /// The addresses that links name, by their folded names.
    addresses: HashMap<String, String>,
}

/// The byte span of something that has lines of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineSpan {
    /// From its first to its last byte.
    pub span: Range<usize>,
    /// What it is.
    pub kind: LineKind,
}

/// What has lines of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// A paragraph or an item.
    Text,
    /// A cell of a table.
    Cell,
    /// A heading.
    Heading,
    /// Code, in which full stops end no sentence.
    Code,
}

/// The extensions of CommonMark that are read.
pub(crate) fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM
}

impl MarkdownText {
    /// Reads `document`.
    pub fn new(document: &str) -> Self {
        let parser = Parser::new_ext(document, options());
        let definitions = parser.reference_definitions();
        let addresses = definitions.iter().map(|(name, it)| (fold(name), it.dest.to_string()));
        let addresses = addresses.collect();
        let mut reader = WordReader::new(document);
        let (mut block_starts, mut depth) = (Vec::new(), 0usize);
        for (event, span) in parser.into_offset_iter() {
            if depth == 0 {
                block_starts.push(span.start);
            }
            match &event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth = depth.saturating_sub(1),
                _ => {}
            }
            reader.read(&event, span);
        }
        let (words, lines) = reader.finish();
        let headings = lines.iter().filter(|line| line.kind == LineKind::Heading);
        let headings = headings.map(|line| line.span.clone()).collect();
        // The end of a block is an event, too.
        block_starts.dedup();
        Self { words, lines, headings, block_starts, addresses }
    }

    /// The words of a part of the document, without syntax.
    pub fn words(&self, part: Range<usize>) -> Cow<'_, str> {
        let words = self.words.get(part).unwrap_or_default();
        if words.contains(SYNTAX) { words.replace(SYNTAX, "").into() } else { words.into() }
    }

    /// The document with spaces in place of syntax, for `part` of it. Offsets stay the same.
    pub fn blanked(&self, part: Range<usize>) -> String {
        self.words.get(part).unwrap_or_default().replace(SYNTAX, " ")
    }

    /// Whether `part` of the document has nothing that is read.
    pub fn is_blank(&self, part: Range<usize>) -> bool {
        let words = self.words.get(part).unwrap_or_default();
        words.chars().all(|c| c.is_whitespace() || c == SYNTAX)
    }

    /// What has lines of its own, in order.
    pub fn lines(&self) -> &[LineSpan] {
        &self.lines
    }

    /// The byte spans of the headings, in order.
    pub fn headings(&self) -> &[Range<usize>] {
        &self.headings
    }

    /// What is read of `part` of `document`, with links relative to `base`. `document` is the one that
    /// this was made of.
    pub fn rich_text(&self, document: &str, part: Range<usize>, base: Option<&Url>) -> RichText {
        let context = self.context(document, &part);
        let text = document.get(context.clone()).unwrap_or_default();
        // White space at the start of its line belongs to code.
        let before = document.get(context.start..part.start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let indent = before.get(line_start..).unwrap_or_default();
        let indent = if indent.trim().is_empty() { indent.len() } else { 0 };
        let part = part.start - context.start - indent..part.end - context.start;
        let find = |link: BrokenLink<'_>| {
            let address = self.addresses.get(&fold(&link.reference))?;
            Some((CowStr::from(address.clone()), CowStr::from("")))
        };
        let parser = Parser::new_with_broken_link_callback(text, options(), Some(find));
        let mut builder = TreeBuilder::new(text, part, base);
        for (event, span) in parser.into_offset_iter() {
            builder.read(event, span);
        }
        builder.finish()
    }

    /// The blocks in which `part` is; `part` itself if they are too long.
    fn context(&self, document: &str, part: &Range<usize>) -> Range<usize> {
        let first = self.block_starts.partition_point(|start| *start <= part.start);
        let start = first.checked_sub(1).and_then(|idx| self.block_starts.get(idx)).copied();
        let start = start.unwrap_or(part.start);
        // An indented block starts after its indentation.
        let before = document.get(..start).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let next = self.block_starts.partition_point(|start| *start < part.end);
        let end = self.block_starts.get(next).copied().unwrap_or(document.len()).max(part.end);
        let is_near = (start..end).len() <= MAX_CONTEXT_BYTES.max(2 * part.len());
        if is_near { start..end } else { part.clone() }
    }
}

/// The name of a link's address, for comparison: names differ neither in case nor in white space.
fn fold(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Whether `tag` is within a line of text.
pub(crate) fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::Link { .. }
            | Tag::Image { .. }
    )
}

/// The same of the end of a tag.
pub(crate) fn is_inline_end(end: TagEnd) -> bool {
    matches!(
        end,
        TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link
            | TagEnd::Image
    )
}

#[cfg(test)]
mod tests;
