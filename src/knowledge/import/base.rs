//! What an import wrote into a pack, kept beside it, so that a later one can tell the changes of the file from
//! those that people made in the pack.

use serde::{Deserialize, Serialize};

use super::collection::ImportedEntry;
use super::record::Answer;
use crate::knowledge::{EntryId, PackFile};

/// The folder of these files in a pack.
pub const IMPORTS_FOLDER: &str = "imports";

/// An entry of an earlier import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BaseEntry {
    /// What the file had.
    pub(super) entry: ImportedEntry,
    /// Whether people have removed it from the pack since, so that it is not imported again.
    pub(super) is_removed: bool,
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
struct Line {
    id: String,
    question: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    variants: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    quotes: Vec<LineQuote>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lead: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    removed: bool,
}

#[derive(Serialize, Deserialize)]
struct LineQuote {
    text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    speaker: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    keeps_lines: bool,
}

/// The file of a first import of `entries` into the source `source`.
pub fn base_file(source: &str, entries: &[ImportedEntry]) -> PackFile {
    let entries: Vec<BaseEntry> =
        entries.iter().map(|entry| BaseEntry { entry: entry.clone(), is_removed: false }).collect();
    PackFile {
        path: format!("{IMPORTS_FOLDER}/{source}.jsonl"),
        bytes: write(&entries).into_bytes(),
    }
}

/// The text of the file.
pub(super) fn write(entries: &[BaseEntry]) -> String {
    let mut text = String::new();
    for BaseEntry { entry, is_removed } in entries {
        let quote = |answer: &Answer| LineQuote {
            text: answer.text.clone(),
            speaker: answer.speaker.clone(),
            role: answer.role.clone(),
            keeps_lines: answer.keeps_lines,
        };
        let line = Line {
            id: entry.id.to_string(),
            question: entry.question.clone(),
            variants: entry.variants.clone(),
            quotes: entry.answers.iter().map(quote).collect(),
            lead: entry.lead.clone(),
            tags: entry.tags.clone(),
            removed: *is_removed,
        };
        // Texts and lists always serialize.
        text.push_str(&serde_json::to_string(&line).unwrap_or_default());
        text.push('\n');
    }
    text
}

/// The entries in the text of the file. Lines that are not valid are left out, as if they had been imported by
/// nobody.
pub(super) fn read(text: &str) -> Vec<BaseEntry> {
    let entry = |line: Line| {
        let answer = |quote: LineQuote| {
            let LineQuote { text, speaker, role, keeps_lines } = quote;
            Answer { text, speaker, role, keeps_lines }
        };
        Some(BaseEntry {
            entry: ImportedEntry {
                id: EntryId::new(&line.id)?,
                question: line.question,
                variants: line.variants,
                answers: line.quotes.into_iter().map(answer).collect(),
                lead: line.lead,
                tags: line.tags,
            },
            is_removed: line.removed,
        })
    };
    text.lines().filter_map(|line| serde_json::from_str(line).ok().and_then(entry)).collect()
}
