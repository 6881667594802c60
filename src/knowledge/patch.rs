//! Patches: a change of one entry of `faq.toml`, or of groups of `lexicon.toml`, that leaves the rest of the file as it is.
//!
//! The entry's section is cut out, changed as a document of its own and put back. So every other
//! byte of the file stays: comments, order, blank lines, line ends. Nothing is proved here; the
//! caller proves the result before writing it.

mod changes;
mod fields;
mod hunk;
mod lexicon;
mod sections;
mod text_list;

use std::collections::HashMap;
use std::ops::Range;

use toml_edit::{DocumentMut, Table, TomlError};

use super::{EntryDraft, EntryId};
pub use changes::{EntryChange, changes, text_of_entry};
pub use fields::EntryFields;
pub use hunk::Hunk;
pub use lexicon::{
    LEXICON_ID, LexiconError, LexiconPatch, group_texts, groups_like, history_id, lexicon_change,
    n_shared_terms, restore_groups,
};
use sections::Section;

/// A change of one entry or gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Patch {
    /// Inserts a new entry after the last entry, or a new gap after the last gap.
    Add(EntryDraft),
    /// Sets some fields of an entry to new values.
    Replace {
        /// The entry.
        id: EntryId,
        /// The fields to change.
        fields: EntryFields,
    },
    /// Appends phrasings to an entry's variants.
    AddVariants {
        /// The entry.
        id: EntryId,
        /// The phrasings.
        variants: Vec<String>,
    },
    /// Removes an entry and the comment directly above it. Links from other entries to it stay;
    /// proving the pack reports them.
    Remove {
        /// The entry.
        id: EntryId,
    },
    /// Gives an entry the text that it had before. One that was removed is inserted like a new one.
    Restore {
        /// The entry.
        id: EntryId,
        /// Its text, from `[[entry]]` on.
        text: String,
    },
}

impl Patch {
    /// The entry that changes.
    pub fn id(&self) -> &EntryId {
        match self {
            Self::Add(draft) => &draft.id,
            Self::Replace { id, .. }
            | Self::AddVariants { id, .. }
            | Self::Remove { id }
            | Self::Restore { id, .. } => id,
        }
    }

    /// The section that is inserted if the file has no such entry, and whether it is a gap's.
    fn new_section(&self) -> Option<(String, bool)> {
        match self {
            Self::Add(draft) => Some((draft.to_toml(), draft.quotes.is_empty())),
            Self::Restore { text, .. } => {
                let is_gap = sections::find(text).ok()?.first().is_some_and(|it| it.is_gap);
                Some((with_last_line_break(text), is_gap))
            }
            Self::Replace { .. } | Self::AddVariants { .. } | Self::Remove { .. } => None,
        }
    }

    /// The text of `faq.toml` with this change applied.
    ///
    /// # Errors
    /// [`PatchError`] if the change does not apply to this file.
    pub fn apply(&self, faq: &str) -> Result<String, PatchError> {
        let found = sections::find_entry(faq, self.id().as_str())?;
        match (found, self.new_section()) {
            (Some(section), _) => self.apply_to(faq, &section),
            (None, Some((section, is_gap))) => {
                let last_of_kind = sections::find_last(faq, is_gap)?;
                Ok(add(faq, last_of_kind.as_ref(), &section))
            }
            (None, None) => Err(PatchError::UnknownEntry { id: self.id().clone() }),
        }
    }

    /// The text of `faq.toml` with this change of the entry in `section` applied.
    fn apply_to(&self, faq: &str, section: &Section) -> Result<String, PatchError> {
        match self {
            Self::Add(draft) => Err(PatchError::IdTaken { id: draft.id.clone() }),
            Self::Replace { fields, .. } => edit(faq, section, |entry| {
                fields.write(entry);
                Ok(())
            }),
            Self::AddVariants { id, variants } => edit(faq, section, |entry| {
                for variant in variants {
                    if !fields::add_variant(entry, variant) {
                        let (id, variant) = (id.clone(), variant.clone());
                        return Err(PatchError::DuplicateVariant { id, variant });
                    }
                }
                Ok(())
            }),
            Self::Remove { .. } => Ok(remove(faq, section)),
            Self::Restore { text, .. } => {
                let mut restored = faq.to_owned();
                let text = with_line_ends_of(faq, with_last_line_break(text));
                restored.replace_range(section.span.clone(), &text);
                Ok(restored)
            }
        }
    }
}

