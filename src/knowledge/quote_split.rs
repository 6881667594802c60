//! Splitting texts that are too long for one quote.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::quote::MAX_QUOTE_CHARS;
use crate::text::Language;
use crate::text::sentence::sentences_in;

/// The parts of `text`, in order, each at most [`MAX_QUOTE_CHARS`] characters long.
///
/// A text that fits is one part; else each part has as many whole sentences as fit. A sentence that
/// is too long is split between words, a word that is too long between characters. Only white space
/// is dropped. The text is written in `language`, which decides where sentences end.
pub fn split_for_quotes<'t>(text: &'t str, language: &Language) -> Vec<&'t str> {
    let text = text.trim();
    let mut spans: Vec<Range<usize>> = Vec::new();
    let mut n_open_chars = 0;
    for unit in units(text, language) {
        let open_end = spans.last().map_or(unit.start, |open| open.end);
        let n_more_chars = n_chars(text, &(open_end..unit.end));
        match spans.last_mut() {
            Some(open) if n_open_chars + n_more_chars <= MAX_QUOTE_CHARS => {
                open.end = unit.end;
                n_open_chars += n_more_chars;
            }
            _ => {
                n_open_chars = n_chars(text, &unit);
                spans.push(unit);
            }
        }
    }
    spans.into_iter().filter_map(|span| text.get(span)).collect()
}

fn n_chars(text: &str, span: &Range<usize>) -> usize {
    text.get(span.clone()).map_or(0, |part| part.chars().count())
}

/// Splits a text into byte spans.
type Splitter<'s> = &'s dyn Fn(&str) -> Vec<Range<usize>>;

/// Byte spans of the units that stay whole: sentences; words of sentences that are too long;
/// graphemes, then characters, of words that are too long.
fn units(text: &str, language: &Language) -> Vec<Range<usize>> {
    let sentences = |text: &str| sentences_in(text, language);
    let splitters: [Splitter<'_>; 4] = [&sentences, &words, &graphemes, &characters];
    let mut units: Vec<Range<usize>> = std::iter::once(0..text.len()).collect();
    units.retain(|unit| !unit.is_empty());
    for split in splitters {
        let mut finer = Vec::with_capacity(units.len());
        for unit in units {
            if n_chars(text, &unit) <= MAX_QUOTE_CHARS {
                finer.push(unit);
                continue;
            }
            let spans = split(text.get(unit.clone()).unwrap_or_default());
            let start = unit.start;
            finer.extend(spans.into_iter().map(|span| start + span.start..start + span.end));
        }
        units = finer;
    }
    units
}

fn words(text: &str) -> Vec<Range<usize>> {
    let start_of = |word: &str| word.as_ptr().addr() - text.as_ptr().addr();
    text.split_whitespace().map(|word| start_of(word)..start_of(word) + word.len()).collect()
}

fn graphemes(text: &str) -> Vec<Range<usize>> {
    text.grapheme_indices(true).map(|(at, grapheme)| at..at + grapheme.len()).collect()
}

fn characters(text: &str) -> Vec<Range<usize>> {
    text.char_indices().map(|(at, c)| at..at + c.len_utf8()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_split_at_the_coarsest_boundary_that_fits() {
        let sentence = |c: &str, n: usize| format!("{}.", c.repeat(n));
        let (long, short) = (sentence("X", 1_400), sentence("Y", 80));
        let cases = [
            (String::new(), vec![]),
            (" short\ntext ".to_owned(), vec![12 - 2]),
            ("é".repeat(1_500), vec![1_500]),
            (format!("{long} {short} {short}"), vec![1_401 + 1 + 81, 81]),
            ("word ".repeat(400), vec![1_499, 499]),
            ("🙂".repeat(1_600), vec![1_500, 100]),
            ("e\u{301}".repeat(751), vec![1_500, 2]),
            (format!("e{}", "\u{301}".repeat(1_501)), vec![1_500, 2]),
        ];
        for (text, want) in cases {
            let got = split_for_quotes(&text, &Language::english());
            let lengths: Vec<usize> = got.iter().map(|part| part.chars().count()).collect();
            assert_eq!(lengths, want, "{:.20}", text);
            let squeeze = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(squeeze(&got.concat()), squeeze(&text));
        }
    }
}
