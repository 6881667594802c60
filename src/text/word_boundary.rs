//! Whether a text may be cut at a place: not inside a word, nor inside a character as readers see it.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::GraphemeCursor;

/// Bytes around a place that are examined: more than the longest emoji and any usual pile of accents.
/// Whatever is longer is examined from its middle, so that a hostile text costs no more than another.
const CONTEXT_BYTES: usize = 128;

/// Longest part of a word before or after a place inside it, in characters. The longest words of
/// German and Finnish have about 60 letters.
const MAX_WORD_CHARS: usize = 100;

/// Whether a part of `text` may end at the offset `at` (UTF-8 bytes).
///
/// Not inside a grapheme cluster (a letter with its accents, an emoji sequence), and not inside a
/// word. Letters, digits and underscores form words. A hyphen or apostrophe between two letters
/// belongs to the word ("non-refundable", "isn't" would lose their meaning). A full stop, comma,
/// colon or hyphen between digits belongs to the number. Scripts that are written without spaces,
/// such as Chinese, Japanese and Thai, have no boundaries of words that everybody agrees on: next to
/// their letters, only grapheme clusters count.
pub fn may_end(text: &str, at: usize) -> bool {
    may_cut(text, at, false)
}

/// Whether a part of `text` may start at the offset `at` (UTF-8 bytes).
///
/// The rule is that of [`may_end`], except that a word may start after an apostrophe, since articles
/// are elided before it ("l'ouverture").
pub fn may_start(text: &str, at: usize) -> bool {
    may_cut(text, at, true)
}

fn may_cut(text: &str, at: usize, is_after_apostrophe_allowed: bool) -> bool {
    let (Some(before), Some(after)) = (text.get(..at), text.get(at..)) else { return false };
    let is_elided = is_after_apostrophe_allowed && before.ends_with(is_apostrophe);
    (is_elided || !is_inside_word(before, after)) && is_grapheme_boundary(text, at)
}

fn is_inside_word(before: &str, after: &str) -> bool {
    let mut backward = before.chars().rev();
    let mut forward = after.chars();
    let (Some(left), Some(right)) = (backward.next(), forward.next()) else { return false };
    if is_unspaced(left) || is_unspaced(right) {
        return false;
    }
    match (is_word(left), is_word(right)) {
        (true, true) => true,
        (true, false) => forward.next().is_some_and(|next| joins(left, right, next)),
        (false, true) => backward.next().is_some_and(|prev| joins(prev, left, right)),
        (false, false) => false,
    }
}

/// Whether `mark` belongs to one word with the characters beside it.
fn joins(left: char, mark: char, right: char) -> bool {
    if is_unspaced(left) || is_unspaced(right) {
        return false;
    }
    let is_number = left.is_numeric() && right.is_numeric();
    let is_in_word = is_word(left) && is_word(right);
    match mark {
        '-' | '\u{2010}' | '\u{2011}' | '\u{AD}' => is_in_word,
        '.' | ',' | ':' | '٫' | '٬' => is_number,
        _ => is_apostrophe(mark) && is_in_word,
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || is_combining_mark(c)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '׳' | '״' | 'ʼ')
}

/// Whether `c` is a letter of a script that is written without spaces between words.
fn is_unspaced(c: char) -> bool {
    matches!(
        c,
        '\u{0E00}'..='\u{0EFF}' // Thai, Lao
        | '\u{1000}'..='\u{109F}' // Burmese
        | '\u{1780}'..='\u{17FF}' // Khmer
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{31FF}' // marks, kana, Bopomofo
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FF9F}' // kana of half width
        | '\u{20000}'..='\u{3FFFF}'
    )
}

fn is_grapheme_boundary(text: &str, at: usize) -> bool {
    let start = text.floor_char_boundary(at.saturating_sub(CONTEXT_BYTES));
    let end = text.ceil_char_boundary(at.saturating_add(CONTEXT_BYTES));
    let Some(context) = text.get(start..end) else { return false };
    GraphemeCursor::new(at - start, context.len(), true).is_boundary(context, 0).unwrap_or(true)
}

/// `span` with the whole words that it cuts; `None` if one of them is too long to be a word.
pub fn widen(text: &str, span: &Range<usize>) -> Option<Range<usize>> {
    let start =
        if may_start(text, span.start) { span.start } else { word_around(text, span.start)?.start };
    let end = if may_end(text, span.end) { span.end } else { word_around(text, span.end)?.end };
    Some(start..end)
}

/// The word, or grapheme cluster, that the offset `at` is inside of.
fn word_around(text: &str, at: usize) -> Option<Range<usize>> {
    let mut backward = text.get(..at)?.char_indices().rev().map(|(at, _)| at);
    let mut forward = text.get(at..)?.char_indices().map(|(idx, c)| at + idx + c.len_utf8());
    let start = backward.by_ref().take(MAX_WORD_CHARS).find(|at| may_start(text, *at))?;
    let end = forward.by_ref().take(MAX_WORD_CHARS).find(|at| may_end(text, *at))?;
    Some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_graphemes_are_not_cut() {
        // Each text as written, with `|` at each boundary inside it.
        let cases = [
            "unsafe| |to",
            "isn'[t| |(|it|)|?",
            "l'[ouverture",
            "don’[t|.",
            "‘|yes|’| |dogs|’",
            "non-refundable| |-| |a|—|b|–|c",
            "1.5|,| |10:30|,| |1,000|.| |2020-01-05",
            "end|.|Next|.|B",
            "snake_case|/|a|@|b|.|org",
            "re\u{301}sume\u{301}| |x",
            "👩‍👩‍👧|👍🏽|🇩🇪|🇫🇷",
            "不|安|全|。|コ|ン|A4|版|で|す",
            "ไ|ม่|ดี",
            "한국어| |책",
            "हिन्दी| |है",
            "C|+|+| |$|5|%",
            "a\r\n|b",
        ];
        for case in cases {
            let text = case.replace(['|', '['], "");
            let mut got = String::new();
            for (at, c) in text.char_indices() {
                match (may_start(&text, at), may_end(&text, at)) {
                    _ if at == 0 => {}
                    (true, true) => got.push('|'),
                    (true, false) => got.push('['),
                    (false, is_end) => assert!(!is_end, "{case} {at}"),
                }
                got.push(c);
            }
            // A line break is white space, at which either side may be cut.
            assert_eq!(got.replace("a|\r\n", "a\r\n"), case);
            assert!(may_start(&text, 0) && may_end(&text, text.len()), "{case}");
        }
    }

    #[test]
    fn span_is_widened_to_whole_words() {
        let text = "It is unsafe to swim, re\u{301}sume\u{301} it.";
        let cases = [("safe to sw", "unsafe to swim"), ("swim", "swim"), ("resume", "")];
        for (part, want) in cases {
            let Some(at) = text.find(part) else { continue };
            let span = widen(text, &(at..at + part.len())).unwrap();
            assert_eq!(text.get(span), Some(want));
        }
        let at = text.find("sume").unwrap();
        let span = widen(text, &(at..at + 4)).unwrap();
        assert_eq!(text.get(span), Some("re\u{301}sume\u{301}"));
        assert_eq!(widen(&"x".repeat(300), &(0..299)), None);
    }
}
