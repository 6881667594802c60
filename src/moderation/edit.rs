//! Edits of a pack: what somebody wants to change, and its proof.

use std::borrow::Cow;

use super::revision::Revision;
use crate::knowledge::patch::{
    Hunk, LEXICON_ID, apply_all, changes, groups_like, lexicon_change, n_shared_terms,
    restore_groups, text_of_entry,
};
use crate::knowledge::{
    CuratedTexts, Entry, EntryChange, EntryDraft, EntryFields, EntryId, Finding, LexiconError,
    LexiconPatch, Pack, PackFiles, Patch, PatchError, Proof, ProvedPack, prove,
};

/// Most patches of an edit whose places in the file are kept with its revisions: each needs the whole file. Only an
/// entry that many others link to has more.
const MAX_HUNKS: usize = 50;

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
    /// More phrasings.
    AddPhrasings {
        /// The entry.
        id: EntryId,
        /// The phrasings.
        phrasings: Vec<String>,
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
    /// The synonyms of the pack change.
    ChangeLexicon(LexiconPatch),
    /// All revisions of an edit, in their order, are taken back.
    Revert(Vec<Revision>),
}

/// What an edit makes of a pack, all of it proved.
#[derive(Debug)]
pub struct ProvedEdit {
    /// The new texts.
    pub texts: CuratedTexts,
    /// The pack with it.
    pub pack: ProvedPack,
    /// The entries that change, and the lexicon, in the order in which they are changed, each with its change of the file if that is
    /// known.
    pub changes: Vec<(EntryChange, Option<Hunk>)>,
}

/// Why an edit is refused. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum RefusedEdit {
    /// It does not apply to the file.
    #[error(transparent)]
    Patch(#[from] PatchError),
    /// It does not apply to the lexicon.
    #[error(transparent)]
    Lexicon(#[from] LexiconError),
    /// The entry has no such variant.
    #[error("`{id}` has no phrasing \"{phrasing}\" beside its question, which `edit` changes")]
    NoSuchPhrasing {
        /// The entry.
        id: EntryId,
        /// The phrasing.
        phrasing: String,
    },
    /// It would change nothing.
    #[error("the pack is like that already")]
    NoChange,
    /// The pack would have errors, new ones or those that it has.
    #[error("the pack would have errors")]
    Invalid(Box<Rejection>),
    /// The entry of a revision that is taken back has changed since, and not in another place.
    #[error("`{}` has changed since, so that cannot be taken back by itself; edit it", revision.entry)]
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
        self.prove_with(files, &[])
    }

    /// The same. What the pack has in common with the `known` ones, before the edit and after it, is not proved again.
    ///
    /// # Errors
    /// [`RefusedEdit`] says what is wrong with it.
    pub fn prove_with(
        &self,
        files: &PackFiles,
        known: &[ProvedPack],
    ) -> Result<ProvedEdit, RefusedEdit> {
        let before = CuratedTexts::of(files);
        let proved_before = ProvedPack::prove(files, known);
        let pack = match &proved_before {
            Ok(proved) => &**proved.pack(),
            Err(proof) => &proof.pack,
        };
        let Steps { texts, hunks } = match self {
            Self::Revert(revisions) => revert(&before, revisions)?,
            Self::ChangeLexicon(patch) => {
                let mut steps = Steps::new(&before);
                steps.change_lexicon(patch.apply(&before.lexicon)?);
                steps
            }
            edit => Steps::of(&before, &edit.patches(pack)?)?,
        };
        if texts == before {
            return Err(RefusedEdit::NoChange);
        }
        let files = texts.put_into(files);
        let known: Vec<ProvedPack> = known.iter().cloned().chain(proved_before.ok()).collect();
        let pack = match ProvedPack::prove(&files, &known) {
            Ok(pack) => pack,
            Err(proof) => {
                let Proof { pack, findings, .. } = *proof;
                return Err(RefusedEdit::Invalid(Box::new(Rejection { files, pack, findings })));
            }
        };
        let mut changes: Vec<(EntryChange, Option<Hunk>)> = before
            .changes_to(&texts)
            .into_iter()
            .map(|change| {
                let hunk = hunks.iter().find(|(id, _)| *id == change.id).map(|(_, hunk)| hunk);
                (change, hunk.cloned())
            })
            .collect();
        changes.sort_by_key(|(change, _)| hunks.iter().position(|(id, _)| *id == change.id));
        Ok(ProvedEdit { texts, pack, changes })
    }

    /// The changes of entries; none for a revision that is taken back, and for the lexicon.
    fn patches(&self, pack: &Pack) -> Result<Vec<Patch>, RefusedEdit> {
        let add = |id: &EntryId, phrasings: &[String]| Patch::AddVariants {
            id: id.clone(),
            variants: phrasings.to_vec(),
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
            Self::AddPhrasings { id, phrasings } => vec![add(id, phrasings)],
            Self::RemovePhrasing { id, phrasing } => vec![without_variant(pack, id, phrasing)?],
            Self::MovePhrasing { from, to, phrasing } => {
                vec![
                    without_variant(pack, from, phrasing)?,
                    add(to, std::slice::from_ref(phrasing)),
                ]
            }
            Self::ChangeLexicon(_) | Self::Revert(_) => Vec::new(),
        })
    }
}

