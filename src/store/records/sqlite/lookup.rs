//! Lookups, over several tables.

use rusqlite::Connection;

use super::{claims, replies, spaces};
use crate::conversation::{MessageId, SentReply};
use crate::store::records::lookup::{Lookup, LookupResult, ReplyKey};

pub(super) fn run(connection: &Connection, lookup: &Lookup) -> rusqlite::Result<LookupResult> {
    let status = spaces::place_status(connection, &lookup.space, &lookup.places)?;
    let is_older = lookup.sent_at.is_some_and(|sent_at| sent_at < status.member_since);
    let claim = lookup.claim.as_ref().filter(|_| !is_older);
    Ok(LookupResult {
        status,
        target: target(connection, lookup.target.as_ref())?,
        has_reply: has_reply(connection, &lookup.related)?,
        claim: claim.map(|claim| claims::claim(connection, claim)).transpose()?,
    })
}

fn target(connection: &Connection, key: Option<&ReplyKey>) -> rusqlite::Result<Option<SentReply>> {
    match key {
        Some(ReplyKey::Message(message)) => replies::find_by_message(connection, message),
        Some(ReplyKey::Last { asker, place }) => replies::find_last(connection, asker, place),
        None => Ok(None),
    }
}

fn has_reply(connection: &Connection, related: &[MessageId]) -> rusqlite::Result<bool> {
    for message in related {
        if replies::find_by_question(connection, message)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
