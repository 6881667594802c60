//! Paragraphs of a source.

use crate::matching::Index;

/// Characters of a piece of a paragraph: as many as a quote can have, so that what shows the one
/// can show the other.
const MAX_PIECE_CHARS: usize = 1500;

/// A paragraph that is quoted from, or a piece of a long one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParagraphPart {
    /// The source's own words.
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
        let mut passages = Vec::new();
        for quote in index.entry(entry).map_or(&[][..], |entry| entry.quotes()) {
            let (source, paragraph) = (quote.source(), quote.paragraph());
            let place = (source.name(), paragraph);
            if seen.contains(&place) {
                continue;
            }
            seen.push(place);
            passages.extend(parts(source.paragraph(paragraph).unwrap_or_default()).map(|text| {
                Self { text: text.to_owned(), title: source.metadata().title.clone(), paragraph }
            }));
        }
        passages
    }
}

/// `text` in pieces that every platform can show, divided where words are.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, left) = rest.split_at(part_end(rest));
        rest = left;
        Some(piece)
    })
}

/// Where the first piece of `text` ends: behind a white space, if there is one near.
fn part_end(text: &str) -> usize {
    let Some((limit, _)) = text.char_indices().nth(MAX_PIECE_CHARS) else { return text.len() };
    let head = text.get(..limit).unwrap_or(text);
    let space = head.char_indices().rev().find(|(_, c)| c.is_whitespace());
    space.map_or(limit, |(at, c)| at + c.len_utf8())
}