/// What patches make of the files, one after the other.
struct Steps {
    texts: CuratedTexts,
    /// The change of each entry, in their order.
    hunks: Vec<(String, Hunk)>,
}

impl Steps {
    /// None yet.
    fn new(texts: &CuratedTexts) -> Self {
        Self { texts: texts.clone(), hunks: Vec::new() }
    }

    fn of(texts: &CuratedTexts, patches: &[Patch]) -> Result<Self, PatchError> {
        let mut steps = Self::new(texts);
        if patches.len() > MAX_HUNKS {
            steps.texts.faq = apply_all(&texts.faq, patches)?.into();
            return Ok(steps);
        }
        for patch in patches {
            steps.change_entry(patch.id().as_str(), patch.apply(&steps.texts.faq)?);
        }
        Ok(steps)
    }

    /// The next step makes `faq` of the entries' file, by a change of `entry`.
    fn change_entry(&mut self, entry: &str, faq: String) {
        self.hunks.push((entry.to_owned(), Hunk::between(&self.texts.faq, &faq)));
        self.texts.faq = faq.into();
    }

    /// The next step makes `lexicon` of the synonyms' file.
    fn change_lexicon(&mut self, lexicon: String) {
        self.hunks.push((LEXICON_ID.to_owned(), Hunk::between(&self.texts.lexicon, &lexicon)));
        self.texts.lexicon = lexicon.into();
    }
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

/// Which of these edits, the latest first, can be taken back together: each as a whole, after those later ones that can.
pub fn revertible(files: &PackFiles, edits: &[Vec<Revision>]) -> Vec<bool> {
    let before = CuratedTexts::of(files);
    let step =
        |texts: &CuratedTexts, edit: &[Revision]| revert(texts, edit).ok().map(|steps| steps.texts);
    let mut texts = before.clone();
    let mut fit = Vec::with_capacity(edits.len());
    for edit in edits {
        let reverted = step(&texts, edit);
        fit.push(reverted.is_some());
        texts = reverted.unwrap_or(texts);
    }
    let is_valid = |texts: &CuratedTexts| prove(&texts.put_into(files)).is_accepted();
    if is_valid(&texts) {
        return fit;
    }
    // Rarely, a later change needs what would go, such as a link to an entry: only then is each step proved.
    let mut texts = before;
    edits
        .iter()
        .map(|edit| {
            let Some(reverted) = step(&texts, edit).filter(is_valid) else { return false };
            texts = reverted;
            true
        })
        .collect()
}

/// Takes back the revisions of an edit, the last first.
fn revert(texts: &CuratedTexts, revisions: &[Revision]) -> Result<Steps, RefusedEdit> {
    let mut steps = Steps::new(texts);
    for revision in revisions.iter().rev() {
        if revision.entry == LEXICON_ID {
            let lexicon = revert_lexicon(&steps.texts.lexicon, revision)?;
            steps.change_lexicon(lexicon);
        } else {
            let faq = revert_one(&steps.texts.faq, revision)?;
            steps.change_entry(&revision.entry, faq);
        }
    }
    Ok(steps)
}

/// The text of `lexicon.toml` without the change of `revision`: byte for byte where its place is found and its groups have not
/// changed since, else group by group.
fn revert_lexicon(lexicon: &str, revision: &Revision) -> Result<String, RefusedEdit> {
    let [before, after] =
        [&revision.before, &revision.after].map(|it| it.as_deref().unwrap_or_default());
    // What is undone must be these groups, and no others: other places may look the same.
    let is_undone = |undone: &String| {
        lexicon_change(lexicon, undone).is_some_and(|change| {
            change.before.as_deref() == Some(after) && change.after.as_deref() == Some(before)
        })
    };
    let mut candidates = revision.hunk.iter().flat_map(|hunk| hunk.undone(lexicon));
    let undone = match candidates.find(is_undone) {
        Some(undone) => Some(undone),
        None => restore_groups(lexicon, before, after)?,
    };
    // A term that would come back may be in another group by now.
    let is_distinct = |undone: &String| n_shared_terms(undone) <= n_shared_terms(lexicon);
    undone.filter(is_distinct).ok_or_else(|| RefusedEdit::ChangedSince {
        revision: Box::new(revision.clone()),
        today: Some(groups_like(lexicon, &format!("{before}\n\n{after}"))),
    })
}

/// The text of `faq.toml` without the change of `revision`: byte for byte where its place is found, else with the entry
/// as it was before, if that has not changed since.
fn revert_one(faq: &str, revision: &Revision) -> Result<String, RefusedEdit> {
    let trimmed = |text: &Option<String>| text.as_deref().map(|text| text.trim_end().to_owned());
    let (before, after) = (trimmed(&revision.before), trimmed(&revision.after));
    let today = text_of_entry(faq, &revision.entry);
    if today == before {
        return Ok(faq.to_owned());
    }
    let is_as_after = today == after;
    // What is undone must be this entry's, and nothing else: other places may look the same.
    let is_undone = |undone: &String| match changes(faq, undone).as_slice() {
        [change] if change.id == revision.entry => {
            let is_as_before = !is_as_after || change.after == before;
            is_as_before && is_same_without(faq, undone, &change.id)
        }
        _ => false,
    };
    let mut candidates = revision.hunk.iter().flat_map(|hunk| hunk.undone(faq));
    if let Some(undone) = candidates.find(is_undone) {
        return Ok(undone);
    }
    if !is_as_after {
        return Err(RefusedEdit::ChangedSince { revision: Box::new(revision.clone()), today });
    }
    let Some(id) = EntryId::new(&revision.entry) else { return Err(RefusedEdit::NoChange) };
    let patch = match before {
        Some(text) => Patch::Restore { id, text },
        None => Patch::Remove { id },
    };
    Ok(patch.apply(faq)?)
}

/// Whether two states of a file are the same without the lines of an entry and of the comment above it. Blank lines do not
/// count.
fn is_same_without(a: &str, b: &str, id: &str) -> bool {
    let [a, b] = [a, b].map(|faq| {
        let removed = EntryId::new(id).and_then(|id| Patch::Remove { id }.apply(faq).ok());
        removed.map_or(Cow::Borrowed(faq), Cow::Owned)
    });
    non_blank_lines(&a).eq(non_blank_lines(&b))
}

fn non_blank_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim().is_empty())
}

#[cfg(test)]
mod tests;
