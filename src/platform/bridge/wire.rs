//! The lines of the bridge's protocol.
//!
//! All strings and keys are a contract (docs/bridge.md): Rust names may change under
//! `#[serde(rename)]`. Lines of the client may use the Rust names, too.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::conversation::reply::Answer;
use crate::conversation::wording::Wording;
use crate::conversation::{Event, MessageId, PlaceId, Reply, ReplyKind};
use crate::platform::console::{Layout, render};
use crate::service::{Outgoing, SendError};

/// Start of every id on the bridge, so that a client cannot send events of another platform.
const ID_PREFIX: &str = "bridge:";

/// A line of the client.
pub(super) enum IncomingLine {
    Event(Box<Event>),
    /// The acknowledgement of the order of this number.
    Ack(u64, Ack),
}

/// The result of an order: the id of the new message, if one was sent.
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
    #[serde(rename = "passing", alias = "transient")]
    Transient,
    #[serde(rename = "refused", alias = "permanent")]
    Permanent,
    #[serde(rename = "unknown", alias = "ambiguous")]
    Ambiguous,
}

impl IncomingLine {
    /// Parses `line`; the error is for the client.
    pub(super) fn parse(line: &[u8]) -> Result<Self, String> {
        let describe = |error: serde_json::Error| error.to_string();
        let value: Value = serde_json::from_slice(line).map_err(describe)?;
        if value.get("ack").is_some() {
            let AckLine { ack, sent, failed, retry_after_ms } =
                serde_json::from_value(value).map_err(describe)?;
            let retry_after = retry_after_ms.map(Duration::from_millis);
            let result = match failed {
                None => Ok(sent.filter(|sent| sent.as_str().starts_with(ID_PREFIX))),
                Some(AckFailure::Transient) => Err(SendError::Transient { retry_after }),
                Some(AckFailure::Permanent) => Err(SendError::Permanent),
                Some(AckFailure::Ambiguous) => Err(SendError::Ambiguous),
            };
            return Ok(Self::Ack(ack, Ack { result }));
        }
        let event: Event = serde_json::from_value(value).map_err(describe)?;
        match ids(&event).iter().find(|id| !id.starts_with(ID_PREFIX)) {
            Some(id) => Err(format!("`{id}` does not start with `{ID_PREFIX}`")),
            None => Ok(Self::Event(Box::new(event))),
        }
    }
}

/// The ids of `event` that decide who is answered where.
fn ids(event: &Event) -> Vec<&str> {
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
        Event::Joined { place, member_of, .. } => {
            member_of.iter().chain([&place.id]).map(PlaceId::as_str).collect()
        }
        Event::MissingPermissions { place, .. } | Event::Undecryptable { place, .. } => {
            vec![place.id.as_str()]
        }
        Event::Alert(alert) => vec![alert.id.as_str(), alert.place.id.as_str()],
        Event::AnswerFound { id, question, place } => {
            vec![id.as_str(), question.as_str(), place.id.as_str()]
        }
        Event::MessageQuoted(quoted) => vec![quoted.id.as_str(), quoted.place.id.as_str()],
    }
}

/// The line that reports to the client what is wrong with its own.
pub(super) fn error(error: &str) -> String {
    format!("{}\n", json!({ "error": error }))
}

/// The line that reports to the client what is wrong with its acknowledgement of the order `number`.
pub(super) fn ack_error(number: u64, error: &str) -> String {
    format!("{}\n", json!({ "error": error, "ack": number }))
}

/// The line that asks the client to send `event` again later.
pub(super) fn resend(event: &Event) -> String {
    let id = match event {
        Event::MessageCreated(message) | Event::MessageEdited(message) => Some(&message.id),
        Event::MessageDeleted { id, .. } => Some(id),
        Event::ControlUsed(used) => Some(&used.id),
        Event::Alert(alert) => Some(&alert.id),
        Event::AnswerFound { id, .. } => Some(id),
        Event::MessageQuoted(quoted) => Some(&quoted.id),
        Event::Joined { .. } | Event::MissingPermissions { .. } | Event::Undecryptable { .. } => {
            None
        }
    };
    format!("{}\n", json!({ "do": "resend", "id": id, "after_ms": 1000 }))
}

