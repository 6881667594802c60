//! Writing texts as TOML strings.

/// `text` as a TOML string in quotation marks, or as a literal string where it would need escapes.
pub fn plain(text: &str) -> String {
    let needs_escape = text.chars().any(|c| matches!(c, '"' | '\\') || must_be_escaped(c));
    if needs_escape {
        literal(text).unwrap_or_else(|| escaped(text))
    } else {
        format!("\"{text}\"")
    }
}

/// `text` as a TOML literal string (three apostrophes), so that words of a source stay unchanged; a text of
/// several lines starts on a line of its own. Escaped only where a literal string cannot hold the text.
pub fn verbatim(text: &str) -> String {
    literal(text).or_else(|| literal_lines(text)).unwrap_or_else(|| escaped(text))
}

/// A literal string of several lines. TOML drops the line break behind the opening apostrophes.
fn literal_lines(text: &str) -> Option<String> {
    let is_plain = |line: &str| !line.chars().any(must_be_escaped);
    let fits = !text.contains("'''") && !text.ends_with('\'') && text.split('\n').all(is_plain);
    fits.then(|| format!("'''\n{text}'''"))
}

/// A literal string, if it can hold `text`: it cannot hold control characters and its own end. TOML
/// allows an apostrophe directly before the end, but readers cannot tell it from the delimiter.
fn literal(text: &str) -> Option<String> {
    let fits = !text.contains("'''") && !text.ends_with('\'') && !text.chars().any(must_be_escaped);
    fits.then(|| format!("'''{text}'''"))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 2);
    escaped.push('"');
    for c in text.chars() {
        match c {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            c if must_be_escaped(c) => escaped.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => escaped.push(c),
        }
    }
    escaped.push('"');
    escaped
}

/// Whether `c` is a control character, a byte order mark, or one of the two separators (U+2028,
/// U+2029) that editors treat as line breaks.
fn must_be_escaped(c: char) -> bool {
    c != '\t' && (c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{FEFF}'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_is_written_in_its_most_readable_form() {
        let cases = [
            ("What's up?", "\"What's up?\"", "'''What's up?'''"),
            ("say \"hi\"", "'''say \"hi\"'''", "'''say \"hi\"'''"),
            ("the '''end", "\"the '''end\"", "\"the '''end\""),
            ("dogs' \"", "'''dogs' \"'''", "'''dogs' \"'''"),
            ("the dogs'", "\"the dogs'\"", "\"the dogs'\""),
            ("a\nb", "\"a\\nb\"", "'''\na\nb'''"),
            ("a'\n\nb'", "\"a'\\n\\nb'\"", "\"a'\\n\\nb'\""),
            ("\u{0}\u{85}", "\"\\u0000\\u0085\"", "\"\\u0000\\u0085\""),
            ("C:\\x", "'''C:\\x'''", "'''C:\\x'''"),
        ];
        for (text, want_plain, want_verbatim) in cases {
            assert_eq!(plain(text), want_plain, "{text:?}");
            assert_eq!(verbatim(text), want_verbatim, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn written_text_is_parsed_back_unchanged(text in "[a'\"\\\\\\n\\r\\t\u{0}\u{7f}\u{2028}\u{feff}é🙂#\\[]{0,12}|\\PC{0,8}|(?s:.){0,8}") {
            for written in [plain(&text), verbatim(&text)] {
                let table: toml::Table = format!("x = {written}").parse().unwrap();
                prop_assert_eq!(table["x"].as_str(), Some(text.as_str()));
            }
        }
    }
}
