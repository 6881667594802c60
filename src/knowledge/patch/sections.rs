//! The sections of `faq.toml`, one for each entry, and their spans.

use std::ops::Range;

use toml_edit::{ArrayOfTables, Document, InlineTable, Item, Table, Value};

use super::PatchError;

/// One `[[entry]]` with its subtables.
#[derive(Debug, Clone)]
pub(super) struct Section {
    pub(super) id: Option<String>,
    pub(super) is_gap: bool,
    /// From the start of the line of `[[entry]]` to the end of the last line of its last value.
    pub(super) span: Range<usize>,
    /// The start of the comment directly above it, or of the section if there is none.
    pub(super) comment_start: usize,
}

/// The sections of all entries and gaps, in the order of the file.
pub(super) fn find(faq: &str) -> Result<Vec<Section>, PatchError> {
    let document = Document::parse(faq)?;
    let Some(item) = document.get("entry") else { return Ok(Vec::new()) };
    let tables = item.as_array_of_tables().ok_or(PatchError::NoSections)?;
    Ok(tables.iter().filter_map(|table| section(faq, table)).collect())
}

/// The entries of an array, `entry = [{ id = "a" }]`, in the order of the file. They cannot be edited from
/// chat.
pub(super) fn find_inline(faq: &str) -> Vec<Section> {
    let Ok(document) = Document::parse(faq) else { return Vec::new() };
    let array = document.get("entry").and_then(Item::as_array);
    let tables = array.into_iter().flatten().filter_map(Value::as_inline_table);
    let section = |table: &InlineTable| {
        let span = table.span()?;
        Some(Section {
            id: table.get("id").and_then(Value::as_str).map(str::to_owned),
            is_gap: table.get("gap").and_then(Value::as_bool).unwrap_or(false),
            comment_start: span.start,
            span,
        })
    };
    tables.filter_map(section).collect()
}

fn section(faq: &str, table: &Table) -> Option<Section> {
    let header = table.span()?;
    let start = line_start(faq, header.start);
    let rest = faq.get(end_of(table)..)?;
    let end = faq.len() - rest.len() + rest.find('\n').map_or(rest.len(), |at| at + 1);
    Some(Section {
        id: table.get("id").and_then(Item::as_str).map(str::to_owned),
        is_gap: table.get("gap").and_then(Item::as_bool).unwrap_or(false),
        span: start..end,
        comment_start: comment_start(faq, start),
    })
}

/// The end of the last value in `table` and its subtables.
fn end_of(table: &Table) -> usize {
    let of_tables = |tables: &ArrayOfTables| tables.iter().map(end_of).max();
    let inner = table.iter().filter_map(|(_, item)| match item {
        Item::Table(inner) => Some(end_of(inner)),
        Item::ArrayOfTables(tables) => of_tables(tables),
        item => item.span().map(|span| span.end),
    });
    inner.chain(table.span().map(|span| span.end)).max().unwrap_or(0)
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1)
}

/// The start of the comment lines directly above a section. A comment at the top of the file belongs
/// to the file, not to an entry.
fn comment_start(text: &str, section_start: usize) -> usize {
    let mut start = section_start;
    while let Some(end) = start.checked_sub(1) {
        let above = line_start(text, end);
        if !text.get(above..end).is_some_and(|line| line.trim_start().starts_with('#')) {
            return start;
        }
        start = above;
    }
    section_start
}

/// `text` from its first line that is not blank.
pub(super) fn skip_blank_lines(text: &str) -> &str {
    let rest = text.trim_start();
    let at = line_start(text, text.len() - rest.len());
    text.get(at..).filter(|_| !rest.is_empty()).unwrap_or_default()
}
