//! The table `revisions`: recorded changes of entries and settings.

use rusqlite::{Connection, Row, params};

use super::history::RecordedRevision;
use crate::conversation::{PrincipalId, Timestamp};
use crate::moderation::{Revision, RevisionAuthor, Subject};

/// What the id of an author at the terminal begins with. No platform has this name.
const TERMINAL: &str = "terminal:";

pub(super) fn insert(connection: &Connection, revisions: &[Revision]) -> rusqlite::Result<()> {
    revisions.iter().try_for_each(|revision| insert_one(connection, revision).map(drop))
}

/// Inserts a revision and returns its number.
pub(super) fn insert_one(connection: &Connection, revision: &Revision) -> rusqlite::Result<i64> {
    let hunk = revision.hunk.as_ref().map(serde_json::to_string).transpose();
    let hunk = hunk.map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    connection
        .prepare_cached(
            "INSERT INTO revisions (pack, entry, at, author, reason, before, after, hunk)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .insert(params![
            revision.subject.id(),
            revision.entry.as_str(),
            revision.at.as_millis(),
            author_id(&revision.by),
            revision.reason.as_deref(),
            revision.before.as_deref(),
            revision.after.as_deref(),
            hunk,
        ])
}

/// Inserts the revisions of one edit and returns their numbers.
pub(super) fn insert_edit(
    connection: &Connection,
    revisions: &[Revision],
) -> rusqlite::Result<Vec<i64>> {
    let ids: Vec<i64> = revisions
        .iter()
        .map(|revision| insert_one(connection, revision))
        .collect::<rusqlite::Result<_>>()?;
    let mut set = connection.prepare_cached("UPDATE revisions SET edit = ? WHERE id = ?")?;
    for id in &ids {
        set.execute([ids.first(), Some(id)])?;
    }
    Ok(ids)
}

pub(super) fn latest(
    connection: &Connection,
    pack: &str,
    entry: &str,
    limit: u32,
) -> rusqlite::Result<Vec<RecordedRevision>> {
    connection
        .prepare_cached(
            "SELECT * FROM revisions WHERE pack = ? AND entry = ? ORDER BY id DESC LIMIT ?",
        )?
        .query_map(params![pack, entry, limit], recorded)?
        .collect()
}

/// A revision with its number.
pub(super) fn recorded(row: &Row<'_>) -> rusqlite::Result<RecordedRevision> {
    Ok(RecordedRevision { id: row.get("id")?, revision: from_row(row)? })
}

/// The stored id of an author; `None` is the file.
pub(super) fn author_id(author: &RevisionAuthor) -> Option<String> {
    match author {
        RevisionAuthor::User(user) => Some(user.as_str().to_owned()),
        RevisionAuthor::Terminal(name) => Some(format!("{TERMINAL}{name}")),
        RevisionAuthor::File => None,
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Revision> {
    let author: Option<String> = row.get("author")?;
    let by = author.map_or(RevisionAuthor::File, |author| match author.strip_prefix(TERMINAL) {
        Some(name) => RevisionAuthor::Terminal(name.to_owned()),
        None => RevisionAuthor::User(PrincipalId::from(author)),
    });
    let hunk: Option<String> = row.get("hunk")?;
    Ok(Revision {
        subject: Subject::with_id(&row.get::<_, String>("pack")?),
        entry: row.get("entry")?,
        at: Timestamp::from_millis(row.get("at")?),
        by,
        reason: row.get("reason")?,
        before: row.get("before")?,
        after: row.get("after")?,
        // One that cannot be read is taken back by the texts of the entry.
        hunk: hunk.and_then(|hunk| serde_json::from_str(&hunk).ok()),
    })
}