/// An action for the client.
#[derive(Serialize)]
pub(super) struct Order<'a> {
    #[serde(rename = "do")]
    action: &'static str,
    place: &'a PlaceId,
    /// The message to edit or delete.
    #[serde(rename = "sent", skip_serializing_if = "Option::is_none")]
    target: Option<&'a MessageId>,
    /// The new message, or the new content of the target.
    #[serde(flatten)]
    message: Option<OrderMessage<'a>>,
}

#[derive(Serialize)]
struct OrderMessage<'a> {
    /// The event that it is sent for.
    cause: &'a MessageId,
    /// Whether the cause is a message, so that a reply to it is possible.
    is_reply: bool,
    is_private: bool,
    asks_feedback: bool,
    kind: ReplyKind,
    entries: &'a [String],
    /// The whole message as plain text.
    text: String,
    /// The texts of the quotes.
    quotes: Vec<&'a str>,
    /// The file that comes with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<OrderFile<'a>>,
}

#[derive(Serialize)]
struct OrderFile<'a> {
    name: &'a str,
    media_type: &'static str,
    text: &'a str,
}

impl<'a> Order<'a> {
    pub(super) fn send(outgoing: &'a Outgoing) -> Self {
        Self {
            action: "send",
            place: &outgoing.place,
            target: None,
            message: Some(OrderMessage::new(outgoing)),
        }
    }

    pub(super) fn edit(target: &'a MessageId, outgoing: &'a Outgoing) -> Self {
        let message = Some(OrderMessage::new(outgoing));
        Self { action: "amend", place: &outgoing.place, target: Some(target), message }
    }

    pub(super) fn delete(target: &'a MessageId, place: &'a PlaceId) -> Self {
        Self { action: "remove", place, target: Some(target), message: None }
    }

    /// The order as a line, with the number that its acknowledgement refers to.
    pub(super) fn line(&self, number: u64) -> String {
        // Strings, numbers and booleans can always be serialized.
        let mut value = serde_json::to_value(self).unwrap_or_default();
        if let Value::Object(object) = &mut value {
            object.insert("order".to_owned(), number.into());
        }
        format!("{value}\n")
    }
}

