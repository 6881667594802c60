//! Which errors of the operating system are transient.

use std::io;

/// Whether an error of this kind may pass without an operator: a full disk, an address in use, a folder
/// that is not mounted yet. Unknown kinds count as such, since a needless retry costs less than a
/// service that stays down.
pub(crate) fn is_transient(kind: io::ErrorKind) -> bool {
    use io::ErrorKind as Kind;
    !matches!(
        kind,
        Kind::PermissionDenied
            | Kind::ReadOnlyFilesystem
            | Kind::AlreadyExists
            | Kind::NotADirectory
            | Kind::IsADirectory
            | Kind::InvalidInput
            | Kind::InvalidFilename
            | Kind::InvalidData
            | Kind::Unsupported
    )
}
