//! Import of the FAQs that people have: Markdown, tables, JSON, YAML, TOML and HTML.
//!
//! A reader for each format finds [`Record`]s: questions with their answers. [`Collection`] makes entries of
//! them, and [`pack_text`] the files of a pack: the answers become the text of its source, which the entries
//! quote. [`merge()`] brings a later version of the same file into a pack that people have worked on.

mod answer_parts;
mod base;
mod collection;
mod encoding;
mod error;
mod field_choice;
mod field_names;
mod folder;
mod format;
pub(super) mod front_matter;
mod html;
mod json_lines;
mod limits;
mod markdown;
mod merge;
mod numbered_keys;
mod pack_text;
mod plain_text;
mod record;
mod table;
mod text_file;
mod tree;
mod tree_record;
mod tree_records;
mod tree_text;

pub use base::{IMPORTS_FOLDER, base_file};
pub use collection::{Collection, ImportedEntry, Reason, SkippedRecord, UnansweredPolicy};
pub use error::{FileError, LineError, LineProblem, ReadError};
pub use field_choice::FieldChoice;
pub use field_names::Field;
pub use folder::{FileOfFolder, NoFaq, read_file_of_folder};
pub use format::{Conversion, Format};
pub use limits::{MAX_LINE_ERRORS, MAX_QUESTIONS};
pub use merge::{ChangeKind, MergeChange, MergeInput, MergeOutput, merge};
pub use pack_text::{PackText, new_pack};
pub use record::{Answer, Record, RecordLocation};

pub(super) use tree::Tree;

/// How a table was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableLayout {
    /// The character between two values.
    pub separator: char,
    /// Whether the first row names the columns.
    pub has_header: bool,
    /// The name of the column with the questions, or its number from 1.
    pub question: String,
    /// The same of the answers; empty if there are none.
    pub answer: String,
    /// The names of other columns with questions or answers, as in a second language; they are not read.
    pub not_read: Vec<String>,
}

/// What was found in one file.
#[derive(Debug)]
pub struct FileReading {
    /// The format it was taken for.
    pub format: Format,
    /// The name of its encoding, if that is not UTF-8.
    pub encoding: Option<&'static str>,
    /// How it was read, if it is a table.
    pub layout: Option<TableLayout>,
    /// The title that it gives itself.
    pub title: Option<String>,
    /// Whether it is made to hold questions. A file of a folder may be a configuration.
    pub is_faq: bool,
    /// What it holds.
    pub records: Vec<Record>,
}

impl FileReading {
    /// A file of questions, none of which is read yet.
    fn empty(format: Format) -> Self {
        Self {
            format,
            encoding: None,
            layout: None,
            title: None,
            is_faq: true,
            records: Vec::new(),
        }
    }
}

/// Reads the file `bytes` with the name `path`. The records have the position `file`.
///
/// # Errors
/// [`ReadError`] if it is no text, malformed, or of no format that is known.
pub fn read_file(
    file: usize,
    path: &str,
    bytes: &[u8],
    fields: &FieldChoice,
) -> Result<FileReading, ReadError> {
    let by_name = Format::of_name(path).map_err(ReadError::Conversion)?;
    let decoded = encoding::decode(bytes)?;
    let text = decoded.text.as_str();
    if text.trim().is_empty() {
        return Err(ReadError::Empty);
    }
    let format = by_name.or_else(|| Format::of_text(text)).ok_or(ReadError::UnknownFormat)?;
    let mut reading = read_text(format, text, fields)?;
    if reading.records.len() > MAX_QUESTIONS {
        return Err(ReadError::TooManyQuestions);
    }
    reading.encoding = Some(decoded.encoding).filter(|name| *name != "UTF-8");
    for record in &mut reading.records {
        record.location.file = file;
        // The readers of documents have done so; quoth's own format has plain text.
        let has_markup =
            matches!(reading.format, Format::Table | Format::Json | Format::Yaml | Format::Toml);
        if has_markup {
            record.question = plain_text::without_markup(&record.question);
        }
        for answer in &mut record.answers {
            limits::check_marks(&answer.text, limits::MARKUP)?;
            if reading.format != Format::Text && html::is_fragment(&answer.text) {
                answer.text = html::to_markdown(&answer.text);
            }
            // YAML and TOML hold Markdown, if any; cells and JSON hold text as people typed it.
            let is_typed =
                matches!(reading.format, Format::Table | Format::Json | Format::JsonLines);
            answer.keeps_lines = is_typed && !pack_text::has_blocks_of_lines(&answer.text);
        }
    }
    Ok(reading)
}

fn read_text(format: Format, text: &str, fields: &FieldChoice) -> Result<FileReading, ReadError> {
    let mut reading = FileReading::empty(format);
    let mut is_faq = None;
    let mut of_tree = |tree: Result<Tree, ReadError>| {
        tree.map(|tree| {
            let records = tree_records::find(&tree, fields);
            is_faq = Some(tree_records::is_faq(&tree, &records, fields));
            records
        })
    };
    reading.records = match format {
        Format::Text if let Some(records) = text_file::read(text) => records,
        Format::Markdown | Format::Text => {
            reading.format = Format::Markdown;
            let markdown = markdown::read(text)?;
            reading.title = markdown.title;
            markdown.records
        }
        Format::Html => match html::read(text)? {
            html::Page::Declared(mut records) => {
                for record in &mut records {
                    record.question = plain_text::without_markup(&record.question);
                }
                records
            }
            html::Page::Markdown(text) => {
                let markdown = markdown::read(&text)?;
                reading.title = markdown.title;
                markdown.records
            }
        },
        Format::Table => {
            let (records, layout) = table::read(text, fields)?;
            reading.layout = Some(layout);
            records
        }
        Format::JsonLines => json_lines::read(text, fields)?,
        Format::Json
            if json_lines::looks_like_json_lines(text) && Tree::from_json(text).is_err() =>
        {
            reading.format = Format::JsonLines;
            json_lines::read(text, fields)?
        }
        Format::Json => of_tree(Tree::from_json(text))?,
        Format::Yaml => of_tree(Tree::from_yaml(text))?,
        Format::Toml => of_tree(Tree::from_toml(text))?,
    };
    reading.is_faq = is_faq.unwrap_or(!reading.records.is_empty());
    Ok(reading)
}

#[cfg(test)]
mod tests;
