//! Writing a file so that readers see the old text or the new one, never a part.

use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Replaces the file at `path` by one that holds `bytes`, or makes it.
///
/// The bytes go to a temporary file in the same folder, reach the disk, and take the place of the
/// old file in one step; its permissions stay. Where `path` is a symbolic link, the file that it
/// leads to is replaced. After an error the old file is as it was.
///
/// # Errors
/// [`WriteError`] says what kept the file from being written, and what to do.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    // A path that does not exist yet cannot be resolved and is taken as it stands.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    replace(&target, bytes).map_err(|source| WriteError::new(&target, source))
}

fn replace(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(target);
    let permissions = match std::fs::metadata(target) {
        Ok(metadata) if metadata.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(metadata) => Some(metadata.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".quoth-").suffix(".tmp");
    if let Some(permissions) = new_file_permissions() {
        builder.permissions(permissions);
    }
    let mut file = builder.tempfile_in(folder)?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(target).map_err(|error| error.error)?;
    sync_folder(folder)
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().unwrap_or(Path::new(""));
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// Those of any new file, of which the user's mask takes its part; temporary files would
/// otherwise be closed to the group that keeps the pack under git.
#[cfg(unix)]
fn new_file_permissions() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn new_file_permissions() -> Option<Permissions> {
    None
}

/// Makes the new name reach the disk too.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Why a file was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The folder is missing.
    #[error("cannot write {}: its folder does not exist; make the folder first", path.display())]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Nobody, or not this user, may write in the folder.
    #[error(
        "cannot write {}: its folder may only be read; give the user that runs quoth the right to \
         write there, or mount the folder without read-only",
        path.display()
    )]
    ReadOnly {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no room.
    #[error("cannot write {}: the disk is full or the quota is used up; free some room", path.display())]
    Full {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The path leads to a folder.
    #[error("cannot write {}: a folder has this name; choose another name", path.display())]
    IsFolder {
        /// The path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Anything else.
    #[error("cannot write {}", path.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl WriteError {
    fn new(path: &Path, source: io::Error) -> Self {
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
    fn a_file_is_made_and_replaced_and_nothing_is_left_beside_it() {
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
    fn permissions_and_links_stay() {
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
    fn errors_say_what_to_do_and_leave_everything_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        write(&file, b"kept").unwrap();
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        let cases = [
            (folder.path().join("missing/faq.toml"), "make the folder first"),
            (file.join("faq.toml"), "make the folder first"),
            (folder.path().join("sub"), "a folder has this name"),
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
    fn what_the_system_says_is_told_apart() {
        use io::ErrorKind as Kind;
        let cases = [
            (Kind::PermissionDenied, "may only be read"),
            (Kind::ReadOnlyFilesystem, "may only be read"),
            (Kind::StorageFull, "the disk is full"),
            (Kind::QuotaExceeded, "the disk is full"),
            (Kind::NotFound, "make the folder first"),
            (Kind::TimedOut, "cannot write faq.toml"),
        ];
        for (kind, want) in cases {
            let error = WriteError::new(Path::new("faq.toml"), kind.into()).to_string();
            assert!(error.contains(want), "{kind:?}: {error}");
        }
    }
}
