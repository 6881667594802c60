//! Checks of the file of the records that SQLite itself does not make: whether it is still in its place, and
//! whether the disk has room for the next question.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rusqlite::ffi;

use crate::store::free_space::{FreeSpace, free_space};
use crate::store::records::{RecordsError, Result};

/// Least free space in bytes. SQLite writes over the used part of its write-ahead log, so on a full disk a check
/// may succeed and the next question, whose rows are longer, fail.
const MIN_FREE_BYTES: u64 = 1024 * 1024;

/// Which file it is, whatever its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileIdentity {
    device: u64,
    inode: u64,
}

impl FileIdentity {
    /// The identity of the file at `path`; `None` if there is none, or where files have none.
    pub(super) fn of(path: &Path) -> Option<Self> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let metadata = std::fs::metadata(path).ok()?;
            Some(Self { device: metadata.dev(), inode: metadata.ino() })
        }
        #[cfg(not(unix))]
        {
            let _ = path;
            None
        }
    }
}

/// Checks the file at `path`, which was `opened` when it was opened.
///
/// # Errors
/// [`RecordsError::Removed`] if it is not there any more, or another one is; [`RecordsError::Full`] if the disk is
/// full.
pub(super) fn check(path: &Path, opened: Option<FileIdentity>) -> Result<()> {
    if opened.is_some() && FileIdentity::of(path) != opened {
        return Err(RecordsError::Removed { path: path.to_owned() });
    }
    check_space(path, free_space(path))
}

fn check_space(path: &Path, space: io::Result<Option<FreeSpace>>) -> Result<()> {
    // Without an answer, a write shows whether it succeeds.
    match space {
        Ok(Some(FreeSpace { bytes, .. })) if bytes < MIN_FREE_BYTES => {
            let full = ffi::Error::new(ffi::SQLITE_FULL);
            let why = format!("{bytes} bytes are free");
            let source = Arc::new(rusqlite::Error::SqliteFailure(full, Some(why)));
            Err(RecordsError::Full { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn removed_or_replaced_file_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::write(&path, "1").unwrap();
        let opened = FileIdentity::of(&path);
        std::fs::write(&path, "2").unwrap();
        check(&path, opened).unwrap();
        std::fs::write(&other, "1").unwrap();
        std::fs::rename(&other, &path).unwrap();
        assert!(matches!(check(&path, opened), Err(RecordsError::Removed { .. })));
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(check(&path, opened), Err(RecordsError::Removed { .. })));
        // Records in memory have no file.
        check(Path::new(":memory:"), None).unwrap();
    }

    #[test]
    fn disk_without_room_for_a_question_is_full() {
        let path = Path::new("quoth.db");
        let space = |bytes| Ok(Some(FreeSpace { bytes, files: None }));
        for is_full in [true, false] {
            let bytes = MIN_FREE_BYTES - u64::from(is_full);
            let result = check_space(path, space(bytes));
            assert_eq!(matches!(result, Err(RecordsError::Full { .. })), is_full, "{result:?}");
        }
        check_space(path, Ok(None)).unwrap();
        check_space(path, Err(io::Error::other("not supported"))).unwrap();
    }
}
