//! The configured platforms, each in its own task.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use super::AppState;
use super::supervise::supervise;
use crate::config::Config;
#[cfg(unix)]
use crate::platform::bridge;
#[cfg(feature = "discord")]
use crate::platform::discord;
#[cfg(feature = "matrix")]
use crate::platform::matrix;
use crate::platform::{PlatformError, Shutdown};
use crate::service::{Dispatcher, EventOutcome, Liveness, Sender};

/// Whether a platform is configured.
pub(super) fn any_configured(config: &Config) -> bool {
    !liveness(config).is_empty()
}

/// A new liveness for each configured platform.
pub(super) fn liveness(config: &Config) -> Vec<Arc<Liveness>> {
    let mut all = Vec::new();
    #[cfg(feature = "discord")]
    all.extend(config.discord.token.iter().map(|_| Liveness::new(discord::PLATFORM)));
    #[cfg(feature = "matrix")]
    all.extend(config.matrix.homeserver.iter().map(|_| Liveness::new(matrix::PLATFORM)));
    #[cfg(unix)]
    all.extend(config.bridge.socket.iter().map(|_| Liveness::new(bridge::PLATFORM)));
    all
}

/// Starts all configured platforms. A task ends when its platform has ended for good.
pub(super) fn start(config: &Config, state: &Arc<AppState>, shutdown: &Shutdown) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    for liveness in &state.liveness {
        let task = PlatformTask { config, state, shutdown, liveness: Arc::clone(liveness) };
        #[cfg(feature = "discord")]
        if liveness.platform() == discord::PLATFORM {
            task.discord(&mut tasks);
            continue;
        }
        #[cfg(feature = "matrix")]
        if let (matrix::PLATFORM, Some(settings)) = (liveness.platform(), matrix_settings(config)) {
            let matrix = matrix::Matrix::new(settings, Arc::clone(liveness));
            task.spawn(&mut tasks, Arc::new(matrix), |matrix, dispatcher, shutdown| async move {
                matrix.serve(&dispatcher, &shutdown).await
            });
            continue;
        }
        #[cfg(unix)]
        if let (bridge::PLATFORM, Some(settings)) = (liveness.platform(), bridge_settings(config)) {
            let bridge = bridge::Bridge::new(settings, Arc::clone(liveness));
            task.spawn(&mut tasks, Arc::new(bridge), |bridge, dispatcher, shutdown| async move {
                bridge.serve(&dispatcher, &shutdown).await
            });
        }
    }
    tasks
}

/// Settings of the Discord platform; `None` if no token is configured.
#[cfg(feature = "discord")]
pub(super) fn discord_settings(config: &Config) -> Option<discord::Settings> {
    let settings = &config.discord;
    Some(discord::Settings {
        token: settings.token.as_ref()?.expose().into(),
        api_base: settings.api_base.clone(),
        rate_limiter: settings.rate_limiter,
        message_content: settings.message_content,
        style: settings.style,
        pings_asker: settings.pings_asker,
        proxies: settings.proxies.iter().filter_map(|id| id.parse().ok()).collect(),
        shards: discord::ShardRange {
            total: settings.shards,
            first: settings.first_shard,
            last: settings.last_shard,
        },
        catch_up: config.delivery.catch_up(),
        folder: config.data.join(discord::PLATFORM),
    })
}

/// Settings of the Matrix platform; `None` if no complete account is configured.
#[cfg(feature = "matrix")]
pub(super) fn matrix_settings(config: &Config) -> Option<matrix::Settings> {
    let settings = &config.matrix;
    let login = match (&settings.token, &settings.user, &settings.password) {
        (Some(token), ..) => matrix::Login::Token(token.expose().into()),
        (None, Some(user), Some(password)) => {
            matrix::Login::Password { user: user.clone(), password: password.expose().into() }
        }
        _ => return None,
    };
    Some(matrix::Settings {
        homeserver: settings.homeserver.clone()?,
        login,
        folder: config.data.join(matrix::PLATFORM),
        passphrase: settings.passphrase.as_ref().map(|secret| secret.expose().into()),
        accepts_invites_from: settings.accepts_invites_from.clone(),
        leaves_when_alone: settings.leaves_when_alone,
        sends_notices: settings.sends_notices,
        sets_reactions: settings.sets_reactions,
        pings_asker: settings.pings_asker,
        catch_up: config.delivery.catch_up(),
    })
}

/// Settings of the bridge; `None` if it is not configured.
#[cfg(unix)]
fn bridge_settings(config: &Config) -> Option<bridge::Settings> {
    let settings = &config.bridge;
    Some(bridge::Settings { socket: settings.socket.clone()?, mode: settings.mode()? })
}

/// Inputs of the task of one platform.
struct PlatformTask<'a> {
    config: &'a Config,
    state: &'a Arc<AppState>,
    shutdown: &'a Shutdown,
    liveness: Arc<Liveness>,
}

