//! Reviews of changes of a pack: what they change for those who ask.

use std::fmt;
use std::sync::Arc;

use super::{EditError, PackEditor, read};
use crate::knowledge::pack::FAQ_FILE;
use crate::knowledge::{EntryChange, PackFile, PackFiles, patch, prove};
use crate::matching::calibration::Calibration;
use crate::matching::comparison::Version;
use crate::matching::{DecisionRule, Index, Thresholds};
use crate::moderation::review::{Review, review};
use crate::moderation::{Edit, RefusedEdit, Revision};
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
    /// The index of the pack that is served, which has to be built otherwise: the fingerprint of its files, and itself.
    pub served: Option<(String, Arc<Index>)>,
}

impl fmt::Debug for ReviewScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let served = self.served.as_ref().map(|(fingerprint, _)| fingerprint);
        let (spaces, thresholds) = (&self.spaces, &self.thresholds);
        write!(f, "ReviewScope({spaces:?}, {thresholds:?}, {served:?})")
    }
}

/// Entries that change, and what that changes for those who ask.
#[derive(Debug)]
pub struct ReviewedChange {
    /// The entries, in the order in which they are changed.
    pub entries: Vec<EntryChange>,
    /// The review.
    pub review: Review,
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
        let proved = edit.prove(&files)?;
        let entries = proved.changes.into_iter().map(|(change, _)| change).collect();
        let review = self.review_files(&files, &with_faq(&files, &proved.faq))?;
        Ok(ReviewedChange { entries, review })
    }

    /// What the file has changed since the text that was recorded last; `None` if none is recorded.
    ///
    /// # Errors
    /// [`EditError`] if the pack or the records cannot be read.
    pub fn review_file(&self) -> Result<Option<ReviewedChange>, EditError> {
        let files = read(&self.folder)?;
        let Some(recorded) = self.history.accepted(&files.name)? else { return Ok(None) };
        self.review_since_text(&recorded, &files).map(Some)
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
        let before = match Edit::Revert(revisions).prove(&with_faq(&files, &recorded)) {
            Ok(proved) => proved.faq,
            Err(RefusedEdit::NoChange) => recorded,
            Err(error) => return Err(error.into()),
        };
        self.review_since_text(&before, &files).map(Some)
    }

    fn review_since_text(&self, faq: &str, files: &PackFiles) -> Result<ReviewedChange, EditError> {
        let entries = patch::changes(faq, files.text(FAQ_FILE).unwrap_or_default());
        let review = self.review_files(&with_faq(files, faq), files)?;
        Ok(ReviewedChange { entries, review })
    }

    fn review_files(&self, before: &PackFiles, after: &PackFiles) -> Result<Review, EditError> {
        let asked = self.history.asked(self.scope.spaces.as_deref(), MAX_TEXTS)?;
        let calibration = self.calibration([before, after])?;
        let rule = DecisionRule { calibration, thresholds: self.scope.thresholds };
        // What has errors is not served.
        let build = |files: &PackFiles| Arc::new(Index::new(vec![Arc::new(prove(files).pack)]));
        let served = self.scope.served.as_ref();
        let index = |files: &PackFiles| match served {
            Some((fingerprint, index)) if *fingerprint == files.fingerprint() => Arc::clone(index),
            _ => build(files),
        };
        let (before, after) = rayon::join(|| index(before), || index(after));
        let version = |index| Version { index, rule: &rule };
        Ok(review(version(&*before), version(&*after), &asked))
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

fn with_faq(files: &PackFiles, faq: &str) -> PackFiles {
    let file = PackFile { path: FAQ_FILE.to_owned(), bytes: faq.as_bytes().to_vec() };
    files.clone().with([file])
}
