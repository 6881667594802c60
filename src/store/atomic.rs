//! Atomic file writes: readers see the old content or the new one, never a part.

use std::fs::{DirEntry, File, Metadata, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What the names of temporary files begin and end with.
const PREFIX: &str = ".quoth-";
const SUFFIX: &str = ".tmp";

/// After this time, no process writes a temporary file any more: even a large file on a slow disk takes minutes at most.
const ABANDONED_AFTER: Duration = Duration::from_secs(3600);

/// Replaces the content of the file at `path` by `bytes`, or creates the file.
///
/// The bytes are written and synced to a temporary file in the same folder, which is then renamed
/// over the old file. Permissions are kept, and the owner where this user may give files away, as root may. If `path` is a symbolic link, its target is replaced.
/// After an error the old file is unchanged.
///
/// # Errors
/// [`WriteError`] has the cause, and its text says what to do.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    write_if(path, bytes, || true).map(drop)
}

/// Like [`write()`], if `may_replace` says so when the bytes are on the disk already, right before the file is replaced.
/// Writing them takes a while, in which somebody else may save the file. Returns whether it was replaced.
///
/// # Errors
/// [`WriteError`] has the cause, and its text says what to do.
pub fn write_if(
    path: &Path,
    bytes: &[u8],
    may_replace: impl FnOnce() -> bool,
) -> Result<bool, WriteError> {
    // A path that does not exist yet cannot be resolved and is used unchanged.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let permissions = new_file_permissions();
    replace(&target, bytes, permissions, may_replace)
        .map_err(|source| WriteError::new(&target, source))
}

/// Removes the file at `path` if `may_remove` says so. Returns whether it was removed.
///
/// # Errors
/// [`WriteError`] has the cause, and its text says what to do.
pub fn remove_if(path: &Path, may_remove: impl FnOnce() -> bool) -> Result<bool, WriteError> {
    if !may_remove() {
        return Ok(false);
    }
    let removed = std::fs::remove_file(path).and_then(|()| sync_folder(folder_of(path)));
    removed.map(|()| true).map_err(|source| WriteError::new(path, source))
}

/// Like [`write()`], for a secret: a new file is accessible to its owner only.
///
/// # Errors
/// [`WriteError`] has the cause, and its text says what to do.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    // Temporary files are accessible to their owner only.
    let written = replace(path, bytes, None, || true);
    written.map(drop).map_err(|source| WriteError::new(path, source))
}

