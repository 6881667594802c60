//! Edits of a pack's files, each with its review and its revision.

mod change_review;
mod edits_by;

use std::path::{Path, PathBuf};

use crate::conversation::Timestamp;
use crate::knowledge::curated::CURATED_FILES;
use crate::knowledge::pack::FAQ_FILE;
use crate::knowledge::patch::Hunk;
use crate::knowledge::{CuratedTexts, EntryChange, PackFiles, ProvedPack};
use crate::moderation::proposal::digest;
use crate::moderation::{Edit, ProvedEdit, RefusedEdit, Revision, RevisionAuthor, Subject};
use crate::store::atomic::{self, WriteError};
use crate::store::pack_files::{self, ReadError};
use crate::store::records::{
    AcceptedTexts, PackHistory, PackTransaction, RecordedRevision, RecordsError, RevisionFilter,
};

/// Edits the files of a pack and keeps its history.
///
/// The files and the history change together: the files are replaced in a transaction of the history. After a
/// crash between the two, the next edit or start finds what the file has more than the history, and records
/// it as a change of the file.
#[derive(Debug)]
pub struct PackEditor {
    folder: PathBuf,
    history: PackHistory,
    scope: ReviewScope,
}

pub use change_review::{MAX_TEXTS, ReviewScope, ReviewedChange};
pub use edits_by::EditsBy;

/// An edit that was made.
#[derive(Debug)]
pub struct MadeEdit {
    /// Its revisions, one for each entry that has changed.
    pub revisions: Vec<RecordedRevision>,
    /// The pack with it.
    pub pack: ProvedPack,
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
    /// [`digest`] of the changes that were seen before; the edit is not made if they would be others now. `None` if
    /// none were.
    pub seen: Option<String>,
}

impl PackEditor {
    /// An editor of the pack in `folder`, whose history is in the data folder `data`.
    ///
    /// # Errors
    /// [`RecordsError`] if the history cannot be used.
    pub fn open(folder: &Path, data: &Path) -> Result<Self, RecordsError> {
        let (history, scope) = (PackHistory::open(data)?, ReviewScope::default());
        Ok(Self { folder: folder.to_owned(), history, scope })
    }

    /// The same, which reviews changes by `scope`.
    #[must_use]
    pub fn with_scope(self, scope: ReviewScope) -> Self {
        Self { scope, ..self }
    }

    /// The history.
    pub fn history(&self) -> &PackHistory {
        &self.history
    }

    /// Makes an edit. When this returns, the files and the history are durable.
    ///
    /// # Errors
    /// [`EditError`]. The pack and its history are as before, unless the disk has failed so that the files could not be
    /// put back; then the next edit or start records that as a change of the file.
    pub fn edit(&mut self, proposed: &ProposedEdit) -> Result<MadeEdit, EditError> {
        for _ in 0..MAX_ATTEMPTS {
            // Proving a large pack takes a while, in which the service has to be able to write its records.
            let files = read(&self.folder)?;
            let proved = proposed.edit.prove_with(&files, &self.scope.known)?;
            if let Some(seen) = &proposed.seen {
                let changes = changes_of(&proved);
                if digest(&changes) != *seen {
                    return Err(EditError::ChangedMeanwhile { changes });
                }
            }
            let transaction = self.history.begin()?;
            if pack_files::read(&self.folder)?.files != files.files {
                continue;
            }
            let Some(accepted) = transaction.accepted(&files.name)? else {
                // Recorded first: after a crash, the history could not tell what the edit has changed.
                record_outside_changes(&transaction, &self.folder, &files, None, proposed.at)?;
                transaction.commit()?;
                continue;
            };
            let at = proposed.at;
            record_outside_changes(&transaction, &self.folder, &files, Some(&accepted), at)?;
            let before = CuratedTexts::of(&files);
            let ProvedEdit { texts, pack, changes } = proved;
            let revisions = record(&transaction, &files.name, proposed, &texts, changes)?;
            let made = match pack_files::replace_texts(&self.folder, &before, &texts) {
                Ok(false) => continue,
                Ok(true) => transaction.commit().map_err(EditError::from),
                Err(error) => Err(error.into()),
            };
            if let Err(error) = made {
                // What is not recorded is not made. A file may have been replaced although that failed.
                pack_files::put_back(&self.folder, &before, &texts);
                return Err(error);
            }
            atomic::remove_abandoned(&self.folder);
            return Ok(MadeEdit { revisions, pack });
        }
        Err(EditError::Busy { folder: self.folder.clone() })
    }

