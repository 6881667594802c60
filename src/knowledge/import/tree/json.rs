//! JSON whose numbers stay as they are written.

use serde::de::IgnoredAny;

use super::Tree;

/// Reads a JSON document.
pub(super) fn parse(text: &str) -> Result<Tree, serde_json::Error> {
    // Only a valid document, whose numbers are valid, is changed.
    serde_json::from_str::<IgnoredAny>(text)?;
    serde_json::from_str(&with_numbers_as_texts(text))
}

/// The valid document `text` with quotation marks around its numbers, which then keep their digits.
fn with_numbers_as_texts(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 64);
    let mut chars = text.chars().peekable();
    let is_digit = |c: &char| matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E');
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                quoted.push(c);
                while let Some(c) = chars.next() {
                    quoted.push(c);
                    match c {
                        '"' => break,
                        '\\' => quoted.extend(chars.next()),
                        _ => {}
                    }
                }
            }
            '-' | '0'..='9' => {
                quoted.push('"');
                quoted.push(c);
                while let Some(digit) = chars.next_if(is_digit) {
                    quoted.push(digit);
                }
                quoted.push('"');
            }
            _ => quoted.push(c),
        }
    }
    quoted
}