/// `new_file` are the permissions of a file that does not exist yet; `None`: its owner's only.
fn replace(
    target: &Path,
    bytes: &[u8],
    new_file: Option<Permissions>,
    may_replace: impl FnOnce() -> bool,
) -> io::Result<bool> {
    let folder = folder_of(target);
    let before = match std::fs::metadata(target) {
        Ok(metadata) if metadata.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(metadata) => Some(metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    if let Some(permissions) = new_file {
        builder.permissions(permissions);
    }
    let mut file = builder.tempfile_in(folder)?;
    if let Some(before) = before {
        file.as_file().set_permissions(before.permissions())?;
        keep_owner(file.as_file(), &before);
    }
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    if !may_replace() {
        return Ok(false);
    }
    file.persist(target).map_err(|error| error.error)?;
    sync_folder(folder)?;
    Ok(true)
}

/// Gives `file` to the owner of the one that it replaces, which the user of a service has to read again.
#[cfg(unix)]
fn keep_owner(file: &File, before: &Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    // Other users than root cannot; they may replace the file all the same.
    drop(fchown(file, Some(before.uid()), Some(before.gid())));
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) {}

/// Removes temporary files in `folder` that a process has left which was killed: those of writes that began more than
/// [`ABANDONED_AFTER`] ago. They do no harm, so failures are passed over.
pub fn remove_abandoned(folder: &Path) {
    let Ok(files) = std::fs::read_dir(folder) else { return };
    for file in files.flatten() {
        let name = file.file_name();
        let is_temporary =
            name.to_str().is_some_and(|it| it.starts_with(PREFIX) && it.ends_with(SUFFIX));
        if is_temporary && is_abandoned(&file).unwrap_or(false) {
            drop(std::fs::remove_file(file.path()));
        }
    }
}

fn is_abandoned(file: &DirEntry) -> io::Result<bool> {
    let metadata = file.metadata()?;
    // The time of a file in the future says nothing about its age.
    let is_old = metadata.modified()?.elapsed().is_ok_and(|age| age > ABANDONED_AFTER);
    Ok(metadata.is_file() && is_old)
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().unwrap_or(Path::new(""));
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// The permissions of any new file, to which the umask applies. Temporary files would otherwise be
/// unreadable for the group that keeps the pack under git.
#[cfg(unix)]
fn new_file_permissions() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn new_file_permissions() -> Option<Permissions> {
    None
}

/// Syncs the folder, so that a rename in it is durable too.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Why a file was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The folder is missing.
    #[error("cannot write {}: its folder does not exist; create the folder first", path.display())]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The folder is not writable, for this user or at all.
    #[error(
        "cannot write {}: its folder is read-only; give the user that runs quoth write permission \
         there, or mount the folder read-write",
        path.display()
    )]
    ReadOnly {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The disk or the quota is full.
    #[error("cannot write {}: the disk is full or the quota is used up; free some space", path.display())]
    Full {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The path is a folder.
    #[error("cannot write {}: it is a folder; choose another name", path.display())]
    IsFolder {
        /// The path.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// Any other error.
    #[error("cannot write {}", path.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

impl WriteError {
    /// The error of the system.
    pub(super) fn system_error(&self) -> &io::Error {
        match self {
            Self::NoFolder { source, .. }
            | Self::ReadOnly { source, .. }
            | Self::Full { source, .. }
            | Self::IsFolder { source, .. }
            | Self::Other { source, .. } => source,
        }
    }

    pub(super) fn new(path: &Path, source: io::Error) -> Self {
        use io::ErrorKind as Kind;
        let path = path.to_owned();
        match source.kind() {
            Kind::NotFound | Kind::NotADirectory => Self::NoFolder { path, source },
            Kind::PermissionDenied | Kind::ReadOnlyFilesystem => Self::ReadOnly { path, source },
            Kind::StorageFull | Kind::QuotaExceeded => Self::Full { path, source },
            Kind::IsADirectory => Self::IsFolder { path, source },
            _ => Self::Other { path, source },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_in(folder: &Path) -> Vec<String> {
        let listing = std::fs::read_dir(folder).unwrap();
        listing.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn write_creates_or_replaces_and_leaves_no_temporary_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("faq.toml");
        for bytes in [&b"one"[..], b"", b"two\r\n"] {
            write(&path, bytes).unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), bytes);
        }
        assert_eq!(names_in(folder.path()), ["faq.toml"]);
    }

    #[cfg(unix)]
    #[test]
    fn file_of_another_user_stays_theirs() {
        use std::os::unix::fs::{MetadataExt, chown};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("faq.toml");
        write(&path, b"one").unwrap();
        let own = std::fs::metadata(&path).unwrap().uid();
        // Only root can give files away.
        let owner = if own == 0 { 65_534 } else { own };
        chown(&path, Some(owner), None).unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().uid(), owner);
    }

    #[cfg(unix)]
    #[test]
    fn write_keeps_permissions_and_symbolic_links() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("faq.toml"), folder.path().join("link.toml"));
        write(&path, b"one").unwrap();
        assert_ne!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o044, 0);
        std::fs::set_permissions(&path, Permissions::from_mode(0o604)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        write(&link, b"two").unwrap();
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o604);
    }

    #[test]
    fn write_error_gives_advice_and_leaves_files_unchanged() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        write(&file, b"kept").unwrap();
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        let cases = [
            (folder.path().join("missing/faq.toml"), "create the folder first"),
            (file.join("faq.toml"), "create the folder first"),
            (folder.path().join("sub"), "it is a folder"),
        ];
        for (path, want) in cases {
            let error = write(&path, b"new").unwrap_err().to_string();
            assert!(error.contains(want), "{}: {error}", path.display());
        }
        assert_eq!(std::fs::read(&file).unwrap(), b"kept");
        let mut names = names_in(folder.path());
        names.sort();
        assert_eq!(names, ["file", "sub"]);
    }

    #[test]
    fn only_temporary_files_that_are_an_hour_old_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let old = std::time::SystemTime::now() - ABANDONED_AFTER * 2;
        for (name, is_old) in
            [(".quoth-a.tmp", true), (".quoth-b.tmp", false), ("c.tmp", true), (".quoth-d", true)]
        {
            let file = File::create(folder.path().join(name)).unwrap();
            if is_old {
                file.set_modified(old).unwrap();
            }
        }
        remove_abandoned(folder.path());
        let mut names = names_in(folder.path());
        names.sort();
        assert_eq!(names, [".quoth-b.tmp", ".quoth-d", "c.tmp"]);
    }

    #[test]
    fn system_errors_are_classified() {
        use io::ErrorKind as Kind;
        let cases = [
            (Kind::PermissionDenied, "its folder is read-only"),
            (Kind::ReadOnlyFilesystem, "its folder is read-only"),
            (Kind::StorageFull, "the disk is full"),
            (Kind::QuotaExceeded, "the disk is full"),
            (Kind::NotFound, "create the folder first"),
            (Kind::TimedOut, "cannot write faq.toml"),
        ];
        for (kind, want) in cases {
            let error = WriteError::new(Path::new("faq.toml"), kind.into()).to_string();
            assert!(error.contains(want), "{kind:?}: {error}");
        }
    }
}
