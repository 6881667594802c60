//! A Markdown document: its blocks, and what else stands in it.

use std::ops::Range;

use pulldown_cmark::{BrokenLink, CowStr, Event, Options, Parser, Tag};

use super::block_builder::Builder;
use super::blocks::{Block, ReferenceLink};
use super::containers;
use super::details::{self, Details};
use super::footnotes::{self, Footnotes};
use super::html_blocks;
use crate::text::markdown::options;

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
