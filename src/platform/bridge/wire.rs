//! The lines of the bridge.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::conversation::reply::Answer;
use crate::conversation::wording::Wording;
use crate::conversation::{Event, MessageId, PlaceId, Reply, ReplyKind};
use crate::platform::console::{Layout, render};
use crate::service::{Outgoing, SendError};

/// What every name on the bridge starts with: nobody speaks for another platform.
const OURS: &str = "bridge:";

/// A line of the program.
pub(super) enum IncomingLine {
    Event(Box<Event>),
    /// What came of the order of this number.
    Ack(u64, Ack),
}

/// What came of an order: the name of the message that was sent, if one was.
pub(super) struct Ack {
    pub(super) result: Result<Option<MessageId>, SendError>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AckLine {
    ack: u64,
    sent: Option<MessageId>,
    failed: Option<AckFailure>,
    retry_after_ms: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum AckFailure {
    #[serde(rename = "passing")]
    Transient,
    #[serde(rename = "refused")]
    Permanent,
    #[serde(rename = "unknown")]
    Ambiguous,
}

impl IncomingLine {
    /// What `line` says, or why it says nothing.
    pub(super) fn parse(line: &[u8]) -> Result<Self, String> {
        let told = |error: serde_json::Error| error.to_string();
        let value: Value = serde_json::from_slice(line).map_err(told)?;
        if value.get("ack").is_some() {
            let AckLine { ack, sent, failed, retry_after_ms } =
                serde_json::from_value(value).map_err(told)?;
            let retry_after = retry_after_ms.map(Duration::from_millis);
            let result = match failed {
                None => Ok(sent.filter(|sent| sent.as_str().starts_with(OURS))),
                Some(AckFailure::Transient) => Err(SendError::Transient { retry_after }),
                Some(AckFailure::Permanent) => Err(SendError::Permanent),
                Some(AckFailure::Ambiguous) => Err(SendError::Ambiguous),
            };
            return Ok(Self::Ack(ack, Ack { result }));
        }
        let event: Event = serde_json::from_value(value).map_err(told)?;
        match names(&event).iter().find(|name| !name.starts_with(OURS)) {
            Some(name) => Err(format!("`{name}` does not start with `{OURS}`")),
            None => Ok(Self::Event(Box::new(event))),
        }
    }
}

/// The names that decide who is answered where.
fn names(event: &Event) -> Vec<&str> {
    match event {
        Event::MessageCreated(message) | Event::MessageEdited(message) => {
            let own = [message.id.as_str(), message.place.id.as_str(), message.author.id.as_str()];
            own.into_iter().chain(message.edit_id.as_ref().map(MessageId::as_str)).collect()
        }
        Event::MessageDeleted { id, place } => vec![id.as_str(), place.id.as_str()],
        Event::ControlUsed(used) => {
            vec![
                used.id.as_str(),
                used.message.as_str(),
                used.place.id.as_str(),
                used.user.id.as_str(),
            ]
        }
        Event::Joined { place, member_of: whole, .. } => {
            whole.iter().chain([&place.id]).map(PlaceId::as_str).collect()
        }
        Event::MissingPermissions { place, .. } => vec![place.id.as_str()],
        Event::Alert(report) => vec![report.id.as_str(), report.place.id.as_str()],
    }
}

/// The line that tells the program what was wrong with its own.
pub(super) fn error(error: &str) -> String {
    format!("{}\n", json!({ "error": error }))
}

/// The line that asks the program to send `event` again in a while.
pub(super) fn resend(event: &Event) -> String {
    let id = match event {
        Event::MessageCreated(message) | Event::MessageEdited(message) => Some(&message.id),
        Event::MessageDeleted { id, .. } => Some(id),
        Event::ControlUsed(used) => Some(&used.id),
        Event::Alert(report) => Some(&report.id),
        Event::Joined { .. } | Event::MissingPermissions { .. } => None,
    };
    format!("{}\n", json!({ "do": "resend", "id": id, "after_ms": 1000 }))
}

/// What the program is to do.
#[derive(Serialize)]
pub(super) struct Order<'a> {
    #[serde(rename = "do")]
    verb: &'static str,
    place: &'a PlaceId,
    /// The message to change or take away.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<&'a MessageId>,
    #[serde(flatten)]
    said: Option<OrderMessage<'a>>,
}

#[derive(Serialize)]
struct OrderMessage<'a> {
    /// What it is sent for.
    cause: &'a MessageId,
    /// Whether the cause is a message that can be replied to.
    is_reply: bool,
    is_private: bool,
    asks_feedback: bool,
    kind: ReplyKind,
    entries: &'a [String],
    /// Everything as plain text.
    text: String,
    /// The quotes alone.
    quotes: Vec<&'a str>,
}

