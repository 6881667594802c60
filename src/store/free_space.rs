//! Free space of a disk.

use std::io;
use std::path::Path;

/// What can still be written to a file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FreeSpace {
    /// Bytes that users other than root can write.
    pub(crate) bytes: u64,
    /// Files that can be made; `None` on file systems without a fixed number.
    pub(crate) files: Option<u64>,
}

/// The free space where `path` is; `None` if the file system does not say.
///
/// # Errors
/// If there is nothing at `path`, or it cannot be read.
pub(crate) fn free_space(path: &Path) -> io::Result<Option<FreeSpace>> {
    #[cfg(unix)]
    {
        let found = rustix::fs::statvfs(path)?;
        Ok((found.f_blocks > 0).then(|| FreeSpace {
            bytes: found.f_bavail.saturating_mul(found.f_frsize),
            files: (found.f_files > 0).then_some(found.f_favail),
        }))
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        Ok(None)
    }
}
