//! The table `revisions`: recorded changes of entries.

use rusqlite::{Connection, Row, params};

use crate::conversation::{PrincipalId, Timestamp};
use crate::store::records::revision::{Revision, RevisionAuthor};

pub(super) fn insert(connection: &Connection, revisions: &[Revision]) -> rusqlite::Result<()> {
    revisions.iter().try_for_each(|revision| insert_one(connection, revision))
}

fn insert_one(connection: &Connection, revision: &Revision) -> rusqlite::Result<()> {
    let author = match &revision.by {
        RevisionAuthor::User(user) => Some(user.as_str()),
        RevisionAuthor::File => None,
    };
    connection
        .prepare_cached(
            "INSERT INTO revisions (pack, entry, at, author, reason, before, after)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            revision.pack.as_str(),
            revision.entry.as_str(),
            revision.at.as_millis(),
            author,
            revision.reason.as_deref(),
            revision.before.as_deref(),
            revision.after.as_deref(),
        ])
        .map(drop)
}

pub(super) fn latest(
    connection: &Connection,
    pack: &str,
    entry: &str,
    limit: u32,
) -> rusqlite::Result<Vec<Revision>> {
    connection
        .prepare_cached(
            "SELECT * FROM revisions WHERE pack = ? AND entry = ? ORDER BY id DESC LIMIT ?",
        )?
        .query_map(params![pack, entry, limit], from_row)?
        .collect()
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Revision> {
    let author: Option<String> = row.get("author")?;
    Ok(Revision {
        pack: row.get("pack")?,
        entry: row.get("entry")?,
        at: Timestamp::from_millis(row.get("at")?),
        by: author
            .map_or(RevisionAuthor::File, |author| RevisionAuthor::User(PrincipalId::from(author))),
        reason: row.get("reason")?,
        before: row.get("before")?,
        after: row.get("after")?,
    })
}