impl PlatformTask<'_> {
    #[cfg(feature = "discord")]
    fn discord(self, tasks: &mut JoinSet<()>) {
        let Some(settings) = discord_settings(self.config) else { return };
        let knowledge_base = self.state.service.shared_knowledge_base();
        match discord::Discord::new(settings, knowledge_base, Arc::clone(&self.liveness)) {
            Ok(discord) => {
                self.spawn(tasks, Arc::new(discord), |discord, dispatcher, shutdown| async move {
                    discord.serve(&dispatcher, &shutdown).await
                });
            }
            Err(error) => report_end(&self.liveness, Err(error)),
        }
    }

    /// Supervises `serve`, which gets its own dispatcher, until the process shuts down. Then drains
    /// the dispatcher and disconnects.
    fn spawn<S, F, T>(self, tasks: &mut JoinSet<()>, sender: Arc<S>, serve: F)
    where
        S: Sender,
        F: Fn(Arc<S>, Arc<Dispatcher>, Shutdown) -> T + Send + Sync + 'static,
        T: Future<Output = Result<(), PlatformError>> + Send,
    {
        let Self { config, state, shutdown, liveness } = self;
        let platform = liveness.platform();
        let dispatcher = Arc::new(state.start_dispatcher(platform, &sender, config));
        state.dispatchers().insert(platform, Arc::clone(&dispatcher));
        let (requested, limit) = (shutdown.graceful.clone(), config.delivery.drain());
        let own_shutdown = Shutdown::default();
        tasks.spawn(async move {
            let start =
                || serve(Arc::clone(&sender), Arc::clone(&dispatcher), own_shutdown.clone());
            let mut serving = std::pin::pin!(supervise(platform, &own_shutdown, start));
            let result = tokio::select! {
                result = &mut serving => result,
                () = requested.cancelled() => {
                    let draining = drain_and_stop(&dispatcher, &own_shutdown, limit);
                    tokio::join!(serving, draining).0
                }
            };
            report_end(&liveness, result);
        });
    }
}

/// How long a platform may take to dispatch the events that it received before the shutdown.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

/// Shuts one platform down within `limit`: accepts no more events, handles the queued ones,
/// disconnects.
async fn drain_and_stop(dispatcher: &Dispatcher, shutdown: &Shutdown, limit: Duration) {
    shutdown.graceful.cancel();
    shutdown.in_flight.close();
    let (start, flush_limit) = (Instant::now(), FLUSH_TIMEOUT.min(limit));
    if tokio::time::timeout(flush_limit, shutdown.in_flight.wait()).await.is_err() {
        tracing::warn!("Shutdown: not all received events were processed in time");
    }
    if !dispatcher.drain(limit.saturating_sub(start.elapsed())).await {
        tracing::warn!(
            "Shutdown: not all queued events were handled in time; they can be caught up with"
        );
    }
    shutdown.forced.cancel();
}

fn report_end(liveness: &Liveness, result: Result<(), PlatformError>) {
    liveness.mark_stopped();
    if let Err(error) = result {
        let (platform, error) = (liveness.platform(), anyhow::Error::from(error));
        tracing::error!(platform, "The platform {platform} is not served any more: {error:#}");
    }
}

