//! Why a file cannot be imported.

use serde_json::error::Category;

use super::format::Conversion;

/// A file that cannot be imported.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct FileError {
    /// The path of the file.
    pub path: String,
    /// Why.
    pub problem: ReadError,
}

/// Why a file cannot be imported.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The file is empty.
    #[error("the file is empty")]
    Empty,
    /// The file is not text in an encoding that is recognized.
    #[error("this is not a text file; export the FAQ as CSV, Markdown or JSON, then import that")]
    NotText,
    /// The file is in UTF-8, but for a few bytes.
    #[error(
        "line {line}: this is not valid UTF-8, as the rest of the file is; write the letter again"
    )]
    BadUtf8 {
        /// The line of the first bytes that are not valid.
        line: usize,
    },
    /// Neither name nor content tells the format.
    #[error(
        "this is no FAQ in a format that is known: give the file the ending of its format (.md, .csv, .tsv, .json, \
         .jsonl, .yaml, .toml, .html), and the questions a heading, a column or a key of their own; in plain text, numbers \
         or question marks"
    )]
    UnknownFormat,
    /// The format has to be converted first.
    #[error("{} cannot be read: {}", .0.name, .0.how)]
    Conversion(Conversion),
    /// The document is not valid.
    #[error("this is not valid {format}: {at}{reason}")]
    Malformed {
        /// The format.
        format: &'static str,
        /// The position, as `line 2, column 3: `.
        at: String,
        /// The parser's reason.
        reason: String,
    },
    /// The nesting is deeper than in any document of people.
    #[error("its elements are nested too deep")]
    TooDeep,
    /// The document has more marks than any of people.
    #[error("it has too much markup for one document; divide it into several files")]
    TooManyMarks,
    /// It has more than [`super::MAX_QUESTIONS`] questions.
    #[error(
        "there are more than {} questions, the limit of an import; divide it",
        super::MAX_QUESTIONS
    )]
    TooManyQuestions,
    /// A table without columns.
    #[error(
        "there are no two columns: separate question and answer by a comma, semicolon or tab, and put texts that \
         contain one in quotation marks"
    )]
    NoColumns,
    /// A cell of a table holds rows that are not its own.
    #[error(
        "line {line}: a quotation mark opens a text in this row, and is not closed where the text ends: close it, and \
         write a quotation mark within the text twice (\"\")"
    )]
    OpenCell {
        /// The line on which the cell starts.
        line: usize,
    },
    /// A column or key that the user named does not exist.
    #[error("there is no field \"{name}\"; there are {fields}")]
    NoSuchField {
        /// The name.
        name: String,
        /// The names that there are.
        fields: String,
    },
    /// No line of a file of JSON lines is a record.
    #[error(
        "no line is a JSON object with a question: {first}; JSON lines have one object a line, such as \
         {{\"question\": \"...\", \"answer\": \"...\"}}"
    )]
    NoLineIsARecord {
        /// The first error.
        first: LineError,
    },
    /// Some lines are invalid.
    #[error("{} of the lines are invalid", errors.len())]
    Lines {
        /// All of them.
        errors: Vec<LineError>,
    },
}

impl ReadError {
    /// A document that is not valid. `line` and `column` count from 1; a line of 0 is not known.
    pub(super) fn malformed(
        format: &'static str,
        line: usize,
        column: usize,
        reason: &str,
    ) -> Self {
        let at = if line > 0 { format!("line {line}, column {column}: ") } else { String::new() };
        Self::Malformed { format, at, reason: reason.to_owned() }
    }
}

/// An invalid line.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
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
    /// The line is not JSON.
    #[error("{message} (column {column})")]
    Json {
        /// The parser's message.
        message: String,
        /// The column, in bytes from 1.
        column: usize,
    },
    /// The line is no JSON object.
    #[error("this is no JSON object, such as {{\"question\": \"...\", \"answer\": \"...\"}}")]
    NotAnObject,
    /// No key holds a question.
    #[error("there is no question; the keys are: {keys}")]
    NoQuestion {
        /// The keys that there are.
        keys: String,
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
    /// A row of a table has more values than there are columns.
    #[error(
        "the row has {n_cells} values, but there are {n_columns} columns: put a text that contains {separator:?} in \
         quotation marks"
    )]
    TooManyCells {
        /// The number of values up to the last one that is not blank.
        n_cells: usize,
        /// The number of columns.
        n_columns: usize,
        /// The character between two values.
        separator: char,
    },
    /// The line is marked as a gap but has an answer.
    #[error("a gap has no answer, but this line has one")]
    GapWithAnswer,
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
