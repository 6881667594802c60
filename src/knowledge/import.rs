//! A pack from lines of JSON, each a question with its answer.
//!
//! The answers become the source: each paragraph of an answer, and each piece of one that is too
//! long for a quote, is a paragraph of its own there, which its entry quotes by number.

mod line;

use std::collections::HashMap;

use serde_json::error::Category;

use super::new_pack::NewPack;
use super::quote_split::split_for_quotes;
use super::source::paragraph_spans;
use super::{EntryDraft, QuoteDraft};
use crate::text::whitespace::Folded;
use line::{Line, LineQuote};

/// A pack that grows line by line.
#[derive(Debug, Default)]
pub struct Import {
    body: String,
    n_paragraphs: usize,
    faq: String,
    n_lines: usize,
    /// The line of each id.
    line_of_id: HashMap<String, usize>,
    n_gaps: usize,
    errors: Vec<LineError>,
}

/// What the lines gave.
#[derive(Debug)]
pub struct Imported {
    /// The pack.
    pub pack: NewPack,
    /// How many entries it has.
    pub n_entries: usize,
    /// How many gaps.
    pub n_gaps: usize,
    /// How many paragraphs its source has.
    pub n_paragraphs: usize,
}

impl Import {
    /// Takes the next line. Blank lines are passed over; bad ones are kept for the end.
    pub fn add(&mut self, line: &[u8]) {
        self.n_lines += 1;
        let line = if self.n_lines == 1 { without_mark(line) } else { line };
        if line.trim_ascii().is_empty() {
            return;
        }
        if let Err(problem) = self.read(line) {
            self.errors.push(LineError { line: self.n_lines, problem });
        }
    }

    /// The pack, if every line was good.
    ///
    /// # Errors
    /// Every bad line, or one error if there was no line at all.
    pub fn finish(mut self, title: &str) -> Result<Imported, Vec<LineError>> {
        if self.line_of_id.is_empty() && self.errors.is_empty() {
            self.errors
                .push(LineError { line: self.n_lines.max(1), problem: LineProblem::Nothing });
        }
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        if self.n_paragraphs == 0 {
            // Gaps alone; a source still needs words.
            self.write_paragraph(title.trim());
        }
        let head =
            format!("# {} questions and their answers, as imported.\n", self.line_of_id.len());
        Ok(Imported {
            n_entries: self.line_of_id.len() - self.n_gaps,
            n_gaps: self.n_gaps,
            n_paragraphs: self.n_paragraphs,
            pack: NewPack {
                title: title.trim().to_owned(),
                body: self.body,
                faq: format!("{head}{}", self.faq),
            },
        })
    }

    fn read(&mut self, line: &[u8]) -> Result<(), LineProblem> {
        let line: Line = serde_json::from_slice(line)?;
        let id = line.id()?;
        if let Some(first) = self.line_of_id.get(id.as_str()) {
            return Err(LineProblem::DoubledId { id: id.to_string(), first: *first });
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

    /// Writes an answer into the source and quotes it.
    fn quote(&mut self, answer: &LineQuote) -> Vec<QuoteDraft> {
        let paragraphs = paragraph_spans(&answer.text);
        let mut quotes = Vec::new();
        for paragraph in paragraphs.into_iter().filter_map(|span| answer.text.get(span)) {
            for piece in split_for_quotes(paragraph) {
                self.write_paragraph(piece);
                quotes.push(QuoteDraft {
                    text: Folded::new(piece).as_str().to_owned(),
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

fn without_mark(line: &[u8]) -> &[u8] {
    line.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(line)
}

/// A line that no entry can be made of.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct LineError {
    /// Its number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: LineProblem,
}

/// What is wrong with a line.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineProblem {
    /// It is no JSON, or not of the form that is asked for.
    #[error("{message} (column {column})")]
    Json {
        /// What the parser says.
        message: String,
        /// Where, in bytes, from 1.
        column: usize,
    },
    /// The id breaks the rule.
    #[error(
        "{id:?} is no id: it takes 1 to 100 characters without white space or control characters"
    )]
    BadId {
        /// The id.
        id: String,
    },
    /// An earlier line has the id.
    #[error("the id `{id}` stands in line {first} already")]
    DoubledId {
        /// The id.
        id: String,
        /// The line where it stands first.
        first: usize,
    },
    /// The question says nothing.
    #[error("the question is empty")]
    NoQuestion,
    /// A gap is a question without an answer.
    #[error("a gap has no answer, but this line has one")]
    GapWithAnswer,
    /// There is nothing to import.
    #[error("the file has no line with a question")]
    Nothing,
}

impl From<serde_json::Error> for LineProblem {
    fn from(error: serde_json::Error) -> Self {
        let place = format!(" at line {} column {}", error.line(), error.column());
        let what = error.to_string().replace(&place, "");
        let message = match error.classify() {
            Category::Data | Category::Io => what,
            Category::Eof => "the line ends too early to be JSON".to_owned(),
            Category::Syntax => format!("this is no JSON: {what}"),
        };
        Self::Json { message, column: error.column() }
    }
}

#[cfg(test)]
mod tests;
