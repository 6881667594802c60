//! Lookups of threads that are not in the cache. Events of such a thread wait for its lookup; no
//! others do.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serenity::http::Route;
use serenity::model::channel::GuildChannel;
use serenity::model::id::{ChannelId, GuildId};
use tokio::task::JoinSet;

use super::api::{Api, ApiError};
use super::channel_cache::ChannelCache;
use super::gateway::GatewayEvent;
use super::incoming::mention::{edit_may_address_bot, may_address_bot};
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
pub(super) struct ChannelLookups {
    running: JoinSet<LookupResult>,
    /// The waiting events of each channel, in order.
    waiting: HashMap<ChannelId, Vec<GatewayEvent>>,
    failed: HashMap<ChannelId, Instant>,
}

/// The result of a lookup.
pub(super) struct LookupResult {
    channel: ChannelId,
    guild: Option<GuildId>,
    /// `None` after a timeout.
    response: Option<Result<GuildChannel, ApiError>>,
}

impl ChannelLookups {
    /// Returns `event` if it can be handled now. Otherwise its channel is being looked up, and
    /// [`Self::resolve`] returns the event later, with those that follow it in that channel.
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
        let is_needed = may_address && guild.is_some() && cache.is_unknown(channel);
        if !is_needed || self.running.len() >= MAX_RUNNING || self.has_failed(channel) {
            return Some(event);
        }
        self.waiting.insert(channel, vec![event]);
        let api = Arc::clone(api);
        self.running.spawn(async move {
            let request = api.get::<GuildChannel>(Route::Channel { channel_id: channel });
            let response = tokio::time::timeout(LOOKUP_TIMEOUT, request).await.ok();
            LookupResult { channel, guild, response }
        });
        None
    }

    /// Waits for the next lookup to end, or forever if none is running.
    pub(super) async fn next(&mut self) -> LookupResult {
        match self.running.join_next().await {
            Some(Ok(found)) => found,
            _ => std::future::pending().await,
        }
    }

    /// Adds the result of a lookup to `cache`, and returns the events that waited for it.
    pub(super) fn resolve(
        &mut self,
        found: LookupResult,
        cache: &mut ChannelCache,
    ) -> Vec<GatewayEvent> {
        let LookupResult { channel, guild, response } = found;
        match response {
            Some(Ok(response)) => cache.add_channel(&response),
            Some(Err(ApiError { error: SendError::Permanent, .. })) => {
                cache.mark_unresolvable(channel, guild);
            }
            _ => self.record_failure(channel),
        }
        self.waiting.remove(&channel).unwrap_or_default()
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
