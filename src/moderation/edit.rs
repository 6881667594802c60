//! Edits of a pack: what somebody wants to change, and its proof.

use super::revision::Revision;
use crate::knowledge::pack::FAQ_FILE;
use crate::knowledge::patch::{Hunk, apply_all, changes};
use crate::knowledge::{
    Entry, EntryChange, EntryDraft, EntryFields, EntryId, Finding, Pack, PackFile, PackFiles,
    Patch, PatchError, prove,
};

/// The longest change of the file that is kept with its revisions, in bytes. An edit of entries that are far apart
/// is longer, since all between them is part of it.
const MAX_HUNK_BYTES: usize = 64 * 1024;

/// A change of a pack that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// A new entry, or a gap.
    Add(EntryDraft),
    /// Other values of some fields.
    Change {
        /// The entry.
        id: EntryId,
        /// The values.
        fields: EntryFields,
    },
    /// An entry is removed, and the links of other entries to it.
    Remove {
        /// The entry.
        id: EntryId,
    },
    /// One more phrasing.
    AddPhrasing {
        /// The entry.
        id: EntryId,
        /// The phrasing.
        phrasing: String,
    },
    /// A phrasing is removed.
    RemovePhrasing {
        /// The entry.
        id: EntryId,
        /// The phrasing, one of its variants.
        phrasing: String,
    },
    /// A phrasing becomes one of another entry.
    MovePhrasing {
        /// The entry that has it.
        from: EntryId,
        /// The entry that gets it.
        to: EntryId,
        /// The phrasing, one of the variants of `from`.
        phrasing: String,
    },
    /// A revision is taken back, and with it what else was changed by the same edit.
    Revert(Box<Revision>),
}

/// What an edit makes of a pack, all of it proved.
#[derive(Debug)]
pub struct ProvedEdit {
    /// The new text of `faq.toml`.
    pub faq: String,
    /// The entries that change.
    pub changes: Vec<EntryChange>,
    /// The change of the file; `None` for one that is too long to be kept.
    pub hunk: Option<Hunk>,
}

/// Why an edit is refused. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum RefusedEdit {
    /// It does not apply to the file.
    #[error(transparent)]
    Patch(#[from] PatchError),
    /// The entry has no such variant.
    #[error("{id} has no variant \"{phrasing}\"; its question is changed as a whole (`edit`)")]
    NoSuchPhrasing {
        /// The entry.
        id: EntryId,
        /// The phrasing.
        phrasing: String,
    },
    /// It would change nothing.
    #[error("the pack is like that already")]
    NoChange,
    /// The pack has errors already.
    #[error("the pack has errors; fix them first")]
    InvalidBefore(Box<Rejection>),
    /// The pack would have errors.
    #[error("the pack would have errors")]
    InvalidAfter(Box<Rejection>),
    /// A revision that is taken back is not the entry's last, and the later ones changed the same.
    #[error("`{}` has changed since in the same place", revision.entry)]
    ChangedSince {
        /// The revision.
        revision: Box<Revision>,
        /// The entry's text today; `None` if there is no such entry.
        today: Option<String>,
    },
}

/// A pack with errors.
#[derive(Debug)]
pub struct Rejection {
    /// Its files.
    pub files: PackFiles,
    /// The pack as far as it is valid.
    pub pack: Pack,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

impl Edit {
    /// Applies the edit to the pack with these files, and proves the result.
    ///
    /// # Errors
    /// [`RefusedEdit`] says what is wrong with it.
    pub fn prove(&self, files: &PackFiles) -> Result<ProvedEdit, RefusedEdit> {
        let pack = proved(files.clone()).map_err(RefusedEdit::InvalidBefore)?;
        let before = files.text(FAQ_FILE).unwrap_or_default();
        let faq = match self {
            Self::Revert(revision) => revert(before, revision)?,
            edit => apply_all(before, &edit.patches(&pack)?)?,
        };
        if faq == before {
            return Err(RefusedEdit::NoChange);
        }
        let file = PackFile { path: FAQ_FILE.to_owned(), bytes: faq.clone().into_bytes() };
        proved(files.clone().with([file])).map_err(RefusedEdit::InvalidAfter)?;
        let changes = changes(before, &faq);
        let hunk = Some(Hunk::between(before, &faq)).filter(|it| it.n_bytes() <= MAX_HUNK_BYTES);
        Ok(ProvedEdit { faq, changes, hunk })
    }

