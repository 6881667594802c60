//! The table `packs`: what was served last.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension};

use super::revisions;
use crate::moderation::Revision;

pub(super) fn accepted(connection: &Connection) -> rusqlite::Result<HashMap<String, String>> {
    connection
        .prepare_cached("SELECT name, faq FROM packs")?
        .query_map([], |row| row.try_into())?
        .collect()
}

pub(super) fn accept(
    connection: &Connection,
    name: &str,
    before: Option<&str>,
    faq: &str,
    revisions: &[Revision],
) -> rusqlite::Result<bool> {
    if accepted_faq(connection, name)?.as_deref() != before {
        return Ok(false);
    }
    set_accepted(connection, name, faq)?;
    revisions::insert(connection, revisions)?;
    Ok(true)
}

/// The text of `faq.toml` that was accepted last.
pub(super) fn accepted_faq(
    connection: &Connection,
    name: &str,
) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT faq FROM packs WHERE name = ?")?
        .query_row([name], |row| row.get(0))
        .optional()
}

pub(super) fn set_accepted(connection: &Connection, name: &str, faq: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO packs (name, faq) VALUES (?, ?)")?
        .execute([name, faq])
        .map(drop)
}

/// The folder that is edited as the pack `name`.
pub(super) fn folder(connection: &Connection, name: &str) -> rusqlite::Result<Option<PathBuf>> {
    connection
        .query_row("SELECT folder FROM pack_folders WHERE name = ?", [name], |row| {
            row.get::<_, String>(0).map(PathBuf::from)
        })
        .optional()
}

pub(super) fn set_folder(
    connection: &Connection,
    name: &str,
    folder: &Path,
) -> rusqlite::Result<()> {
    connection
        .execute(
            "INSERT OR REPLACE INTO pack_folders (name, folder) VALUES (?, ?)",
            [name, &folder.to_string_lossy()],
        )
        .map(drop)
}
