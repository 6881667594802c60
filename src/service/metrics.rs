//! Metrics in the OpenMetrics text format. They hold no ids, names or texts.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use std::sync::Arc;
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
    event_seconds: Family<PlatformLabels, Histogram, fn() -> Histogram>,
    is_alive: Family<PlatformLabels, Gauge>,
    activity_age: Family<PlatformLabels, Gauge<f64, AtomicU64>>,
    are_records_usable: Gauge,
    packs_with_problems: Gauge,
}

/// The state that gauges show, as of now.
pub struct ServiceState<'s> {
    /// The platforms that are served.
    pub platforms: &'s [Arc<Liveness>],
    /// Whether questions can be recorded.
    pub are_records_usable: bool,
}

impl Default for Metrics {
    fn default() -> Self {
        // From 0.1 ms, a question without a platform, to more than 3 minutes of retries.
        // Metric names and labels are a contract with dashboards.
        let histogram: fn() -> Histogram = || Histogram::new(exponential_buckets(1e-4, 2.0, 21));
        let mut metrics = Self {
            registry: Registry::with_prefix("quoth"),
            events: Family::default(),
            event_seconds: Family::new_with_constructor(histogram),
            is_alive: Family::default(),
            activity_age: Family::default(),
            are_records_usable: Gauge::default(),
            packs_with_problems: Gauge::default(),
        };
        let Self {
            registry,
            events,
            event_seconds,
            is_alive,
            activity_age,
            are_records_usable,
            packs_with_problems,
        } = &mut metrics;
        registry.register("events", "Events handled, by platform and outcome", events.clone());
        registry.register(
            "event_seconds",
            "Time from taking an event from its queue until it is handled",
            event_seconds.clone(),
        );
        registry.register(
            "platform_is_alive",
            "Whether the platform is served and was active within two minutes",
            is_alive.clone(),
        );
        registry.register(
            "platform_sign_of_life_age_seconds",
            "Time since the platform's last activity",
            activity_age.clone(),
        );
        registry.register(
            "records_are_usable",
            "Whether questions can be recorded",
            are_records_usable.clone(),
        );
        registry.register(
            "packs_with_problems",
            "Packs of which the newest state is not served, or not all of it",
            packs_with_problems.clone(),
        );
        let build = Family::<BuildLabels, Gauge>::default();
        build.get_or_create(&BuildLabels { version: env!("CARGO_PKG_VERSION") }).set(1);
        registry.register("build_info", "The running version", build);
        metrics
    }
}

impl Metrics {
    /// Counts an event of `platform`, which took `duration` to handle.
    pub fn record_event(&self, platform: &'static str, outcome: EventOutcome, duration: Duration) {
        self.events.get_or_create(&EventLabels { platform, fate: outcome.name() }).inc();
        // They take no time, and there are far more irrelevant events than others.
        if !matches!(outcome, EventOutcome::Irrelevant | EventOutcome::TurnedAway) {
            let seconds = duration.as_secs_f64();
            self.event_seconds.get_or_create(&PlatformLabels { platform }).observe(seconds);
        }
    }

    /// Records how many packs have problems.
    pub fn set_packs_with_problems(&self, n_packs: usize) {
        self.packs_with_problems.set(i64::try_from(n_packs).unwrap_or(i64::MAX));
    }

    /// All metrics in the OpenMetrics text format, with `state`.
    pub fn encode(&self, state: &ServiceState<'_>) -> String {
        self.are_records_usable.set(i64::from(state.are_records_usable));
        for liveness in state.platforms {
            let platform = liveness.platform();
            // A counter that begins with 1 has not increased, for Prometheus.
            for outcome in EventOutcome::ALL {
                drop(self.events.get_or_create(&EventLabels { platform, fate: outcome.name() }));
            }
            let labels = PlatformLabels { platform };
            self.is_alive.get_or_create(&labels).set(i64::from(liveness.is_alive()));
            if let Some(age) = liveness.age() {
                self.activity_age.get_or_create(&labels).set(age.as_secs_f64());
            }
        }
        let mut text = String::new();
        // Writing to a string does not fail. An incomplete text would lack the end mark.
        encode(&mut text, &self.registry).map_or_else(|_| String::new(), |()| text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_counted_by_platform_and_outcome() {
        let metrics = Metrics::default();
        let platforms = [Liveness::new("bridge"), Liveness::new("discord")];
        platforms[0].mark_alive();
        for outcome in [EventOutcome::Sent, EventOutcome::Sent, EventOutcome::Irrelevant] {
            metrics.record_event("bridge", outcome, Duration::from_millis(1));
        }
        metrics.set_packs_with_problems(2);
        let state = ServiceState { platforms: &platforms, are_records_usable: true };
        let text = metrics.encode(&state);
        for line in [
            "quoth_events_total{platform=\"bridge\",fate=\"sent\"} 2",
            "quoth_events_total{platform=\"bridge\",fate=\"not_for_us\"} 1",
            "quoth_events_total{platform=\"discord\",fate=\"panicked\"} 0",
            "quoth_event_seconds_count{platform=\"bridge\"} 2",
            "quoth_platform_is_alive{platform=\"bridge\"} 1",
            "quoth_platform_is_alive{platform=\"discord\"} 0",
            "quoth_records_are_usable 1",
            "quoth_packs_with_problems 2",
            "quoth_build_info{version=",
        ] {
            assert!(text.contains(line), "{line} is not in {text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }

    #[test]
    fn alerts_and_dashboard_use_metrics_and_outcomes_that_exist() {
        let metrics = Metrics::default();
        metrics.record_event("bridge", EventOutcome::Sent, Duration::from_millis(1));
        let platform = Liveness::new("bridge");
        platform.mark_alive();
        let platforms = [platform];
        let exported =
            metrics.encode(&ServiceState { platforms: &platforms, are_records_usable: false });
        let is_exported = |name: &str| {
            let is_sample = |line: &str| {
                line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' ']))
            };
            exported.lines().any(is_sample)
        };
        let outcomes = EventOutcome::ALL.map(EventOutcome::name);
        let files = [
            include_str!("../../deploy/alerts.yaml"),
            include_str!("../../deploy/grafana-dashboard.json"),
        ];
        let name = regex::Regex::new("quoth_[a-z_]+").unwrap();
        let fate = regex::Regex::new(r#"fate(?:=~?|!=)\\?"([a-z_|]+)"#).unwrap();
        for file in files {
            let names: Vec<&str> = name.find_iter(file).map(|it| it.as_str()).collect();
            assert!(names.len() >= 5, "{names:?}");
            for name in names {
                assert!(is_exported(name), "{name} is not exported");
            }
            let fates: Vec<&str> =
                fate.captures_iter(file).filter_map(|it| it.get(1)).map(|it| it.as_str()).collect();
            assert!(fates.len() >= 3, "{fates:?}");
            for fate in fates.iter().flat_map(|it| it.split('|')) {
                assert!(outcomes.contains(&fate), "{fate} is no outcome");
            }
        }
    }
}
