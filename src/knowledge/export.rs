//! Exports a pack's entries: as JSON, which `quoth import` reads with all that they have, as a table for a spreadsheet,
//! and as Markdown for people.

use serde::Serialize;

use super::{Entry, Pack, Quote};
use crate::knowledge::source::Format as SourceFormat;

/// What an export is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// A list of objects.
    Json,
    /// An object a line.
    JsonLines,
    /// Comma-separated values with a header.
    Csv,
    /// A heading for each question, with its quotes below.
    Markdown,
}

impl ExportFormat {
    /// All formats.
    pub const ALL: [Self; 4] = [Self::Json, Self::JsonLines, Self::Csv, Self::Markdown];

    /// Its name, by which it is chosen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::JsonLines => "jsonl",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
        }
    }

    /// The format with this name, whatever the case of its letters.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name().eq_ignore_ascii_case(name))
    }

    /// The ending of its files.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            format => format.name(),
        }
    }

    /// The media type of its files.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::JsonLines => "application/jsonl",
            Self::Csv => "text/csv",
            Self::Markdown => "text/markdown",
        }
    }
}

/// An entry as JSON, with the keys that an import reads.
#[derive(Serialize)]
struct ExportedEntry<'p> {
    id: &'p str,
    question: &'p str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    variants: &'p [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    quotes: Vec<ExportedQuote<'p>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    gap: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    lead: Option<&'p str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tags: &'p [String],
}

#[derive(Serialize)]
struct ExportedQuote<'p> {
    text: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    speaker: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'p str>,
    source: &'p str,
}

impl<'p> ExportedEntry<'p> {
    fn new(entry: &'p Entry) -> Self {
        let quote = |quote: &'p Quote| ExportedQuote {
            text: quote.text(),
            speaker: quote.speaker(),
            role: quote.role(),
            source: &quote.source().metadata().title,
        };
        Self {
            id: entry.id.as_str(),
            question: &entry.question,
            variants: &entry.variants,
            quotes: entry.quotes().iter().map(quote).collect(),
            gap: entry.is_gap(),
            lead: entry.lead(),
            tags: &entry.tags,
        }
    }
}

