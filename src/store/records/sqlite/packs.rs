//! The table `packs`: what was served last.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::SqliteConnection;

use super::revisions;
use crate::store::records::Revision;

pub(super) async fn accepted(
    connection: &mut SqliteConnection,
) -> sqlx::Result<HashMap<String, String>> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT name, faq FROM packs").fetch_all(connection).await?;
    Ok(rows.into_iter().collect())
}

pub(super) async fn accept(
    connection: &mut SqliteConnection,
    name: String,
    faq: Arc<str>,
    revisions: Vec<Revision>,
) -> sqlx::Result<()> {
    sqlx::query("INSERT OR REPLACE INTO packs (name, faq) VALUES (?, ?)")
        .bind(name)
        .bind(&*faq)
        .execute(&mut *connection)
        .await?;
    revisions::insert(connection, revisions).await
}
