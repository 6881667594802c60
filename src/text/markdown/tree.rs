//! Builds the tree of a part of a document from the events of the parser.

use std::ops::Range;

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, Event, HeadingLevel, Tag, TagEnd};
use url::Url;

use super::html::{HtmlKind, HtmlTag, parts};
use super::is_inline;
use crate::text::rich_text::{
    Address, Block, Cell, Inline, Item, MAX_DEPTH, RichText, push_text, text_of,
};

/// Builds a [`RichText`] of what is in a part of a document.
///
/// What begins before the part is not markup of the part: of an item whose bullet is not in it, the
/// text remains. Code and links stay what they are, since their text would mean something else.
pub(super) struct TreeBuilder<'a> {
    document: &'a str,
    part: Range<usize>,
    base: Option<&'a Url>,
    /// The open blocks that are in the tree; the first one is the document.
    blocks: Vec<OpenBlock>,
    /// Whether each open block of the document is one of `blocks`.
    is_in_tree: Vec<bool>,
    /// The open parts of the line of text; the first one is the line.
    inlines: Vec<OpenInline>,
    /// How each open part of the document's line is read.
    open_markup: Vec<OpenMarkup>,
    /// The spans of the web addresses in the text, in order.
    addresses: Vec<Range<usize>>,
    heading: Option<u8>,
    code: Option<(Option<String>, String)>,
    html: Option<String>,
}

/// How a part of a line is read.
enum OpenMarkup {
    /// As one of the open parts.
    InTree,
    /// As a part of what it is in.
    Left,
    /// As text, with this delimiter.
    Text(&'static str),
}

enum OpenBlock {
    /// A document or quote.
    Blocks(Vec<Block>),
    List {
        start: Option<u64>,
        is_loose: bool,
        before: Vec<Block>,
        items: Vec<Item>,
    },
    Item(Item),
    Table {
        rows: Vec<Vec<Cell>>,
        has_head: bool,
    },
}

struct OpenInline {
    kind: InlineKind,
    /// The name of the HTML element that it is.
    element: Option<String>,
    content: Vec<Inline>,
}

#[derive(PartialEq, Eq)]
enum InlineKind {
    Line,
    Emphasis,
    Strong,
    Strikethrough,
    Code,
    Link(Option<Address>),
}

impl<'a> TreeBuilder<'a> {
    /// A builder for `part` of `document`, with links relative to `base`.
    pub(super) fn new(document: &'a str, part: Range<usize>, base: Option<&'a Url>) -> Self {
        Self {
            document,
            part,
            base,
            blocks: vec![OpenBlock::Blocks(Vec::new())],
            is_in_tree: Vec::new(),
            inlines: vec![OpenInline::line()],
            open_markup: Vec::new(),
            addresses: bare_addresses(document),
            heading: None,
            code: None,
            html: None,
        }
    }

    /// Reads the next event.
    pub(super) fn read(&mut self, event: Event<'_>, span: Range<usize>) {
        match event {
            Event::Start(tag) if is_inline(&tag) => self.start_inline(tag, &span),
            Event::Start(tag) => self.start_block(tag, &span),
            Event::End(
                TagEnd::Emphasis
                | TagEnd::Strong
                | TagEnd::Strikethrough
                | TagEnd::Superscript
                | TagEnd::Subscript
                | TagEnd::Link
                | TagEnd::Image,
            ) => self.end_inline(&span),
            Event::End(end) => self.end_block(end),
            Event::Text(text) => {
                let text = self.clipped(&text, &span);
                match &mut self.code {
                    Some((_, code)) => code.push_str(text),
                    None => self.push_text(text),
                }
            }
            Event::Code(code) => {
                let code = self.clipped(&code, &span).to_owned();
                if !code.is_empty() {
                    self.push(Inline::Code(code));
                }
            }
            Event::Html(html) => {
                let html = self.clipped(&html, &span);
                match &mut self.html {
                    Some(block) => block.push_str(html),
                    None => self.read_html(&html.to_owned()),
                }
            }
            Event::InlineHtml(html) => {
                let html = self.clipped(&html, &span).to_owned();
                self.read_html(&html);
            }
            Event::SoftBreak if self.overlaps(&span) => self.push_text(" "),
            Event::HardBreak if self.overlaps(&span) => self.push(Inline::LineBreak),
            Event::Rule if self.overlaps(&span) => {
                self.end_line();
                self.push_block(Block::Rule);
            }
            Event::TaskListMarker(is_checked) if self.overlaps(&span) => {
                if let Some(OpenBlock::Item(item)) = self.blocks.last_mut() {
                    item.is_checked = Some(is_checked);
                }
            }
            Event::SoftBreak | Event::HardBreak | Event::Rule | Event::TaskListMarker(_) => {}
            Event::FootnoteReference(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                let text = self.clipped(&text, &span);
                self.push_text(text);
            }
        }
    }

