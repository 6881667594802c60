//! Catching up: reads the messages that may have been missed. Discord repeats nothing that it sent
//! before a session started, nor what an earlier process had received and not handled.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use serenity::http::Route;
use serenity::model::channel::{Message, MessageType};
use serenity::model::guild::Guild;
use serenity::model::id::{ChannelId, GuildId, MessageId, UserId};
use serenity::model::permissions::Permissions;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::super::{EventSink, endless_backoff};
use super::api::Api;
use super::direct_channels::DirectChannels;
use super::gateway::GatewayEvent;
use super::ids;
use crate::conversation::{Event, PlaceId, Timestamp};
use crate::service::SendError;

/// Messages per request: Discord's limit.
const PAGE_LENGTH: u8 = 100;

/// Limit of concurrent requests, so that answers are not delayed.
const MAX_RUNNING: usize = 4;

/// Attempts of one request.
const MAX_ATTEMPTS: usize = 6;

/// Delays between the attempts, unless Discord asks for more.
const MIN_DELAY: Duration = Duration::from_secs(1);
const MAX_DELAY: Duration = Duration::from_secs(30);

/// Interval at which events are dispatched again whose place had no room.
const DISPATCH_INTERVAL: Duration = Duration::from_millis(250);

/// What is still to be read.
pub(super) struct CatchUp {
    max_age: Duration,
    /// Guilds of a new session that were not received yet. Messages since then are read.
    guilds: HashMap<GuildId, Timestamp>,
    channels: VecDeque<Unread>,
    running: JoinSet<Option<Page>>,
    /// Events whose place has no room, in order.
    waiting: HashMap<PlaceId, VecDeque<Event>>,
    next_dispatch_at: Instant,
}

/// A channel whose messages after `after` are still to be read.
#[derive(Debug, Clone, Copy)]
struct Unread {
    /// `None`: a direct message.
    guild: Option<GuildId>,
    channel: ChannelId,
    after: MessageId,
}

/// Successive messages of a channel, newest first, as Discord returns them.
pub(super) struct Page {
    unread: Unread,
    messages: Vec<Value>,
}

impl CatchUp {
    /// Reads messages that are not older than `max_age` when their session starts.
    pub(super) fn new(max_age: Duration) -> Self {
        Self {
            max_age,
            guilds: HashMap::new(),
            channels: VecDeque::new(),
            running: JoinSet::new(),
            waiting: HashMap::new(),
            next_dispatch_at: Instant::now(),
        }
    }

    /// A session with these `guilds` has started at `now`.
    pub(super) fn on_ready(&mut self, guilds: impl IntoIterator<Item = GuildId>, now: Timestamp) {
        let since = now.minus(self.max_age);
        self.guilds.extend(guilds.into_iter().map(|guild| (guild, since)));
    }

    /// Queues the channels of direct messages, when the session that receives them has started at
    /// `now`.
    pub(super) fn on_direct_ready(&mut self, channels: &DirectChannels, now: Timestamp) {
        let since = now.minus(self.max_age);
        let after = ids::first_message_at(since);
        let unread = channels.since(since).map(|channel| Unread { guild: None, channel, after });
        self.channels.extend(unread);
    }

    /// Queues the channels and threads of `guild` that the bot may read and that have new messages,
    /// if the guild was announced by a new session.
    pub(super) fn on_guild(&mut self, guild: &Guild, bot_id: Option<UserId>) {
        let Some(since) = self.guilds.remove(&guild.id) else { return };
        let after = ids::first_message_at(since);
        let Some(bot) = bot_id.and_then(|bot_id| guild.members.get(&bot_id)) else { return };
        let required = Permissions::VIEW_CHANNEL | Permissions::READ_MESSAGE_HISTORY;
        for channel in guild.channels.values().chain(&guild.threads) {
            if channel.last_message_id.is_none_or(|last| last < after) {
                continue;
            }
            // A thread has the permissions of its channel.
            let parent = channel.parent_id.filter(|_| channel.thread_metadata.is_some());
            let with_permissions = parent.map_or(Some(channel), |id| guild.channels.get(&id));
            let may_read = with_permissions
                .is_some_and(|it| guild.user_permissions_in(it, bot).contains(required));
            if may_read {
                self.channels.push_back(Unread {
                    guild: Some(guild.id),
                    channel: channel.id,
                    after,
                });
            }
        }
    }

