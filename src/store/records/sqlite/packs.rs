//! The table `packs`: what was served last.

use std::collections::HashMap;

use rusqlite::Connection;

use super::revisions;
use crate::store::records::Revision;

pub(super) fn accepted(connection: &Connection) -> rusqlite::Result<HashMap<String, String>> {
    connection
        .prepare_cached("SELECT name, faq FROM packs")?
        .query_map([], |row| row.try_into())?
        .collect()
}

pub(super) fn accept(
    connection: &Connection,
    name: &str,
    faq: &str,
    revisions: &[Revision],
) -> rusqlite::Result<()> {
    connection.execute("INSERT OR REPLACE INTO packs (name, faq) VALUES (?, ?)", [name, faq])?;
    revisions::insert(connection, revisions)
}
