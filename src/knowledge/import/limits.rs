//! Limits of what one file may hold: a reader takes far more memory for marks and records than for words.

use super::ReadError;

/// Most questions of an import: the largest pack whose memory is measured.
pub const MAX_QUESTIONS: usize = 1_000_000;

/// Most bad lines that are reported.
pub const MAX_LINE_ERRORS: usize = 1_000;

/// Most marks of a document that is parsed as a whole. Parsers take up to 440 bytes for one (elements of HTML; 220 for a
/// line of Markdown, 150 for a value of TOML). An FAQ of 100,000 questions in Markdown has a million.
const MAX_MARKS: usize = 2_500_000;

/// What the markup of Markdown and HTML is made of.
pub(super) const MARKUP: &[u8] = b"\n[*_<>`&\\|~";

/// What the structure of TOML is made of.
pub(super) const TOML: &[u8] = b"\n[]{},=\"'";

/// Whether a parser takes bounded memory for `text`, whose structure is made of `marks`.
///
/// # Errors
/// [`ReadError::TooManyMarks`] if not.
pub(super) fn check_marks(text: &str, marks: &[u8]) -> Result<(), ReadError> {
    let n_marks = text.bytes().filter(|byte| marks.contains(byte)).count();
    if n_marks > MAX_MARKS { Err(ReadError::TooManyMarks) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn document_of_marks_alone_is_rejected() {
        for (marks, text) in [(MARKUP, "["), (MARKUP, "a\n"), (MARKUP, "<b>"), (TOML, "1,")] {
            let many = text.repeat(MAX_MARKS + 1);
            assert_eq!(check_marks(&many, marks), Err(ReadError::TooManyMarks), "{text:?}");
        }
        let words = "some words, and others. ".repeat(1_000_000);
        assert_eq!(check_marks(&words, MARKUP), Ok(()));
    }
}
