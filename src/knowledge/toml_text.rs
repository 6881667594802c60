//! Texts as TOML writes them.

/// `text` between quotation marks: as it stands where that can be read easily, else escaped.
pub fn plain(text: &str) -> String {
    let needs_escape = text.chars().any(|c| matches!(c, '"' | '\\') || must_be_escaped(c));
    if needs_escape {
        literal(text).unwrap_or_else(|| escaped(text))
    } else {
        format!("\"{text}\"")
    }
}

/// `text` between three apostrophes, so that the words of a source stand there as they are;
/// escaped only where TOML leaves no other way.
pub fn verbatim(text: &str) -> String {
    literal(text).unwrap_or_else(|| escaped(text))
}

/// A literal takes everything but control characters and its own end. TOML reads an apostrophe
/// before the end as part of the text, but people cannot see that.
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

/// Control characters, and the two line separators that editors take for line breaks.
fn must_be_escaped(c: char) -> bool {
    c != '\t' && (c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{FEFF}'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_are_written_as_they_can_best_be_read() {
        let cases = [
            ("What's up?", "\"What's up?\"", "'''What's up?'''"),
            ("say \"hi\"", "'''say \"hi\"'''", "'''say \"hi\"'''"),
            ("the '''end", "\"the '''end\"", "\"the '''end\""),
            ("dogs' \"", "'''dogs' \"'''", "'''dogs' \"'''"),
            ("the dogs'", "\"the dogs'\"", "\"the dogs'\""),
            ("a\nb", "\"a\\nb\"", "\"a\\nb\""),
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
        fn toml_reads_back_what_was_written(text in "[a'\"\\\\\\n\\r\\t\u{0}\u{7f}\u{2028}\u{feff}é🙂#\\[]{0,12}|\\PC{0,8}|(?s:.){0,8}") {
            for written in [plain(&text), verbatim(&text)] {
                let table: toml::Table = format!("x = {written}").parse().unwrap();
                prop_assert_eq!(table["x"].as_str(), Some(text.as_str()));
            }
        }
    }
}
