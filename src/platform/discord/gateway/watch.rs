//! Whether the shards live: Discord acknowledges each heartbeat, about every 41 seconds.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serenity::gateway::{ConnectionStage, ShardManager};
use serenity::model::id::ShardId;

use super::super::super::PlatformError;
use super::Ticks;
use crate::service::Pulse;

/// How often it is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A shard whose heartbeats nobody acknowledged for so long is started again: two heartbeats of
/// Discord's, and time for one on its way. The library does it earlier, if it can.
const SILENT_AFTER: Duration = Duration::from_secs(100);

/// A shard that is not connected after this time keeps the platform from being served; all is
/// started again then, with growing waits.
const LOST_AFTER: Duration = Duration::from_secs(120);

/// Shards are connected one after the other.
const PER_SHARD: Duration = Duration::from_secs(6);

/// Watches the shards.
pub(super) struct Watch {
    manager: Arc<ShardManager>,
    /// The first and the last shard.
    shards: (u32, u32),
    pulse: Arc<Pulse>,
}

/// What was seen of a shard, and since when.
struct Seen {
    is_connected: bool,
    latency: Option<Duration>,
    since: Instant,
}

impl Watch {
    pub(super) fn new(manager: Arc<ShardManager>, shards: (u32, u32), pulse: Arc<Pulse>) -> Self {
        Self { manager, shards, pulse }
    }

    /// Looks at the shards until one is lost.
    pub(super) async fn run(&self, ticks: &Ticks) -> PlatformError {
        let start = Instant::now();
        let mut seen: HashMap<ShardId, Seen> = HashMap::new();
        loop {
            ticks.tick();
            self.look(&mut seen).await;
            let (first, last) = self.shards;
            let states = (first..=last).map(|shard| (shard, seen.get(&ShardId(shard))));
            let mut are_well = true;
            for (place, (shard, state)) in (1..).zip(states) {
                let is_connected = state.is_some_and(|it| it.is_connected);
                let since = state.map_or(start, |it| it.since);
                are_well &= is_connected && since.elapsed() < SILENT_AFTER;
                if !is_connected && since.elapsed() > LOST_AFTER + PER_SHARD * place {
                    let what = format!("Discord shard {shard} could not be connected for long");
                    return PlatformError::Passing { what, source: None };
                }
            }
            if are_well {
                self.pulse.beat();
            }
            self.restart_silent(&mut seen).await;
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// A heartbeat that was acknowledged changes the latency of its shard.
    async fn look(&self, seen: &mut HashMap<ShardId, Seen>) {
        for (id, info) in self.manager.runners.lock().await.iter() {
            let is_connected = info.stage == ConnectionStage::Connected;
            let is_same = seen
                .get(id)
                .is_some_and(|it| it.is_connected == is_connected && it.latency == info.latency);
            if !is_same {
                let (latency, since) = (info.latency, Instant::now());
                seen.insert(*id, Seen { is_connected, latency, since });
            }
        }
    }

    async fn restart_silent(&self, seen: &mut HashMap<ShardId, Seen>) {
        for (id, state) in seen.iter_mut() {
            if state.is_connected && state.since.elapsed() > SILENT_AFTER {
                tracing::warn!(
                    shard = id.0,
                    "Discord shard {id} acknowledges no heartbeats; it is started again"
                );
                state.since = Instant::now();
                self.manager.restart(*id).await;
            }
        }
    }
}
