//! Builds the tree of a part of a document from the events of the parser.

mod blocks;
mod html_reader;
mod line;

use std::ops::Range;

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, Event, HeadingLevel, LinkType, Tag, TagEnd};
use url::Url;

use super::bare_address::bare_addresses;
use super::{is_inline, is_inline_end};
use crate::text::RichText;
use crate::text::rich_text::{Address, Block, Inline};
use blocks::{BlockStack, OpenBlock};
use line::{InlineKind, LineBuilder};

/// Builds a [`RichText`] of what is in a part of a document.
///
/// What begins before the part is not markup of the part: of an item whose bullet is not in it, the
/// text remains. Code and links stay what they are, since their text would mean something else.
pub(super) struct TreeBuilder<'a> {
    document: &'a str,
    part: Range<usize>,
    base: Option<&'a Url>,
    blocks: BlockStack,
    line: LineBuilder,
    /// The level of the heading that is being read.
    heading: Option<u8>,
    /// The language and the lines of the code block that is being read.
    code: Option<(Option<String>, String)>,
    /// The HTML block that is being read.
    html: Option<String>,
    /// The spans of the web addresses in the text, in order.
    addresses: Vec<Range<usize>>,
}

impl<'a> TreeBuilder<'a> {
    /// A builder for `part` of `document`, with links relative to `base`.
    pub(super) fn new(document: &'a str, part: Range<usize>, base: Option<&'a Url>) -> Self {
        Self {
            document,
            part,
            base,
            blocks: BlockStack::new(),
            line: LineBuilder::new(),
            heading: None,
            code: None,
            html: None,
            addresses: bare_addresses(document),
        }
    }

