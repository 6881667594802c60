//! Whether the shards live: Discord acknowledges each heartbeat, about every 41 seconds.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serenity::gateway::{ConnectionStage, ShardManager};
use serenity::model::id::ShardId;
use tokio::time::Instant;

use super::ThreadLiveness;
use crate::platform::PlatformError;
use crate::service::Liveness;

/// How often it is looked at.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// A shard whose heartbeats nobody acknowledged for so long is started again: two heartbeats of
/// Discord's, and time for one on its way. The library does it earlier, if it can.
const SILENT_AFTER: Duration = Duration::from_secs(100);

/// A shard that is not connected after this time keeps the platform from being served; all is
/// started again then, with growing waits.
const LOST_AFTER: Duration = Duration::from_secs(120);

/// Shards are connected one after the other.
const PER_SHARD: Duration = Duration::from_secs(6);

/// Shards that can be looked at and started again: the library's.
pub(super) trait ShardControl {
    /// What there is to be seen of the shard `id`.
    async fn status(&self, id: ShardId) -> ShardStatus;

    /// Starts the shard `id` again.
    async fn restart(&self, id: ShardId);
}

/// What is to be seen of a shard at one time. A heartbeat that was acknowledged changes its latency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ShardStatus {
    is_connected: bool,
    latency: Option<Duration>,
}

impl ShardControl for Arc<ShardManager> {
    /// A shard that is being started again is not there.
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

/// Watches the shards.
pub(super) struct Watchdog<S> {
    shards: S,
    /// The first and the last one.
    range: (u32, u32),
    pulse: Arc<Liveness>,
}

/// What was seen of a shard, and since when.
struct ObservedShard {
    look: ShardStatus,
    since: Instant,
}

impl<S: ShardControl> Watchdog<S> {
    pub(super) fn new(shards: S, range: (u32, u32), pulse: Arc<Liveness>) -> Self {
        Self { shards, range, pulse }
    }

