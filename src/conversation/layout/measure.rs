//! The length of text, in the unit of a platform.

/// How a platform measures and truncates text.
#[derive(Debug, Clone, Copy)]
pub struct Measure {
    /// The length of a character.
    pub char_len: fn(char) -> usize,
    /// Whether white space before the ellipsis of a truncated text is removed.
    pub trims_end: bool,
}

impl Measure {
    /// The length of `text`.
    pub fn len(self, text: &str) -> usize {
        text.chars().map(self.char_len).sum()
    }

    /// Truncates `text` to `limit`, with an ellipsis if it is longer. The ellipsis counts as 1, and is
    /// there even with a `limit` of 0. For the bot's own sentences and titles, never for a quote.
    pub fn truncate(self, text: &str, limit: usize) -> String {
        if self.len(text) <= limit {
            return text.to_owned();
        }
        let mut left = limit.saturating_sub(1);
        let fits = |c: &char| {
            let rest = left.checked_sub((self.char_len)(*c));
            left = rest.unwrap_or_default();
            rest.is_some()
        };
        let mut start: String = text.chars().take_while(fits).collect();
        if self.trims_end {
            start.truncate(start.trim_end().len());
        }
        start + "…"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHARS: Measure = Measure { char_len: |_| 1, trims_end: false };
    const UTF16: Measure = Measure { char_len: char::len_utf16, trims_end: true };
    const UTF8: Measure = Measure { char_len: char::len_utf8, trims_end: false };

    #[test]
    fn length_is_in_the_unit_of_the_measure() {
        for (text, n_chars, n_utf16, n_utf8) in
            [("", 0, 0, 0), ("ab", 2, 2, 2), ("ü€", 2, 2, 5), ("😀", 1, 2, 4)]
        {
            let lengths = [CHARS, UTF16, UTF8].map(|measure| measure.len(text));
            assert_eq!(lengths, [n_chars, n_utf16, n_utf8], "{text}");
        }
    }

    #[test]
    fn truncated_text_is_within_the_limit_and_ends_in_an_ellipsis() {
        for (measure, text, limit, want) in [
            (CHARS, "", 0, ""),
            (CHARS, "short", 5, "short"),
            (CHARS, "rather long", 8, "rather …"),
            (UTF16, "rather long", 8, "rather…"),
            (UTF16, "ends with ", 10, "ends with "),
            (CHARS, "😀😀😀", 2, "😀…"),
            (UTF16, "😀😀😀", 5, "😀😀…"),
            (UTF16, "😀😀😀", 4, "😀…"),
            (UTF16, "a😀b", 3, "a…"),
            (UTF8, "aüb", 3, "a…"),
            (CHARS, "ab", 1, "…"),
            (CHARS, "ab", 0, "…"),
        ] {
            assert_eq!(measure.truncate(text, limit), want, "{text} in {limit}");
        }
    }
}
