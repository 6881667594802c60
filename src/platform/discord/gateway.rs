//! The gateway: the connections by which Discord sends events, one for each shard.
//!
//! It is own code because of how the libraries reconnect. With serenity 0.12, a gateway that accepts
//! connections and closes them is connected to again without any delay; twilight-gateway 0.16 counts its
//! attempts anew with each connection that opens, so that the delay stays at a second, and waits without
//! end for HELLO and READY. The events are serenity's types, which the rest of the platform uses.

mod close_code;
mod connection;
mod event;
mod event_queue;
mod heartbeat;
mod identify_limit;
mod packet;
mod reconnect;
mod shard;
mod shard_status;

use std::sync::Arc;

use serenity::model::gateway::GatewayIntents;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::super::PlatformError;
use crate::service::Liveness;
pub(super) use close_code::{BAD_TOKEN, INTENT_NOT_ENABLED};
use connection::{Connection, Inbound};
pub(super) use event::GatewayEvent;
pub(super) use event_queue::EventQueue;
pub(super) use identify_limit::IdentifyLimit;
use shard::Shard;
use shard_status::ShardStatuses;

/// What the shards need to connect.
pub(super) struct Connector {
    /// The address of the gateway, without a query.
    pub(super) url: String,
    pub(super) token: String,
    /// The bits of the intents.
    pub(super) intents: u64,
    /// The number of shards of all processes.
    pub(super) n_total: u32,
    pub(super) identify_limit: IdentifyLimit,
}

/// Which shards are connected, and how.
pub(super) struct ShardPlan {
    pub(super) connector: Connector,
    /// The first shard of this process, from 0.
    pub(super) first: u32,
    /// The last shard of this process, inclusive.
    pub(super) last: u32,
    pub(super) liveness: Arc<Liveness>,
}

impl ShardPlan {
    /// The number of shards of this process.
    pub(super) fn n_shards(&self) -> usize {
        usize::try_from(self.last.saturating_sub(self.first)).unwrap_or(0) + 1
    }
}

/// Connects as `plan` says and forwards events to `events`, until `stop` is cancelled or Discord
/// rejects the bot.
pub(super) async fn serve(
    plan: ShardPlan,
    events: EventQueue,
    stop: &CancellationToken,
) -> Result<(), PlatformError> {
    let n_shards = plan.n_shards();
    let ShardPlan { connector, first, last, liveness } = plan;
    let statuses = Arc::new(ShardStatuses::new(n_shards, liveness));
    let (connector, events) = (Arc::new(connector), Arc::new(events));
    let mut shards = JoinSet::new();
    for id in first..=last {
        let shard =
            Shard::new(id, Arc::clone(&connector), Arc::clone(&events), Arc::clone(&statuses));
        let stop = stop.clone();
        shards.spawn(async move { shard.run(&stop).await });
    }
    while let Some(ended) = shards.join_next().await {
        ended.unwrap_or_else(|_| Err(shard_ended()))?;
    }
    Ok(())
}

fn shard_ended() -> PlatformError {
    let what = "a Discord shard ended unexpectedly".to_owned();
    PlatformError::Transient { what, source: None }
}

/// Opens a connection to the gateway at `url`, and waits for its first packet, HELLO. No session is started, so that none
/// of the day's is used up.
pub(super) async fn sends_hello(url: &str) -> bool {
    let Some(mut connection) = Connection::open(url).await else { return false };
    matches!(connection.receive().await, Inbound::Packet(_))
}

/// The intents of the bot: guilds with their channels, and messages.
pub(super) fn intents(message_content: bool) -> GatewayIntents {
    let intents =
        GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGES | GatewayIntents::DIRECT_MESSAGES;
    if message_content { intents | GatewayIntents::MESSAGE_CONTENT } else { intents }
}
