//! The platforms that the configuration names, each in a task of its own.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::Shared;
use super::supervise::supervise;
use crate::config::Config;
use crate::platform::{PlatformError, Stop, bridge};
use crate::service::{Fate, Lane, Pulse, Sender};

/// Whether there is one.
pub(super) fn is_any(config: &Config) -> bool {
    config.bridge.socket.is_some()
}

/// A pulse for each.
pub(super) fn pulses(config: &Config) -> Vec<Arc<Pulse>> {
    config.bridge.socket.iter().map(|_| Pulse::new(bridge::PLATFORM)).collect()
}

/// Starts all. A task ends when its platform has ended for good.
pub(super) fn start(config: &Config, shared: &Arc<Shared>, stop: &Stop) -> JoinSet<()> {
    let mut served = JoinSet::new();
    if let (Some(socket), Some(pulse)) = (&config.bridge.socket, shared.pulse(bridge::PLATFORM)) {
        let length = config.delivery.queue_length;
        let bridge = Arc::new(bridge::Bridge::new(socket.clone(), length, Arc::clone(&pulse)));
        let lane = Arc::new(shared.lane(bridge::PLATFORM, &bridge, config));
        shared.lanes().insert(bridge::PLATFORM, Arc::clone(&lane));
        let own = Stop::default();
        let start = {
            let (lane, own) = (Arc::clone(&lane), own.clone());
            move || {
                let (bridge, lane, own) = (Arc::clone(&bridge), Arc::clone(&lane), own.clone());
                async move { bridge.serve(&lane, &own).await }
            }
        };
        let (asked, limit) = (stop.asked.clone(), config.delivery.drain());
        served.spawn(async move {
            let mut serving = std::pin::pin!(supervise(bridge::PLATFORM, &own, start));
            let ended = tokio::select! {
                ended = &mut serving => ended,
                () = asked.cancelled() => tokio::join!(serving, end(&lane, &own, limit)).0,
            };
            note_end(&pulse, ended);
        });
    }
    served
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
    fn pulse(&self, platform: &str) -> Option<Arc<Pulse>> {
        self.pulses.iter().find(|pulse| pulse.platform() == platform).map(Arc::clone)
    }

    fn lane<S: Sender>(&self, platform: &'static str, sender: &Arc<S>, config: &Config) -> Lane {
        let metrics = Arc::clone(&self.metrics);
        let told = move |fate: Fate, took: Duration| metrics.count(platform, fate, took);
        Lane::start(&self.service, sender, &config.delivery, told)
    }
}