    /// The revision of this pack with this number, and those of the same edit, in their order; none if there is no
    /// such.
    ///
    /// # Errors
    /// [`RecordsError`] if the history cannot be read.
    pub fn edit_of(&self, revision: i64) -> Result<Vec<RecordedRevision>, RecordsError> {
        let name = pack_files::name_of(&self.folder);
        let mut edit = self.history.edit_of(revision)?;
        let subject = Subject::Pack(name);
        edit.retain(|recorded| recorded.revision.subject == subject);
        Ok(edit)
    }

    /// The revisions of the edit that removed an entry which has not changed since; none if there is no such.
    ///
    /// # Errors
    /// [`RecordsError`] if the history cannot be read.
    pub fn removal_of(&self, entry: &str) -> Result<Vec<RecordedRevision>, RecordsError> {
        let filter = RevisionFilter {
            pack: pack_files::name_of(&self.folder),
            entry: Some(entry.to_owned()),
            limit: 1,
            ..RevisionFilter::default()
        };
        match self.history.list(&filter)?.pop() {
            Some(last) if last.revision.after.is_none() => self.edit_of(last.id),
            _ => Ok(Vec::new()),
        }
    }

    /// Records what has changed in the files since the last edit that is in the history. A pack with errors is
    /// not served, and so not recorded.
    ///
    /// # Errors
    /// [`EditError`] if the pack cannot be read or the history cannot be written.
    pub fn catch_up(&mut self, now: Timestamp) -> Result<(), EditError> {
        let transaction = self.history.begin()?;
        let files = pack_files::read(&self.folder)?;
        if ProvedPack::prove(&files, &self.scope.known).is_err() {
            return Ok(());
        }
        let accepted = transaction.accepted(&files.name)?;
        record_outside_changes(&transaction, &self.folder, &files, accepted.as_ref(), now)?;
        Ok(transaction.commit()?)
    }
}

/// Reads the files of a pack that is to be edited.
fn read(folder: &Path) -> Result<PackFiles, EditError> {
    let files = pack_files::read(folder)?;
    let has = |name: &str| files.files.iter().any(|file| file.path == name);
    // An edit of an empty text instead would replace the file, and what is in it. A pack may have no lexicon.
    let is_no_text = |name: &&str| files.text(name).is_none() && (*name == FAQ_FILE || has(name));
    match CURATED_FILES.into_iter().find(is_no_text) {
        None => Ok(files),
        Some(file) => Err(EditError::NoText { folder: folder.to_owned(), file }),
    }
}

fn changes_of(proved: &ProvedEdit) -> Vec<EntryChange> {
    proved.changes.iter().map(|(change, _)| change.clone()).collect()
}

/// How often an edit is proved at most: again if somebody has changed the file meanwhile.
const MAX_ATTEMPTS: usize = 100;

/// Records an edit of the pack `name`.
fn record(
    transaction: &PackTransaction<'_>,
    name: &str,
    proposed: &ProposedEdit,
    texts: &CuratedTexts,
    changes: Vec<(EntryChange, Option<Hunk>)>,
) -> Result<Vec<RecordedRevision>, EditError> {
    let of_change = |(change, hunk)| Revision {
        by: proposed.by.clone(),
        reason: proposed.reason.clone(),
        hunk,
        ..Revision::by_file(name, change, proposed.at)
    };
    let revisions: Vec<Revision> = changes.into_iter().map(of_change).collect();
    let ids = transaction.record_edit(&revisions)?;
    transaction.accept(name, texts)?;
    let recorded = ids.into_iter().zip(revisions);
    Ok(recorded.map(|(id, revision)| RecordedRevision { id, revision }).collect())
}

