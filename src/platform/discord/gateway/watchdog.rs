//! Shard liveness. Discord acknowledges each heartbeat, about every 41 s; a shard without ACKs is
//! restarted.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serenity::gateway::{ConnectionStage, ShardManager};
use serenity::model::id::ShardId;
use tokio::time::Instant;

use super::ThreadLiveness;
use crate::platform::PlatformError;
use crate::service::Liveness;

/// Interval between two polls of the shards.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// A shard without heartbeat ACKs for this long is restarted: two of Discord's heartbeat intervals,
/// and time for one ACK on its way. serenity restarts it earlier, if it can.
const ACK_TIMEOUT: Duration = Duration::from_secs(100);

/// A shard that is disconnected for longer ends the watchdog, since the platform is not completely
/// served. The whole platform is then restarted with backoff.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(120);

/// Added to [`CONNECT_TIMEOUT`] for each shard: they connect one after the other.
const CONNECT_TIME_PER_SHARD: Duration = Duration::from_secs(6);

/// Shards that can be polled and restarted: serenity's, or scripted ones in tests.
pub(super) trait ShardControl {
    /// The current status of the shard `id`.
    async fn status(&self, id: ShardId) -> ShardStatus;

    /// Restarts the shard `id`.
    async fn restart(&self, id: ShardId);
}

/// The status of a shard at one time. Each heartbeat ACK changes the latency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ShardStatus {
    is_connected: bool,
    latency: Option<Duration>,
}

impl ShardControl for Arc<ShardManager> {
    /// A shard that is being restarted has no runner, and counts as disconnected.
    async fn status(&self, id: ShardId) -> ShardStatus {
        let runners = self.runners.lock().await;
        let runner = runners.get(&id);
        let is_connected = runner.is_some_and(|it| it.stage == ConnectionStage::Connected);
        ShardStatus { is_connected, latency: runner.and_then(|it| it.latency) }
    }

    async fn restart(&self, id: ShardId) {
        ShardManager::restart(self, id).await;
    }
}

/// Polls a range of shards, restarts unresponsive ones, and marks the platform as alive while all
/// of them are connected.
pub(super) struct Watchdog<S> {
    shards: S,
    /// The first and the last shard, inclusive.
    range: (u32, u32),
    liveness: Arc<Liveness>,
}

/// The last status of a shard, and since when it has been the same.
struct ObservedShard {
    status: ShardStatus,
    since: Instant,
}

impl<S: ShardControl> Watchdog<S> {
    pub(super) fn new(shards: S, range: (u32, u32), liveness: Arc<Liveness>) -> Self {
        Self { shards, range, liveness }
    }

