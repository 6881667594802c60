//! The nearest passage: the span of a source that a rejected quote was most likely meant to be.

use std::ops::Range;

use similar::{ChangeTag, TextDiff};

use super::Source;
use crate::text::tokenize;
use crate::text::whitespace::Folded;

/// Characters of a quote that are compared; the first 2,000 are enough to locate it.
const MAX_COMPARED_CHARS: usize = 2_000;

/// Longest chunk of a paragraph that is compared at once, in bytes: a few times the longest quote,
/// so that a passage overlaps at most two chunks.
const MAX_CHUNK_BYTES: usize = 8 * 1024;

/// Largest share of a quote's characters that may differ in a near passage. Beyond a third,
/// unrelated sentences of one article begin to fit.
const MAX_DISTANCE_SHARE: f64 = 0.34;

/// A passage near a rejected quote, with the differences between the two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage<'s> {
    /// The source's own words.
    pub text: &'s str,
    /// The number, from 1, of the paragraph where the passage starts.
    pub paragraph: usize,
    /// The differences, in order: the written characters and those of the source.
    pub differences: Vec<(String, String)>,
}

impl std::fmt::Display for Passage<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "the source says, in paragraph {}:", self.paragraph)?;
        writeln!(f, "{}", self.text)?;
        write!(f, "what differs:")?;
        for (written, actual) in &self.differences {
            match (written.is_empty(), actual.is_empty()) {
                (true, _) => write!(f, "\n  missing: {}", spelled(actual))?,
                (_, true) => write!(f, "\n  not in the source: {}", spelled(written))?,
                _ => {
                    write!(f, "\n  {} where the source has {}", spelled(written), spelled(actual))?;
                }
            }
        }
        Ok(())
    }
}

/// The text in angle quotes. A single character is also shown as its code point, since ' and ’, or
/// two kinds of dash, look alike.
fn spelled(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => format!("«{c}» (U+{:04X})", u32::from(c)),
        _ => format!("«{text}»"),
    }
}

/// The passage of `source` nearest to `text` by edit distance; `None` if none is near.
pub fn nearest<'s>(source: &'s Source, text: &str) -> Option<Passage<'s>> {
    let folded = Folded::new(text);
    let written: Vec<char> = folded.as_str().chars().take(MAX_COMPARED_CHARS).collect();
    let region = likely_region(source, folded.as_str())?;
    let body = source.body().get(region.clone())?;
    let folded_body = Folded::new(body);
    let (span, distance) = semi_global_match(&written, folded_body.as_str())?;
    #[expect(clippy::cast_precision_loss, reason = "at most a few thousand characters")]
    let is_near = distance as f64 <= MAX_DISTANCE_SHARE * written.len() as f64;
    if !is_near {
        return None;
    }
    let span = trim(folded_body.as_str(), span)?;
    let actual = folded_body.as_str().get(span.clone())?;
    let written: String = written.into_iter().collect();
    let original = folded_body.original_span(&span);
    let start = region.start + original.start;
    Some(Passage {
        text: source.body().get(start..region.start + original.end)?,
        paragraph: source.paragraph_at(start),
        differences: differences(&written, actual),
    })
}

/// The span of the chunk that shares most words with `text` and of the chunks next to it, into which
/// the passage may extend.
fn likely_region(source: &Source, text: &str) -> Option<Range<usize>> {
    let words: std::collections::HashSet<String> =
        tokenize(text, usize::MAX).into_iter().map(|token| token.word).collect();
    let chunks: Vec<Range<usize>> = chunks(source);
    let n_shared = |span: &Range<usize>| {
        let tokens = tokenize(source.body().get(span.clone()).unwrap_or_default(), usize::MAX);
        let mut shared: Vec<&str> =
            tokens.iter().map(|t| t.word.as_str()).filter(|word| words.contains(*word)).collect();
        shared.sort_unstable();
        shared.dedup();
        shared.len()
    };
    // Of equally good chunks the first is taken, so that the result is deterministic.
    let (_, std::cmp::Reverse(best)) = chunks
        .iter()
        .enumerate()
        .map(|(idx, span)| (n_shared(span), std::cmp::Reverse(idx)))
        .max()
        .filter(|(n_shared, _)| *n_shared > 0)?;
    let found = chunks.get(best)?;
    let before = best.checked_sub(1).and_then(|idx| chunks.get(idx));
    // A chunk that starts where another ends is part of the same paragraph.
    let start = before.filter(|span| span.end == found.start).unwrap_or(found).start;
    let end = chunks.get(best + 1).unwrap_or(found).end;
    Some(start..end)
}

