//! Splits a paragraph into sentences.

use std::borrow::Cow;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// Abbreviations that end in a full stop within a sentence and are followed by a capital (titles
/// before names, initials of places). UAX #29 alone would end the sentence there.
const ABBREVIATIONS: [&str; 16] = [
    "Mr.", "Mrs.", "Ms.", "Dr.", "Prof.", "Gen.", "Col.", "Sen.", "Rep.", "Gov.", "St.", "No.",
    "vs.", "U.S.", "U.K.", "U.N.",
];

/// Characters that UAX #29 treats as the end of a paragraph.
const LINE_BREAKS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

/// Most digits of the number of a list item; a longer number is a year that ends a sentence.
const MAX_NUMBER_DIGITS: usize = 2;

/// Byte spans of the sentences of `paragraph`, trimmed, in order.
///
/// Boundaries are those of Unicode Standard Annex #29, with two exceptions: there is none after one
/// of a few abbreviations, and none at a line break unless the next line starts a list item, block
/// quote or heading, since sentences in wrapped text span lines. Closing quotation marks belong to
/// the sentence they close.
pub fn sentences(paragraph: &str) -> Vec<Range<usize>> {
    let joined = join_lines(paragraph);
    let paragraph = joined.as_ref();
    let mut spans: Vec<Range<usize>> = Vec::new();
    let mut open: Option<usize> = None;
    for (at, piece) in paragraph.split_sentence_bound_indices() {
        let start = open.take().unwrap_or(at);
        let end = at + piece.len();
        let words = piece.trim();
        if is_number(words) || ABBREVIATIONS.iter().any(|word| ends_with_word(words, word)) {
            open = Some(start);
        } else {
            spans.push(start..end);
        }
    }
    if let Some(start) = open {
        spans.push(start..paragraph.len());
    }
    spans.into_iter().filter_map(|span| trimmed(paragraph, span)).collect()
}

/// The text with line breaks inside sentences replaced by spaces; byte offsets stay the same.
fn join_lines(paragraph: &str) -> Cow<'_, str> {
    if !paragraph.contains(LINE_BREAKS) {
        return Cow::Borrowed(paragraph);
    }
    let mut joined = String::with_capacity(paragraph.len());
    for (at, c) in paragraph.char_indices() {
        let next_line = paragraph.get(at + c.len_utf8()..).unwrap_or_default();
        if LINE_BREAKS.contains(&c) && !opens_block(next_line) {
            joined.extend(std::iter::repeat_n(' ', c.len_utf8()));
        } else {
            joined.push(c);
        }
    }
    Cow::Owned(joined)
}

/// Whether a line starts a list item, block quote or heading in Markdown.
fn opens_block(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '\t']);
    let after_number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = (1..=MAX_NUMBER_DIGITS).contains(&(line.len() - after_number.len()))
        && (after_number.starts_with(". ") || after_number.starts_with(") "));
    is_numbered || ["- ", "* ", "+ ", "• ", "#", ">"].iter().any(|mark| line.starts_with(mark))
}

/// Whether `text` is the number of a list item, which is not a sentence of its own.
fn is_number(text: &str) -> bool {
    let digits = text.strip_suffix('.').unwrap_or_default();
    (1..=MAX_NUMBER_DIGITS).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn ends_with_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word)
        .is_some_and(|before| before.chars().next_back().is_none_or(|c| !c.is_alphanumeric()))
}

fn trimmed(text: &str, span: Range<usize>) -> Option<Range<usize>> {
    let piece = text.get(span.clone())?;
    let start = span.start + piece.len() - piece.trim_start().len();
    let end = start + piece.trim().len();
    (start < end).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_at_terminators_and_list_items_only() {
        let cases: [(&str, &[&str]); 10] = [
            ("", &[]),
            ("One. Two!", &["One.", "Two!"]),
            ("the U.S. and its allies. It is", &["the U.S. and its allies.", "It is"]),
            ("He met Dr. Li. They spoke.", &["He met Dr. Li.", "They spoke."]),
            ("“borders,” Mitter added. China", &["“borders,” Mitter added.", "China"]),
            ("Wrapped at\r\na width. It\u{2028}is", &["Wrapped at\r\na width.", "It\u{2028}is"]),
            ("Buy:\n- milk\n* eggs", &["Buy:", "- milk", "* eggs"]),
            ("Steps:\n1. Go\n2) Stop", &["Steps:", "1. Go", "2) Stop"]),
            ("born in\n1950. Then", &["born in\n1950.", "Then"]),
            ("Why?\n\u{a0}Because.", &["Why?", "Because."]),
        ];
        for (paragraph, want) in cases {
            let got: Vec<&str> =
                sentences(paragraph).into_iter().map(|s| paragraph.get(s).unwrap()).collect();
            assert_eq!(got, want, "{paragraph:?}");
        }
    }
}
