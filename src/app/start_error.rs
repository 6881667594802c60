//! Which errors at the start are transient, so that a supervisor should start the service again.

use std::io;

use crate::store::records::RecordsError;
use crate::store::system_error;

/// Whether another start may succeed although nobody has changed anything.
pub(super) fn is_transient(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<RecordsError>().is_some_and(RecordsError::is_transient)
            || cause
                .downcast_ref::<io::Error>()
                .is_some_and(|error| system_error::is_transient(error.kind()))
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;

    use anyhow::Context;

    use super::*;

    #[test]
    fn transient_errors_are_distinguished_from_those_that_need_a_fix() {
        let path = PathBuf::from("data");
        let source = || Arc::new(rusqlite::Error::InvalidQuery);
        let folder = |kind: io::ErrorKind| RecordsError::Folder {
            path: PathBuf::from("data"),
            source: kind.into(),
        };
        let rows: [(anyhow::Error, bool); 10] = [
            (RecordsError::Locked { path: path.clone(), source: source() }.into(), true),
            (RecordsError::Full { path: path.clone(), source: source() }.into(), true),
            (RecordsError::InUse { path: path.clone() }.into(), true),
            (RecordsError::Corrupt { path: path.clone(), source: source() }.into(), false),
            (RecordsError::Newer { path, found: 9, known: 1 }.into(), false),
            (folder(io::ErrorKind::StorageFull).into(), true),
            (folder(io::ErrorKind::PermissionDenied).into(), false),
            (
                Err::<(), _>(io::Error::from(io::ErrorKind::AddrInUse)).context("x").unwrap_err(),
                true,
            ),
            (
                Err::<(), _>(io::Error::from(io::ErrorKind::PermissionDenied))
                    .context("x")
                    .unwrap_err(),
                false,
            ),
            (anyhow::anyhow!("no platform to serve"), false),
        ];
        for (error, want) in rows {
            assert_eq!(is_transient(&error), want, "{error:#}");
        }
    }
}
