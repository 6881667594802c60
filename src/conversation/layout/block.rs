//! The text of a block of a message: a line or a quote.

use crate::conversation::reply::CitedQuote;

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
/// `text` is the text of `quote`, and `mark` is [`CUT`](crate::conversation::wording::CUT), both
/// escaped as the platform needs it.
pub fn with_cut_marks(quote: &CitedQuote, text: &str, mark: &str) -> String {
    let before = if quote.is_cut_before { format!("{mark} ") } else { String::new() };
    let after = if quote.is_cut_after { format!(" {mark}") } else { String::new() };
    format!("{before}{text}{after}")
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

    #[test]
    fn cut_marks_are_only_at_the_cut_ends() {
        for (is_cut_before, is_cut_after, want) in [
            (false, false, "is red"),
            (true, false, "(cut) is red"),
            (false, true, "is red (cut)"),
            (true, true, "(cut) is red (cut)"),
        ] {
            let quote = CitedQuote {
                rich_text: None,
                text: "is *red*".to_owned(),
                is_cut_before,
                is_cut_after,
                speaker: None,
                role: None,
                title: "T".to_owned(),
                paragraph: 1,
                url: None,
            };
            assert_eq!(with_cut_marks(&quote, "is red", "(cut)"), want);
        }
    }
}
