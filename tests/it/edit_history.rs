//! Checks the history of a pack against its file.

use std::collections::HashMap;
use std::path::Path;

use quoth::knowledge::patch::changes;
use quoth::knowledge::prove;
use quoth::moderation::RevisionAuthor;
use quoth::store::pack_files;
use quoth::store::records::{PackHistory, RecordedRevision, RevisionFilter};

use crate::folder::Folder;

/// The revisions of the pack `p` in the data folder `data`, the oldest first.
pub(crate) fn revisions(folder: &Folder) -> Vec<RecordedRevision> {
    let filter = RevisionFilter { pack: "p".to_owned(), limit: u32::MAX, ..Default::default() };
    let mut found = PackHistory::open(&folder.path("data")).unwrap().list(&filter).unwrap();
    found.reverse();
    found
}

/// The text of each entry of a file.
pub(crate) fn entries(faq: &str) -> HashMap<String, String> {
    changes("", faq).into_iter().filter_map(|it| Some((it.id, it.after?))).collect()
}

/// The entries that `revisions`, one after the other, make of those of `before`. Each has to change what the last one has
/// made: so no change stands twice.
pub(crate) fn entries_by(
    revisions: &[RecordedRevision],
    before: &str,
    of: &str,
) -> HashMap<String, String> {
    let mut now = entries(before);
    for RecordedRevision { id, revision } in revisions {
        assert_eq!(now.get(&revision.entry), revision.before.as_ref(), "before change {id} {of}");
        assert_ne!(revision.before, revision.after, "change {id} {of}");
        match &revision.after {
            Some(text) => now.insert(revision.entry.clone(), text.clone()),
            None => now.remove(&revision.entry),
        };
    }
    now
}

/// Asserts that `revisions` make the entries of `after` of those of `before`: no change is missing.
pub(crate) fn assert_explains(revisions: &[RecordedRevision], before: &str, after: &str, of: &str) {
    assert_eq!(entries_by(revisions, before, of), entries(after), "after all changes {of}");
}

/// Whether there is a change by somebody at the terminal.
pub(crate) fn is_by_terminal(recorded: &RecordedRevision) -> bool {
    matches!(recorded.revision.by, RevisionAuthor::Terminal(_))
}

/// Asserts that the pack in `folder` has no error.
pub(crate) fn assert_valid(folder: &Path, of: &str) {
    let proof = prove(&pack_files::read(folder).unwrap());
    assert!(proof.is_accepted(), "{of}: {:?}", proof.findings);
}
