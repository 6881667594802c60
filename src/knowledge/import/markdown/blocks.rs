//! The blocks of a Markdown document, with where they stand.

use std::ops::Range;

use super::details::Details;

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
