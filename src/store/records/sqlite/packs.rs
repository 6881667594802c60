//! The table `packs`: what was served last.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Row};

use super::revisions;
use crate::knowledge::CuratedTexts;
use crate::moderation::Revision;
use crate::store::records::AcceptedTexts;

pub(super) fn accepted(
    connection: &Connection,
) -> rusqlite::Result<HashMap<String, AcceptedTexts>> {
    connection
        .prepare_cached("SELECT faq, lexicon, name FROM packs")?
        .query_map([], |row| Ok((row.get(2)?, texts(row)?)))?
        .collect()
}

pub(super) fn accept(
    connection: &Connection,
    name: &str,
    before: Option<&AcceptedTexts>,
    texts: &CuratedTexts,
    revisions: &[Revision],
) -> rusqlite::Result<bool> {
    if accepted_texts(connection, name)?.as_ref() != before {
        return Ok(false);
    }
    set_accepted(connection, name, texts)?;
    revisions::insert(connection, revisions)?;
    Ok(true)
}

/// The texts that were accepted last.
pub(super) fn accepted_texts(
    connection: &Connection,
    name: &str,
) -> rusqlite::Result<Option<AcceptedTexts>> {
    connection
        .prepare_cached("SELECT faq, lexicon FROM packs WHERE name = ?")?
        .query_row([name], texts)
        .optional()
}

fn texts(row: &Row<'_>) -> rusqlite::Result<AcceptedTexts> {
    let (faq, lexicon): (String, Option<String>) = (row.get("faq")?, row.get("lexicon")?);
    Ok(AcceptedTexts { faq: faq.into(), lexicon: lexicon.map(Into::into) })
}

pub(super) fn set_accepted(
    connection: &Connection,
    name: &str,
    texts: &CuratedTexts,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO packs (name, faq, lexicon) VALUES (?, ?, ?)")?
        .execute([name, &texts.faq, &texts.lexicon])
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