/// Records what `files` have more or less than `accepted`, the texts that the history has, as changes of the file. A pack
/// without history is new: its entries have no revision.
fn record_outside_changes(
    transaction: &PackTransaction<'_>,
    folder: &Path,
    files: &PackFiles,
    accepted: Option<&AcceptedTexts>,
    at: Timestamp,
) -> Result<(), EditError> {
    let name = &files.name;
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    match transaction.folder(name)? {
        Some(other) if other == folder => {}
        Some(other) if pack_files::is_pack(&other) => {
            return Err(EditError::OtherFolder { name: name.clone(), folder: other });
        }
        // The folder has moved, or is new.
        _ => transaction.set_folder(name, &folder)?,
    }
    let texts = CuratedTexts::of(files);
    if accepted.is_some_and(|accepted| accepted.are(&texts)) {
        return Ok(());
    }
    let changes = accepted.map_or_else(Vec::new, |accepted| accepted.changes_to(&texts));
    let revisions: Vec<Revision> =
        changes.into_iter().map(|change| Revision::by_file(name, change, at)).collect();
    transaction.record_changes(&revisions)?;
    Ok(transaction.accept(name, &texts)?)
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
    /// The pack has no `faq.toml`, or a file that is edited is not text.
    #[error("{file} in {} is missing, or is not in UTF-8: `quoth check {0}` says what to do", folder.display())]
    NoText {
        /// The folder of the pack.
        folder: PathBuf,
        /// The name of the file.
        file: &'static str,
    },
    /// The pack cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The calibration of the pack cannot be read.
    #[error("cannot read the calibration of {}", folder.display())]
    Calibration {
        /// The folder of the pack.
        folder: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The history cannot be used.
    #[error(transparent)]
    History(#[from] RecordsError),
    /// Another folder of the same name has its history in the same data folder.
    #[error(
        "the history of the pack {name} is that of {}: for a copy, rename the folder or set another data folder (QUOTH_DATA)",
        folder.display()
    )]
    OtherFolder {
        /// The name.
        name: String,
        /// The other folder.
        folder: PathBuf,
    },
    /// The edit would make other changes than those that were seen, since the pack has changed.
    #[error("the pack has changed since the edit was shown")]
    ChangedMeanwhile {
        /// What it would change now.
        changes: Vec<EntryChange>,
    },
    /// The files were changed by others all the time.
    #[error("the files of {} are being changed by another program; try again when it is done", folder.display())]
    Busy {
        /// The folder of the pack.
        folder: PathBuf,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::{EntryDraft, EntryId, PackFile};

    const FAQ: &str = "[[entry]]\nid = \"a\"\nquestion = \"A?\"\ngap = true\n";

    /// A folder with the pack `p` and the data folder `data`.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let file = |path: &str, text: &str| PackFile { path: path.to_owned(), bytes: text.into() };
        let files = [
            file("pack.toml", "title = \"P\"\n"),
            file("sources/s.md", "+++\ntitle = \"S\"\n+++\nText.\n"),
            file(FAQ_FILE, FAQ),
        ];
        pack_files::create(&folder.path().join("p"), &files).unwrap();
        folder
    }

    fn editor(folder: &Path) -> PackEditor {
        PackEditor::open(&folder.join("p"), &folder.join("data")).unwrap()
    }

    fn add_phrasing(phrasing: &str) -> ProposedEdit {
        let (id, phrasings) = (EntryId::new("a").unwrap(), vec![phrasing.to_owned()]);
        ProposedEdit {
            edit: Edit::AddPhrasings { id, phrasings },
            by: RevisionAuthor::Terminal("ann".to_owned()),
            reason: None,
            at: Timestamp::from_millis(1),
            seen: None,
        }
    }

    /// The authors and the texts after the changes, the latest first.
    fn history(editor: &PackEditor) -> Vec<(RevisionAuthor, String)> {
        let filter =
            RevisionFilter { pack: "p".to_owned(), limit: 99, ..RevisionFilter::default() };
        let found = editor.history().list(&filter).unwrap().into_iter();
        found.map(|it| (it.revision.by, it.revision.after.unwrap_or_default())).collect()
    }

    #[test]
    fn crash_before_the_file_is_replaced_changes_nothing() {
        let folder = folder();
        let mut editor = editor(folder.path());
        let transaction = editor.history.begin().unwrap();
        let texts = CuratedTexts { faq: "other text".into(), lexicon: "".into() };
        transaction.accept("p", &texts).unwrap();
        drop(transaction);
        assert_eq!(history(&editor), []);
        editor.edit(&add_phrasing("b")).unwrap();
        assert_eq!(history(&editor).len(), 1);
    }

    #[test]
    fn change_of_a_process_that_died_before_its_commit_is_recorded_as_one_of_the_file() {
        let folder = folder();
        let mut editor = editor(folder.path());
        editor.edit(&add_phrasing("b")).unwrap();
        // What a process leaves that has replaced the file and dies.
        let path = folder.path().join("p").join(FAQ_FILE);
        let text = std::fs::read_to_string(&path).unwrap().replace("\"b\",", "\"b\",\n  \"c\",");
        std::fs::write(&path, text).unwrap();
        editor.edit(&add_phrasing("d")).unwrap();
        let history = history(&editor);
        let authors: Vec<_> = history.iter().map(|(by, _)| by.clone()).collect();
        let ann = RevisionAuthor::Terminal("ann".to_owned());
        assert_eq!(authors, [ann.clone(), RevisionAuthor::File, ann]);
        assert!(history[1].1.contains("\"c\"") && !history[1].1.contains("\"d\""), "{history:?}");
    }

    #[test]
    fn copy_of_a_pack_does_not_share_its_history() {
        let folder = folder();
        editor(folder.path()).edit(&add_phrasing("b")).unwrap();
        let copy = folder.path().join("copy/p");
        pack_files::create(&copy, &pack_files::read(&folder.path().join("p")).unwrap().files)
            .unwrap();
        let mut of_copy = PackEditor::open(&copy, &folder.path().join("data")).unwrap();
        let refused = of_copy.edit(&add_phrasing("c"));
        assert!(matches!(refused, Err(EditError::OtherFolder { .. })), "{refused:?}");
        // A folder that has moved keeps its history.
        std::fs::remove_dir_all(folder.path().join("p")).unwrap();
        of_copy.edit(&add_phrasing("c")).unwrap();
        assert_eq!(history(&of_copy).len(), 2);
    }

    /// A path of a folder in `folder` in which a file with a short name can be made and a temporary one cannot: its
    /// path would be longer than Linux allows. Permissions do not stop a test that runs as root.
    #[cfg(target_os = "linux")]
    fn folder_without_temporary_files(folder: &Path) -> PathBuf {
        const MAX_PATH_BYTES: usize = 4095;
        let n_left = MAX_PATH_BYTES - "/sources/s.md".len() - folder.as_os_str().len();
        let (n_full, n_rest) = (n_left / 200, n_left % 200);
        let full = format!("/{}", "d".repeat(199)).repeat(n_full);
        // A component needs a character beside its slash.
        let rest = format!("/{}", "e".repeat(n_rest.max(2) - 1));
        PathBuf::from(format!("{}{full}{rest}", folder.display()))
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn file_that_cannot_be_written_leaves_the_history_as_it_was() {
        let folder = folder();
        let deep = folder_without_temporary_files(folder.path());
        let files = pack_files::read(&folder.path().join("p")).unwrap().files;
        std::fs::create_dir_all(deep.join("sources")).unwrap();
        for file in &files {
            std::fs::write(deep.join(&file.path), &file.bytes).unwrap();
        }
        let mut editor = PackEditor::open(&deep, &folder.path().join("data")).unwrap();
        let refused = editor.edit(&add_phrasing("b"));
        assert!(matches!(refused, Err(EditError::Write(_))), "{refused:?}");
        let filter = RevisionFilter {
            pack: pack_files::name_of(&deep),
            limit: 9,
            ..RevisionFilter::default()
        };
        assert_eq!(editor.history().list(&filter).unwrap(), []);
        assert_eq!(std::fs::read_to_string(deep.join(FAQ_FILE)).unwrap(), FAQ);
    }

    #[test]
    fn file_that_is_no_text_is_not_taken_for_an_empty_one() {
        let folder = folder();
        let path = folder.path().join("p").join(FAQ_FILE);
        let draft = EntryDraft::new(EntryId::new("new").unwrap(), "New?");
        let add = ProposedEdit { edit: Edit::Add(draft), ..add_phrasing("b") };
        let mut editor = editor(folder.path());
        // In Latin-1, as an editor may save it.
        let latin = [FAQ.as_bytes(), b"# caf\xe9\n"].concat();
        std::fs::write(&path, &latin).unwrap();
        let refused = editor.edit(&add);
        assert!(matches!(refused, Err(EditError::NoText { .. })), "{refused:?}");
        assert_eq!(std::fs::read(&path).unwrap(), latin);
        // An editor may delete the file before it writes the new one.
        std::fs::remove_file(&path).unwrap();
        let refused = editor.edit(&add);
        assert!(matches!(refused, Err(EditError::NoText { .. })), "{refused:?}");
        assert!(!path.exists());
    }

    #[test]
    fn edit_is_proved_without_the_lock_of_the_records() {
        let folder = folder();
        let mut editing = editor(folder.path());
        let mut other = PackHistory::open(&folder.path().join("data")).unwrap();
        let transaction = other.begin().unwrap();
        let id = EntryId::new("unknown").unwrap();
        let refused =
            editing.edit(&ProposedEdit { edit: Edit::Remove { id }, ..add_phrasing("b") });
        assert!(matches!(refused, Err(EditError::Refused(_))), "{refused:?}");
        drop(transaction);
    }
}