    /// Looks at the shards until one is lost.
    pub(super) async fn run(&self, ticks: &ThreadLiveness) -> PlatformError {
        let mut seen: HashMap<ShardId, ObservedShard> = HashMap::new();
        loop {
            ticks.tick();
            self.poll(&mut seen).await;
            let (first, last) = self.range;
            let states =
                (first..=last).filter_map(|shard| Some((shard, seen.get(&ShardId(shard))?)));
            let mut are_well = true;
            for (place, (shard, state)) in (1..).zip(states) {
                let span = state.since.elapsed();
                are_well &= state.look.is_connected && span < SILENT_AFTER;
                if !state.look.is_connected && span > LOST_AFTER + PER_SHARD * place {
                    let what = format!("Discord shard {shard} could not be connected for long");
                    return PlatformError::Transient { what, source: None };
                }
            }
            if are_well {
                self.pulse.mark_alive();
            }
            self.restart_unresponsive(&mut seen, ticks).await;
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    async fn poll(&self, seen: &mut HashMap<ShardId, ObservedShard>) {
        let (first, last) = self.range;
        for id in (first..=last).map(ShardId) {
            let look = self.shards.status(id).await;
            let before = seen.get(&id).map(|it| it.look);
            // Of what is not connected, only for how long counts.
            let is_still_lost = !look.is_connected && before.is_some_and(|it| !it.is_connected);
            if before != Some(look) && !is_still_lost {
                seen.insert(id, ObservedShard { look, since: Instant::now() });
            }
        }
    }

    async fn restart_unresponsive(
        &self,
        seen: &mut HashMap<ShardId, ObservedShard>,
        ticks: &ThreadLiveness,
    ) {
        for (id, state) in seen.iter_mut() {
            if state.look.is_connected && state.since.elapsed() > SILENT_AFTER {
                tracing::warn!(
                    shard = id.0,
                    "Discord shard {id} acknowledges no heartbeats; it is started again"
                );
                state.since = Instant::now();
                // The library waits seconds for each that does not answer.
                ticks.tick();
                self.shards.restart(*id).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Discord's usual time between two heartbeats.
    const BEAT: u64 = 41;

    /// Shards that do as they are told, second by second, and keep when which was started again.
    struct Played<F> {
        start: Instant,
        play: F,
        restarts: Mutex<Vec<(u32, u64)>>,
    }

    impl<F: Fn(u32, u64) -> ShardStatus> ShardControl for &Played<F> {
        async fn status(&self, id: ShardId) -> ShardStatus {
            (self.play)(id.0, self.start.elapsed().as_secs())
        }

        async fn restart(&self, id: ShardId) {
            let seconds = self.start.elapsed().as_secs();
            self.restarts.lock().unwrap().push((id.0, seconds));
        }
    }

    /// Connected, with so many heartbeats acknowledged.
    fn acknowledged(n: u64) -> ShardStatus {
        ShardStatus {
            is_connected: true,
            latency: (n > 0).then(|| Duration::from_micros(30_000 + n)),
        }
    }

    const LOST: ShardStatus = ShardStatus { is_connected: false, latency: None };

    /// What comes of two shards that are watched for so many seconds: which were started again and
    /// when, the error and when, and whether there was a sign of life.
    async fn watched(
        seconds: u64,
        play: impl Fn(u32, u64) -> ShardStatus,
    ) -> (Vec<(u32, u64)>, Option<(String, u64)>, bool) {
        let played = Played { start: Instant::now(), play, restarts: Mutex::default() };
        let pulse = Liveness::new("discord");
        let (ticks, watch) =
            (ThreadLiveness::new(), Watchdog::new(&played, (0, 1), Arc::clone(&pulse)));
        let ended = tokio::time::timeout(Duration::from_secs(seconds), watch.run(&ticks)).await;
        let told = ended.ok().map(|it| (it.to_string(), played.start.elapsed().as_secs()));
        let restarts = played.restarts.lock().unwrap().clone();
        (restarts, told, pulse.is_alive())
    }

    #[tokio::test(start_paused = true)]
    async fn shards_whose_heartbeats_are_acknowledged_are_left_alone() {
        let seen = watched(3600, |_, seconds| acknowledged(seconds / BEAT)).await;
        assert_eq!(seen, (vec![], None, true));
    }

    #[tokio::test(start_paused = true)]
    async fn a_shard_whose_heartbeats_nobody_acknowledges_is_started_again_and_no_other() {
        let silenced = |shard, seconds: u64| match shard {
            1 => acknowledged(seconds.min(50) / BEAT),
            _ => acknowledged(seconds / BEAT),
        };
        // The last acknowledgement came at 41 s.
        let seen = watched(200, silenced).await;
        assert_eq!(seen, (vec![(1, 142)], None, true));
        // It has as long again to come back.
        let (restarts, ..) = watched(300, silenced).await;
        assert_eq!(restarts, [(1, 142), (1, 243)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_shard_that_never_had_a_heartbeat_acknowledged_is_started_again() {
        let (restarts, ..) = watched(110, |shard, seconds| match shard {
            0 => acknowledged(0),
            _ => acknowledged(seconds / BEAT),
        })
        .await;
        assert_eq!(restarts, [(0, 101)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_shard_that_stays_away_is_told_of_so_that_all_is_started_again() {
        let (restarts, told, _) = watched(600, |shard, seconds| match (shard, seconds) {
            (1, 10..) => LOST,
            _ => acknowledged(seconds / BEAT),
        })
        .await;
        let what = "Discord shard 1 could not be connected for long".to_owned();
        assert_eq!((restarts, told), (vec![], Some((what, 143))), "120 s and 6 s a shard");
    }

    #[tokio::test(start_paused = true)]
    async fn there_is_no_sign_of_life_before_all_are_connected() {
        let half = |shard, seconds: u64| match shard {
            1 => LOST,
            _ => acknowledged(seconds / BEAT),
        };
        assert_eq!(watched(100, half).await, (vec![], None, false));
    }
}
