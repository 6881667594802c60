//! Where threads are that Discord has not told of: asked for, while nothing else waits.

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
use super::incoming::{edit_may_address_bot, may_address_bot};
use crate::service::SendError;

/// A place is not waited for longer than this.
const LIMIT: Duration = Duration::from_secs(2);

/// What could not be found is not asked for again before this.
const DENIAL_TTL: Duration = Duration::from_secs(60);

/// Places that are asked for at the same time, and places that could not be found, at the most.
const MAX_RUNNING: usize = 32;
const MAX_FAILED: usize = 10_000;

/// What may wait for one place.
const MAX_WAITING: usize = 100;

/// Places that are asked for, and what waits for them.
#[derive(Default)]
pub(super) struct ChannelLookups {
    running: JoinSet<LookupResult>,
    /// What happened there, in order.
    waiting: HashMap<ChannelId, Vec<GatewayEvent>>,
    failed: HashMap<ChannelId, Instant>,
}

/// What is known of a place that was asked for.
pub(super) struct LookupResult {
    channel: ChannelId,
    guild: Option<GuildId>,
    /// `None`: it took too long.
    told: Option<Result<GuildChannel, ApiError>>,
}

impl ChannelLookups {
    /// `happening`, unless its place has to be found first: then it comes back by
    /// [`Self::settle`], and so does what happens there in the meantime.
    pub(super) fn defer_until_known(
        &mut self,
        happening: GatewayEvent,
        places: &ChannelCache,
        api: &Arc<Api>,
    ) -> Option<GatewayEvent> {
        let (channel, guild, may_be_for_us) = match &happening {
            GatewayEvent::MessageCreate(it) => {
                (it.channel_id, it.guild_id, may_address_bot(it, places))
            }
            GatewayEvent::MessageUpdate(it) => {
                (it.channel_id, it.guild_id, edit_may_address_bot(it))
            }
            GatewayEvent::MessageDelete { channel, guild, .. } => (*channel, *guild, false),
            _ => return Some(happening),
        };
        if let Some(waiting) = self.waiting.get_mut(&channel) {
            if waiting.len() >= MAX_WAITING {
                return Some(happening);
            }
            waiting.push(happening);
            return None;
        }
        let is_wanted = may_be_for_us && guild.is_some() && places.is_unknown(channel);
        if !is_wanted || self.running.len() >= MAX_RUNNING || self.has_failed(channel) {
            return Some(happening);
        }
        self.waiting.insert(channel, vec![happening]);
        let api = Arc::clone(api);
        self.running.spawn(async move {
            let asked = api.get::<GuildChannel>(Route::Channel { channel_id: channel });
            let told = tokio::time::timeout(LIMIT, asked).await.ok();
            LookupResult { channel, guild, told }
        });
        None
    }

    /// The next place that is found, or not. Waits for ever if none is asked for.
    pub(super) async fn next(&mut self) -> LookupResult {
        match self.running.join_next().await {
            Some(Ok(found)) => found,
            _ => std::future::pending().await,
        }
    }

    /// Has `places` learn what was `found`, and gives what has waited for it.
    pub(super) fn resolve(
        &mut self,
        found: LookupResult,
        places: &mut ChannelCache,
    ) -> Vec<GatewayEvent> {
        let LookupResult { channel, guild, told } = found;
        match told {
            Some(Ok(told)) => places.add_channel(&told),
            Some(Err(ApiError { error: SendError::Permanent, .. })) => {
                places.mark_unresolvable(channel, guild);
            }
            _ => self.note_failed(channel),
        }
        self.waiting.remove(&channel).unwrap_or_default()
    }

    /// Whether nothing waits for a place.
    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty()
    }

    fn has_failed(&self, channel: ChannelId) -> bool {
        self.failed.get(&channel).is_some_and(|since| since.elapsed() < DENIAL_TTL)
    }

    fn note_failed(&mut self, channel: ChannelId) {
        if self.failed.len() >= MAX_FAILED {
            self.failed.clear();
        }
        self.failed.insert(channel, Instant::now());
    }
}
