//! The platforms that the configuration names, each in a task of its own.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::Shared;
use super::supervise::supervise;
use crate::config::Config;
#[cfg(unix)]
use crate::platform::bridge;
use crate::platform::{PlatformError, Stop};
use crate::service::{Fate, Lane, Pulse, Sender};

/// Whether there is one.
pub(super) fn is_any(config: &Config) -> bool {
    !pulses(config).is_empty()
}

/// A pulse for each.
pub(super) fn pulses(config: &Config) -> Vec<Arc<Pulse>> {
    let mut pulses = Vec::new();
    #[cfg(unix)]
    pulses.extend(config.bridge.socket.iter().map(|_| Pulse::new(bridge::PLATFORM)));
    pulses
}

/// Starts all. A task ends when its platform has ended for good.
pub(super) fn start(config: &Config, shared: &Arc<Shared>, stop: &Stop) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    for pulse in &shared.pulses {
        let task = Task { config, shared, stop, pulse: Arc::clone(pulse) };
        #[cfg(unix)]
        if let (bridge::PLATFORM, Some(socket)) = (pulse.platform(), &config.bridge.socket) {
            let length = config.delivery.queue_length;
            let bridge = bridge::Bridge::new(socket.clone(), length, Arc::clone(pulse));
            task.spawn(&mut tasks, Arc::new(bridge), |bridge, lane, stop| async move {
                bridge.serve(&lane, &stop).await
            });
        }
    }
    tasks
}

/// What a platform's task is made of.
struct Task<'a> {
    config: &'a Config,
    shared: &'a Arc<Shared>,
    stop: &'a Stop,
    pulse: Arc<Pulse>,
}

impl Task<'_> {
    /// Keeps `serve` up with a lane of its own until the process is to end; then takes nothing more
    /// in, sends what is under way, and lets go.
    fn spawn<S, F, T>(self, tasks: &mut JoinSet<()>, sender: Arc<S>, serve: F)
    where
        S: Sender,
        F: Fn(Arc<S>, Arc<Lane>, Stop) -> T + Send + Sync + 'static,
        T: Future<Output = Result<(), PlatformError>> + Send,
    {
        let Self { config, shared, stop, pulse } = self;
        let platform = pulse.platform();
        let lane = Arc::new(shared.lane(platform, &sender, config));
        shared.lanes().insert(platform, Arc::clone(&lane));
        let (asked, limit) = (stop.asked.clone(), config.delivery.drain());
        let own = Stop::default();
        tasks.spawn(async move {
            let start = || serve(Arc::clone(&sender), Arc::clone(&lane), own.clone());
            let mut serving = std::pin::pin!(supervise(platform, &own, start));
            let ended = tokio::select! {
                ended = &mut serving => ended,
                () = asked.cancelled() => tokio::join!(serving, end(&lane, &own, limit)).0,
            };
            note_end(&pulse, ended);
        });
    }
}

/// Takes nothing more in, sends what is under way, and lets go.
async fn end(lane: &Lane, stop: &Stop, limit: Duration) {
    stop.asked.cancel();
    if !lane.drain(limit).await {
        tracing::warn!("Not all that was queued could be done in time; it can be caught up with");
    }
    stop.now.cancel();
}

fn note_end(pulse: &Pulse, served: Result<(), PlatformError>) {
    pulse.end();
    if let Err(error) = served {
        let (platform, error) = (pulse.platform(), anyhow::Error::from(error));
        tracing::error!(platform, "The platform {platform} is not served any more: {error:#}");
    }
}

impl Shared {
    fn lane<S: Sender>(&self, platform: &'static str, sender: &Arc<S>, config: &Config) -> Lane {
        let metrics = Arc::clone(&self.metrics);
        let told = move |fate: Fate, took: Duration| metrics.count(platform, fate, took);
        Lane::start(&self.service, sender, &config.delivery, told)
    }
}