impl<'a> Order<'a> {
    pub(super) fn send(outgoing: &'a Outgoing) -> Self {
        Self {
            verb: "send",
            place: &outgoing.place,
            sent: None,
            said: Some(OrderMessage::new(outgoing)),
        }
    }

    pub(super) fn amend(sent: &'a MessageId, outgoing: &'a Outgoing) -> Self {
        let said = Some(OrderMessage::new(outgoing));
        Self { verb: "amend", place: &outgoing.place, sent: Some(sent), said }
    }

    pub(super) fn remove(sent: &'a MessageId, place: &'a PlaceId) -> Self {
        Self { verb: "remove", place, sent: Some(sent), said: None }
    }

    /// The line, with the number by which the program tells what came of it.
    pub(super) fn line(&self, number: u64) -> String {
        // Texts and numbers always make JSON.
        let mut value = serde_json::to_value(self).unwrap_or_default();
        if let Value::Object(object) = &mut value {
            object.insert("order".to_owned(), number.into());
        }
        format!("{value}\n")
    }
}

impl<'a> OrderMessage<'a> {
    fn new(outgoing: &'a Outgoing) -> Self {
        let say = &outgoing.message;
        // Wide enough that no line is broken: the program knows its own width.
        let wording = Wording::for_locale(&outgoing.locale);
        let layout = Layout { width: usize::MAX, is_plain: true, wording };
        let quotes = match &say.reply {
            Reply::Answer(Answer { quotes, .. }) => quotes.as_slice(),
            _ => &[],
        };
        Self {
            cause: &outgoing.cause,
            is_reply: outgoing.is_reply,
            is_private: say.is_private,
            asks_feedback: say.asks_feedback,
            kind: say.kind,
            entries: &say.entries,
            text: render(&say.reply, layout),
            quotes: quotes.iter().map(|quote| quote.text.as_str()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_say_nothing_are_told_why() {
        let said = |id: &str, place: &str| {
            format!(
                r#"{{"event":"said","id":"{id}","place":{{"id":"{place}"}},"author":{{"id":"bridge:ada"}},"text":"?","sent_at":1}}"#
            )
        };
        assert!(IncomingLine::parse(said("bridge:1", "bridge:room").as_bytes()).is_ok());
        let rows = [
            ("{".to_owned(), "EOF"),
            ("{}".to_owned(), "missing field `event`"),
            (r#"{"event":"sang"}"#.to_owned(), "unknown variant `sang`"),
            (r#"{"ack":"x"}"#.to_owned(), "expected u64"),
            (said("discord:1", "bridge:room"), "`discord:1` does not start with `bridge:`"),
            (said("bridge:1", "matrix:!r"), "`matrix:!r` does not start with `bridge:`"),
        ];
        for (line, want) in rows {
            let Err(error) = IncomingLine::parse(line.as_bytes()) else {
                panic!("{line} is taken")
            };
            assert!(error.contains(want), "{line}: {error}");
        }
    }

    #[test]
    fn an_acknowledgement_says_what_came_of_an_order() {
        let passing = |millis: Option<u64>| {
            Err(SendError::Transient { retry_after: millis.map(Duration::from_millis) })
        };
        let rows = [
            (r#"{"ack":7,"sent":"bridge:m"}"#, Ok(Some(MessageId::from("bridge:m")))),
            (r#"{"ack":7,"sent":"discord:m"}"#, Ok(None)),
            (r#"{"ack":7}"#, Ok(None)),
            (r#"{"ack":7,"failed":"passing"}"#, passing(None)),
            (r#"{"ack":7,"failed":"passing","retry_after_ms":5}"#, passing(Some(5))),
            (r#"{"ack":7,"failed":"refused"}"#, Err(SendError::Permanent)),
            (r#"{"ack":7,"failed":"unknown"}"#, Err(SendError::Ambiguous)),
        ];
        for (line, want) in rows {
            match IncomingLine::parse(line.as_bytes()) {
                Ok(IncomingLine::Ack(7, ack)) => assert_eq!(ack.result, want, "{line}"),
                _ => panic!("{line} is no acknowledgement"),
            }
        }
    }
}
