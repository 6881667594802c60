//! What is counted and timed. No ids, names or texts.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use std::sync::atomic::AtomicU64;

use super::EventOutcome;
use super::health::Liveness;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EventLabels {
    platform: &'static str,
    fate: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PlatformLabels {
    platform: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct BuildLabels {
    version: &'static str,
}

/// The metrics of one process.
pub struct Metrics {
    registry: Registry,
    events: Family<EventLabels, Counter>,
    seconds: Family<PlatformLabels, Histogram, fn() -> Histogram>,
    is_alive: Family<PlatformLabels, Gauge>,
    age: Family<PlatformLabels, Gauge<f64, AtomicU64>>,
}

impl Default for Metrics {
    fn default() -> Self {
        // From 0.1 ms, that of a question without a platform, to 3 minutes of attempts.
        let histogram: fn() -> Histogram = || Histogram::new(exponential_buckets(1e-4, 2.0, 21));
        let mut metrics = Self {
            registry: Registry::with_prefix("quoth"),
            events: Family::default(),
            seconds: Family::new_with_constructor(histogram),
            is_alive: Family::default(),
            age: Family::default(),
        };
        let Self { registry, events, seconds, is_alive, age } = &mut metrics;
        registry.register("events", "What became of events, by platform", events.clone());
        registry.register(
            "event_seconds",
            "Time from taking an event from its queue to being done with it",
            seconds.clone(),
        );
        registry.register(
            "platform_is_alive",
            "Whether the platform is served and gave a sign of life lately",
            is_alive.clone(),
        );
        registry.register(
            "platform_sign_of_life_age_seconds",
            "Time since the platform's last sign of life",
            age.clone(),
        );
        let build = Family::<BuildLabels, Gauge>::default();
        build.get_or_create(&BuildLabels { version: env!("CARGO_PKG_VERSION") }).set(1);
        registry.register("build_info", "The version that runs", build);
        metrics
    }
}

impl Metrics {
    /// Counts an event of `platform`.
    pub fn record_event(&self, platform: &'static str, fate: EventOutcome, took: Duration) {
        self.events.get_or_create(&EventLabels { platform, fate: fate.name() }).inc();
        // What is not for us would drown the rest.
        if fate != EventOutcome::Irrelevant {
            self.seconds.get_or_create(&PlatformLabels { platform }).observe(took.as_secs_f64());
        }
    }

    /// Everything, in the OpenMetrics text format.
    pub fn encode(&self, pulses: &[std::sync::Arc<Liveness>]) -> String {
        for pulse in pulses {
            let labels = PlatformLabels { platform: pulse.platform() };
            self.is_alive.get_or_create(&labels).set(i64::from(pulse.is_alive()));
            if let Some(age) = pulse.age() {
                self.age.get_or_create(&labels).set(age.as_secs_f64());
            }
        }
        let mut text = String::new();
        // Writing to a text does not fail; a text that is cut would have no end mark.
        encode(&mut text, &self.registry).map_or_else(|_| String::new(), |()| text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_counted_by_platform_and_fate() {
        let metrics = Metrics::default();
        let pulses = [Liveness::new("bridge"), Liveness::new("discord")];
        pulses[0].mark_alive();
        for fate in [EventOutcome::Sent, EventOutcome::Sent, EventOutcome::Irrelevant] {
            metrics.record_event("bridge", fate, Duration::from_millis(1));
        }
        let text = metrics.encode(&pulses);
        for line in [
            "quoth_events_total{platform=\"bridge\",fate=\"sent\"} 2",
            "quoth_events_total{platform=\"bridge\",fate=\"not_for_us\"} 1",
            "quoth_event_seconds_count{platform=\"bridge\"} 2",
            "quoth_platform_is_alive{platform=\"bridge\"} 1",
            "quoth_platform_is_alive{platform=\"discord\"} 0",
            "quoth_build_info{version=",
        ] {
            assert!(text.contains(line), "{line} is not in {text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }
}