/// The paragraphs, long ones in several chunks, since the comparison takes time for each character.
fn chunks(source: &Source) -> Vec<Range<usize>> {
    let paragraphs = (1..=source.n_paragraphs()).filter_map(|n| source.paragraph_span(n));
    let mut chunks = Vec::new();
    for paragraph in paragraphs {
        let mut start = paragraph.start;
        while start < paragraph.end {
            let end = source.body().ceil_char_boundary(start + MAX_CHUNK_BYTES);
            chunks.push(start..end.min(paragraph.end));
            start = end;
        }
    }
    chunks
}

/// The span of `text` (UTF-8 bytes) that matches `pattern` with the fewest insertions, deletions and
/// substitutions, and that number. The match may start and end anywhere.
///
/// The algorithm is that of P. H. Sellers, "The theory and computation of evolutionary distances:
/// pattern recognition" (Journal of Algorithms 1, 1980). Each cell also has the start of its alignment.
fn semi_global_match(pattern: &[char], text: &str) -> Option<(Range<usize>, usize)> {
    let mut column: Vec<(usize, usize)> = (0..=pattern.len()).map(|cost| (cost, 0)).collect();
    let mut best: Option<(usize, Range<usize>)> = None;
    for (at, c) in text.char_indices() {
        let mut diagonal = (0, at);
        let mut above = (0, at + c.len_utf8());
        for (cell, wanted) in
            column.iter_mut().zip(std::iter::once(None).chain(pattern.iter().map(Some)))
        {
            let left = *cell;
            *cell = match wanted {
                None => above,
                Some(wanted) => {
                    let substituted = (diagonal.0 + usize::from(*wanted != c), diagonal.1);
                    let inserted = (left.0 + 1, left.1);
                    let deleted = (above.0 + 1, above.1);
                    substituted.min(inserted).min(deleted)
                }
            };
            diagonal = left;
            above = *cell;
        }
        let (cost, start) = above;
        // Of equally good ends of one match the last is taken, so that a wrong closing quotation mark
        // is reported as a substitution and not as an insertion.
        let is_better = |(least, span): &(usize, Range<usize>)| {
            cost < *least || (cost == *least && start == span.start)
        };
        if best.as_ref().is_none_or(is_better) {
            best = Some((cost, start..at + c.len_utf8()));
        }
    }
    best.map(|(cost, span)| (span, cost))
}

fn trim(text: &str, span: Range<usize>) -> Option<Range<usize>> {
    let part = text.get(span.clone())?;
    let start = span.start + part.len() - part.trim_start().len();
    let end = start + part.trim().len();
    (start < end).then_some(start..end)
}

/// The runs of differing characters, as pairs (written, actual).
fn differences(written: &str, actual: &str) -> Vec<(String, String)> {
    let diff = TextDiff::from_chars(written, actual);
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut is_open = false;
    for change in diff.iter_all_changes() {
        if change.tag() == ChangeTag::Equal {
            is_open = false;
            continue;
        }
        if !is_open {
            pairs.push((String::new(), String::new()));
            is_open = true;
        }
        if let Some((removed, added)) = pairs.last_mut() {
            let side = if change.tag() == ChangeTag::Delete { removed } else { added };
            side.push_str(change.value());
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::source::Metadata;

    #[test]
    fn paragraph_of_any_length_is_searched() {
        let filler = "Nothing to see here, é. ".repeat(2_000);
        for n_before in [0, 326, 327, 328, 329, 1_999] {
            let at = filler.char_indices().nth(n_before * 24).unwrap().0;
            let (before, after) = filler.split_at(at);
            let body = format!("{before}The dog’s owner came home — late. {after}");
            let source = Source::new("doc", Metadata::default(), body);
            let got = nearest(&source, "The dog's owner came home — late.").unwrap();
            assert_eq!(got.text, "The dog’s owner came home — late.", "{n_before}");
        }
    }

    #[test]
    fn nearest_passage_has_its_differing_characters() {
        let body =
            "Cats sleep a lot.\n\nThe dog’s owner came home — late.\n\nNobody minded at all.";
        let source = Source::new("doc", Metadata::default(), body.to_owned());
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let cases = [
            ("The dog's owner came home", "The dog’s owner came home", vec![pair("'", "’")]),
            ("owner came home - late.", "owner came home — late.", vec![pair("-", "—")]),
            ("Nobody minded it at all.", "Nobody minded at all.", vec![pair("it ", "")]),
            (
                "owner came home - late!",
                "owner came home — late.",
                vec![pair("-", "—"), pair("!", ".")],
            ),
            ("Cats sleep lot.", "Cats sleep a lot.", vec![pair("", "a ")]),
        ];
        for (written, text, differences) in cases {
            let got = nearest(&source, written).unwrap();
            assert_eq!((got.text, got.differences), (text, differences), "{written:?}");
        }
        assert_eq!(nearest(&source, "Something else entirely, with a dog."), None);
        assert_eq!(nearest(&source, ""), None);
    }
}
