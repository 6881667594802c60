//! The text of a block of a message: a line or a quote.

use crate::conversation::reply::CitedQuote;
use crate::conversation::wording::CUT;
use crate::text::word_boundary::may_end;

/// Most bytes of a word that is not cut.
const MAX_WORD_BYTES: usize = 80;

/// `text` on one line: each run of white space is one space, and the ends are trimmed.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `text` with `prefix` before each line, as for a quote. Lines end with a line feed.
pub fn prefix_lines(text: &str, prefix: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| format!("{prefix}{line}")).collect();
    lines.join("\n")
}

/// `text` with `mark` at each end where `quote` is cut out of a sentence.
///
/// `text` is the text of `quote`, and `mark` is [`CUT`], both
/// escaped as the platform needs it.
pub fn with_cut_marks(quote: &CitedQuote, text: &str, mark: &str) -> String {
    let before = if quote.is_cut_before { format!("{mark} ") } else { String::new() };
    let after = if quote.is_cut_after { format!(" {mark}") } else { String::new() };
    format!("{before}{text}{after}")
}

/// The first words of `quote` on one line of at most `max_chars` characters, without markup. Where they are
/// cut, [`CUT`] follows them.
pub fn first_words(quote: &CitedQuote, max_chars: usize) -> String {
    let text = match &quote.rich_text {
        Some(rich_text) => one_line(&rich_text.plain_text()),
        None => one_line(&quote.text),
    };
    if text.chars().count() <= max_chars {
        return text;
    }
    let n_chars = max_chars.saturating_sub(CUT.chars().count() + 1);
    let limit = text.char_indices().nth(n_chars).map_or(text.len(), |(at, _)| at);
    let is_end = |at: &usize| text.is_char_boundary(*at) && may_end(&text, *at);
    // Words are far shorter; what is longer is cut anywhere.
    let end = (limit.saturating_sub(MAX_WORD_BYTES)..=limit).rev().find(is_end);
    let words = text.get(..end.filter(|at| *at > 0).unwrap_or(limit)).unwrap_or_default();
    format!("{} {CUT}", words.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_folds_white_space_into_single_spaces() {
        for (text, want) in
            [("", ""), (" \n", ""), ("a  b", "a b"), ("\ta\r\n\r\nb\u{a0}c ", "a b c")]
        {
            assert_eq!(one_line(text), want, "{text:?}");
        }
    }

    #[test]
    fn prefix_lines_prefixes_empty_lines_too() {
        for (text, want) in [("", "> "), ("a", "> a"), ("a\n\nb\n", "> a\n> \n> b\n> ")] {
            assert_eq!(prefix_lines(text, "> "), want, "{text:?}");
        }
    }

    fn quote(text: &str) -> CitedQuote {
        CitedQuote {
            rich_text: None,
            text: text.to_owned(),
            is_cut_before: false,
            is_cut_after: false,
            speaker: None,
            role: None,
            title: "T".to_owned(),
            paragraph: 1,
            url: None,
        }
    }

    #[test]
    fn first_words_end_with_a_word_and_a_mark() {
        for (text, want) in [
            ("is\n red", "is red"),
            ("The lighthouse is red.", "The lighthouse is red."),
            ("The lighthouse is red now.", "The lighthouse [...]"),
            ("The lighthouse-keeper is red.", "The [...]"),
            (
                "灯台は五月に赤く塗られましたので今は赤いです。",
                "灯台は五月に赤く塗られましたので [...]",
            ),
        ] {
            assert_eq!(first_words(&quote(text), 22), want, "{text}");
        }
        let long = "a".repeat(200);
        assert_eq!(first_words(&quote(&long), 22), format!("{} [...]", "a".repeat(16)));
    }

    #[test]
    fn cut_marks_are_only_at_the_cut_ends() {
        for (is_cut_before, is_cut_after, want) in [
            (false, false, "is red"),
            (true, false, "(cut) is red"),
            (false, true, "is red (cut)"),
            (true, true, "(cut) is red (cut)"),
        ] {
            let quote = CitedQuote { is_cut_before, is_cut_after, ..quote("is *red*") };
            assert_eq!(with_cut_marks(&quote, "is red", "(cut)"), want);
        }
    }
}
