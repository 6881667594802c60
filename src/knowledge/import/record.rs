//! A record: a question with its answer, as it was found in a file.

use super::plain_text::trim_blank_lines;

/// Where a record was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordLocation {
    /// The position of the file in the list of files.
    pub file: usize,
    /// The line in the file, from 1; 0 if the format does not tell.
    pub line: usize,
}

/// The words of an answer, with the speaker that the file names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The text, with its markup.
    pub text: String,
    /// The name of the speaker.
    pub speaker: Option<String>,
    /// The role of the speaker.
    pub role: Option<String>,
    /// Whether it is plain text whose line breaks count, as in a cell of a table, and not Markdown.
    pub keeps_lines: bool,
}

impl Answer {
    /// The answer of nobody in particular; `None` if `text` is blank.
    pub fn new(text: &str) -> Option<Self> {
        let text = trim_blank_lines(text);
        (!text.is_empty()).then(|| Self { text: text.to_owned(), ..Self::default() })
    }
}

/// A question with its answer, as it was found in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// Where it was found.
    pub location: RecordLocation,
    /// The id that the file gives it.
    pub id: Option<String>,
    /// The question, as plain text on one line.
    pub question: String,
    /// Other phrasings.
    pub variants: Vec<String>,
    /// Words that lead to the question.
    pub keywords: Vec<String>,
    /// The answers, none of them blank. Empty if the file has none, and for a gap.
    pub answers: Vec<Answer>,
    /// The curator's line above the quotes.
    pub lead: Option<String>,
    /// Topics: those of the record, and the headings above it.
    pub tags: Vec<String>,
    /// Whether the file says that the question has no answer.
    pub is_gap: bool,
    /// Whether the file says that it is not published.
    pub is_draft: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answer_keeps_the_indentation_of_code() {
        let cases = [
            (" \n\n  text \n", Some("text")),
            ("\n    code\n\n", Some("    code")),
            ("\n \n", None),
            ("a\n    b", Some("a\n    b")),
        ];
        for (text, want) in cases {
            assert_eq!(Answer::new(text).as_ref().map(|a| a.text.as_str()), want, "{text:?}");
        }
    }
}