    /// Waits for the next page, or forever if nothing is to be read. Also dispatches the events to
    /// `sink` that had to wait.
    pub(super) async fn next(&mut self, api: &Arc<Api>, sink: &EventSink) -> Page {
        loop {
            while self.running.len() < MAX_RUNNING
                && let Some(unread) = self.channels.pop_front()
            {
                self.running.spawn(read_page(Arc::clone(api), unread));
            }
            tokio::select! {
                Some(page) = self.running.join_next() => {
                    if let Ok(Some(page)) = page {
                        return page;
                    }
                }
                () = sleep_until(self.next_dispatch_at), if !self.waiting.is_empty() => {
                    self.next_dispatch_at = Instant::now() + DISPATCH_INTERVAL;
                    self.dispatch_waiting(sink);
                }
                else => std::future::pending().await,
            }
        }
    }

    /// The events of `page`, oldest first: its messages, and the deletion of each question whose
    /// answer is there and which is not. The rest of the channel is read afterwards.
    pub(super) fn resolve(&mut self, page: Page, bot_id: Option<UserId>) -> Vec<GatewayEvent> {
        let Page { unread, messages } = page;
        let is_full = messages.len() >= usize::from(PAGE_LENGTH);
        let last = messages.first().and_then(message_id);
        if let Some(last) = last.filter(|_| is_full) {
            self.channels.push_front(Unread { after: last, ..unread });
        }
        let events = messages.into_iter().rev();
        events.filter_map(|message| gateway_event(message, unread, bot_id)).collect()
    }

    /// Dispatches `event` to `sink`, as soon as its place has room.
    pub(super) fn dispatch(&mut self, event: Event, sink: &EventSink) {
        if let Some(waiting) = self.waiting.get_mut(event.place()) {
            waiting.push_back(event);
        } else if let Some(event) = sink.try_dispatch(event) {
            self.waiting.insert(event.place().clone(), VecDeque::from([event]));
        }
    }

    fn dispatch_waiting(&mut self, sink: &EventSink) {
        self.waiting.retain(|_, events| {
            while let Some(event) = events.pop_front() {
                if let Some(event) = sink.try_dispatch(event) {
                    events.push_front(event);
                    return true;
                }
            }
            false
        });
    }
}

/// Reads the oldest unread messages. `None` if that is not possible.
async fn read_page(api: Arc<Api>, unread: Unread) -> Option<Page> {
    let channel = unread.channel;
    let mut delays = endless_backoff(MIN_DELAY, MAX_DELAY);
    for _ in 0..MAX_ATTEMPTS {
        let query = vec![("after", unread.after.to_string()), ("limit", PAGE_LENGTH.to_string())];
        let route = Route::ChannelMessages { channel_id: channel };
        let error = match api.get_with::<Vec<Value>>(route, query).await {
            Ok(messages) => return Some(Page { unread, messages }),
            Err(error) => error,
        };
        let wait = match error.error {
            SendError::Permanent => return None,
            SendError::Transient { retry_after } => retry_after,
            _ => None,
        };
        tokio::time::sleep(wait.max(delays.next()).unwrap_or(MAX_DELAY)).await;
    }
    tracing::warn!(channel.id = %channel, "Could not read what was missed in channel {channel}");
    None
}

fn message_id(message: &Value) -> Option<MessageId> {
    message.get("id")?.as_str()?.parse().ok()
}

fn gateway_event(message: Value, unread: Unread, bot_id: Option<UserId>) -> Option<GatewayEvent> {
    // Null means that the message was deleted; absent, that Discord did not look it up.
    let is_orphaned = message.get("referenced_message").is_some_and(Value::is_null);
    let mut message: Message = serde_json::from_value(message).ok()?;
    // Responses of the REST API lack it.
    message.guild_id = unread.guild;
    if Some(message.author.id) != bot_id {
        return Some(GatewayEvent::MessageCreate(Box::new(message)));
    }
    let is_orphaned = is_orphaned && message.kind == MessageType::InlineReply;
    let question = message.message_reference.filter(|_| is_orphaned)?.message_id?;
    Some(GatewayEvent::MessageDelete {
        channel: unread.channel,
        messages: vec![question],
        guild: unread.guild,
    })
}
