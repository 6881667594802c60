//! Edits of a pack's files, each with its revision.

use std::path::{Path, PathBuf};

use crate::conversation::Timestamp;
use crate::knowledge::pack::FAQ_FILE;
use crate::knowledge::{EntryChange, PackFile, PackFiles, patch, prove};
use crate::moderation::{Edit, ProvedEdit, RefusedEdit, Revision, RevisionAuthor};
use crate::store::pack_files::{self, CreateError, ReadError};
use crate::store::records::{PackHistory, PackTransaction, RecordedRevision, RecordsError};

/// Edits the files of a pack and keeps its history.
///
/// The file and the history change together: the file is replaced in a transaction of the history. After a
/// crash between the two, the next edit or start finds what the file has more than the history, and records
/// it as a change of the file.
#[derive(Debug)]
pub struct PackEditor {
    folder: PathBuf,
    history: PackHistory,
}

/// An edit that somebody wants.
#[derive(Debug, Clone)]
pub struct ProposedEdit {
    /// What is to change.
    pub edit: Edit,
    /// Who wants it.
    pub by: RevisionAuthor,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl PackEditor {
    /// An editor of the pack in `folder`, whose history is in the data folder `data`.
    ///
    /// # Errors
    /// [`RecordsError`] if the history cannot be used.
    pub fn open(folder: &Path, data: &Path) -> Result<Self, RecordsError> {
        Ok(Self { folder: folder.to_owned(), history: PackHistory::open(data)? })
    }

    /// The history.
    pub fn history(&self) -> &PackHistory {
        &self.history
    }

    /// What an edit would change.
    ///
    /// # Errors
    /// [`EditError`] if the pack cannot be read, or the edit is refused.
    pub fn preview(&self, edit: &Edit) -> Result<Vec<EntryChange>, EditError> {
        Ok(edit.prove(&pack_files::read(&self.folder)?)?.changes)
    }

    /// Makes an edit, and returns its revisions, one for each entry that has changed. When this returns, the
    /// file and the history are durable.
    ///
    /// # Errors
    /// [`EditError`]. The pack and its history are as before.
    pub fn edit(&mut self, proposed: &ProposedEdit) -> Result<Vec<RecordedRevision>, EditError> {
        let transaction = self.history.begin()?;
        let files = pack_files::read(&self.folder)?;
        let ProvedEdit { faq, changes, hunk } = proposed.edit.prove(&files)?;
        record_outside_changes(&transaction, &files, proposed.at)?;
        let of_change = |change: EntryChange| Revision {
            by: proposed.by.clone(),
            reason: proposed.reason.clone(),
            hunk: hunk.clone(),
            ..Revision::by_file(&files.name, change, proposed.at)
        };
        let revisions: Vec<Revision> = changes.into_iter().map(of_change).collect();
        let ids = transaction.accept(&files.name, &faq, &revisions)?;
        let file = PackFile { path: FAQ_FILE.to_owned(), bytes: faq.into_bytes() };
        pack_files::write(&self.folder, &[file])?;
        transaction.commit()?;
        let recorded = ids.into_iter().zip(revisions);
        Ok(recorded.map(|(id, revision)| RecordedRevision { id, revision }).collect())
    }

    /// Records what has changed in the file since the last edit that is in the history. A file with errors is
    /// not served, and so not recorded.
    ///
    /// # Errors
    /// [`EditError`] if the pack cannot be read or the history cannot be written.
    pub fn catch_up(&mut self, now: Timestamp) -> Result<(), EditError> {
        let transaction = self.history.begin()?;
        let files = pack_files::read(&self.folder)?;
        if !prove(&files).is_accepted() {
            return Ok(());
        }
        record_outside_changes(&transaction, &files, now)?;
        Ok(transaction.commit()?)
    }
}

/// Records what `files` have more or less than the history, as changes of the file. A pack without history is
/// new: its entries have no revision.
fn record_outside_changes(
    transaction: &PackTransaction<'_>,
    files: &PackFiles,
    at: Timestamp,
) -> Result<(), RecordsError> {
    let faq = files.text(FAQ_FILE).unwrap_or_default();
    let accepted = transaction.accepted(&files.name)?;
    if accepted.as_deref() == Some(faq) {
        return Ok(());
    }
    let changes = accepted.map_or_else(Vec::new, |accepted| patch::changes(&accepted, faq));
    let revisions: Vec<Revision> =
        changes.into_iter().map(|change| Revision::by_file(&files.name, change, at)).collect();
    transaction.accept(&files.name, faq, &revisions).map(drop)
}

/// Why an edit was not made.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The edit is refused.
    #[error(transparent)]
    Refused(#[from] RefusedEdit),
    /// The pack cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The pack cannot be written.
    #[error(transparent)]
    Write(#[from] CreateError),
    /// The history cannot be used.
    #[error(transparent)]
    History(#[from] RecordsError),
}
