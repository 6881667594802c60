//! Sessions of the gateway, which outlive their connections, and what each gets to hear.

use std::collections::VecDeque;

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::message::Sight;

pub(super) const GUILDS: u64 = 1;
pub(super) const GUILD_MESSAGES: u64 = 1 << 9;
pub(super) const DIRECT_MESSAGES: u64 = 1 << 12;
const MESSAGE_CONTENT: u64 = 1 << 15;
const GUILD_MEMBERS: u64 = 1 << 1;
const GUILD_PRESENCES: u64 = 1 << 8;
const UNKNOWN: u64 = !(((1 << 17) - 1) | (0b11 << 20) | (0b11 << 24));

/// Dispatches that can be replayed.
const MAX_KEPT: usize = 10_000;

/// What goes out on a connection.
#[derive(Debug)]
pub(super) enum Frame {
    Text(String),
    /// With a code, or by cutting the line.
    Close(Option<u16>),
}

/// Something that is told to whoever may hear it.
pub(super) struct Dispatch<'a> {
    pub(super) kind: &'static str,
    /// `None`: it is for the first shard.
    pub(super) guild: Option<u64>,
    /// One of these intents is needed; none: everybody hears it.
    pub(super) intents: u64,
    pub(super) data: &'a dyn Fn(Sight) -> Value,
}

/// A session.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) shard: (u64, u64),
    pub(super) intents: u64,
    pub(super) seq: u64,
    kept: VecDeque<(u64, String)>,
    /// The connection, and its number.
    pub(super) line: Option<(u64, UnboundedSender<Frame>)>,
}

/// Whether `intents` are known, and whether the portal allows them.
pub(super) fn refusal(intents: u64, allows_content: bool) -> Option<u16> {
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
        Self { id, shard, intents, seq: 0, kept: VecDeque::new(), line: None }
    }

    /// Whether what happens in `guild` is for its shard.
    pub(super) fn has_guild(&self, guild: Option<u64>) -> bool {
        let (id, total) = self.shard;
        guild.map_or(id == 0, |guild| (guild >> 22) % total == id)
    }

    /// The frame for `dispatch`, which is kept for a resumption; `None` if the session does not hear
    /// it.
    pub(super) fn hear(&mut self, dispatch: &Dispatch<'_>) -> Option<String> {
        let is_wanted = dispatch.intents == 0 || self.intents & dispatch.intents != 0;
        if !is_wanted || !self.has_guild(dispatch.guild) {
            return None;
        }
        let has_content = self.intents & MESSAGE_CONTENT != 0;
        let sight = if has_content { Sight::All } else { Sight::WithoutContent };
        Some(self.frame(dispatch.kind, &(dispatch.data)(sight)))
    }

    /// A frame with the next number.
    pub(super) fn frame(&mut self, kind: &str, data: &Value) -> String {
        self.seq += 1;
        let frame = json!({ "op": 0, "s": self.seq, "t": kind, "d": data }).to_string();
        self.kept.push_back((self.seq, frame.clone()));
        if self.kept.len() > MAX_KEPT {
            self.kept.pop_front();
        }
        frame
    }

    /// What came after `seq`.
    pub(super) fn missed(&self, seq: u64) -> Vec<String> {
        self.kept.iter().filter(|(it, _)| *it > seq).map(|(_, frame)| frame.clone()).collect()
    }

    /// Sends `frame`, if somebody is connected.
    pub(super) fn send(&self, frame: Frame) {
        if let Some((_, line)) = &self.line {
            drop(line.send(frame));
        }
    }
}
