//! Paragraphs that an answer quotes from, split where they are long.

use std::ops::Range;

use crate::knowledge::{Quote, Source};
use crate::text::RichText;

/// Longest part of a paragraph, in characters. A quote has the same limit, so a platform that can
/// show a quote can show a part.
const MAX_PART_CHARS: usize = 1500;

/// A paragraph that is quoted from, or a part of a long one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParagraphPart {
    /// The source's text, verbatim.
    pub text: String,
    /// The same with its markup, if the source has markup: this is shown instead of the text.
    pub rich_text: Option<RichText>,
    /// The source's title.
    pub title: String,
    /// The paragraph's number, from 1.
    pub paragraph: usize,
}

impl ParagraphPart {
    /// The paragraphs that `quotes` are from, each once, in the order of the quotes.
    pub fn all(quotes: &[Quote]) -> Vec<Self> {
        let mut seen = Vec::new();
        let mut all = Vec::new();
        for quote in quotes {
            let source = quote.source();
            let last = source.paragraph_at(quote.span().end.saturating_sub(1));
            for paragraph in quote.paragraph()..=last {
                let key = (source.name(), paragraph);
                if !seen.contains(&key) {
                    seen.push(key);
                    all.extend(Self::of_paragraph(source, paragraph));
                }
            }
        }
        all
    }

    fn of_paragraph(source: &Source, paragraph: usize) -> impl Iterator<Item = Self> {
        let span = source.paragraph_span(paragraph).unwrap_or_default();
        parts(source.body(), span).map(move |(part, text)| Self {
            text: text.to_owned(),
            rich_text: source.rich_text(part),
            title: source.metadata().title.clone(),
            paragraph,
        })
    }
}

/// Splits `span` of `text` into parts of at most [`MAX_PART_CHARS`], between words where possible.
fn parts(text: &str, span: Range<usize>) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut start = span.start;
    std::iter::from_fn(move || {
        let rest = text.get(start..span.end).filter(|rest| !rest.is_empty())?;
        let part = start..start + part_end(rest);
        start = part.end;
        Some((part.clone(), text.get(part)?))
    })
}

/// End of the first part of `text` (byte offset): after its last whitespace, if it has any.
fn part_end(text: &str) -> usize {
    let Some((limit, _)) = text.char_indices().nth(MAX_PART_CHARS) else { return text.len() };
    let head = text.get(..limit).unwrap_or(text);
    let space = head.char_indices().rev().find(|(_, c)| c.is_whitespace());
    space.map_or(limit, |(at, c)| at + c.len_utf8())
}
