//! Owner-only permissions of folders (0700) and files (0600). They apply on Unix only.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::path::Path;

/// Creates the folder at `path` and its missing parents, for the owner only.
pub(crate) fn create_private_dir(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Creates an empty file at `path`, for the owner only.
///
/// # Errors
/// Also if it exists.
pub(super) fn create_private_file(path: &Path) -> io::Result<()> {
    owner_only(OpenOptions::new().write(true).create_new(true)).open(path).map(drop)
}

/// Whether the files or folders at `path` and `other` belong to the same user; true where files have no owners.
pub(crate) fn have_one_owner(path: &Path, other: &Path) -> io::Result<bool> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let (one, other) = (std::fs::metadata(path)?, std::fs::metadata(other)?);
        Ok(one.uid() == other.uid())
    }
    #[cfg(not(unix))]
    {
        let _ = (path, other);
        Ok(true)
    }
}

/// Gives the file or folder at `path` to the owner of `folder`, if they differ: what root restores or sets up belongs to the user
/// that runs quoth. Other users own what they create, and cannot give it away.
pub(crate) fn give_to_owner_of(folder: &Path, path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if !have_one_owner(folder, path)? {
            let of_folder = std::fs::metadata(folder)?;
            std::os::unix::fs::chown(path, Some(of_folder.uid()), Some(of_folder.gid()))?;
        }
    }
    let _ = (folder, path);
    Ok(())
}

/// Restricts the existing file at `path` to its owner.
#[cfg(feature = "matrix")]
pub(crate) fn restrict_to_owner(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    }
    let _ = path;
    Ok(())
}

/// Makes files that are created with `options` accessible to their owner only.
pub(super) fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}
