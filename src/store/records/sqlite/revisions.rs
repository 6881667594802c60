//! The table `revisions`: recorded changes of entries.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use crate::conversation::{PrincipalId, Timestamp};
use crate::store::records::revision::{Revision, RevisionAuthor};

pub(super) async fn insert(
    connection: &mut SqliteConnection,
    revisions: Vec<Revision>,
) -> sqlx::Result<()> {
    for revision in &revisions {
        insert_one(connection, revision).await?;
    }
    Ok(())
}

async fn insert_one(connection: &mut SqliteConnection, revision: &Revision) -> sqlx::Result<()> {
    let author = match &revision.by {
        RevisionAuthor::User(user) => Some(user.as_str()),
        RevisionAuthor::File => None,
    };
    sqlx::query(
        "INSERT INTO revisions (pack, entry, at, author, reason, before, after)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(revision.pack.as_str())
    .bind(revision.entry.as_str())
    .bind(revision.at.as_millis())
    .bind(author)
    .bind(revision.reason.as_deref())
    .bind(revision.before.as_deref())
    .bind(revision.after.as_deref())
    .execute(connection)
    .await
    .map(drop)
}

pub(super) async fn latest(
    connection: &mut SqliteConnection,
    pack: String,
    entry: String,
    limit: u32,
) -> sqlx::Result<Vec<Revision>> {
    let rows = sqlx::query(
        "SELECT * FROM revisions WHERE pack = ? AND entry = ? ORDER BY id DESC LIMIT ?",
    )
    .bind(pack)
    .bind(entry)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter().map(from_row).collect()
}

fn from_row(row: &SqliteRow) -> sqlx::Result<Revision> {
    let author: Option<String> = row.try_get("author")?;
    Ok(Revision {
        pack: row.try_get("pack")?,
        entry: row.try_get("entry")?,
        at: Timestamp::from_millis(row.try_get("at")?),
        by: author
            .map_or(RevisionAuthor::File, |author| RevisionAuthor::User(PrincipalId::from(author))),
        reason: row.try_get("reason")?,
        before: row.try_get("before")?,
        after: row.try_get("after")?,
    })
}
