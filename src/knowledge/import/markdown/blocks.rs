//! The blocks of a Markdown document, with where they stand.

use std::ops::Range;

use pulldown_cmark::{BrokenLink, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::containers;
use super::details::{self, Details};
use super::footnotes::{self, Footnotes};
use super::html_blocks;
use crate::text::markdown::{is_inline, is_inline_end, options};

/// A block at the top level of a document.
#[derive(Debug, PartialEq)]
pub(super) enum Block {
    /// A heading: its level from 1, and its text.
    Heading { level: u8, text: String, span: Range<usize> },
    /// A paragraph.
    Paragraph(Paragraph),
    /// A list, with its items.
    List(Vec<Item>),
    /// Terms with their definitions.
    Definitions(Vec<Term>),
    /// `<details>` with `<summary>`.
    Details(Details),
    /// Anything else.
    Other(Range<usize>),
}

/// A paragraph.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Paragraph {
    pub(super) span: Range<usize>,
    /// The plain text; line breaks are line feeds.
    pub(super) text: String,
    /// The plain text of the bold words that it starts with, and where they end.
    pub(super) bold: Option<(String, usize)>,
    /// Whether it is nothing but links to places in the same document, as in a table of contents.
    pub(super) is_local_links: bool,
}

/// A term with its definitions.
#[derive(Debug, PartialEq)]
pub(super) struct Term {
    pub(super) title: String,
    /// Where the term starts.
    pub(super) start: usize,
    /// Where its definitions stand.
    pub(super) definition: Range<usize>,
}

/// An item of a list.
#[derive(Debug, PartialEq)]
pub(super) struct Item {
    pub(super) span: Range<usize>,
    /// Its first paragraph.
    pub(super) first: Paragraph,
}

/// A link whose address stands elsewhere in the document.
#[derive(Debug, PartialEq)]
pub(super) struct ReferenceLink {
    pub(super) span: Range<usize>,
    /// The text between the brackets.
    pub(super) inner: Range<usize>,
    pub(super) address: String,
    pub(super) is_image: bool,
}

/// A document and its blocks.
pub(super) struct Document<'a> {
    text: &'a str,
    pub(super) blocks: Vec<Block>,
    /// In the order of the text.
    pub(super) reference_links: Vec<ReferenceLink>,
    /// Where the addresses of reference links are defined, in the order of the text.
    pub(super) definitions: Vec<Range<usize>>,
    pub(super) footnotes: Footnotes,
    /// Where code stands, in the order of the text.
    code: Vec<Range<usize>>,
}

/// What is collected of a document besides its blocks.
#[derive(Default)]
struct Inner {
    code: Vec<Range<usize>>,
    /// Blocks of HTML, but for those that hold no text of the document itself.
    html: Vec<Range<usize>>,
    footnotes: Footnotes,
}

impl Inner {
    fn add(&mut self, text: &str, event: &Event<'_>, span: &Range<usize>, depth: usize) {
        match event {
            Event::Start(Tag::CodeBlock(_)) | Event::Code(_) => self.code.push(span.clone()),
            Event::Start(Tag::HtmlBlock) => {
                let block = text.get(span.clone()).unwrap_or_default().trim_start();
                let starts = |tag: &str| {
                    block.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag))
                };
                if starts("<pre") {
                    self.code.push(span.clone());
                } else if depth == 0
                    && !["<!--", "<table", "<script", "<style"].into_iter().any(starts)
                {
                    self.html.push(span.clone());
                }
            }
            Event::Start(Tag::FootnoteDefinition(label)) => {
                self.footnotes.add_definition(label, span);
            }
            Event::FootnoteReference(label) => self.footnotes.add_reference(label, span),
            _ => {}
        }
    }
}

