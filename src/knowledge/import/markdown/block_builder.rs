//! Makes blocks of the events of the Markdown parser.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use super::blocks::{Block, Item, Paragraph, ReferenceLink, Term};
use crate::text::markdown::{is_inline, is_inline_end};

/// Collects blocks from the events of the parser.
#[derive(Default)]
pub(super) struct Builder {
    pub(super) blocks: Vec<Block>,
    pub(super) reference_links: Vec<ReferenceLink>,
    /// How many blocks are open.
    pub(super) depth: usize,
    /// The paragraph or heading whose words are read.
    words: Option<InlineText>,
    list: Vec<Item>,
    terms: Vec<Term>,
    links: Vec<ReferenceLink>,
}

/// The words of a paragraph or heading.
#[derive(Default)]
struct InlineText {
    text: String,
    bold: Option<(String, usize)>,
    /// The length of the text where the bold words start, while they are open.
    bold_from: Option<usize>,
    /// Open links, and whether text stands outside links to the same document.
    n_local_links: usize,
    is_in_local_link: bool,
    has_other_text: bool,
}

impl InlineText {
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
    /// Adds an event, which stands at `span`.
    pub(super) fn add(&mut self, event: &Event<'_>, span: &Range<usize>) {
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
                self.words = Some(InlineText::default());
            }
            Tag::Item if self.depth == 1 => {
                self.list.push(Item { span: span.clone(), first: Paragraph::default() });
                self.words = Some(InlineText::default());
            }
            _ if !is_inline(tag) && self.depth >= 2 && *tag != Tag::Paragraph => {
                self.end_first_of_item(&(span.start..span.start));
            }
            // In lists, questions also stand in italics.
            Tag::Strong | Tag::Emphasis if matches!(tag, Tag::Strong) || !self.list.is_empty() => {
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
            TagEnd::Strong | TagEnd::Emphasis => {
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
