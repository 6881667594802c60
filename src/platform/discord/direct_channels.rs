//! The channels of recent direct messages. Discord offers bots no list of them, so that those in which
//! something may have been missed are remembered, over restarts, too.

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use serenity::model::channel::Message;
use serenity::model::id::{ChannelId, MessageId};

use super::ids;
use crate::conversation::Timestamp;
use crate::store::atomic;

/// Name of the file in the folder of the platform. It has the ids of a channel and of a message in each
/// line.
const FILE: &str = "direct_channels";

/// A channel is written again after this time: its messages are read from its last line on at the
/// latest.
const WRITE_INTERVAL: Duration = Duration::from_secs(60);

/// Capacity, in channels.
const MAX_CHANNELS: usize = 10_000;

/// The channels of direct messages, with the last message that was written to the file.
pub(super) struct DirectChannels {
    path: PathBuf,
    last_messages: HashMap<ChannelId, MessageId>,
}

impl DirectChannels {
    /// Reads the file in `folder`, and removes channels from it without messages since `since`. A file
    /// that cannot be read counts as empty.
    pub(super) fn open(folder: &std::path::Path, since: Timestamp) -> Self {
        let path = folder.join(FILE);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let first = ids::first_message_at(since);
        let mut last_messages = HashMap::new();
        for (channel, message) in text.lines().filter_map(parse_line) {
            if message >= first {
                last_messages.insert(channel, message);
            }
        }
        let channels = Self { path, last_messages };
        channels.compact(folder);
        channels
    }

    /// Records the channel of `message` if a user sent it to the bot. Discord announces the bot's private
    /// replies in a channel of a guild without that guild, too.
    pub(super) fn record_if_direct(&mut self, message: &Message) {
        if message.guild_id.is_none() && !message.author.bot {
            self.record(message.channel_id, message.id);
        }
    }

    /// Records a direct message.
    fn record(&mut self, channel: ChannelId, message: MessageId) {
        let sent_at = ids::snowflake_time(message.get());
        let last = self.last_messages.get(&channel);
        let is_recent = last
            .is_some_and(|last| sent_at.since(ids::snowflake_time(last.get())) < WRITE_INTERVAL);
        if is_recent {
            return;
        }
        if self.last_messages.len() >= MAX_CHANNELS {
            self.last_messages.clear();
        }
        self.last_messages.insert(channel, message);
        let path = self.path.clone();
        // The order of lines does not matter.
        drop(tokio::task::spawn_blocking(move || {
            let file = OpenOptions::new().create(true).append(true).open(path);
            if let Err(error) = file.and_then(|mut file| writeln!(file, "{channel} {message}")) {
                tracing::warn!(%error, "Could not record a channel of direct messages");
            }
        }));
    }

    /// The channels with messages since `since`.
    pub(super) fn since(&self, since: Timestamp) -> impl Iterator<Item = ChannelId> {
        // Later messages than the recorded one are not written.
        let first = ids::first_message_at(since.minus(WRITE_INTERVAL));
        let recent = self.last_messages.iter().filter(move |(_, message)| **message >= first);
        recent.map(|(channel, _)| *channel)
    }

    fn compact(&self, folder: &std::path::Path) {
        let lines = self.last_messages.iter().map(|(channel, it)| format!("{channel} {it}\n"));
        let text: String = lines.collect();
        if let Err(error) = std::fs::create_dir_all(folder) {
            tracing::warn!(%error, "Could not create {}", folder.display());
        } else if let Err(error) = atomic::write(&self.path, text.as_bytes()) {
            tracing::warn!(%error, "Could not write {}", self.path.display());
        }
    }
}

/// The channel and message of a line; `None` if it is incomplete.
fn parse_line(line: &str) -> Option<(ChannelId, MessageId)> {
    let (channel, message) = line.split_once(' ')?;
    let id = |text: &str| text.parse::<u64>().ok().filter(|id| *id > 0);
    Some((ChannelId::new(id(channel)?), MessageId::new(id(message)?)))
}
