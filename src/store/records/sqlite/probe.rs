//! A probe: writes what a question writes, and deletes it again.

use std::time::Duration;

use rusqlite::Connection;

use super::{claims, replies, spaces};
use crate::conversation::{
    AskedQuestion, AskerHash, MessageId, PlaceId, ReplyKind, SentReply, Timestamp,
    UnansweredQuestion,
};
use crate::store::records::claim::{Claim, Completion, Holder};

/// Id of the message that is written, which no platform has.
const MESSAGE: &str = "quoth:probe";

/// Fails if a question could not be recorded: the database is read-only, full or locked, or one of the
/// tables is damaged. Nobody sees the rows, since all of it is one transaction.
pub(super) fn run(connection: &Connection) -> rusqlite::Result<()> {
    let (message, holder) = (MessageId::from(MESSAGE), Holder::new(MESSAGE));
    let at = Timestamp::from_millis(0);
    let place = PlaceId::from(MESSAGE);
    spaces::place_status(connection, MESSAGE, std::slice::from_ref(&place))?;
    let claim =
        Claim { message: message.clone(), holder: holder.clone(), now: at, lease: Duration::ZERO };
    claims::claim(connection, &claim)?;
    claims::begin_send(connection, &claim)?;
    let completion = Completion {
        message: message.clone(),
        holder,
        at,
        answer: Some(reply(&message, &place)),
        unanswered: Some(question(&message, &place)),
        asked: Some(asked_question(&message)),
        outdated_alerts: None,
    };
    claims::complete(connection, &completion)?;
    replies::delete(connection, &message)?;
    connection.execute("DELETE FROM handled WHERE message = ?", [MESSAGE]).map(drop)
}

fn reply(message: &MessageId, place: &PlaceId) -> SentReply {
    SentReply {
        question: message.clone(),
        message: message.clone(),
        place: place.clone(),
        space: MESSAGE.to_owned(),
        asker: AskerHash::from(MESSAGE),
        asked_for: None,
        kind: ReplyKind::Suggest,
        is_private: false,
        entries: Vec::new(),
        sent_at: Timestamp::from_millis(0),
    }
}

fn asked_question(message: &MessageId) -> AskedQuestion {
    AskedQuestion {
        message: message.clone(),
        space: MESSAGE.to_owned(),
        asker: AskerHash::from(MESSAGE),
        text: String::new(),
        asked_at: Timestamp::from_millis(0),
    }
}

fn question(message: &MessageId, place: &PlaceId) -> UnansweredQuestion {
    UnansweredQuestion {
        message: message.clone(),
        space: MESSAGE.to_owned(),
        place: place.clone(),
        asker: AskerHash::from(MESSAGE),
        text: String::new(),
        nearest: Vec::new(),
        gap: None,
        passages: Vec::new(),
        asked_at: Timestamp::from_millis(0),
    }
}