    /// The changes of the file; none for a revision that is taken back.
    fn patches(&self, pack: &Pack) -> Result<Vec<Patch>, RefusedEdit> {
        let add = |id: &EntryId, phrasing: &String| Patch::AddVariants {
            id: id.clone(),
            variants: vec![phrasing.clone()],
        };
        Ok(match self {
            Self::Add(draft) => vec![Patch::Add(draft.clone())],
            Self::Change { id, fields } => {
                vec![Patch::Replace { id: id.clone(), fields: fields.clone() }]
            }
            Self::Remove { id } => {
                let linking = pack.entries.iter().filter(|it| it.see_also.contains(id));
                let unlinked =
                    linking.filter(|entry| entry.id != *id).map(|it| without_link(it, id));
                unlinked.chain([Patch::Remove { id: id.clone() }]).collect()
            }
            Self::AddPhrasing { id, phrasing } => vec![add(id, phrasing)],
            Self::RemovePhrasing { id, phrasing } => vec![without_variant(pack, id, phrasing)?],
            Self::MovePhrasing { from, to, phrasing } => {
                vec![without_variant(pack, from, phrasing)?, add(to, phrasing)]
            }
            Self::Revert(_) => Vec::new(),
        })
    }
}

fn proved(files: PackFiles) -> Result<Pack, Box<Rejection>> {
    let proof = prove(&files);
    if proof.is_accepted() {
        return Ok(proof.pack);
    }
    Err(Box::new(Rejection { files, pack: proof.pack, findings: proof.findings }))
}

fn without_link(entry: &Entry, linked: &EntryId) -> Patch {
    let left = entry.see_also.iter().filter(|id| *id != linked).map(ToString::to_string);
    let fields = EntryFields { see_also: Some(left.collect()), ..EntryFields::default() };
    Patch::Replace { id: entry.id.clone(), fields }
}

fn without_variant(pack: &Pack, id: &EntryId, phrasing: &str) -> Result<Patch, RefusedEdit> {
    let entry = pack.entries.iter().find(|entry| entry.id == *id);
    let entry = entry.ok_or_else(|| PatchError::UnknownEntry { id: id.clone() })?;
    let left: Vec<String> =
        entry.variants.iter().filter(|variant| *variant != phrasing).cloned().collect();
    if left.len() == entry.variants.len() {
        return Err(RefusedEdit::NoSuchPhrasing { id: id.clone(), phrasing: phrasing.to_owned() });
    }
    let fields = EntryFields { variants: Some(left), ..EntryFields::default() };
    Ok(Patch::Replace { id: id.clone(), fields })
}

/// The text of `faq.toml` without the change of `revision`: byte for byte where its place has not changed
/// since, else its entry as it was before, if that has not.
fn revert(faq: &str, revision: &Revision) -> Result<String, RefusedEdit> {
    if let Some(undone) = revision.hunk.as_ref().and_then(|hunk| hunk.undo(faq)) {
        return Ok(undone);
    }
    let today = text_of_entry(faq, &revision.entry);
    if today.as_deref() != revision.after.as_deref().map(str::trim_end) {
        return Err(RefusedEdit::ChangedSince { revision: Box::new(revision.clone()), today });
    }
    let Some(id) = EntryId::new(&revision.entry) else { return Err(RefusedEdit::NoChange) };
    let patch = match &revision.before {
        Some(before) => Patch::Restore { id, text: before.clone() },
        None => Patch::Remove { id },
    };
    Ok(patch.apply(faq)?)
}

/// The text of an entry in `faq.toml`, from `[[entry]]` on.
pub fn text_of_entry(faq: &str, id: &str) -> Option<String> {
    changes("", faq).into_iter().find(|it| it.id == id)?.after
}

#[cfg(test)]
mod tests;
