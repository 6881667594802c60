//! Changing one entry of `faq.toml` without touching the rest, and telling what was changed.
//!
//! The entry's section is cut out, changed as a document of its own and put back, so that every
//! other byte of the file stays: comments, order, blank lines, line ends. Nothing is proved here;
//! whoever patches proves the result before writing it.

mod changes;
mod fields;
mod sections;
mod text_list;

use toml_edit::{DocumentMut, Table, TomlError};

use super::{EntryDraft, EntryId};
pub use changes::{EntryChange, changes};
pub use fields::EntryFields;
use sections::Section;

/// A change of one entry or gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Patch {
    /// Writes a new entry behind the last entry, or a new gap behind the last gap.
    Add(EntryDraft),
    /// Gives some fields of an entry new values.
    Replace {
        /// The entry.
        id: EntryId,
        /// The fields to change.
        fields: EntryFields,
    },
    /// Writes one more phrasing behind an entry's others.
    AddVariant {
        /// The entry.
        id: EntryId,
        /// The phrasing.
        variant: String,
    },
    /// Takes an entry out, with the comment that stands directly above it. Links of other entries
    /// to it stay, and proving reports them.
    Remove {
        /// The entry.
        id: EntryId,
    },
}

impl Patch {
    /// The entry that changes.
    pub fn id(&self) -> &EntryId {
        match self {
            Self::Add(draft) => &draft.id,
            Self::Replace { id, .. } | Self::AddVariant { id, .. } | Self::Remove { id } => id,
        }
    }

    /// The text of `faq.toml` with this change.
    ///
    /// # Errors
    /// [`PatchError`] says why the file cannot be changed so.
    pub fn apply(&self, faq: &str) -> Result<String, PatchError> {
        let sections = sections::find(faq)?;
        let found =
            sections.iter().find(|section| section.id.as_deref() == Some(self.id().as_str()));
        match (self, found) {
            (Self::Add(draft), Some(_)) => Err(PatchError::IdTaken { id: draft.id.clone() }),
            (Self::Add(draft), None) => Ok(add(faq, &sections, draft)),
            (_, None) => Err(PatchError::UnknownEntry { id: self.id().clone() }),
            (Self::Replace { fields, .. }, Some(section)) => edit(faq, section, |entry| {
                fields.write(entry);
                Ok(())
            }),
            (Self::AddVariant { id, variant }, Some(section)) => edit(faq, section, |entry| {
                if fields::add_variant(entry, variant) {
                    return Ok(());
                }
                Err(PatchError::DuplicateVariant { id: id.clone(), variant: variant.clone() })
            }),
            (Self::Remove { .. }, Some(section)) => Ok(remove(faq, section)),
        }
    }
}

fn add(faq: &str, sections: &[Section], draft: &EntryDraft) -> String {
    let is_gap = draft.quotes.is_empty();
    let last_like_it = sections.iter().rfind(|section| section.is_gap == is_gap);
    let at = last_like_it.map_or(faq.len(), |section| section.span.end);
    let (before, after) = faq.split_at_checked(at).unwrap_or((faq, ""));
    let break_line = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    let blank_line = if before.trim().is_empty() { "" } else { "\n" };
    let written = format!("{break_line}{blank_line}{}", draft.to_toml());
    format!("{before}{}{after}", with_line_ends_of(faq, written))
}

/// Cuts the section out, lets `change` at its table and puts it back.
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

/// Also takes the blank lines behind the section or, at the end of the file, those before it.
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

/// `written` with the line ends of the text that it goes into.
fn with_line_ends_of(text: &str, written: String) -> String {
    let is_crlf =
        text.find('\n').is_some_and(|at| text.get(..at).is_some_and(|l| l.ends_with('\r')));
    if is_crlf { written.replace('\n', "\r\n") } else { written }
}

/// Why a file was not changed.
#[derive(Debug, thiserror::Error)]
pub enum PatchError {
    /// The file is broken already.
    #[error("faq.toml is no TOML, so it cannot be changed in part")]
    NotToml(#[from] TomlError),
    /// The entries are written as one list of values.
    #[error("the entries of faq.toml are not sections that start with [[entry]]")]
    NoSections,
    /// There is nothing to change.
    #[error("there is no entry `{id}`")]
    UnknownEntry {
        /// The id.
        id: EntryId,
    },
    /// There is an entry of this name.
    #[error("there is an entry `{id}` already")]
    IdTaken {
        /// The id.
        id: EntryId,
    },
    /// The entry is asked in these words already.
    #[error("the entry `{id}` has the phrasing \"{variant}\" already")]
    DuplicateVariant {
        /// The entry.
        id: EntryId,
        /// The phrasing.
        variant: String,
    },
}

#[cfg(test)]
mod tests;
