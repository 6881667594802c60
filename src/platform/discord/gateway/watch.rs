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
        let mut seen: HashMap<ShardId, Seen> = HashMap::new();
        loop {
            ticks.tick();
            self.look(&mut seen).await;
            let (first, last) = self.shards;
            let states =
                (first..=last).filter_map(|shard| Some((shard, seen.get(&ShardId(shard))?)));
            let mut are_well = true;
            for (place, (shard, state)) in (1..).zip(states) {
                let span = state.since.elapsed();
                are_well &= state.is_connected && span < SILENT_AFTER;
                if !state.is_connected && span > LOST_AFTER + PER_SHARD * place {
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

    /// A heartbeat that was acknowledged changes the latency of its shard. A shard that is being
    /// started again is not there.
    async fn look(&self, seen: &mut HashMap<ShardId, Seen>) {
        let runners = self.manager.runners.lock().await;
        let (first, last) = self.shards;
        for id in (first..=last).map(ShardId) {
            let runner = runners.get(&id);
            let is_connected = runner.is_some_and(|it| it.stage == ConnectionStage::Connected);
            let latency = runner.and_then(|it| it.latency);
            let is_same = seen
                .get(&id)
                .is_some_and(|it| it.is_connected == is_connected && it.latency == latency);
            // Of what is not connected, only for how long counts.
            let is_still_lost = !is_connected && seen.get(&id).is_some_and(|it| !it.is_connected);
            if !is_same && !is_still_lost {
                seen.insert(id, Seen { is_connected, latency, since: Instant::now() });
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
