//! Paragraphs that an answer quotes from, split where they are long.

use crate::matching::Index;

/// Longest part of a paragraph, in characters. A quote has the same limit, so a platform that can
/// show a quote can show a part.
const MAX_PART_CHARS: usize = 1500;

/// A paragraph that is quoted from, or a part of a long one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParagraphPart {
    /// The source's text, verbatim.
    pub text: String,
    /// The source's title.
    pub title: String,
    /// The paragraph's number, from 1.
    pub paragraph: usize,
}

impl ParagraphPart {
    /// The paragraphs that the entry at `entry` quotes from, each once, in the order of the quotes.
    pub fn all(index: &Index, entry: usize) -> Vec<Self> {
        let mut seen = Vec::new();
        let mut all = Vec::new();
        for quote in index.entry(entry).map_or(&[][..], |entry| entry.quotes()) {
            let (source, paragraph) = (quote.source(), quote.paragraph());
            let key = (source.name(), paragraph);
            if seen.contains(&key) {
                continue;
            }
            seen.push(key);
            all.extend(parts(source.paragraph(paragraph).unwrap_or_default()).map(|text| Self {
                text: text.to_owned(),
                title: source.metadata().title.clone(),
                paragraph,
            }));
        }
        all
    }
}

/// Splits `text` into parts of at most [`MAX_PART_CHARS`], between words where possible.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (part, remaining) = rest.split_at(part_end(rest));
        rest = remaining;
        Some(part)
    })
}

/// End of the first part of `text` (byte offset): after its last whitespace, if it has any.
fn part_end(text: &str) -> usize {
    let Some((limit, _)) = text.char_indices().nth(MAX_PART_CHARS) else { return text.len() };
    let head = text.get(..limit).unwrap_or(text);
    let space = head.char_indices().rev().find(|(_, c)| c.is_whitespace());
    space.map_or(limit, |(at, c)| at + c.len_utf8())
}
