//! Everything that a person has done since a time, to be taken back.

use super::{EditError, PackEditor, read};
use crate::conversation::Timestamp;
use crate::moderation::edit::revertible;
use crate::moderation::{Edit, Revision};
use crate::store::pack_files;
use crate::store::records::{AuthorFilter, RecordedRevision, RevisionFilter};

/// What somebody has done, as far as it can be taken back.
#[derive(Debug)]
pub struct EditsBy {
    /// Takes back all that fits the pack as it is now.
    pub reverted: Edit,
    /// The revisions that stay, since others have changed the same places.
    pub kept: Vec<RecordedRevision>,
}

impl PackEditor {
    /// What `by` has done since a time, or ever; `None` if nothing.
    ///
    /// # Errors
    /// [`EditError`] if the pack or its history cannot be read.
    pub fn edits_by(
        &mut self,
        by: AuthorFilter,
        since: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Option<EditsBy>, EditError> {
        self.catch_up(now)?;
        let filter = RevisionFilter {
            pack: pack_files::name_of(&self.folder),
            by: Some(by),
            since,
            limit: u32::MAX,
            ..RevisionFilter::default()
        };
        let edits = self.history.edits(&filter)?;
        let revisions = |edit: &Vec<RecordedRevision>| -> Vec<Revision> {
            edit.iter().map(|recorded| recorded.revision.clone()).collect()
        };
        let found: Vec<Vec<Revision>> = edits.iter().map(revisions).collect();
        let fit = revertible(&read(&self.folder)?, &found);
        let mut reverted: Vec<Revision> = Vec::new();
        let mut kept = Vec::new();
        for (edit, is_fit) in edits.into_iter().zip(fit).rev() {
            if is_fit {
                reverted.extend(edit.into_iter().map(|recorded| recorded.revision));
            } else {
                kept.extend(edit);
            }
        }
        let has_found = !(reverted.is_empty() && kept.is_empty());
        Ok(has_found.then_some(EditsBy { reverted: Edit::Revert(reverted), kept }))
    }
}
