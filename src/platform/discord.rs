//! The Discord platform: converts gateway events for the service, and sends its replies. The client
//! library is serenity.
mod api;
mod catch_up;
mod channel_cache;
mod commands;
pub mod custom_id;
mod direct_channels;
pub mod doctor;
mod entry_form;
mod event_loop;
mod gateway;
mod ids;
mod incoming;
mod interaction_response;
mod lookup;
mod managers;
pub mod markdown;
mod payload;
mod permissions;
mod proxies;
mod recent_places;
pub mod render;
mod rich_text;
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
use gateway::{Connector, EventQueue, IdentifyLimit, ShardPlan};
use interaction_response::PendingInteractions;
use permissions::recent_denials::RecentDenials;
use recent_places::RecentPlaces;
pub use settings::{Settings, ShardRange};

/// The name of the platform, and the prefix of its ids.
pub const PLATFORM: &str = "discord";

/// Capacity of the queue of gateway events. When it is full, events are dropped.
const MAX_QUEUED_EVENTS: usize = 8192;

/// Discord's limit of guilds per shard; with more it closes the connection (4011).
const MAX_GUILDS_PER_SHARD: u64 = 2500;

/// Guilds per shard in the number of shards that Discord recommends.
const RECOMMENDED_GUILDS_PER_SHARD: u64 = 1000;

/// Advice for an address that does not serve Discord's API, or blocks this host.
const NOT_DISCORD: &str = "the server at `api_base` is not the Discord API, or blocks this host: \
    check `api_base` in [discord], and the proxies of this machine";

/// The Discord platform.
pub struct Discord {
    settings: Settings,
    api: Arc<Api>,
    knowledge_base: Arc<KnowledgeBase>,
    liveness: Arc<Liveness>,
    pending: PendingInteractions,
    recent_denials: RecentDenials,
    recent_places: RecentPlaces,
    events: EventSink,
    /// Set by the first `READY`.
    bot_id: OnceLock<UserId>,
    /// Whether the commands are registered, or being registered.
    has_commands: Arc<AtomicBool>,
    identify_limit: IdentifyLimit,
}

impl Discord {
    /// Builds the platform. Autocomplete offers questions of `knowledge_base`.
    ///
    /// # Errors
    /// [`PlatformError`] if no HTTP client can be built.
    pub fn new(
        settings: Settings,
        knowledge_base: Arc<KnowledgeBase>,
        liveness: Arc<Liveness>,
    ) -> Result<Self, PlatformError> {
        let api = Api::new(&settings).map_err(no_http_client)?;
        Ok(Self {
            settings,
            api: Arc::new(api),
            knowledge_base,
            liveness,
            pending: PendingInteractions::default(),
            recent_denials: RecentDenials::default(),
            recent_places: RecentPlaces::default(),
            events: EventSink::default(),
            bot_id: OnceLock::new(),
            has_commands: Arc::default(),
            identify_limit: IdentifyLimit::default(),
        })
    }

    /// Connects to the gateway and dispatches events to `dispatcher` until shutdown.
    ///
    /// # Errors
    /// [`PlatformError`], which is transient if connecting again may help.
    pub async fn serve(
        &self,
        dispatcher: &Arc<Dispatcher>,
        stop: &Shutdown,
    ) -> Result<(), PlatformError> {
        let plan = tokio::select! {
            plan = self.shard_plan() => plan?,
            () = stop.graceful.cancelled() => return Ok(()),
        };
        let n_shards = plan.n_shards();
        let (sender, mut gateway_events) = mpsc::channel(MAX_QUEUED_EVENTS);
        self.events.connect(dispatcher);
        tokio::select! {
            result = gateway::serve(plan, EventQueue::new(sender), &stop.forced) => result,
            // The event loop ends when the gateway has ended, whose result is the one to return.
            () = async {
                self.run_event_loop(&mut gateway_events, n_shards, stop).await;
                std::future::pending::<()>().await;
            } => Ok(()),
            () = self.wait_for_disconnect(stop) => Ok(()),
        }
    }

    /// Waits for the forced shutdown, and then for as long as the gateway may take to disconnect.
    async fn wait_for_disconnect(&self, stop: &Shutdown) {
        stop.forced.cancelled().await;
        tokio::time::sleep(Duration::from_millis(900)).await;
    }

    /// Dispatches `event`, or drops it if the queue of its place is full: Discord does not send it
    /// again.
    fn dispatch(&self, event: Event) {
        self.recent_places.record(event.full_place());
        drop(self.events.try_dispatch(event));
    }

    /// Fetches how to connect, which also checks the token.
    async fn shard_plan(&self) -> Result<ShardPlan, PlatformError> {
        let response: Result<BotGateway, api::ApiError> = self.api.get(Route::GatewayBot).await;
        let gateway = response.map_err(|error| match error.status {
            Some(401) => {
                PlatformError::Permanent { advice: gateway::BAD_TOKEN.to_owned(), source: None }
            }
            Some(status @ (403 | 404)) => PlatformError::Permanent {
                advice: format!("{NOT_DISCORD} (HTTP status {status})"),
                source: None,
            },
            Some(status) => PlatformError::Transient {
                what: "Discord does not return a gateway address".to_owned(),
                source: Some(format!("HTTP status {status}").into()),
            },
            None => PlatformError::Transient {
                what: "cannot reach Discord: check the network, name resolution and firewall of this machine"
                    .to_owned(),
                source: None,
            },
        })?;
        if gateway.session_start_limit.remaining == 0 {
            let seconds = gateway.session_start_limit.reset_after / 1000;
            let what = format!(
                "Discord accepts no more connections today; the limit resets in {seconds} s"
            );
            return Err(PlatformError::Transient { what, source: None });
        }
        let ShardRange { total, first, last } = self.settings.shards;
        let total = total.unwrap_or(gateway.shards).max(1);
        check_shards(total, gateway.shards)?;
        Ok(ShardPlan {
            connector: Connector {
                url: gateway.url,
                token: self.settings.token().to_owned(),
                intents: gateway::intents(self.settings.message_content).bits(),
                n_total: total,
                identify_limit: self.identify_limit.clone(),
            },
            first,
            last: last.unwrap_or(total - 1),
            liveness: Arc::clone(&self.liveness),
        })
    }
}

fn no_http_client(error: reqwest::Error) -> PlatformError {
    let advice = "cannot build an HTTP client: check the certificates and proxies of this machine";
    PlatformError::Permanent { advice: advice.to_owned(), source: Some(error.into()) }
}

/// Checks that no shard can have too many guilds: Discord would reject the connection, and serenity
/// does not report that. `recommended` implies the least number of guilds.
fn check_shards(total: u32, recommended: u32) -> Result<(), PlatformError> {
    let min_guilds = u64::from(recommended.saturating_sub(1)) * RECOMMENDED_GUILDS_PER_SHARD;
    if min_guilds <= u64::from(total) * MAX_GUILDS_PER_SHARD {
        return Ok(());
    }
    let advice = format!(
        "{total} shards are too few for your guilds (4011): set `shards` in [discord] to {recommended}, or remove it"
    );
    Err(PlatformError::Permanent { advice, source: None })
}

#[cfg(test)]
mod tests;
