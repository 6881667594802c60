//! Import of a pack from JSON lines, each a question with its answer.
//!
//! The answers become the source: each paragraph of an answer, and each part of one that is too
//! long for a quote, becomes a paragraph of its own, which its entry quotes by number.

mod line;

use std::collections::HashMap;

use serde_json::error::Category;

use super::new_pack::NewPack;
use super::quote_split::split_for_quotes;
use super::source::paragraph_spans;
use super::{EntryDraft, QuoteDraft};
use crate::text::whitespace::Folded;
use line::{Line, LineQuote};

/// An import in progress, to which lines are added.
#[derive(Debug, Default)]
pub struct Import {
    body: String,
    n_paragraphs: usize,
    faq: String,
    n_lines: usize,
    /// The line number of each id.
    line_of_id: HashMap<String, usize>,
    n_gaps: usize,
    errors: Vec<LineError>,
}

/// The result of an import.
#[derive(Debug)]
pub struct Imported {
    /// The new pack.
    pub pack: NewPack,
    /// The number of its entries, without gaps.
    pub n_entries: usize,
    /// The number of its gaps.
    pub n_gaps: usize,
    /// The number of paragraphs of its source.
    pub n_paragraphs: usize,
}

impl Import {
    /// Adds the next line. Blank lines are ignored; errors are collected for [`Self::finish`].
    pub fn add(&mut self, line: &[u8]) {
        self.n_lines += 1;
        let line = if self.n_lines == 1 { without_byte_order_mark(line) } else { line };
        if line.trim_ascii().is_empty() {
            return;
        }
        if let Err(problem) = self.read(line) {
            self.errors.push(LineError { line: self.n_lines, problem });
        }
    }

    /// The pack, if every line is valid.
    ///
    /// # Errors
    /// The errors of all lines, or one error if there was no line at all.
    pub fn finish(mut self, title: &str) -> Result<Imported, Vec<LineError>> {
        if self.line_of_id.is_empty() && self.errors.is_empty() {
            self.errors
                .push(LineError { line: self.n_lines.max(1), problem: LineProblem::NoLines });
        }
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        if self.n_paragraphs == 0 {
            // There are only gaps, but a source needs some text.
            self.write_paragraph(title.trim());
        }
        let header =
            format!("# {} questions and their answers, as imported.\n", self.line_of_id.len());
        Ok(Imported {
            n_entries: self.line_of_id.len() - self.n_gaps,
            n_gaps: self.n_gaps,
            n_paragraphs: self.n_paragraphs,
            pack: NewPack {
                title: title.trim().to_owned(),
                body: self.body,
                faq: format!("{header}{}", self.faq),
            },
        })
    }

    fn read(&mut self, line: &[u8]) -> Result<(), LineProblem> {
        let line: Line = serde_json::from_slice(line)?;
        let id = line.id()?;
        if let Some(first) = self.line_of_id.get(id.as_str()) {
            return Err(LineProblem::DuplicateId { id: id.to_string(), first: *first });
        }
        let mut draft = EntryDraft::new(id, line.question()?);
        let answers = line.answers()?;
        draft.variants = line.variants();
        draft.tags = line.tags();
        draft.lead = line.lead();
        draft.quotes = answers.iter().flat_map(|answer| self.quote(answer)).collect();
        self.n_gaps += usize::from(draft.quotes.is_empty());
        self.line_of_id.insert(draft.id.to_string(), self.n_lines);
        self.faq.push('\n');
        self.faq.push_str(&draft.to_toml());
        Ok(())
    }

    /// Appends an answer to the source and returns the quotes of it.
    fn quote(&mut self, answer: &LineQuote) -> Vec<QuoteDraft> {
        let paragraphs = paragraph_spans(&answer.text);
        let mut quotes = Vec::new();
        for paragraph in paragraphs.into_iter().filter_map(|span| answer.text.get(span)) {
            for part in split_for_quotes(paragraph) {
                self.write_paragraph(part);
                quotes.push(QuoteDraft {
                    text: Folded::new(part).as_str().to_owned(),
                    source: None,
                    paragraph: Some(self.n_paragraphs),
                    speaker: answer.speaker.clone(),
                    role: answer.role.clone(),
                });
            }
        }
        quotes
    }

    fn write_paragraph(&mut self, text: &str) {
        if self.n_paragraphs > 0 {
            self.body.push('\n');
        }
        self.body.push_str(text);
        self.body.push('\n');
        self.n_paragraphs += 1;
    }
}

fn without_byte_order_mark(line: &[u8]) -> &[u8] {
    line.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(line)
}

/// An invalid line of an import.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct LineError {
    /// The number of the line, from 1.
    pub line: usize,
    /// Why the line is invalid.
    pub problem: LineProblem,
}

/// Why a line is invalid.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineProblem {
    /// The line is not JSON, or lacks a key, or a value has the wrong type.
    #[error("{message} (column {column})")]
    Json {
        /// The parser's message.
        message: String,
        /// The column, in bytes from 1.
        column: usize,
    },
    /// The id does not follow the rule of [`crate::knowledge::EntryId`].
    #[error(
        "{id:?} is not an id: an id has 1 to 100 characters, without white space or control characters"
    )]
    BadId {
        /// The id.
        id: String,
    },
    /// An earlier line has the same id.
    #[error("the id `{id}` is already used on line {first}")]
    DuplicateId {
        /// The id.
        id: String,
        /// The number of the line that has it first.
        first: usize,
    },
    /// The question is blank.
    #[error("the question is empty")]
    EmptyQuestion,
    /// The line is marked as a gap but has an answer.
    #[error("a gap has no answer, but this line has one")]
    GapWithAnswer,
    /// There is nothing to import.
    #[error("the file has no line with a question")]
    NoLines,
}

impl From<serde_json::Error> for LineProblem {
    fn from(error: serde_json::Error) -> Self {
        let position = format!(" at line {} column {}", error.line(), error.column());
        let reason = error.to_string().replace(&position, "");
        let message = match error.classify() {
            Category::Data | Category::Io => reason,
            Category::Eof => "the line ends too early to be JSON".to_owned(),
            Category::Syntax => format!("this is not JSON: {reason}"),
        };
        Self::Json { message, column: error.column() }
    }
}

#[cfg(test)]
mod tests;
