//! Discord: translates events in and replies out. Its client is serenity.
mod api;
mod channel_cache;
mod channel_lookup;
mod commands;
pub mod custom_id;
mod event_loop;
mod gateway;
mod ids;
mod incoming;
mod interaction_response;
pub mod markdown;
mod payload;
mod permissions;
pub mod render;
mod sender;
mod settings;

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serenity::http::Route;
use serenity::model::gateway::BotGateway;
use serenity::model::id::UserId;
use tokio::sync::mpsc;

use super::{EventSink, PlatformError, Shutdown};
use crate::conversation::Event;
use crate::service::{Dispatcher, KnowledgeBase, Liveness};
use api::Api;
use gateway::{GatewayHandler, ShardPlan};
use interaction_response::PendingInteractions;
use permissions::RecentDenials;
pub use settings::{Settings, ShardRange};

/// Names its messages, places and people.
pub const PLATFORM: &str = "discord";

/// Events that wait to be looked at; beyond that they are passed over.
const MAX_WAITING: usize = 8192;

/// Guilds of one shard: at most so many may be there, and so many Discord plans for.
const MAX_GUILDS_A_SHARD: u64 = 2500;
const PLANNED_GUILDS_A_SHARD: u64 = 1000;

/// What to do about an address that does not know Discord's interface, or lets nobody in.
const NOT_DISCORD: &str = "what answers is not Discord's interface, or lets nobody in from here: \
    look at `api_base` in [discord], and at proxies of this machine";

/// Discord.
pub struct Discord {
    settings: Settings,
    api: Arc<Api>,
    library: Arc<KnowledgeBase>,
    pulse: Arc<Liveness>,
    pending: PendingInteractions,
    recent_denials: RecentDenials,
    events: EventSink,
    bot_id: OnceLock<UserId>,
    has_commands: Arc<AtomicBool>,
}

impl Discord {
    /// Discord as `settings` say. People who type a question are shown those of `library`.
    ///
    /// # Errors
    /// [`PlatformError`] if no connection of any kind can be made.
    pub fn new(
        settings: Settings,
        library: Arc<KnowledgeBase>,
        pulse: Arc<Liveness>,
    ) -> Result<Self, PlatformError> {
        let api = Api::new(&settings).map_err(no_client)?;
        Ok(Self {
            settings,
            api: Arc::new(api),
            library,
            pulse,
            pending: PendingInteractions::default(),
            recent_denials: RecentDenials::default(),
            events: EventSink::default(),
            bot_id: OnceLock::new(),
            has_commands: Arc::default(),
        })
    }

    /// Stays connected and brings what happens to `lane`, until it is told to stop.
    ///
    /// # Errors
    /// [`PlatformError`] says whether connecting again can help.
    pub async fn serve(
        &self,
        lane: &Arc<Dispatcher>,
        stop: &Shutdown,
    ) -> Result<(), PlatformError> {
        let plan = tokio::select! {
            plan = self.shard_plan() => plan?,
            () = stop.graceful.cancelled() => return Ok(()),
        };
        let n_shards = plan.n_shards();
        let (happenings, mut told) = mpsc::channel(MAX_WAITING);
        self.events.connect(lane);
        tokio::select! {
            ended = gateway::serve(plan, GatewayHandler::new(happenings), &stop.forced) => ended,
            // Why nobody tells any more is for the gateway to say.
            () = async { self.run_event_loop(&mut told, n_shards, stop).await; std::future::pending().await } => Ok(()),
            () = self.wait_for_disconnect(stop) => Ok(()),
        }
    }

    /// The gateway ends by itself when it is told to stop; nobody waits longer for it than this.
    async fn wait_for_disconnect(&self, stop: &Shutdown) {
        stop.forced.cancelled().await;
        tokio::time::sleep(Duration::from_millis(900)).await;
    }

    /// Hands `event` on. Discord tells nothing twice: what has no room is passed over.
    fn dispatch(&self, event: Event) {
        drop(self.events.try_dispatch(event));
    }

    /// Asks Discord how to connect, which also shows whether it takes the token.
    async fn shard_plan(&self) -> Result<ShardPlan, PlatformError> {
        let asked: Result<BotGateway, api::ApiError> = self.api.get(Route::GatewayBot).await;
        let gateway = asked.map_err(|failure| match failure.status {
            Some(401) => {
                PlatformError::Permanent { advice: gateway::BAD_TOKEN.to_owned(), source: None }
            }
            Some(status @ (403 | 404)) => PlatformError::Permanent {
                advice: format!("{NOT_DISCORD} (HTTP status {status})"),
                source: None,
            },
            Some(status) => PlatformError::Transient {
                what: "Discord does not say how to connect".to_owned(),
                source: Some(format!("HTTP status {status}").into()),
            },
            None => PlatformError::Transient {
                what: "Discord cannot be reached: look at the network, name resolution and firewall of this machine"
                    .to_owned(),
                source: None,
            },
        })?;
        if gateway.session_start_limit.remaining == 0 {
            let seconds = gateway.session_start_limit.reset_after / 1000;
            let what = format!("Discord takes no more connections today, and again in {seconds} s");
            return Err(PlatformError::Transient { what, source: None });
        }
        let ShardRange { total, first, last } = self.settings.shards;
        let total = total.unwrap_or(gateway.shards).max(1);
        check_shards(total, gateway.shards)?;
        Ok(ShardPlan {
            http: api::serenity_http(&self.settings, api::http_client().map_err(no_client)?),
            message_content: self.settings.message_content,
            first,
            last: last.unwrap_or(total - 1),
            total,
            pulse: Arc::clone(&self.pulse),
        })
    }
}

fn no_client(error: reqwest::Error) -> PlatformError {
    let advice = "no HTTP client can be made: look at the certificates and proxies of this machine";
    PlatformError::Permanent { advice: advice.to_owned(), source: Some(error.into()) }
}

/// Discord refuses connections when a shard would have too many guilds, and the library does not
/// tell.
fn check_shards(total: u32, recommended: u32) -> Result<(), PlatformError> {
    let at_least = u64::from(recommended.saturating_sub(1)) * PLANNED_GUILDS_A_SHARD;
    if at_least <= u64::from(total) * MAX_GUILDS_A_SHARD {
        return Ok(());
    }
    let advice = format!(
        "{total} shards are too few for your guilds (4011): set `shards` in [discord] to {recommended}, or leave it out"
    );
    Err(PlatformError::Permanent { advice, source: None })
}

#[cfg(test)]
mod tests;
