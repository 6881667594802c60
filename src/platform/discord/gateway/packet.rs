//! The packets of the gateway protocol, version 10, in JSON.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

const DISPATCH: u8 = 0;
const HEARTBEAT: u8 = 1;
const IDENTIFY: u8 = 2;
const RESUME: u8 = 6;
const RECONNECT: u8 = 7;
const INVALID_SESSION: u8 = 9;
const HELLO: u8 = 10;
const HEARTBEAT_ACK: u8 = 11;

/// Guilds with more members than this are sent without offline members. The least that Discord
/// accepts: the bot needs no members.
const LARGE_THRESHOLD: u8 = 50;

/// Shortest accepted heartbeat interval. Discord's is about 41 s.
const MIN_HEARTBEAT_INTERVAL: Duration = Duration::from_millis(100);

/// A packet that Discord sends.
#[derive(Debug, PartialEq)]
pub(super) enum Packet {
    /// An event of the type `name`.
    Dispatch {
        seq: u64,
        name: String,
        data: Value,
    },
    /// Requests a heartbeat at once.
    HeartbeatRequest,
    /// Requests to reconnect and resume.
    Reconnect,
    InvalidSession {
        is_resumable: bool,
    },
    Hello {
        heartbeat_interval: Duration,
    },
    HeartbeatAck,
}

#[derive(Deserialize)]
struct RawPacket {
    op: u8,
    s: Option<u64>,
    t: Option<String>,
    #[serde(default)]
    d: Value,
}

impl Packet {
    /// Parses the text of a packet; `None` if it is invalid or of an unknown kind.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let RawPacket { op, s, t, d } = serde_json::from_str(text).ok()?;
        Some(match op {
            DISPATCH => Self::Dispatch { seq: s?, name: t?, data: d },
            HEARTBEAT => Self::HeartbeatRequest,
            RECONNECT => Self::Reconnect,
            INVALID_SESSION => Self::InvalidSession { is_resumable: d.as_bool().unwrap_or(false) },
            HELLO => {
                let interval = Duration::from_millis(d.get("heartbeat_interval")?.as_u64()?);
                Self::Hello { heartbeat_interval: interval.max(MIN_HEARTBEAT_INTERVAL) }
            }
            HEARTBEAT_ACK => Self::HeartbeatAck,
            _ => return None,
        })
    }
}

/// A heartbeat with the number of the last event; `None` before the first.
pub(super) fn heartbeat(seq: Option<u64>) -> Value {
    json!({ "op": HEARTBEAT, "d": seq })
}

/// Starts a session of the shard `id`, one of `total`.
pub(super) fn identify(token: &str, intents: u64, (id, total): (u32, u32)) -> Value {
    let library = env!("CARGO_PKG_NAME");
    json!({
        "op": IDENTIFY,
        "d": {
            "token": token,
            "intents": intents,
            "shard": [id, total],
            "large_threshold": LARGE_THRESHOLD,
            "properties": { "os": std::env::consts::OS, "browser": library, "device": library },
        },
    })
}

/// Resumes a session after the event with the number `seq`.
pub(super) fn resume(token: &str, session_id: &str, seq: u64) -> Value {
    json!({ "op": RESUME, "d": { "token": token, "session_id": session_id, "seq": seq } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_parsed_and_invalid_ones_ignored() {
        let hello = |millis| Packet::Hello { heartbeat_interval: Duration::from_millis(millis) };
        let rows = [
            (r#"{"op":10,"d":{"heartbeat_interval":41250}}"#, Some(hello(41_250))),
            (r#"{"op":10,"d":{"heartbeat_interval":0}}"#, Some(hello(100))),
            (r#"{"op":10,"d":{}}"#, None),
            (r#"{"op":11}"#, Some(Packet::HeartbeatAck)),
            (r#"{"op":1,"d":null}"#, Some(Packet::HeartbeatRequest)),
            (r#"{"op":7,"d":null}"#, Some(Packet::Reconnect)),
            (r#"{"op":9,"d":true}"#, Some(Packet::InvalidSession { is_resumable: true })),
            (r#"{"op":9,"d":null}"#, Some(Packet::InvalidSession { is_resumable: false })),
            (
                r#"{"op":0,"s":3,"t":"RESUMED","d":{}}"#,
                Some(Packet::Dispatch { seq: 3, name: "RESUMED".to_owned(), data: json!({}) }),
            ),
            (r#"{"op":0,"t":"RESUMED","d":{}}"#, None),
            (r#"{"op":99}"#, None),
            (r#"{"op":-1}"#, None),
            ("{", None),
            ("", None),
        ];
        for (text, want) in rows {
            assert_eq!(Packet::parse(text), want, "{text}");
        }
    }
}