impl<'a> Document<'a> {
    /// Parses `text`.
    pub(super) fn parse(text: &'a str) -> Self {
        // Definition lists are no markup of sources.
        let options = options() | Options::ENABLE_FOOTNOTES | Options::ENABLE_DEFINITION_LIST;
        let mut builder = Builder::default();
        let mut inner = Inner::default();
        let below = footnotes::addresses_below(text);
        let broken = |link: BrokenLink<'_>| {
            let (address, _) = below.get(&link.reference.to_lowercase())?;
            Some((CowStr::from(address.clone()), CowStr::Borrowed("")))
        };
        let parser = Parser::new_with_broken_link_callback(text, options, Some(broken));
        let mut definitions: Vec<Range<usize>> = parser
            .reference_definitions()
            .iter()
            .map(|(_, definition)| definition.span.clone())
            .collect();
        for (event, span) in parser.into_offset_iter() {
            inner.add(text, &event, &span, builder.depth);
            builder.add(&event, &span);
        }
        // A link ends after those in it.
        builder.reference_links.sort_unstable_by_key(|link| link.span.start);
        let Inner { code, html, footnotes } = inner;
        let below = below.values().map(|(_, span)| span.clone());
        definitions.extend(below.filter(|span| footnotes.is_in_definition(span.start)));
        definitions.sort_unstable_by_key(|span| span.start);
        let mut document = Self {
            text,
            blocks: Vec::new(),
            reference_links: builder.reference_links,
            definitions,
            footnotes,
            code,
        };
        let headings = html_blocks::headings(text, &html);
        let containers = containers::find(text, |at| document.is_code(at));
        let details = containers::joined(document.details_in(&(0..text.len())), containers);
        document.blocks = details::insert(details, html_blocks::insert(headings, builder.blocks));
        document
    }

    /// The outermost `<details>` elements in `span`.
    pub(super) fn details_in(&self, span: &Range<usize>) -> Vec<Details> {
        details::find(self.text, span, &self.code)
    }

    /// The whole text.
    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// Whether the byte `at` is code.
    pub(super) fn is_code(&self, at: usize) -> bool {
        let next = self.code.partition_point(|span| span.end <= at);
        self.code.get(next).is_some_and(|span| span.contains(&at))
    }

    /// The blocks that start in `span`.
    pub(super) fn blocks_in(&self, span: &Range<usize>) -> &[Block] {
        starting_in(&self.blocks, span, |block| block.span().start)
    }
}

/// The `items`, which are in the order of their starts, that start in `span`.
pub(super) fn starting_in<'i, T>(
    items: &'i [T],
    span: &Range<usize>,
    start_of: impl Fn(&T) -> usize,
) -> &'i [T] {
    let start = items.partition_point(|item| start_of(item) < span.start);
    let end = items.partition_point(|item| start_of(item) < span.end);
    items.get(start..end.max(start)).unwrap_or_default()
}

impl Block {
    /// Where it stands.
    pub(super) fn span(&self) -> Range<usize> {
        match self {
            Self::Heading { span, .. } | Self::Other(span) => span.clone(),
            Self::Paragraph(paragraph) => paragraph.span.clone(),
            Self::List(items) => {
                around(items.first().map(|item| &item.span), items.last().map(|item| &item.span))
            }
            Self::Definitions(terms) => {
                let start = terms.first().map_or(0, |term| term.start);
                start..terms.last().map_or(start, |term| term.definition.end)
            }
            Self::Details(details) => details.span.clone(),
        }
    }
}

fn around(first: Option<&Range<usize>>, last: Option<&Range<usize>>) -> Range<usize> {
    let start = first.map_or(0, |span| span.start);
    start..last.map_or(start, |span| span.end)
}

/// Collects blocks from the events of the parser.
#[derive(Default)]
struct Builder {
    blocks: Vec<Block>,
    reference_links: Vec<ReferenceLink>,
    /// The kinds of blocks that are open.
    depth: usize,
    /// The paragraph or heading whose words are read.
    words: Option<Words>,
    list: Vec<Item>,
    terms: Vec<Term>,
    links: Vec<ReferenceLink>,
}

/// The words of a paragraph or heading.
#[derive(Default)]
struct Words {
    text: String,
    bold: Option<(String, usize)>,
    /// The length of the text where the bold words start, while they are open.
    bold_from: Option<usize>,
    /// Open links, and whether text stands outside links to the same document.
    n_local_links: usize,
    is_in_local_link: bool,
    has_other_text: bool,
}

impl Words {
    fn add(&mut self, text: &str) {
        self.text.push_str(text);
        self.has_other_text |= !self.is_in_local_link && text.contains(char::is_alphanumeric);
    }

    fn into_paragraph(self, span: Range<usize>) -> Paragraph {
        let is_local_links = self.n_local_links > 0 && !self.has_other_text;
        Paragraph { span, text: self.text, bold: self.bold, is_local_links }
    }
}

