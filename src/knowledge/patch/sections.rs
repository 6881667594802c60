//! The sections of `faq.toml`, one for each entry, and their spans.

use std::ops::Range;

use toml_edit::{ArrayOfTables, Document, InlineTable, Item, Table, Value};

use super::PatchError;
use crate::knowledge::faq_parts::parts;

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
    let mut sections = Vec::new();
    for part in parts(faq) {
        sections.extend(find_in(faq, &part)?);
    }
    Ok(sections)
}

/// The sections in one of the [`parts`] of the file.
pub(super) fn find_in(faq: &str, part: &Range<usize>) -> Result<Vec<Section>, PatchError> {
    let text = text_of(faq, part);
    let document = match Document::parse(text) {
        Ok(document) => document,
        // The error has to name the line of the file.
        Err(error) => return Err(Document::parse(faq).err().unwrap_or(error).into()),
    };
    let Some(item) = document.get("entry") else { return Ok(Vec::new()) };
    let tables = item.as_array_of_tables().ok_or(PatchError::NoSections)?;
    let in_file = |section: Section| Section {
        span: section.span.start + part.start..section.span.end + part.start,
        comment_start: comment_start(faq, section.span.start + part.start),
        ..section
    };
    Ok(tables.iter().filter_map(|table| section(text, table)).map(in_file).collect())
}

/// The section of the entry with this id. Only what may be it is parsed.
pub(super) fn find_entry(faq: &str, id: &str) -> Result<Option<Section>, PatchError> {
    let parts = parts(faq);
    for may_be_it in [contains_word, may_say_with_escapes] {
        for part in parts.iter().filter(|part| may_be_it(text_of(faq, part), id)) {
            let found = find_in(faq, part)?.into_iter().find(|it| it.id.as_deref() == Some(id));
            if found.is_some() {
                return Ok(found);
            }
        }
    }
    Ok(None)
}

/// The last section of an entry or of a gap, as `is_gap` says. Of a file that is divided, only what may be it is parsed.
pub(super) fn find_last(faq: &str, is_gap: bool) -> Result<Option<Section>, PatchError> {
    let parts = parts(faq);
    let may_be_it = |part: &Range<usize>| {
        let text = text_of(faq, part);
        !is_gap
            || parts.len() == 1
            || contains_word(text, "gap")
            || may_say_with_escapes(text, "gap")
    };
    for part in parts.iter().rev().filter(|part| may_be_it(part)) {
        let found = find_in(faq, part)?.into_iter().rfind(|it| it.is_gap == is_gap);
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

fn text_of<'f>(faq: &'f str, part: &Range<usize>) -> &'f str {
    faq.get(part.clone()).unwrap_or_default()
}

/// Whether `word`, which has no white space, stands in `toml`.
fn contains_word(toml: &str, word: &str) -> bool {
    toml.contains(word)
}

/// Whether `word` may stand in `toml` with characters that are escaped, or in two lines.
fn may_say_with_escapes(toml: &str, word: &str) -> bool {
    // The two that have to be escaped stand for themselves.
    let has_itself =
        |escaped: &str| escaped.starts_with(['"', '\\']) && !word.contains(['"', '\\']);
    toml.match_indices('\\').any(|(at, _)| !toml.get(at + 1..).is_some_and(has_itself))
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
    let span = span_of(faq, table)?;
    Some(Section {
        id: table.get("id").and_then(Item::as_str).map(str::to_owned),
        is_gap: table.get("gap").and_then(Item::as_bool).unwrap_or(false),
        comment_start: comment_start(faq, span.start),
        span,
    })
}

/// The section of a group in a lexicon, which is `table` in its document.
pub(super) fn group_section(lexicon: &str, table: &Table) -> Option<Section> {
    let span = span_of(lexicon, table)?;
    let comment_start = comment_start(lexicon, span.start);
    Some(Section { id: None, is_gap: false, span, comment_start })
}

/// From the start of the line of the header of `table` to the end of the last line of its last value.
fn span_of(text: &str, table: &Table) -> Option<Range<usize>> {
    let start = line_start(text, table.span()?.start);
    let rest = text.get(end_of(table)..)?;
    let end = text.len() - rest.len() + rest.find('\n').map_or(rest.len(), |at| at + 1);
    Some(start..end)
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
