//! Lookups of what an event cannot be converted without: a thread that is not in the cache, and the
//! message that a thread was started from. The events of such a thread wait; no others do.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serenity::http::Route;
use serenity::model::channel::{GuildChannel, Message};
use serenity::model::id::{ChannelId, GuildId, MessageId};
use tokio::task::JoinSet;

use super::api::{Api, ApiError};
use super::channel_cache::ChannelCache;
use super::gateway::GatewayEvent;
use super::incoming::mention::{edit_may_address_bot, may_address_bot};
use super::incoming::thread_reference::{attach_starter, wanted_starter};
use crate::service::SendError;

/// Timeout of a lookup.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a failed lookup is not repeated.
const FAILURE_TTL: Duration = Duration::from_secs(60);

/// Limit of concurrent lookups.
const MAX_RUNNING: usize = 32;

/// Limit of remembered failed lookups.
const MAX_FAILED: usize = 10_000;

/// Limit of events that wait for one lookup.
const MAX_WAITING: usize = 100;

/// Running lookups, and the events that wait for them.
#[derive(Default)]
pub(super) struct Lookups {
    running: JoinSet<LookupResult>,
    /// The waiting events of each channel, in order.
    waiting: HashMap<ChannelId, Vec<GatewayEvent>>,
    /// Channels whose own lookup failed.
    failed: HashMap<ChannelId, Instant>,
}

/// The result of a lookup for the events of a channel.
pub(super) struct LookupResult {
    channel: ChannelId,
    found: LookupContent,
}

/// What was looked up.
enum LookupContent {
    /// The channel, which is in `guild`. `None` after a timeout.
    Channel { guild: Option<GuildId>, response: Option<Result<Box<GuildChannel>, ApiError>> },
    /// The message that the channel, a thread, was started from. `None` if there is none, or after an error.
    Starter(Option<Box<Message>>),
}

impl Lookups {
    /// Returns `event` if it can be handled now. Otherwise something is being looked up, and
    /// [`Self::resolve`] returns the event later, with those that follow it in its channel.
    pub(super) fn defer_until_known(
        &mut self,
        event: GatewayEvent,
        cache: &ChannelCache,
        api: &Arc<Api>,
    ) -> Option<GatewayEvent> {
        let (channel, guild, may_address) = match &event {
            GatewayEvent::MessageCreate(it) => {
                (it.channel_id, it.guild_id, may_address_bot(it, cache))
            }
            GatewayEvent::MessageUpdate(it) => {
                (it.channel_id, it.guild_id, edit_may_address_bot(it))
            }
            GatewayEvent::MessageDelete { channel, guild, .. } => (*channel, *guild, false),
            _ => return Some(event),
        };
        if let Some(waiting) = self.waiting.get_mut(&channel) {
            if waiting.len() >= MAX_WAITING {
                return Some(event);
            }
            waiting.push(event);
            return None;
        }
        if !may_address || guild.is_none() || self.running.len() >= MAX_RUNNING {
            return Some(event);
        }
        let api = Arc::clone(api);
        if cache.is_unknown(channel) && !self.has_failed(channel) {
            self.running.spawn(look_up_channel(api, channel, guild));
        } else if let Some(starter) = wanted_starter(&event, cache) {
            self.running.spawn(look_up_starter(api, channel, starter));
        } else {
            return Some(event);
        }
        self.waiting.insert(channel, vec![event]);
        None
    }

    /// Waits for the next lookup to end, or forever if none is running.
    pub(super) async fn next(&mut self) -> LookupResult {
        match self.running.join_next().await {
            Some(Ok(found)) => found,
            _ => std::future::pending().await,
        }
    }

    /// Adds the result of a lookup to `cache`, or to the events that waited for it, and returns those of
    /// them that can be handled now.
    pub(super) fn resolve(
        &mut self,
        LookupResult { channel, found }: LookupResult,
        cache: &mut ChannelCache,
        api: &Arc<Api>,
    ) -> Vec<GatewayEvent> {
        let mut events = self.waiting.remove(&channel).unwrap_or_default();
        match found {
            LookupContent::Channel { guild, response } => {
                match response {
                    Some(Ok(response)) => cache.add_channel(&response),
                    Some(Err(ApiError { error: SendError::Permanent, .. })) => {
                        cache.mark_unresolvable(channel, guild);
                    }
                    _ => self.record_failure(channel),
                }
                let events = events.into_iter();
                events.filter_map(|event| self.defer_until_known(event, cache, api)).collect()
            }
            LookupContent::Starter(starter) => {
                for event in &mut events {
                    if let Some(starter) = &starter
                        && wanted_starter(event, cache).is_some()
                    {
                        attach_starter(event, Message::clone(starter));
                    }
                }
                events
            }
        }
    }

    /// Whether no event waits for a lookup.
    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty()
    }

    fn has_failed(&self, channel: ChannelId) -> bool {
        self.failed.get(&channel).is_some_and(|since| since.elapsed() < FAILURE_TTL)
    }

    fn record_failure(&mut self, channel: ChannelId) {
        if self.failed.len() >= MAX_FAILED {
            self.failed.clear();
        }
        self.failed.insert(channel, Instant::now());
    }
}

async fn look_up_channel(
    api: Arc<Api>,
    channel: ChannelId,
    guild: Option<GuildId>,
) -> LookupResult {
    let request = api.get::<Box<GuildChannel>>(Route::Channel { channel_id: channel });
    let response = tokio::time::timeout(LOOKUP_TIMEOUT, request).await.ok();
    LookupResult { channel, found: LookupContent::Channel { guild, response } }
}

async fn look_up_starter(
    api: Arc<Api>,
    channel: ChannelId,
    (channel_id, message_id): (ChannelId, MessageId),
) -> LookupResult {
    let request = api.get::<Box<Message>>(Route::ChannelMessage { channel_id, message_id });
    let response = tokio::time::timeout(LOOKUP_TIMEOUT, request).await;
    LookupResult { channel, found: LookupContent::Starter(response.ok().and_then(Result::ok)) }
}
