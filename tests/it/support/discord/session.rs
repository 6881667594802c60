//! Gateway sessions, which outlive their connections, and the events that each receives.

use std::collections::VecDeque;

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::message::Visibility;

pub(super) const GUILDS: u64 = 1;
pub(super) const GUILD_MESSAGES: u64 = 1 << 9;
pub(super) const DIRECT_MESSAGES: u64 = 1 << 12;
const MESSAGE_CONTENT: u64 = 1 << 15;
const GUILD_MEMBERS: u64 = 1 << 1;
const GUILD_PRESENCES: u64 = 1 << 8;
const UNKNOWN: u64 = !(((1 << 17) - 1) | (0b11 << 20) | (0b11 << 24));

/// Limit of events that a resume can replay.
const MAX_CACHED: usize = 10_000;

/// An outgoing frame of a connection.
#[derive(Debug)]
pub(super) enum Frame {
    Text(String),
    /// Closes the connection with a code, or without a close frame.
    Close(Option<u16>),
}

/// An event with the conditions for receiving it.
pub(super) struct Dispatch<'a> {
    pub(super) kind: &'static str,
    /// `None`: the first shard receives it.
    pub(super) guild: Option<u64>,
    /// One of these intents is required; 0: none.
    pub(super) intents: u64,
    pub(super) data: &'a dyn Fn(Visibility) -> Value,
}

/// A gateway session.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) shard: (u64, u64),
    pub(super) intents: u64,
    pub(super) seq: u64,
    sent_frames: VecDeque<(u64, String)>,
    /// The number of the current connection, and the sender of its frames.
    pub(super) connection: Option<(u64, UnboundedSender<Frame>)>,
}

/// The close code for unknown or disallowed `intents`.
pub(super) fn intent_error(intents: u64, allows_content: bool) -> Option<u16> {
    if intents & UNKNOWN != 0 {
        return Some(4013);
    }
    let needs_switch = GUILD_MEMBERS | GUILD_PRESENCES;
    let is_disallowed =
        intents & needs_switch != 0 || (intents & MESSAGE_CONTENT != 0 && !allows_content);
    is_disallowed.then_some(4014)
}

impl Session {
    pub(super) fn new(id: String, shard: (u64, u64), intents: u64) -> Self {
        Self { id, shard, intents, seq: 0, sent_frames: VecDeque::new(), connection: None }
    }

    /// Whether the shard of this session receives the events of `guild`.
    pub(super) fn has_guild(&self, guild: Option<u64>) -> bool {
        let (id, total) = self.shard;
        guild.map_or(id == 0, |guild| (guild >> 22) % total == id)
    }

    /// The frame of an event, which is kept for a resume. `None` if the session does not receive it.
    pub(super) fn frame_for(&mut self, dispatch: &Dispatch<'_>) -> Option<String> {
        let is_wanted = dispatch.intents == 0 || self.intents & dispatch.intents != 0;
        if !is_wanted || !self.has_guild(dispatch.guild) {
            return None;
        }
        let has_content = self.intents & MESSAGE_CONTENT != 0;
        let sight = if has_content { Visibility::All } else { Visibility::WithoutContent };
        Some(self.frame(dispatch.kind, &(dispatch.data)(sight)))
    }

    /// A frame with the next sequence number.
    pub(super) fn frame(&mut self, kind: &str, data: &Value) -> String {
        self.seq += 1;
        let frame = json!({ "op": 0, "s": self.seq, "t": kind, "d": data }).to_string();
        self.sent_frames.push_back((self.seq, frame.clone()));
        if self.sent_frames.len() > MAX_CACHED {
            self.sent_frames.pop_front();
        }
        frame
    }

    /// The frames after the sequence number `seq`.
    pub(super) fn frames_after(&self, seq: u64) -> Vec<String> {
        self.sent_frames
            .iter()
            .filter(|(it, _)| *it > seq)
            .map(|(_, frame)| frame.clone())
            .collect()
    }

    /// Sends `frame`, if the session is connected.
    pub(super) fn send(&self, frame: Frame) {
        if let Some((_, connection)) = &self.connection {
            drop(connection.send(frame));
        }
    }
}