    /// Watches the shards until one has been disconnected for too long, and returns that error.
    pub(super) async fn run(&self, thread_liveness: &ThreadLiveness) -> PlatformError {
        let mut observed: HashMap<ShardId, ObservedShard> = HashMap::new();
        loop {
            thread_liveness.tick();
            self.poll(&mut observed).await;
            let (first, last) = self.range;
            let shards =
                (first..=last).filter_map(|shard| Some((shard, observed.get(&ShardId(shard))?)));
            let mut are_healthy = true;
            for (position, (shard, observed)) in (1..).zip(shards) {
                let age = observed.since.elapsed();
                let is_connected = observed.status.is_connected;
                are_healthy &= is_connected && age < ACK_TIMEOUT;
                if !is_connected && age > CONNECT_TIMEOUT + CONNECT_TIME_PER_SHARD * position {
                    let what = format!("Discord shard {shard} could not connect for too long");
                    return PlatformError::Transient { what, source: None };
                }
            }
            if are_healthy {
                self.liveness.mark_alive();
            }
            self.restart_unresponsive(&mut observed, thread_liveness).await;
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    async fn poll(&self, observed: &mut HashMap<ShardId, ObservedShard>) {
        let (first, last) = self.range;
        for id in (first..=last).map(ShardId) {
            let status = self.shards.status(id).await;
            let previous = observed.get(&id).map(|it| it.status);
            // Latency changes of a disconnected shard do not count: only the duration matters.
            let is_still_disconnected =
                !status.is_connected && previous.is_some_and(|it| !it.is_connected);
            if previous != Some(status) && !is_still_disconnected {
                observed.insert(id, ObservedShard { status, since: Instant::now() });
            }
        }
    }

    async fn restart_unresponsive(
        &self,
        observed: &mut HashMap<ShardId, ObservedShard>,
        thread_liveness: &ThreadLiveness,
    ) {
        for (id, shard) in observed.iter_mut() {
            if shard.status.is_connected && shard.since.elapsed() > ACK_TIMEOUT {
                tracing::warn!(
                    shard = id.0,
                    "Discord shard {id} missed heartbeat ACKs; restarting it"
                );
                shard.since = Instant::now();
                // serenity waits seconds for each shard that does not respond, which is no stall.
                thread_liveness.tick();
                self.shards.restart(*id).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Discord's usual heartbeat interval, in seconds.
    const HEARTBEAT_SECONDS: u64 = 41;

    /// Shards whose status is a function of the shard and the second. Records restarts as (shard,
    /// second).
    struct ScriptedShards<F> {
        start: Instant,
        status_at: F,
        restarts: Mutex<Vec<(u32, u64)>>,
    }

    impl<F: Fn(u32, u64) -> ShardStatus> ShardControl for &ScriptedShards<F> {
        async fn status(&self, id: ShardId) -> ShardStatus {
            (self.status_at)(id.0, self.start.elapsed().as_secs())
        }

        async fn restart(&self, id: ShardId) {
            let seconds = self.start.elapsed().as_secs();
            self.restarts.lock().unwrap().push((id.0, seconds));
        }
    }

    /// A connected shard after `n` heartbeat ACKs.
    fn acknowledged(n: u64) -> ShardStatus {
        ShardStatus {
            is_connected: true,
            latency: (n > 0).then(|| Duration::from_micros(30_000 + n)),
        }
    }

    const DISCONNECTED: ShardStatus = ShardStatus { is_connected: false, latency: None };

    /// Watches two shards for `seconds`. Returns the restarts, the error with its second, and whether
    /// the platform was marked alive.
    async fn watched(
        seconds: u64,
        status_at: impl Fn(u32, u64) -> ShardStatus,
    ) -> (Vec<(u32, u64)>, Option<(String, u64)>, bool) {
        let shards =
            ScriptedShards { start: Instant::now(), status_at, restarts: Mutex::default() };
        let liveness = Liveness::new("discord");
        let thread_liveness = ThreadLiveness::new();
        let watchdog = Watchdog::new(&shards, (0, 1), Arc::clone(&liveness));
        let ended =
            tokio::time::timeout(Duration::from_secs(seconds), watchdog.run(&thread_liveness))
                .await;
        let error = ended.ok().map(|it| (it.to_string(), shards.start.elapsed().as_secs()));
        let restarts = shards.restarts.lock().unwrap().clone();
        (restarts, error, liveness.is_alive())
    }

    #[tokio::test(start_paused = true)]
    async fn shards_with_heartbeat_acks_are_not_restarted() {
        let result = watched(3600, |_, seconds| acknowledged(seconds / HEARTBEAT_SECONDS)).await;
        assert_eq!(result, (vec![], None, true));
    }

    #[tokio::test(start_paused = true)]
    async fn shard_without_heartbeat_acks_is_restarted_and_no_other() {
        let silent = |shard, seconds: u64| match shard {
            1 => acknowledged(seconds.min(50) / HEARTBEAT_SECONDS),
            _ => acknowledged(seconds / HEARTBEAT_SECONDS),
        };
        // The last ACK came at 41 s.
        let result = watched(200, silent).await;
        assert_eq!(result, (vec![(1, 142)], None, true));
        // It has the same time again to recover.
        let (restarts, ..) = watched(300, silent).await;
        assert_eq!(restarts, [(1, 142), (1, 243)]);
    }

    #[tokio::test(start_paused = true)]
    async fn shard_that_never_received_a_heartbeat_ack_is_restarted() {
        let (restarts, ..) = watched(110, |shard, seconds| match shard {
            0 => acknowledged(0),
            _ => acknowledged(seconds / HEARTBEAT_SECONDS),
        })
        .await;
        assert_eq!(restarts, [(0, 101)]);
    }

    #[tokio::test(start_paused = true)]
    async fn shard_that_stays_disconnected_ends_the_watchdog_with_a_transient_error() {
        let (restarts, error, _) = watched(600, |shard, seconds| match (shard, seconds) {
            (1, 10..) => DISCONNECTED,
            _ => acknowledged(seconds / HEARTBEAT_SECONDS),
        })
        .await;
        let what = "Discord shard 1 could not connect for too long".to_owned();
        assert_eq!((restarts, error), (vec![], Some((what, 143))), "120 s and 6 s per shard");
    }

    #[tokio::test(start_paused = true)]
    async fn platform_is_not_alive_before_all_shards_are_connected() {
        let second_disconnected = |shard, seconds: u64| match shard {
            1 => DISCONNECTED,
            _ => acknowledged(seconds / HEARTBEAT_SECONDS),
        };
        assert_eq!(watched(100, second_disconnected).await, (vec![], None, false));
    }
}
