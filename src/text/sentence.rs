//! Splits a paragraph into sentences, and tells by its end whether a text is one.

mod boundary;
mod enclosed;

use std::borrow::Cow;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::language::Language;
use boundary::Boundaries;
use enclosed::Enclosed;

/// Characters that UAX #29 treats as the end of a paragraph.
const LINE_BREAKS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

/// Most digits of the number of a list item; a longer number is a year that ends a sentence.
const MAX_NUMBER_DIGITS: usize = 2;

/// Byte spans of the sentences of `paragraph`, trimmed, in order. It is written in `language`.
///
/// Candidates are the boundaries of Unicode Standard Annex #29, which knows no abbreviations. Of
/// these, [`Boundaries`] keeps those that end a sentence in this language. There is none inside
/// code, nor inside the brackets of a short Chinese or Japanese quotation, and none at a line break
/// unless the next line starts a list item, block quote or heading, since sentences in wrapped text
/// span lines. Closing quotation marks belong to the sentence they close, opening ones to the next.
pub fn sentences_in(paragraph: &str, language: &Language) -> Vec<Range<usize>> {
    let joined = join_lines(paragraph);
    let text = joined.as_ref();
    let boundaries = Boundaries::new(language.data());
    let mut enclosed = Enclosed::new(text);
    let mut spans: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for end in candidates(text, language) {
        let (Some(sentence), Some(after)) = (text.get(start..end), text.get(end..)) else {
            continue;
        };
        if enclosed.contains(end) || is_number(sentence.trim()) {
            continue;
        }
        if boundaries.is_end(sentence, after) {
            spans.push(start..end);
            start = end;
        }
    }
    spans.push(start..text.len());
    spans.into_iter().filter_map(|span| trimmed(text, span)).collect()
}

/// Whether `words`, a text without the syntax of markup, end as a sentence does that is no question. Titles,
/// items and fragments mostly have no mark at their end, or a colon.
pub fn ends_like_statement(words: &str) -> bool {
    boundary::ends_with_statement_mark(words)
}

/// Places where a sentence could end, ascending.
fn candidates(text: &str, language: &Language) -> impl Iterator<Item = usize> {
    let is_greek = language.code() == "el";
    text.split_sentence_bound_indices().flat_map(move |(at, piece)| {
        let questions = is_greek.then(|| greek_questions(piece)).into_iter().flatten();
        let end = at + piece.len();
        let end = boundary::skip_closing(text, boundary::skip_opening(text, at..end));
        let end = boundary::skip_reference(text, end);
        questions.map(move |question_end| at + question_end).chain(std::iter::once(end))
    })
}

/// Ends of the questions in a Greek text. Their mark looks like a semicolon, which is also what
/// Unicode normalization makes of it, so UAX #29 does not know it.
fn greek_questions(text: &str) -> impl Iterator<Item = usize> {
    text.match_indices("; ").map(|(at, mark)| at + mark.len()).filter(|end| {
        text.get(*end..).is_some_and(|rest| rest.trim_start().starts_with(char::is_uppercase))
    })
}

/// The text with line breaks inside sentences replaced by spaces; byte offsets stay the same.
fn join_lines(paragraph: &str) -> Cow<'_, str> {
    if !paragraph.contains(LINE_BREAKS) {
        return Cow::Borrowed(paragraph);
    }
    let mut joined = String::with_capacity(paragraph.len());
    let mut line_start = 0;
    for (at, c) in paragraph.char_indices() {
        if !LINE_BREAKS.contains(&c) {
            joined.push(c);
            continue;
        }
        let line = paragraph.get(line_start..at).unwrap_or_default();
        line_start = at + c.len_utf8();
        let next_line = paragraph.get(line_start..).unwrap_or_default();
        if is_heading(line) || is_underline(line) || opens_block(next_line) {
            joined.push(c);
        } else {
            joined.extend(std::iter::repeat_n(' ', c.len_utf8()));
        }
    }
    Cow::Owned(joined)
}

/// Whether a line is a Markdown heading, which the text below does not continue.
fn is_heading(line: &str) -> bool {
    let text = line.trim_start_matches('#');
    text.len() < line.len() && text.starts_with([' ', '\t'])
}

/// Whether a line of the characters `=` or `-` alone marks the line above as a heading.
fn is_underline(line: &str) -> bool {
    let line = line.trim_end();
    line.len() > 2 && ["=", "-"].iter().any(|mark| line.trim_start_matches(mark).is_empty())
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

fn trimmed(text: &str, span: Range<usize>) -> Option<Range<usize>> {
    let piece = text.get(span.clone())?;
    let start = span.start + piece.len() - piece.trim_start().len();
    let end = start + piece.trim().len();
    (start < end).then_some(start..end)
}

#[cfg(test)]
mod tests;
