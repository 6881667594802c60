//! The entries of `faq.toml`, as its authors wrote them.

use std::collections::HashMap;

use serde::Deserialize;

use crate::knowledge::{EntryId, QuoteDraft};

/// An entry as `faq.toml` has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileEntry {
    pub(super) id: EntryId,
    pub(super) question: String,
    pub(super) variants: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) lead: Option<String>,
    pub(super) quotes: Vec<QuoteDraft>,
}

/// The entries of `faq.toml`, as far as they can be read; proving the pack reports the rest.
pub(super) fn file_entries(faq: &str) -> HashMap<EntryId, FileEntry> {
    let read = toml::from_str::<FileText>(faq).unwrap_or_default();
    let entry = |table: EntryTable| {
        let id = EntryId::new(&table.id)?;
        let quote = |table: QuoteTable| QuoteDraft {
            text: table.text,
            source: table.source,
            paragraph: table.paragraph,
            speaker: table.speaker,
            role: table.role,
        };
        let quotes = table.quote.into_iter().map(quote).collect();
        let EntryTable { question, variants, tags, lead, .. } = table;
        Some((id.clone(), FileEntry { id, question, variants, tags, lead, quotes }))
    };
    read.entry.into_iter().filter_map(entry).collect()
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FileText {
    entry: Vec<EntryTable>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EntryTable {
    id: String,
    question: String,
    variants: Vec<String>,
    tags: Vec<String>,
    lead: Option<String>,
    quote: Vec<QuoteTable>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct QuoteTable {
    text: String,
    source: Option<String>,
    paragraph: Option<usize>,
    speaker: Option<String>,
    role: Option<String>,
}
