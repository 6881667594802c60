//! Where threads are that Discord has not told of: asked for, while nothing else waits.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serenity::http::Route;
use serenity::model::channel::GuildChannel;
use serenity::model::id::{ChannelId, GuildId};
use tokio::task::JoinSet;

use super::api::{Api, Failure};
use super::gateway::Happening;
use super::incoming::{edit_may_be_for_us, may_be_for_us};
use super::places::Places;
use crate::service::SendError;

/// A place is not waited for longer than this.
const LIMIT: Duration = Duration::from_secs(2);

/// What could not be found is not asked for again before this.
const BELIEVED_FOR: Duration = Duration::from_secs(60);

/// Places that are asked for at the same time, and places that could not be found, at the most.
const MAX_RUNNING: usize = 32;
const MAX_FAILED: usize = 10_000;

/// What may wait for one place.
const MAX_WAITING: usize = 100;

/// Places that are asked for, and what waits for them.
#[derive(Default)]
pub(super) struct Lookups {
    running: JoinSet<Found>,
    /// What happened there, in order.
    waiting: HashMap<ChannelId, Vec<Happening>>,
    failed: HashMap<ChannelId, Instant>,
}

/// What is known of a place that was asked for.
pub(super) struct Found {
    channel: ChannelId,
    guild: Option<GuildId>,
    /// `None`: it took too long.
    told: Option<Result<GuildChannel, Failure>>,
}

impl Lookups {
    /// `happening`, unless its place has to be found first: then it comes back by
    /// [`Self::settle`], and so does what happens there in the meantime.
    pub(super) fn hold_back(
        &mut self,
        happening: Happening,
        places: &Places,
        api: &Arc<Api>,
    ) -> Option<Happening> {
        let (channel, guild, may_be_for_us) = match &happening {
            Happening::Said(it) => (it.channel_id, it.guild_id, may_be_for_us(it, places)),
            Happening::Edited(it) => (it.channel_id, it.guild_id, edit_may_be_for_us(it)),
            Happening::Deleted { channel, guild, .. } => (*channel, *guild, false),
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
            let asked = api.read::<GuildChannel>(Route::Channel { channel_id: channel });
            let told = tokio::time::timeout(LIMIT, asked).await.ok();
            Found { channel, guild, told }
        });
        None
    }

    /// The next place that is found, or not. Waits for ever if none is asked for.
    pub(super) async fn next(&mut self) -> Found {
        match self.running.join_next().await {
            Some(Ok(found)) => found,
            _ => std::future::pending().await,
        }
    }

    /// Has `places` learn what was `found`, and gives what has waited for it.
    pub(super) fn settle(&mut self, found: Found, places: &mut Places) -> Vec<Happening> {
        let Found { channel, guild, told } = found;
        match told {
            Some(Ok(told)) => places.learn_channel(&told),
            Some(Err(Failure { error: SendError::Refused, .. })) => {
                places.learn_nothing(channel, guild);
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
        self.failed.get(&channel).is_some_and(|since| since.elapsed() < BELIEVED_FOR)
    }

    fn note_failed(&mut self, channel: ChannelId) {
        if self.failed.len() >= MAX_FAILED {
            self.failed.clear();
        }
        self.failed.insert(channel, Instant::now());
    }
}
