//! Reviews of changes of a pack: what they change for those who ask.

use std::fmt;
use std::sync::Arc;

use super::{EditError, PackEditor, read};
use crate::knowledge::{CuratedTexts, EntryChange, Pack, PackFiles, ProvedPack};
use crate::matching::calibration::Calibration;
use crate::matching::comparison::Version;
use crate::matching::{DecisionRule, Index, Thresholds};
use crate::moderation::review::{Review, review};
use crate::moderation::{Edit, RefusedEdit, Revision};
use crate::service::knowledge_base::PreparedPack;
use crate::store::calibration_file;
use crate::store::records::RevisionFilter;

/// Most different texts that a review asks, those asked last.
pub const MAX_TEXTS: u32 = 10_000;

/// By which questions changes are reviewed, and how these are decided.
#[derive(Clone, Default)]
pub struct ReviewScope {
    /// The spaces in which they were asked; `None` for all.
    pub spaces: Option<Vec<String>>,
    /// The thresholds of an answer.
    pub thresholds: Thresholds,
    /// The index that is served, which has to be built otherwise.
    pub served: Option<Arc<Index>>,
    /// States of the pack that are proved already: the one that is served, and what was shown before.
    pub known: Vec<ProvedPack>,
}

impl fmt::Debug for ReviewScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (spaces, thresholds) = (&self.spaces, &self.thresholds);
        let (has_index, n_known) = (self.served.is_some(), self.known.len());
        write!(f, "ReviewScope({spaces:?}, {thresholds:?}, {has_index}, {n_known})")
    }
}

/// Entries that change, and what that changes for those who ask.
#[derive(Debug)]
pub struct ReviewedChange {
    /// The entries, in the order in which they are changed.
    pub entries: Vec<EntryChange>,
    /// The review.
    pub review: Review,
    /// The pack after the change, if that has no errors, with the index that was asked.
    pub prepared: Option<PreparedPack>,
}

impl PackEditor {
    /// What an edit would change.
    ///
    /// The calibration of the pack is used before and after the edit: the one that a service makes of the changed pack
    /// takes about a second, and is near to it.
    ///
    /// # Errors
    /// [`EditError`] if the pack or the records cannot be read, or the edit is refused.
    pub fn review(&self, edit: &Edit) -> Result<ReviewedChange, EditError> {
        let files = read(&self.folder)?;
        let proved = edit.prove_with(&files, &self.scope.known)?;
        let entries = proved.changes.into_iter().map(|(change, _)| change).collect();
        self.review_files(entries, &files, &proved.texts.put_into(&files), &[proved.pack])
    }

    /// What the file has changed since the text that was recorded last; `None` if none is recorded.
    ///
    /// # Errors
    /// [`EditError`] if the pack or the records cannot be read.
    pub fn review_file(&self) -> Result<Option<ReviewedChange>, EditError> {
        let files = read(&self.folder)?;
        let Some(recorded) = self.history.accepted(&files.name)? else { return Ok(None) };
        self.review_since_texts(&recorded.completed_by(&CuratedTexts::of(&files)), &files).map(Some)
    }

    /// What the file has changed since before `revision`; `None` if this pack has no such revision.
    ///
    /// # Errors
    /// [`EditError`] if the pack or the records cannot be read.
    pub fn review_since(&self, revision: i64) -> Result<Option<ReviewedChange>, EditError> {
        let files = read(&self.folder)?;
        let filter = RevisionFilter {
            pack: files.name.clone(),
            from: Some(revision),
            limit: u32::MAX,
            ..RevisionFilter::default()
        };
        let mut revisions = self.history.list(&filter)?;
        revisions.reverse();
        let is_known = revisions.first().is_some_and(|first| first.id == revision);
        let Some(recorded) = self.history.accepted(&files.name)?.filter(|_| is_known) else {
            return Ok(None);
        };
        let revisions: Vec<Revision> = revisions.into_iter().map(|it| it.revision).collect();
        let recorded = recorded.completed_by(&CuratedTexts::of(&files));
        let recorded_files = recorded.put_into(&files);
        let before = match Edit::Revert(revisions).prove_with(&recorded_files, &self.scope.known) {
            Ok(proved) => proved.texts,
            Err(RefusedEdit::NoChange) => recorded,
            Err(error) => return Err(error.into()),
        };
        self.review_since_texts(&before, &files).map(Some)
    }

    fn review_since_texts(
        &self,
        texts: &CuratedTexts,
        files: &PackFiles,
    ) -> Result<ReviewedChange, EditError> {
        let entries = texts.changes_to(&CuratedTexts::of(files));
        self.review_files(entries, &texts.put_into(files), files, &[])
    }

    /// Reviews the change of `entries` from the files `before` to those `after` it, states of which may be `known` beside
    /// those of the scope.
    fn review_files(
        &self,
        entries: Vec<EntryChange>,
        before: &PackFiles,
        after: &PackFiles,
        known: &[ProvedPack],
    ) -> Result<ReviewedChange, EditError> {
        let asked = self.history.asked_texts(self.scope.spaces.as_deref(), MAX_TEXTS)?;
        let calibration = self.calibration([before, after])?;
        let rule = DecisionRule { calibration, thresholds: self.scope.thresholds };
        let mut known = [known, &self.scope.known].concat();
        let (before, proved) = prove_as_far_as_valid(before, &known);
        known.extend(proved);
        let (after, proved) = prove_as_far_as_valid(after, &known);
        let served = self.scope.served.as_deref();
        let index = |pack| Index::with_parts_of(vec![pack], served.into_iter());
        let (before, after) = rayon::join(|| index(before), || index(after));
        let version = |index| Version { index, rule: &rule };
        let review = review(version(&before), version(&after), &asked);
        let prepared = proved.map(|pack| PreparedPack { pack, index: Some(Arc::new(after)) });
        Ok(ReviewedChange { entries, review, prepared })
    }

    /// The calibration that was made for one of two states of the pack, else the default.
    fn calibration(&self, states: [&PackFiles; 2]) -> Result<Calibration, EditError> {
        let unreadable = |source| EditError::Calibration { folder: self.folder.clone(), source };
        let Some(file) = calibration_file::read(&self.folder).map_err(unreadable)? else {
            return Ok(Calibration::default());
        };
        let fits = states.into_iter().any(|files| file.fits(&files.fingerprint()));
        Ok(if fits { file.change.calibration() } else { Calibration::default() })
    }
}

/// The pack of `files` without what has errors, which is not served; and its proof if it has none.
fn prove_as_far_as_valid(
    files: &PackFiles,
    known: &[ProvedPack],
) -> (Arc<Pack>, Option<ProvedPack>) {
    match ProvedPack::prove(files, known) {
        Ok(proved) => (Arc::clone(proved.pack()), Some(proved)),
        Err(proof) => (Arc::new(proof.pack), None),
    }
}