impl Builder {
    fn add(&mut self, event: &Event<'_>, span: &Range<usize>) {
        match event {
            Event::Start(tag) => {
                self.start(tag, span);
                if !is_inline(tag) {
                    self.depth += 1;
                }
            }
            Event::End(end) => self.end(*end, span),
            Event::Text(text) | Event::Code(text) => self.add_text(text, span),
            Event::SoftBreak | Event::HardBreak => self.add_text("\n", span),
            Event::Rule if self.depth == 0 => self.blocks.push(Block::Other(span.clone())),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, span: &Range<usize>) {
        match tag {
            Tag::Paragraph | Tag::Heading { .. } | Tag::DefinitionListTitle
                if self.words.is_none() =>
            {
                self.words = Some(Words::default());
            }
            Tag::Item if self.depth == 1 => {
                self.list.push(Item { span: span.clone(), first: Paragraph::default() });
                self.words = Some(Words::default());
            }
            _ if !is_inline(tag) && self.depth >= 2 && *tag != Tag::Paragraph => {
                self.end_first_of_item(&(span.start..span.start));
            }
            Tag::Strong => {
                let words = self.words.as_mut().filter(|words| words.bold.is_none());
                if let Some(words) = words.filter(|words| words.text.trim().is_empty()) {
                    words.bold_from = Some(words.text.len());
                }
            }
            Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. } => {
                if let Some(words) = self.words.as_mut().filter(|_| dest_url.starts_with('#')) {
                    words.n_local_links += 1;
                    words.is_in_local_link = true;
                }
                if matches!(
                    link_type,
                    LinkType::Reference
                        | LinkType::Collapsed
                        | LinkType::Shortcut
                        | LinkType::ReferenceUnknown
                        | LinkType::CollapsedUnknown
                        | LinkType::ShortcutUnknown
                ) {
                    self.links.push(ReferenceLink {
                        span: span.clone(),
                        inner: span.end..span.start,
                        address: dest_url.to_string(),
                        is_image: matches!(tag, Tag::Image { .. }),
                    });
                }
            }
            _ => {}
        }
    }

    fn add_text(&mut self, text: &str, span: &Range<usize>) {
        if let Some(link) = self.links.last_mut() {
            link.inner = link.inner.start.min(span.start)..link.inner.end.max(span.end);
        }
        if let Some(words) = &mut self.words {
            words.add(text);
        }
    }

    fn end(&mut self, end: TagEnd, span: &Range<usize>) {
        match end {
            TagEnd::Strong => {
                if let Some(words) = &mut self.words
                    && let Some(from) = words.bold_from.take()
                {
                    let bold = words.text.get(from..).unwrap_or_default().trim().to_owned();
                    words.bold = Some((bold, span.end));
                }
                return;
            }
            TagEnd::Link | TagEnd::Image => {
                self.end_link(span);
                return;
            }
            _ if is_inline_end(end) => return,
            _ => {}
        }
        self.depth = self.depth.saturating_sub(1);
        match (end, self.depth) {
            (TagEnd::Heading(level), 0) => {
                let text = self.words.take().unwrap_or_default().text;
                self.blocks.push(Block::Heading { level: level as u8, text, span: span.clone() });
            }
            (TagEnd::Paragraph, 0) => {
                let words = self.words.take().unwrap_or_default();
                self.blocks.push(Block::Paragraph(words.into_paragraph(span.clone())));
            }
            (TagEnd::List(_), 0) => {
                self.words = None;
                self.blocks.push(Block::List(std::mem::take(&mut self.list)));
            }
            (TagEnd::DefinitionList, 0) => {
                self.words = None;
                self.blocks.push(Block::Definitions(std::mem::take(&mut self.terms)));
            }
            (TagEnd::DefinitionListTitle, 1) => {
                let title = self.words.take().unwrap_or_default().text;
                self.terms.push(Term { title, start: span.start, definition: span.end..span.end });
            }
            (TagEnd::DefinitionListDefinition, 1) => {
                self.words = None;
                if let Some(Term { definition, .. }) = self.terms.last_mut() {
                    let start = if definition.start == definition.end {
                        span.start
                    } else {
                        definition.start
                    };
                    *definition = start..span.end;
                }
            }
            (TagEnd::HtmlBlock, 0) => self.blocks.push(Block::Other(span.clone())),
            (_, 0) => {
                self.words = None;
                self.blocks.push(Block::Other(span.clone()));
            }
            // The first block of an item ends.
            (_, _) => self.end_first_of_item(span),
        }
    }

    /// Takes the words read so far as the first paragraph of the open item.
    fn end_first_of_item(&mut self, span: &Range<usize>) {
        if let Some(item) = self.list.last_mut().filter(|item| item.first.span.is_empty())
            && let Some(words) = self.words.take()
        {
            let start = item.span.start;
            item.first = words.into_paragraph(start..span.end.max(start + 1));
        }
    }

    fn end_link(&mut self, span: &Range<usize>) {
        if let Some(words) = &mut self.words {
            words.is_in_local_link = false;
        }
        if self.links.last().is_some_and(|link| link.span == *span)
            && let Some(link) = self.links.pop()
            && link.inner.start < link.inner.end
        {
            self.reference_links.push(link);
        }
    }
}