/// The text of `faq.toml` with all of `patches` applied, each to another entry. New entries are appended in
/// their order. The file is parsed once, so that many patches take no longer than the file and the patches.
///
/// # Errors
/// [`PatchError`] if a patch does not apply to this file.
pub fn apply_all(faq: &str, patches: &[Patch]) -> Result<String, PatchError> {
    let sections = sections::find(faq)?;
    let by_id: HashMap<&str, &Section> =
        sections.iter().filter_map(|section| Some((section.id.as_deref()?, section))).collect();
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut added = String::new();
    for patch in patches {
        let found = by_id.get(patch.id().as_str()).copied();
        match (patch, found) {
            (_, None) => {
                let unknown = || PatchError::UnknownEntry { id: patch.id().clone() };
                added.push('\n');
                added.push_str(&patch.new_section().ok_or_else(unknown)?.0);
            }
            (Patch::Remove { .. }, Some(section)) => {
                let rest = faq.get(section.span.end..).unwrap_or_default();
                let end = faq.len() - sections::skip_blank_lines(rest).len();
                edits.push((section.comment_start..end, String::new()));
            }
            (_, Some(section)) => {
                let text = faq.get(section.span.clone()).unwrap_or_default();
                let alone = Section { span: 0..text.len(), comment_start: 0, ..section.clone() };
                edits.push((section.span.clone(), patch.apply_to(text, &alone)?));
            }
        }
    }
    edits.sort_by_key(|(span, _)| span.start);
    let mut written = String::with_capacity(faq.len() + added.len());
    let mut at = 0;
    for (span, text) in edits {
        written.push_str(faq.get(at..span.start).unwrap_or_default());
        written.push_str(&text);
        at = span.end;
    }
    written.push_str(faq.get(at..).unwrap_or_default());
    if !added.is_empty() && !written.is_empty() {
        written.truncate(written.trim_end().len());
        added.insert(0, '\n');
    }
    written.push_str(&with_line_ends_of(faq, added));
    Ok(written)
}

/// `text` with a line break at its end, and line ends of LF.
fn with_last_line_break(text: &str) -> String {
    format!("{}\n", text.trim_end().replace("\r\n", "\n"))
}

/// Inserts the section `new` after the last one of its kind, or at the end of the file.
fn add(faq: &str, last_of_kind: Option<&Section>, new: &str) -> String {
    let at = last_of_kind.map_or(faq.len(), |section| section.span.end);
    let (before, after) = faq.split_at_checked(at).unwrap_or((faq, ""));
    let break_line = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    let blank_line = if before.trim().is_empty() { "" } else { "\n" };
    let written = format!("{break_line}{blank_line}{new}");
    format!("{before}{}{after}", with_line_ends_of(faq, written))
}

/// Parses the section alone, applies `change` to its table and puts the result back.
fn edit(
    faq: &str,
    section: &Section,
    change: impl FnOnce(&mut Table) -> Result<(), PatchError>,
) -> Result<String, PatchError> {
    let old = faq.get(section.span.clone()).unwrap_or_default();
    let mut document: DocumentMut = old.replace("\r\n", "\n").parse()?;
    let entries = document.get_mut("entry").and_then(|item| item.as_array_of_tables_mut());
    let entry = entries.and_then(|entries| entries.get_mut(0)).ok_or(PatchError::NoSections)?;
    change(entry)?;
    let new = with_line_ends_of(old, document.to_string());
    let before = faq.get(..section.span.start).unwrap_or_default();
    let after = faq.get(section.span.end..).unwrap_or_default();
    Ok(format!("{before}{new}{after}"))
}

/// Also removes the blank lines after the section or, at the end of the file, those before it.
fn remove(faq: &str, section: &Section) -> String {
    let before = faq.get(..section.comment_start).unwrap_or_default();
    let after = faq.get(section.span.end..).unwrap_or_default();
    let next = sections::skip_blank_lines(after);
    if next.is_empty() {
        let end = before.trim_end().len();
        let line_end = before.get(end..).and_then(|rest| rest.find('\n')).map_or(0, |at| at + 1);
        return before.get(..end + line_end).unwrap_or_default().to_owned();
    }
    format!("{before}{next}")
}

/// `written` with the line ends (LF or CRLF) of `text`.
fn with_line_ends_of(text: &str, written: String) -> String {
    let is_crlf =
        text.find('\n').is_some_and(|at| text.get(..at).is_some_and(|l| l.ends_with('\r')));
    if is_crlf { written.replace('\n', "\r\n") } else { written }
}

/// Why a patch does not apply.
#[derive(Debug, thiserror::Error)]
pub enum PatchError {
    /// The file is not valid TOML.
    #[error("faq.toml is not TOML, so a single entry of it cannot be changed")]
    NotToml(#[from] TomlError),
    /// The entries are written as one list of inline tables.
    #[error("the entries of faq.toml are not sections that start with [[entry]]")]
    NoSections,
    /// No entry has this id.
    #[error("there is no entry `{id}`")]
    UnknownEntry {
        /// The id.
        id: EntryId,
    },
    /// An entry with this id exists.
    #[error("the entry `{id}` already exists")]
    IdTaken {
        /// The id.
        id: EntryId,
    },
    /// The entry has this phrasing.
    #[error("the entry `{id}` already has the phrasing \"{variant}\"")]
    DuplicateVariant {
        /// The entry.
        id: EntryId,
        /// The phrasing.
        variant: String,
    },
}

#[cfg(test)]
mod tests;
