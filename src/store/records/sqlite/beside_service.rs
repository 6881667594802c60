//! Connections of other processes than the service. They need no lock of the data folder, since they have no
//! claims. SQLite keeps the transactions of both apart.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;

use super::{FILE, connect, data_dir, error, migrations};
use crate::store::file_permissions;
use crate::store::records::{RecordsError, Result};

/// How long a command waits for others that edit at the same time, each of which may prove a large pack.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Opens the records in the data folder `data`, which are created if they are missing. Returns the path of the file,
/// too.
pub(super) fn open(data: &Path) -> Result<(Connection, PathBuf)> {
    let unusable = |source| RecordsError::Folder { path: data.to_owned(), source };
    file_permissions::create_private_dir(data).map_err(unusable)?;
    let path = data.join(FILE);
    data_dir::create_private_file(&path)?;
    let classify = |source| error::classify(&path, Arc::new(source));
    let mut connection = connect(&path, BUSY_TIMEOUT).map_err(classify)?;
    migrations::apply(&mut connection, &path)?;
    Ok((connection, path))
}