    /// The tree.
    pub(super) fn finish(mut self) -> RichText {
        self.end_line();
        while self.blocks.len() > 1 {
            self.close_block();
        }
        match self.blocks.pop() {
            Some(OpenBlock::Blocks(blocks)) => RichText { blocks },
            _ => RichText::default(),
        }
    }

    fn overlaps(&self, span: &Range<usize>) -> bool {
        span.start < self.part.end && self.part.start < span.end
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

    // Blocks

    fn start_block(&mut self, tag: Tag<'_>, span: &Range<usize>) {
        self.end_line();
        let has_mark = self.overlaps(span) && self.part.start <= span.start;
        let block = match tag {
            Tag::Heading { level, .. } if has_mark => {
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
            Tag::Paragraph => {
                self.loosen();
                None
            }
            Tag::BlockQuote(kind) if has_mark => {
                Some(OpenBlock::Blocks(kind.map(alert).into_iter().collect()))
            }
            Tag::List(start) if self.overlaps(span) => {
                let (before, items) = (Vec::new(), Vec::new());
                Some(OpenBlock::List { start, is_loose: false, before, items })
            }
            Tag::Item => {
                if let Some(OpenBlock::List { start: Some(start), items, .. }) =
                    self.blocks.last_mut()
                    && self.is_in_tree.last() == Some(&true)
                    && items.is_empty()
                    && !has_mark
                {
                    *start = start.saturating_add(1);
                }
                let is_of_list = self.is_in_tree.last() == Some(&true);
                (has_mark && is_of_list).then(|| OpenBlock::Item(Item::default()))
            }
            Tag::Table(_) if self.overlaps(span) => {
                Some(OpenBlock::Table { rows: Vec::new(), has_head: false })
            }
            Tag::TableHead | Tag::TableRow => {
                if let Some(OpenBlock::Table { rows, .. }) = self.blocks.last_mut() {
                    rows.push(Vec::new());
                }
                None
            }
            _ => None,
        };
        let block = block.filter(|_| self.blocks.len() <= MAX_DEPTH);
        self.is_in_tree.push(block.is_some());
        self.blocks.extend(block);
    }

    fn end_block(&mut self, end: TagEnd) {
        match end {
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::HtmlBlock => {
                let html = self.html.take().unwrap_or_default();
                self.read_html(&html);
                self.end_line();
            }
            TagEnd::TableCell => self.end_cell(),
            TagEnd::TableHead => {
                if let Some(OpenBlock::Table { rows, has_head }) = self.blocks.last_mut() {
                    *has_head = true;
                    drop_empty_row(rows);
                    *has_head = !rows.is_empty();
                }
            }
            TagEnd::TableRow => {
                if let Some(OpenBlock::Table { rows, .. }) = self.blocks.last_mut() {
                    drop_empty_row(rows);
                }
            }
            _ => self.end_line(),
        }
        self.heading = None;
        if self.is_in_tree.pop() == Some(true) {
            self.close_block();
        }
    }

    /// A paragraph directly in an item makes its list a loose one.
    fn loosen(&mut self) {
        if let [.., OpenBlock::List { is_loose, .. }, OpenBlock::Item(_)] =
            self.blocks.as_mut_slice()
        {
            *is_loose = true;
        }
    }

    fn close_block(&mut self) {
        match self.blocks.pop() {
            Some(OpenBlock::Blocks(blocks)) if !blocks.is_empty() => {
                self.push_block(Block::BlockQuote(blocks));
            }
            Some(OpenBlock::Item(item)) => {
                if let Some(OpenBlock::List { items, .. }) = self.blocks.last_mut() {
                    items.push(item);
                }
            }
            Some(OpenBlock::List { start, is_loose, before, items }) => {
                before.into_iter().for_each(|block| self.push_block(block));
                if !items.is_empty() {
                    self.push_block(Block::List { start, is_loose, items });
                }
            }
            Some(OpenBlock::Table { mut rows, has_head }) => {
                let cells = rows.iter().flatten().filter(|cell| !cell.is_empty());
                if cells.count() == 1 {
                    let cell = rows.into_iter().flatten().find(|cell| !cell.is_empty());
                    self.push_block(Block::Paragraph(cell.unwrap_or_default()));
                } else if !rows.is_empty() {
                    let head = if has_head { rows.remove(0) } else { Vec::new() };
                    self.push_block(Block::Table { head, rows });
                }
            }
            Some(OpenBlock::Blocks(_)) | None => {}
        }
    }

    fn push_block(&mut self, block: Block) {
        match self.blocks.last_mut() {
            Some(OpenBlock::Blocks(blocks)) => blocks.push(block),
            Some(OpenBlock::Item(item)) => item.blocks.push(block),
            Some(OpenBlock::List { before, items, .. }) => match items.last_mut() {
                Some(item) => item.blocks.push(block),
                None => before.push(block),
            },
            // Tables have cells only.
            Some(OpenBlock::Table { .. }) | None => {}
        }
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
            self.push_block(Block::CodeBlock { language, text });
        }
    }

    fn end_cell(&mut self) {
        let cell = self.take_line();
        if let Some(OpenBlock::Table { rows, .. }) = self.blocks.last_mut()
            && let Some(row) = rows.last_mut()
        {
            row.push(cell);
        }
    }

    // Lines of text

    /// Ends the line of text, which becomes a paragraph or heading.
    fn end_line(&mut self) {
        let content = self.take_line();
        if content.is_empty() {
            return;
        }
        self.push_block(match self.heading {
            Some(level) => Block::Heading { level, content },
            None => Block::Paragraph(content),
        });
    }

    /// The line of text, without breaks and white space at its ends; empty if it has no text.
    fn take_line(&mut self) -> Vec<Inline> {
        while self.inlines.len() > 1 {
            self.close_inline();
        }
        self.open_markup.clear();
        let mut content = match self.inlines.first_mut() {
            Some(line) => std::mem::take(&mut line.content),
            None => Vec::new(),
        };
        while let Some(Inline::LineBreak) = content.last() {
            content.pop();
        }
        if let Some(Inline::Text(text)) = content.last_mut() {
            text.truncate(text.trim_end().len());
        }
        let n_breaks = content.iter().take_while(|it| matches!(it, Inline::LineBreak)).count();
        content.drain(..n_breaks);
        if let Some(Inline::Text(text)) = content.first_mut() {
            *text = text.trim_start().to_owned();
        }
        content.retain(|inline| !matches!(inline, Inline::Text(text) if text.is_empty()));
        content
    }

    fn start_inline(&mut self, tag: Tag<'_>, span: &Range<usize>) {
        if let Some(delimiter) = self.delimiter_in_address(&tag, span) {
            if self.part.contains(&span.start) {
                self.push_text(delimiter);
            }
            self.open_markup.push(OpenMarkup::Text(delimiter));
            return;
        }
        let has_mark = self.overlaps(span) && self.part.start <= span.start;
        let kind = match tag {
            Tag::Emphasis if has_mark => Some(InlineKind::Emphasis),
            Tag::Strong if has_mark => Some(InlineKind::Strong),
            Tag::Strikethrough if has_mark => Some(InlineKind::Strikethrough),
            Tag::Link { link_type, dest_url, .. } if self.overlaps(span) => {
                let is_mail = link_type == pulldown_cmark::LinkType::Email;
                let scheme = if is_mail { "mailto:" } else { "" };
                Some(InlineKind::Link(self.address(&format!("{scheme}{dest_url}"))))
            }
            Tag::Image { dest_url, .. } if self.overlaps(span) => {
                Some(InlineKind::Link(self.address(&dest_url)))
            }
            _ => None,
        };
        let is_open = kind.is_some_and(|kind| self.open_inline(kind, None));
        self.open_markup.push(if is_open { OpenMarkup::InTree } else { OpenMarkup::Left });
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

    /// Opens a part of the line, unless it is in one of its kind, or too deep.
    fn open_inline(&mut self, kind: InlineKind, element: Option<String>) -> bool {
        let is_same = |open: &OpenInline| match (&open.kind, &kind) {
            (InlineKind::Link(_), InlineKind::Link(_)) => true,
            (open, kind) => open == kind,
        };
        if self.inlines.len() > MAX_DEPTH || self.inlines.iter().any(is_same) {
            return false;
        }
        self.inlines.push(OpenInline { kind, element, content: Vec::new() });
        true
    }

    fn end_inline(&mut self, span: &Range<usize>) {
        match self.open_markup.pop() {
            Some(OpenMarkup::InTree) => {}
            Some(OpenMarkup::Text(delimiter)) => {
                if span.end <= self.part.end {
                    self.push_text(delimiter);
                }
                return;
            }
            Some(OpenMarkup::Left) | None => return,
        }
        // HTML elements that are not ended end with what they are in.
        while self.inlines.last().is_some_and(|open| open.element.is_some()) {
            self.close_inline();
        }
        self.close_inline();
    }

    fn close_inline(&mut self) {
        let Some(OpenInline { kind, mut content, .. }) = self.inlines.pop() else { return };
        let is_empty = text_of(&content).trim().is_empty();
        match kind {
            InlineKind::Link(Some(address)) => {
                if is_empty {
                    content = vec![Inline::Text(address.displayed().to_owned())];
                }
                self.push(Inline::Link { content, address });
            }
            InlineKind::Emphasis if !is_empty => self.push(Inline::Emphasis(content)),
            InlineKind::Strong if !is_empty => self.push(Inline::Strong(content)),
            InlineKind::Strikethrough if !is_empty => self.push(Inline::Strikethrough(content)),
            InlineKind::Code if !is_empty => {
                self.push(Inline::Code(text_of(&content).replace('\n', " ")));
            }
            _ => content.into_iter().for_each(|inline| self.push(inline)),
        }
    }

    fn push(&mut self, inline: Inline) {
        let Some(open) = self.inlines.last_mut() else { return };
        match inline {
            Inline::Text(text) => push_text(&mut open.content, &text),
            inline => open.content.push(inline),
        }
    }

    fn push_text(&mut self, text: &str) {
        if let Some(open) = self.inlines.last_mut() {
            push_text(&mut open.content, text);
        }
    }

    // HTML

    fn read_html(&mut self, html: &str) {
        for part in parts(html) {
            match part.kind {
                HtmlKind::Text(text) => self.push_html_text(text),
                HtmlKind::Tag(tag) if tag.is_inline() => self.read_inline_tag(&tag),
                HtmlKind::Tag(tag) if tag.name == "br" => self.push(Inline::LineBreak),
                HtmlKind::Tag(tag) if matches!(tag.name.as_str(), "td" | "th" | "wbr") => {
                    self.push_text(" ");
                }
                // In a cell or an item, lines of HTML are parts of it.
                HtmlKind::Tag(_) if self.is_in_table() => self.push_text(" "),
                HtmlKind::Tag(_) => self.end_line(),
                HtmlKind::Hidden => {}
            }
        }
    }

    fn is_in_table(&self) -> bool {
        matches!(self.blocks.last(), Some(OpenBlock::Table { .. }))
    }

    /// Adds the text of HTML, in which white space is a space.
    fn push_html_text(&mut self, text: &str) {
        let text = html_escape::decode_html_entities(text);
        let mut words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.starts_with(char::is_whitespace) {
            words.insert(0, ' ');
        }
        if words != " " && text.ends_with(char::is_whitespace) {
            words.push(' ');
        }
        self.push_text(&words);
    }

    fn read_inline_tag(&mut self, tag: &HtmlTag<'_>) {
        if tag.is_end {
            let is_open = |open: &OpenInline| open.element.as_deref() == Some(tag.name.as_str());
            if self.inlines.last().is_some_and(is_open) {
                self.close_inline();
            }
            return;
        }
        let kind = match tag.name.as_str() {
            "b" | "strong" => InlineKind::Strong,
            "i" | "em" => InlineKind::Emphasis,
            "s" | "del" | "strike" => InlineKind::Strikethrough,
            "code" | "kbd" | "samp" | "tt" => InlineKind::Code,
            "a" => match tag.attribute("href") {
                Some(href) => {
                    InlineKind::Link(self.address(&html_escape::decode_html_entities(&href)))
                }
                None => return,
            },
            "img" => {
                self.push_image(tag);
                return;
            }
            _ => return,
        };
        self.open_inline(kind, Some(tag.name.clone()));
    }

    fn push_image(&mut self, tag: &HtmlTag<'_>) {
        let attribute = |name: &str| tag.attribute(name).unwrap_or_default();
        let text = html_escape::decode_html_entities(&attribute("alt")).into_owned();
        let source = html_escape::decode_html_entities(&attribute("src")).into_owned();
        if self.open_inline(InlineKind::Link(self.address(&source)), None) {
            self.push_text(&text);
            self.close_inline();
        } else {
            self.push_text(&text);
        }
    }
}

impl OpenInline {
    fn line() -> Self {
        Self { kind: InlineKind::Line, element: None, content: Vec::new() }
    }
}

/// The spans of the web addresses that are written out in `document`, in order, as GitHub finds them:
/// without punctuation at their end.
fn bare_addresses(document: &str) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    for (at, _) in document.match_indices("://") {
        let (before, after) = document.split_at(at);
        let Some(scheme) = ["https", "http"].iter().find(|scheme| before.ends_with(**scheme))
        else {
            continue;
        };
        let start = at - scheme.len();
        // In a link, it is an address already; in a word, it is none.
        let is_bare = before.get(..start).is_some_and(|it| {
            !it.ends_with("](") && !it.ends_with(|c: char| c.is_alphanumeric() || c == '<')
        });
        if !is_bare {
            continue;
        }
        let ends = |c: char| c.is_whitespace() || "<>|`[]\"".contains(c);
        let address = after.get(..after.find(ends).unwrap_or(after.len())).unwrap_or_default();
        let address = address.trim_end_matches(|c| "?!.,:;*_~')".contains(c));
        if spans.last().is_none_or(|last| last.end <= start) {
            spans.push(start..at + address.len());
        }
    }
    spans
}

fn drop_empty_row(rows: &mut Vec<Vec<Cell>>) {
    if rows.last().is_some_and(|row| row.iter().all(Vec::is_empty)) {
        rows.pop();
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