impl<'a> OrderMessage<'a> {
    fn new(outgoing: &'a Outgoing) -> Self {
        let message = &outgoing.message;
        // No line is wrapped: only the client knows the width of its display.
        let wording = Wording::for_locale(&outgoing.locale);
        let layout = Layout { width: usize::MAX, is_plain: true, wording };
        let quotes = match &message.reply {
            Reply::Answer(Answer { quotes, .. }) => quotes.as_slice(),
            _ => &[],
        };
        Self {
            cause: &outgoing.cause,
            is_reply: outgoing.is_reply,
            is_private: message.is_private,
            asks_feedback: message.asks_feedback,
            kind: message.kind,
            entries: &message.entries,
            text: render(&message.reply, layout),
            quotes: quotes.iter().map(|quote| quote.text.as_str()).collect(),
            file: message.file().map(|file| OrderFile {
                name: &file.name,
                media_type: file.media_type,
                text: &file.text,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_lines_are_reported_with_a_reason() {
        let created = |id: &str, place: &str| {
            format!(
                r#"{{"event":"said","id":"{id}","place":{{"id":"{place}"}},"author":{{"id":"bridge:ada"}},"text":"?","sent_at":1}}"#
            )
        };
        assert!(IncomingLine::parse(created("bridge:1", "bridge:room").as_bytes()).is_ok());
        let rows = [
            ("{".to_owned(), "EOF"),
            ("{}".to_owned(), "missing field `event`"),
            (r#"{"event":"sang"}"#.to_owned(), "unknown variant `sang`"),
            (r#"{"ack":"x"}"#.to_owned(), "expected u64"),
            (created("discord:1", "bridge:room"), "`discord:1` does not start with `bridge:`"),
            (created("bridge:1", "matrix:!r"), "`matrix:!r` does not start with `bridge:`"),
        ];
        for (line, want) in rows {
            let Err(error) = IncomingLine::parse(line.as_bytes()) else {
                panic!("{line} is accepted")
            };
            assert!(error.contains(want), "{line}: {error}");
        }
    }

    #[test]
    fn acknowledgements_carry_the_result_of_an_order() {
        let transient = |millis: Option<u64>| {
            Err(SendError::Transient { retry_after: millis.map(Duration::from_millis) })
        };
        let rows = [
            (r#"{"ack":7,"sent":"bridge:m"}"#, Ok(Some(MessageId::from("bridge:m")))),
            (r#"{"ack":7,"sent":"discord:m"}"#, Ok(None)),
            (r#"{"ack":7}"#, Ok(None)),
            (r#"{"ack":7,"failed":"passing"}"#, transient(None)),
            (r#"{"ack":7,"failed":"passing","retry_after_ms":5}"#, transient(Some(5))),
            (r#"{"ack":7,"failed":"refused"}"#, Err(SendError::Permanent)),
            (r#"{"ack":7,"failed":"unknown"}"#, Err(SendError::Ambiguous)),
            (r#"{"ack":7,"failed":"transient","retry_after_ms":5}"#, transient(Some(5))),
            (r#"{"ack":7,"failed":"permanent"}"#, Err(SendError::Permanent)),
            (r#"{"ack":7,"failed":"ambiguous"}"#, Err(SendError::Ambiguous)),
        ];
        for (line, want) in rows {
            match IncomingLine::parse(line.as_bytes()) {
                Ok(IncomingLine::Ack(7, ack)) => assert_eq!(ack.result, want, "{line}"),
                _ => panic!("{line} is not an acknowledgement"),
            }
        }
    }

    #[test]
    fn plain_names_are_accepted_as_aliases_of_the_protocol_words() {
        let message = [
            ("said", "message_created"),
            ("edited", "message_edited"),
            ("address", "addressing"),
            ("mentions_us", "mentions_bot"),
            ("is_ours", "is_from_bot"),
            ("change", "edit_id"),
            ("within", "parents"),
        ];
        let used = [
            ("used", "control_used"),
            ("sent", "message"),
            ("by", "user"),
            ("at", "used_at"),
            ("paragraph", "paragraphs"),
            ("rest", "quotes"),
        ];
        let content = r#""id":"bridge:1","place":{"id":"bridge:room","within":["bridge:server"]},"author":{"id":"bridge:ada"},"text":"?","address":{"mentions_us":true},"replied_to":{"id":"bridge:0","is_ours":true},"change":"bridge:2","sent_at":1"#;
        let place = r#""place":{"id":"bridge:room"}"#;
        let control = |control: &str| {
            format!(
                r#"{{"event":"used","id":"bridge:3","sent":"bridge:1",{place},"by":{{"id":"bridge:ada"}},"at":1,"control":{{"{control}":1}}}}"#
            )
        };
        let rows: [(String, &[(&str, &str)]); 6] = [
            (format!(r#"{{"event":"said",{content}}}"#), &message),
            (format!(r#"{{"event":"edited",{content}}}"#), &message),
            (
                format!(r#"{{"event":"deleted","id":"bridge:1",{place}}}"#),
                &[("deleted", "message_deleted")],
            ),
            (control("paragraph"), &used),
            (control("rest"), &used),
            (
                format!(r#"{{"event":"joined",{place},"whole":"bridge:server","at":1}}"#),
                &[("whole", "member_of")],
            ),
        ];
        let parse = |line: &str| match IncomingLine::parse(line.as_bytes()) {
            Ok(IncomingLine::Event(event)) => event,
            Ok(IncomingLine::Ack(..)) => panic!("{line} is not an event"),
            Err(error) => panic!("{line}: {error}"),
        };
        for (line, aliases) in rows {
            let aliased = aliases.iter().fold(line.clone(), |line, (word, alias)| {
                line.replace(&format!("\"{word}\""), &format!("\"{alias}\""))
            });
            assert_ne!(aliased, line);
            assert_eq!(parse(&aliased), parse(&line), "{aliased}");
        }
    }
}