impl AppState {
    fn start_dispatcher<S: Sender>(
        &self,
        platform: &'static str,
        sender: &Arc<S>,
        config: &Config,
    ) -> Dispatcher {
        let metrics = Arc::clone(&self.metrics);
        let on_handled = move |outcome: EventOutcome, duration: Duration| {
            metrics.record_event(platform, outcome, duration);
        };
        Dispatcher::start(&self.service, sender, &config.delivery, on_handled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::{Alert, Event, MessageId, Notice, Place, PlaceId, Reply, Spaces};
    use crate::matching::Thresholds;
    use crate::service::{
        Clock, KnowledgeBase, Metrics, Outgoing, Parts, RecordsHealth, SendError, Service,
        SystemClock,
    };
    use crate::store::asker_key::AskerKey;
    use crate::store::records::{Holder, SqliteRecords};
    use tokio::sync::mpsc;

    /// A platform that reports the causes of the messages that it gets to send.
    struct ReportingSender(mpsc::UnboundedSender<MessageId>);

    impl Sender for ReportingSender {
        async fn send(&self, outgoing: &Outgoing) -> Result<MessageId, SendError> {
            self.0.send(outgoing.cause.clone()).unwrap();
            Ok(MessageId::from("t:sent"))
        }

        async fn edit(&self, _: &MessageId, _: &Outgoing) -> Result<(), SendError> {
            Ok(())
        }

        async fn delete(&self, _: &MessageId, _: &PlaceId, _: &MessageId) -> Result<(), SendError> {
            Ok(())
        }

        fn dedup_window(&self) -> Option<Duration> {
            None
        }
    }

    async fn app_state(config: &Config, liveness: Vec<Arc<Liveness>>) -> Arc<AppState> {
        let spaces = Spaces { others: Vec::new(), ..config.spaces() };
        let service = Service::new(Parts {
            records: SqliteRecords::in_memory(SystemClock.now()).await.unwrap(),
            knowledge_base: Arc::new(KnowledgeBase::open(spaces, Thresholds::default()).unwrap()),
            asker_key: AskerKey::new(*b"key"),
            clock: Arc::new(SystemClock),
            holder: Holder::new("test"),
            delivery: config.delivery.clone(),
            keeps_questions: true,
        });
        let metrics = Arc::new(Metrics::default());
        Arc::new(AppState {
            service: Arc::new(service),
            metrics,
            records_health: RecordsHealth::default(),
            liveness,
            pack_problems: Default::default(),
            settings_changed: Default::default(),
            dispatchers: Default::default(),
        })
    }

    #[tokio::test]
    async fn permanent_failure_of_a_platform_does_not_stop_another() {
        let config = Config::default();
        let liveness = vec![Liveness::new("failing"), Liveness::new("other")];
        let state = app_state(&config, liveness.clone()).await;
        let (shutdown, mut tasks) = (Shutdown::default(), JoinSet::new());
        let (report_sent, mut sent) = mpsc::unbounded_channel();
        let task = |liveness: &Arc<Liveness>| {
            let liveness = Arc::clone(liveness);
            PlatformTask { config: &config, state: &state, shutdown: &shutdown, liveness }
        };
        task(&liveness[0]).spawn(
            &mut tasks,
            Arc::new(ReportingSender(report_sent.clone())),
            |_, _, _| async {
                Err(PlatformError::Permanent { advice: "fix it".to_owned(), source: None })
            },
        );
        let other = Arc::clone(&liveness[1]);
        let serve = move |_, _, shutdown: Shutdown| {
            other.mark_alive();
            async move {
                shutdown.forced.cancelled().await;
                Ok(())
            }
        };
        task(&liveness[1]).spawn(&mut tasks, Arc::new(ReportingSender(report_sent)), serve);

        tasks.join_next().await.unwrap().unwrap();
        assert_eq!(tasks.len(), 1, "the other is still served");
        assert_eq!(liveness.iter().map(|it| it.is_alive()).collect::<Vec<_>>(), [false, true]);
        let dispatcher = state.dispatchers().get("other").map(Arc::clone).unwrap();
        let place = Place { id: "t:mods".into(), parents: Vec::new(), is_direct: false };
        let alert =
            Alert { id: "t:alert".into(), place, reply: Reply::Notice(Notice::FeedbackRecorded) };
        assert_eq!(dispatcher.try_dispatch(Event::Alert(alert)), None);
        assert_eq!(sent.recv().await.unwrap().as_str(), "t:alert");
        shutdown.graceful.cancel();
        tasks.join_next().await.unwrap().unwrap();
        assert!(!liveness[1].is_alive());
    }

    /// Shuts a platform down that dispatches one alert `delay` after the request. Returns the sent
    /// messages, and how long the shutdown took.
    async fn shut_down_with_event_in_flight(delay: Duration) -> (Vec<String>, Duration) {
        let config = Config::default();
        let liveness = Liveness::new("slow");
        let state = app_state(&config, vec![Arc::clone(&liveness)]).await;
        let (shutdown, mut tasks) = (Shutdown::default(), JoinSet::new());
        let (report_sent, mut sent) = mpsc::unbounded_channel();
        let task = PlatformTask { config: &config, state: &state, shutdown: &shutdown, liveness };
        task.spawn(
            &mut tasks,
            Arc::new(ReportingSender(report_sent)),
            move |_, dispatcher: Arc<Dispatcher>, shutdown: Shutdown| {
                let in_flight = shutdown.in_flight.token();
                async move {
                    shutdown.graceful.cancelled().await;
                    tokio::time::sleep(delay).await;
                    let place =
                        Place { id: "t:mods".into(), parents: Vec::new(), is_direct: false };
                    let alert = Alert {
                        id: "t:alert".into(),
                        place,
                        reply: Reply::Notice(Notice::FeedbackRecorded),
                    };
                    drop(dispatcher.try_dispatch(Event::Alert(alert)));
                    drop(in_flight);
                    shutdown.forced.cancelled().await;
                    Ok(())
                }
            },
        );
        tokio::task::yield_now().await;
        let start = Instant::now();
        shutdown.graceful.cancel();
        tasks.join_next().await.unwrap().unwrap();
        let sent_ids = std::iter::from_fn(|| sent.try_recv().ok());
        (sent_ids.map(|id| id.as_str().to_owned()).collect(), start.elapsed())
    }

    #[tokio::test]
    async fn shutdown_waits_briefly_for_events_in_flight() {
        let (sent, _) = shut_down_with_event_in_flight(Duration::from_millis(200)).await;
        assert_eq!(sent, ["t:alert"]);
        let (sent, took) = shut_down_with_event_in_flight(Duration::from_millis(1500)).await;
        assert_eq!(sent, [""; 0], "the queues are closed before");
        assert!(took < Duration::from_secs(3), "{took:?}");
    }
}