    /// Reads the next event.
    pub(super) fn read(&mut self, event: Event<'_>, span: Range<usize>) {
        match event {
            Event::Start(tag) if is_inline(&tag) => self.start_inline(tag, &span),
            Event::Start(tag) => self.start_block(tag, &span),
            Event::End(end) if is_inline_end(end) => {
                let delimiter = self.line.end().filter(|_| span.end <= self.part.end);
                self.line.push_text(delimiter.unwrap_or_default());
            }
            Event::End(end) => self.end_block(end),
            Event::Code(code) => {
                let code = self.clipped(&code, &span);
                if !code.is_empty() {
                    self.line.push(Inline::Code(code.to_owned()));
                }
            }
            Event::Text(text)
            | Event::FootnoteReference(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text) => {
                let text = self.clipped(&text, &span);
                match &mut self.code {
                    Some((_, code)) => code.push_str(text),
                    None => self.line.push_text(text),
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let html = self.clipped(&html, &span);
                match &mut self.html {
                    Some(block) => block.push_str(html),
                    None => self.read_html(html),
                }
            }
            // What follows has no text.
            _ if !self.overlaps(&span) => {}
            Event::SoftBreak => self.line.push_text(" "),
            Event::HardBreak => self.line.push(Inline::LineBreak),
            Event::Rule => {
                self.end_line();
                self.blocks.push(Block::Rule);
            }
            Event::TaskListMarker(is_checked) => self.blocks.set_checked(is_checked),
        }
    }

    /// The tree.
    pub(super) fn finish(mut self) -> RichText {
        self.end_line();
        RichText { blocks: self.blocks.finish() }
    }

    fn overlaps(&self, span: &Range<usize>) -> bool {
        span.start < self.part.end && self.part.start < span.end
    }

    /// Whether what is at `span` starts in the part, with its mark or delimiter.
    fn has_mark(&self, span: &Range<usize>) -> bool {
        self.overlaps(span) && self.part.start <= span.start
    }

    /// What is in the part of `text`, which was read from `span`.
    fn clipped<'t>(&self, text: &'t str, span: &Range<usize>) -> &'t str {
        if !self.overlaps(span) {
            return "";
        }
        if self.part.start <= span.start && span.end <= self.part.end {
            return text;
        }
        let written = self.document.get(span.clone()).unwrap_or_default();
        // An entity is in the part as a whole.
        let Some(at) = written.find(text) else { return text };
        let start = self.part.start.saturating_sub(span.start + at).min(text.len());
        let end = self.part.end.saturating_sub(span.start + at).min(text.len());
        text.get(start..end).unwrap_or_default()
    }

    fn start_block(&mut self, tag: Tag<'_>, span: &Range<usize>) {
        self.end_line();
        let block = match tag {
            Tag::Paragraph => return self.blocks.start_paragraph(),
            Tag::Item => return self.blocks.start_item(self.has_mark(span)),
            Tag::TableHead | Tag::TableRow => return self.blocks.start_row(),
            Tag::BlockQuote(kind) if self.has_mark(span) => {
                Some(OpenBlock::Blocks(kind.map(alert).into_iter().collect()))
            }
            Tag::List(start) if self.overlaps(span) => Some(OpenBlock::list(start)),
            Tag::Table(_) if self.overlaps(span) => Some(OpenBlock::table()),
            Tag::Heading { level, .. } if self.has_mark(span) => {
                self.heading = Some(level_number(level));
                None
            }
            Tag::CodeBlock(kind) => {
                self.code = Some((language(&kind), String::new()));
                None
            }
            Tag::HtmlBlock => {
                self.html = Some(String::new());
                None
            }
            _ => None,
        };
        self.blocks.start(block);
    }

    fn end_block(&mut self, end: TagEnd) {
        match end {
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::HtmlBlock => {
                let html = self.html.take().unwrap_or_default();
                self.read_html(&html);
                self.end_line();
            }
            TagEnd::TableCell => {
                let cell = self.line.take();
                self.blocks.push_cell(cell);
            }
            TagEnd::TableHead => self.blocks.end_row(true),
            TagEnd::TableRow => self.blocks.end_row(false),
            _ => self.end_line(),
        }
        self.heading = None;
        self.blocks.end();
    }

    fn end_code(&mut self) {
        let Some((language, mut text)) = self.code.take() else { return };
        if text.ends_with('\n') {
            text.pop();
        }
        if text.ends_with('\r') {
            text.pop();
        }
        if !text.trim().is_empty() {
            self.blocks.push(Block::Code { language, text });
        }
    }

    /// Ends the line of text, which becomes a paragraph or heading.
    fn end_line(&mut self) {
        let content = self.line.take();
        if content.is_empty() {
            return;
        }
        self.blocks.push(match self.heading {
            Some(level) => Block::Heading { level, content },
            None => Block::Paragraph(content),
        });
    }

    fn start_inline(&mut self, tag: Tag<'_>, span: &Range<usize>) {
        if let Some(delimiter) = self.delimiter_in_address(&tag, span) {
            if self.part.contains(&span.start) {
                self.line.push_text(delimiter);
            }
            self.line.start_text(delimiter);
            return;
        }
        let kind = match tag {
            Tag::Emphasis if self.has_mark(span) => Some(InlineKind::Emphasis),
            Tag::Strong if self.has_mark(span) => Some(InlineKind::Strong),
            Tag::Strikethrough if self.has_mark(span) => Some(InlineKind::Strikethrough),
            Tag::Link { link_type: LinkType::Email, dest_url, .. } if self.overlaps(span) => {
                Some(InlineKind::Link(self.address(&format!("mailto:{dest_url}"))))
            }
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } if self.overlaps(span) => {
                Some(InlineKind::Link(self.address(&dest_url)))
            }
            _ => None,
        };
        self.line.start(kind);
    }

    /// The delimiter of markup that starts in a web address, and so is a part of it.
    fn delimiter_in_address(&self, tag: &Tag<'_>, span: &Range<usize>) -> Option<&'static str> {
        let next = self.addresses.partition_point(|address| address.start <= span.start);
        let address = self.addresses.get(next.checked_sub(1)?)?;
        let written = self.document.get(span.clone()).filter(|_| span.start < address.end)?;
        let delimiters: &[&str] = match tag {
            Tag::Emphasis => &["*", "_"],
            Tag::Strong => &["**", "__"],
            Tag::Strikethrough => &["~~", "~"],
            _ => &[],
        };
        delimiters.iter().find(|delimiter| written.starts_with(**delimiter)).copied()
    }

    fn address(&self, written: &str) -> Option<Address> {
        Address::new(written, self.base)
    }
}

fn level_number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// The language of a code block: the first word of what is written beside its fence.
fn language(kind: &CodeBlockKind<'_>) -> Option<String> {
    match kind {
        CodeBlockKind::Fenced(info) => info.split_whitespace().next().map(str::to_owned),
        CodeBlockKind::Indented => None,
    }
}

/// The first line of an alert, with the word that the document has for it.
fn alert(kind: BlockQuoteKind) -> Block {
    let word = match kind {
        BlockQuoteKind::Note => "NOTE",
        BlockQuoteKind::Tip => "TIP",
        BlockQuoteKind::Important => "IMPORTANT",
        BlockQuoteKind::Warning => "WARNING",
        BlockQuoteKind::Caution => "CAUTION",
    };
    Block::Paragraph(vec![Inline::Strong(vec![Inline::Text(word.to_owned())])])
}