/// The entries of `pack` in `format`, in their order.
///
/// # Errors
/// [`ExportError`], which no pack that is proved causes.
pub fn export(pack: &Pack, format: ExportFormat) -> Result<String, ExportError> {
    let entries = || pack.entries.iter().map(ExportedEntry::new);
    Ok(match format {
        ExportFormat::Json => serde_json::to_string_pretty(&entries().collect::<Vec<_>>())? + "\n",
        ExportFormat::JsonLines => {
            let lines = entries().map(|entry| Ok(serde_json::to_string(&entry)? + "\n"));
            lines.collect::<Result<String, serde_json::Error>>()?
        }
        ExportFormat::Csv => table(pack)?,
        ExportFormat::Markdown => markdown(pack),
    })
}

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// JSON cannot be written.
    #[error("the entries cannot be written as JSON")]
    Json(#[from] serde_json::Error),
    /// The table cannot be written.
    #[error("the entries cannot be written as a table")]
    Csv(#[from] csv::Error),
}

/// Lists in a cell are written one item a line, as an import reads them.
fn table(pack: &Pack) -> Result<String, ExportError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["id", "question", "answer", "variants", "tags", "lead"])?;
    for entry in &pack.entries {
        writer.write_record([
            entry.id.as_str(),
            &entry.question,
            &answer(entry),
            &entry.variants.join("\n"),
            &entry.tags.join("\n"),
            entry.lead().unwrap_or_default(),
        ])?;
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The quotes one below the other, each a paragraph.
fn answer(entry: &Entry) -> String {
    entry.quotes().iter().map(Quote::text).collect::<Vec<_>>().join("\n\n")
}

/// Entries below their first topic, in the order in which topics occur first.
fn markdown(pack: &Pack) -> String {
    let mut topics: Vec<&str> = Vec::new();
    let topic_of = |entry: &'_ Entry| -> String { entry.tags.first().cloned().unwrap_or_default() };
    for entry in &pack.entries {
        let topic = entry.tags.first().map(String::as_str).unwrap_or_default();
        if !topics.contains(&topic) {
            topics.push(topic);
        }
    }
    // Entries without a topic come first: below a heading they would seem to have it.
    topics.sort_by_key(|topic| !topic.is_empty());
    let mut written = format!("# {}\n", escaped(&pack.title));
    for topic in topics {
        if !topic.is_empty() {
            written.push_str(&format!("\n## {}\n", escaped(topic)));
        }
        for entry in pack.entries.iter().filter(|entry| topic_of(entry) == topic) {
            written.push_str(&format!("\n### {}\n", escaped(&entry.question)));
            for quote in entry.quotes() {
                let text = match quote.source().metadata().format {
                    SourceFormat::Markdown => quote.text().to_owned(),
                    SourceFormat::Text => escaped(quote.text()),
                };
                written.push_str(&format!("\n{text}\n"));
            }
        }
    }
    written
}

/// `text` as Markdown that shows it as it is: by the specification of CommonMark, a backslash before any ASCII
/// punctuation stands for that character. Only those are escaped that may be markup.
fn escaped(text: &str) -> String {
    const MARKUP: &[char] = &['\\', '`', '*', '_', '[', ']', '<', '>', '#', '|', '~', '&', '$'];
    // At the start of a line, these begin lists and underline headings.
    const AT_START: &[char] = &['-', '+', '=', ':'];
    let mut escaped = String::with_capacity(text.len());
    let mut is_start = true;
    let mut is_number = false;
    for c in text.chars() {
        let ends_number = is_number && matches!(c, '.' | ')');
        if MARKUP.contains(&c) || (is_start && AT_START.contains(&c)) || ends_number {
            escaped.push('\\');
        }
        is_number = c.is_ascii_digit() && (is_start || is_number);
        is_start = c == '\n' || (is_start && c.is_whitespace());
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::knowledge::fixtures::pack_of;

    fn pack() -> Arc<Pack> {
        pack_of(
            "p",
            &[
                ("pack.toml", "title = \"The pool\"\nlanguage = \"en\"\n"),
                (
                    "sources/s.md",
                    "+++\ntitle = \"Rules\"\n+++\n\nDogs stay *outside*.\n\n1. Ann said: “No running.”\n",
                ),
                (
                    "faq.toml",
                    "[[entry]]\nid = \"dogs\"\nquestion = \"Dogs?\"\nvariants = [\"my dog\", \"a pet, or two\"]\n\
                     lead = \"No.\"\ntags = [\"visit\"]\n[[entry.quote]]\ntext = \"Dogs stay *outside*.\"\n\
                     [[entry]]\nid = \"run\"\nquestion = \"May I run?\"\n[[entry.quote]]\n\
                     text = \"1. Ann said: “No running.”\"\nspeaker = \"Ann\"\n\
                     [[entry]]\nid = \"sauna\"\nquestion = \"Sauna?\"\ngap = true\n",
                ),
            ],
        )
    }

    #[test]
    fn json_has_all_of_an_entry_and_nothing_that_is_empty() {
        let lines = export(&pack(), ExportFormat::JsonLines).unwrap();
        let want = "{\"id\":\"dogs\",\"question\":\"Dogs?\",\"variants\":[\"my dog\",\"a pet, or two\"],\
             \"quotes\":[{\"text\":\"Dogs stay *outside*.\",\"source\":\"Rules\"}],\"lead\":\"No.\",\"tags\":[\"visit\"]}\n\
             {\"id\":\"run\",\"question\":\"May I run?\",\"quotes\":[{\"text\":\"1. Ann said: “No running.”\",\"speaker\":\"Ann\",\
             \"source\":\"Rules\"}]}\n{\"id\":\"sauna\",\"question\":\"Sauna?\",\"gap\":true}\n";
        assert_eq!(lines, want);
        let list: Vec<serde_json::Value> =
            serde_json::from_str(&export(&pack(), ExportFormat::Json).unwrap()).unwrap();
        let of_lines: Vec<serde_json::Value> =
            lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(list, of_lines);
    }

    #[test]
    fn table_has_lists_one_item_a_line() {
        let want = "id,question,answer,variants,tags,lead\n\
             dogs,Dogs?,Dogs stay *outside*.,\"my dog\na pet, or two\",visit,No.\n\
             run,May I run?,1. Ann said: “No running.”,,,\nsauna,Sauna?,,,,\n";
        assert_eq!(export(&pack(), ExportFormat::Csv).unwrap(), want);
    }

    #[test]
    fn markdown_shows_what_the_source_says_below_its_question_and_topic() {
        let want = "# The pool\n\n### May I run?\n\n1\\. Ann said: “No running.”\n\n### Sauna?\n\n\
             ## visit\n\n### Dogs?\n\nDogs stay \\*outside\\*.\n";
        assert_eq!(export(&pack(), ExportFormat::Markdown).unwrap(), want);
    }
}
