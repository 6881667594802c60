//! The data folder: owner-only, and locked by one process at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::store::records::RecordsError;
use crate::store::{asker_key, file_permissions, replacement};

/// How long a lock is waited for that somebody may only be trying ([`lock_state`]).
const MAX_PROBE: Duration = Duration::from_millis(500);

/// Time between two attempts to lock.
const PROBE_INTERVAL: Duration = Duration::from_millis(10);

/// Name of the file that is locked.
pub const LOCK_FILE: &str = "quoth.lock";

/// An exclusive lock on the data folder. The system releases it when the process ends, however it
/// ends.
#[derive(Debug)]
pub(in crate::store) struct Lock(
    #[expect(dead_code, reason = "holds the lock until it is dropped")] File,
);

impl Lock {
    /// Locks the folder, which is created if it is missing.
    pub(in crate::store) fn acquire(folder: &Path) -> Result<Self, RecordsError> {
        Self::acquire_within(folder, MAX_PROBE)
    }

    /// The same, waiting up to `max_wait` for others.
    fn acquire_within(folder: &Path, max_wait: Duration) -> Result<Self, RecordsError> {
        let unusable = |source| RecordsError::Folder { path: folder.to_owned(), source };
        file_permissions::create_private_dir(folder).map_err(unusable)?;
        let file = open_private(&folder.join(LOCK_FILE)).map_err(unusable)?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self(file)),
                Err(TryLockError::WouldBlock) if start.elapsed() < max_wait => {
                    std::thread::sleep(PROBE_INTERVAL);
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(RecordsError::InUse { path: folder.to_owned() });
                }
                Err(TryLockError::Error(source)) => return Err(unusable(source)),
            }
        }
    }
}

/// Finishes a restore in the data folder `folder`, which is locked, that was interrupted.
///
/// # Errors
/// [`RecordsError::Restore`] if it cannot be finished now.
pub(super) fn finish_restore(folder: &Path) -> Result<(), RecordsError> {
    let finished = replacement::finish(folder);
    let unfinished = |source| RecordsError::Restore { path: folder.to_owned(), source };
    if let Some(finished) = finished.map_err(unfinished)? {
        tracing::warn!(
            "The restore of {} had been interrupted and is finished now; what was here before is in {}",
            finished.source.display(),
            folder.join(finished.kept).display()
        );
    }
    Ok(())
}

/// Whether a process has locked the data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockState {
    /// No process has.
    Free,
    /// A process has, with this id where the system says it.
    Held(Option<u32>),
    /// The lock cannot be tried.
    Unknown,
}

/// Whether a process has locked `folder`. A shared lock is taken for a moment, which [`Lock::acquire`] waits for.
pub fn lock_state(folder: &Path) -> LockState {
    let file = match File::open(folder.join(LOCK_FILE)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return LockState::Free,
        Err(_) => return LockState::Unknown,
    };
    match file.try_lock_shared() {
        Ok(()) => LockState::Free,
        Err(TryLockError::WouldBlock) => LockState::Held(holder(&file)),
        Err(TryLockError::Error(_)) => LockState::Unknown,
    }
}

/// The process that has locked `file`.
#[cfg(target_os = "linux")]
fn holder(file: &File) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    let inode = file.metadata().ok()?.ino();
    holder_in(&std::fs::read_to_string("/proc/locks").ok()?, inode)
}

#[cfg(not(target_os = "linux"))]
fn holder(_: &File) -> Option<u32> {
    None
}

/// The process that has locked the file `inode` with flock, from the text of `/proc/locks`. Its lines are like
/// `1: FLOCK  ADVISORY  WRITE 4711 fd:01:1311 0 EOF`. The device is not compared, since some file systems have
/// another one there. Process 0 is one that this container does not see.
#[cfg(target_os = "linux")]
fn holder_in(locks: &str, inode: u64) -> Option<u32> {
    let holder = locks.lines().find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [_, "FLOCK", _, "WRITE", process, file, ..] = fields.as_slice() else { return None };
        let is_same = file.rsplit(':').next()?.parse() == Ok(inode);
        is_same.then(|| process.parse().ok())
    });
    holder.flatten().filter(|process| *process != 0)
}

/// Whether a service has used `folder`: it locks the folder, and makes the records before the key.
pub fn was_used(folder: &Path) -> bool {
    [LOCK_FILE, asker_key::FILE].into_iter().any(|name| folder.join(name).exists())
}

/// Whether there are no records at `path`. An empty file has none.
pub(super) fn are_gone(path: &Path) -> bool {
    std::fs::metadata(path).map_or_else(
        |error| error.kind() == io::ErrorKind::NotFound,
        |metadata| metadata.is_file() && metadata.len() == 0,
    )
}

/// Warns if the records at `path` are gone, which are about to be made anew.
pub(super) fn warn_if_gone(path: &Path) {
    if are_gone(path) {
        tracing::warn!(
            "There are no records {}, though this data folder was used before: quoth starts with new ones. If they were deleted by mistake, stop quoth and restore a backup (`quoth restore`)",
            path.display()
        );
    }
}

/// Creates an empty owner-only file at `path`, if none exists. One that exists is not opened: on POSIX, closing any
/// descriptor of a file releases all locks that the process has on it, also those of SQLite
/// (<https://www.sqlite.org/howtocorrupt.html>, section 2.2).
pub(super) fn create_private_file(path: &Path) -> Result<(), RecordsError> {
    let folder = path.parent().unwrap_or(path);
    match file_permissions::create_private_file(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(RecordsError::Folder { path: folder.to_owned(), source: error })
        }
        _ => Ok(()),
    }
}

fn open_private(path: &Path) -> io::Result<File> {
    file_permissions::owner_only(OpenOptions::new().write(true).create(true).truncate(false))
        .open(path)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn lock_is_seen_by_others_while_it_is_held() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(lock_state(folder.path()), LockState::Free);
        let lock = Lock::acquire(folder.path()).unwrap();
        assert_eq!(lock_state(folder.path()), LockState::Held(Some(std::process::id())));
        drop(lock);
        assert_eq!(lock_state(folder.path()), LockState::Free);
    }

    #[test]
    fn lock_that_is_only_tried_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        drop(Lock::acquire(folder.path()).unwrap());
        let path = folder.path();
        let tried = File::open(path.join(LOCK_FILE)).unwrap();
        tried.lock_shared().unwrap();
        std::thread::scope(|scope| {
            let max_wait = Duration::from_secs(60);
            let lock = scope.spawn(move || Lock::acquire_within(path, max_wait));
            std::thread::sleep(4 * PROBE_INTERVAL);
            drop(tried);
            lock.join().unwrap().unwrap();
        });
    }

    #[test]
    fn holder_is_the_process_with_the_exclusive_lock() {
        let rows = [
            ("1: FLOCK  ADVISORY  WRITE 4711 fd:01:1311 0 EOF", Some(4711)),
            ("1: FLOCK  ADVISORY  WRITE 0 fd:01:1311 0 EOF", None),
            ("1: FLOCK  ADVISORY  WRITE 4711 fd:01:13110 0 EOF", None),
            ("1: -> FLOCK  ADVISORY  WRITE 4711 fd:01:1311 0 EOF", None),
            ("1: POSIX  ADVISORY  WRITE 4711 fd:01:1311 0 EOF", None),
            ("", None),
        ];
        for (line, want) in rows {
            assert_eq!(holder_in(line, 1311), want, "{line}");
        }
    }
}
