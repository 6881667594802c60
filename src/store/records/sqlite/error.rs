//! Classification of SQLite's result codes into errors that an operator can act on.

use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::store::records::RecordsError;

/// Primary result codes, <https://www.sqlite.org/rescode.html>.
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const READONLY: i32 = 8;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const NOTADB: i32 = 26;

/// The lowest byte of an extended result code is its primary one.
const PRIMARY: i32 = 0xff;

/// The error for `source`, which occurred with the records at `path`.
pub(super) fn classify(path: &Path, source: Arc<rusqlite::Error>) -> RecordsError {
    let path = path.to_owned();
    match primary_code(&source) {
        Some(BUSY | LOCKED) => RecordsError::Locked { path, source },
        Some(CORRUPT | NOTADB) => RecordsError::Corrupt { path, source },
        Some(FULL) => RecordsError::Full { path, source },
        Some(code @ (READONLY | CANTOPEN)) => {
            let kind = if code == READONLY {
                io::ErrorKind::ReadOnlyFilesystem
            } else {
                io::ErrorKind::Other
            };
            RecordsError::Folder {
                path: path.parent().unwrap_or(&path).to_owned(),
                source: io::Error::new(kind, source),
            }
        }
        _ => RecordsError::Database { path, source },
    }
}

/// Whether `error` says that the disk is full.
pub(super) fn is_full(error: &rusqlite::Error) -> bool {
    primary_code(error) == Some(FULL)
}

fn primary_code(error: &rusqlite::Error) -> Option<i32> {
    error.sqlite_error().map(|error| error.extended_code & PRIMARY)
}
