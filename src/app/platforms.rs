//! The platforms that the configuration names, each in a task of its own.

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

/// Whether there is one.
pub(super) fn any_configured(config: &Config) -> bool {
    !pulses(config).is_empty()
}

/// A pulse for each.
pub(super) fn pulses(config: &Config) -> Vec<Arc<Liveness>> {
    let mut pulses = Vec::new();
    #[cfg(feature = "discord")]
    pulses.extend(config.discord.token.iter().map(|_| Liveness::new(discord::PLATFORM)));
    #[cfg(feature = "matrix")]
    pulses.extend(config.matrix.homeserver.iter().map(|_| Liveness::new(matrix::PLATFORM)));
    #[cfg(unix)]
    pulses.extend(config.bridge.socket.iter().map(|_| Liveness::new(bridge::PLATFORM)));
    pulses
}

/// Starts all. A task ends when its platform has ended for good.
pub(super) fn start(config: &Config, shared: &Arc<AppState>, stop: &Shutdown) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    for pulse in &shared.liveness {
        let task = PlatformTask { config, shared, stop, pulse: Arc::clone(pulse) };
        #[cfg(feature = "discord")]
        if pulse.platform() == discord::PLATFORM {
            task.discord(&mut tasks);
            continue;
        }
        #[cfg(feature = "matrix")]
        if let (matrix::PLATFORM, Some(settings)) = (pulse.platform(), matrix_settings(config)) {
            let matrix = matrix::Matrix::new(settings, Arc::clone(pulse));
            task.spawn(&mut tasks, Arc::new(matrix), |matrix, lane, stop| async move {
                matrix.serve(&lane, &stop).await
            });
            continue;
        }
        #[cfg(unix)]
        if let (bridge::PLATFORM, Some(socket)) = (pulse.platform(), &config.bridge.socket) {
            let bridge = bridge::Bridge::new(socket.clone(), Arc::clone(pulse));
            task.spawn(&mut tasks, Arc::new(bridge), |bridge, lane, stop| async move {
                bridge.serve(&lane, &stop).await
            });
        }
    }
    tasks
}

#[cfg(feature = "discord")]
fn discord_settings(config: &Config) -> Option<discord::Settings> {
    let given = &config.discord;
    Some(discord::Settings {
        token: given.token.as_ref()?.expose().into(),
        api_base: given.api_base.clone(),
        rate_limiter: given.rate_limiter,
        message_content: given.message_content,
        style: given.style,
        shards: discord::ShardRange {
            total: given.shards,
            first: given.first_shard,
            last: given.last_shard,
        },
    })
}

/// What has to be known to serve Matrix; `None` where it is not configured.
#[cfg(feature = "matrix")]
pub(super) fn matrix_settings(config: &Config) -> Option<matrix::Settings> {
    let given = &config.matrix;
    let login = match (&given.token, &given.user, &given.password) {
        (Some(token), ..) => matrix::Login::Token(token.expose().into()),
        (None, Some(user), Some(password)) => {
            matrix::Login::Password { user: user.clone(), password: password.expose().into() }
        }
        _ => return None,
    };
    Some(matrix::Settings {
        homeserver: given.homeserver.clone()?,
        login,
        folder: config.data.join(matrix::PLATFORM),
        passphrase: given.passphrase.as_ref().map(|secret| secret.expose().into()),
        accepts_invites_from: given.accepts_invites_from.clone(),
        leaves_when_alone: given.leaves_when_alone,
        sends_notices: given.sends_notices,
        pings_asker: given.pings_asker,
        catch_up: config.delivery.catch_up(),
    })
}

/// What a platform's task is made of.
struct PlatformTask<'a> {
    config: &'a Config,
    shared: &'a Arc<AppState>,
    stop: &'a Shutdown,
    pulse: Arc<Liveness>,
}

impl PlatformTask<'_> {
    #[cfg(feature = "discord")]
    fn discord(self, tasks: &mut JoinSet<()>) {
        let Some(settings) = discord_settings(self.config) else { return };
        let library = self.shared.service.shared_knowledge_base();
        match discord::Discord::new(settings, library, Arc::clone(&self.pulse)) {
            Ok(discord) => self.spawn(tasks, Arc::new(discord), |discord, lane, stop| async move {
                discord.serve(&lane, &stop).await
            }),
            Err(error) => report_end(&self.pulse, Err(error)),
        }
    }

    /// Keeps `serve` up with a lane of its own until the process is to end; then takes nothing more
    /// in, sends what is under way, and lets go.
    fn spawn<S, F, T>(self, tasks: &mut JoinSet<()>, sender: Arc<S>, serve: F)
    where
        S: Sender,
        F: Fn(Arc<S>, Arc<Dispatcher>, Shutdown) -> T + Send + Sync + 'static,
        T: Future<Output = Result<(), PlatformError>> + Send,
    {
        let Self { config, shared, stop, pulse } = self;
        let platform = pulse.platform();
        let lane = Arc::new(shared.lane(platform, &sender, config));
        shared.lanes().insert(platform, Arc::clone(&lane));
        let (asked, limit) = (stop.graceful.clone(), config.delivery.drain());
        let own = Shutdown::default();
        tasks.spawn(async move {
            let start = || serve(Arc::clone(&sender), Arc::clone(&lane), own.clone());
            let mut serving = std::pin::pin!(supervise(platform, &own, start));
            let ended = tokio::select! {
                ended = &mut serving => ended,
                () = asked.cancelled() => tokio::join!(serving, drain_and_stop(&lane, &own, limit)).0,
            };
            report_end(&pulse, ended);
        });
    }
}

/// A platform may bring what it was told before the stop for so long.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

/// Takes nothing more in, sends what is under way, and lets go.
async fn drain_and_stop(lane: &Dispatcher, stop: &Shutdown, limit: Duration) {
    stop.graceful.cancel();
    stop.in_flight.close();
    let (start, bring_limit) = (Instant::now(), FLUSH_TIMEOUT.min(limit));
    if tokio::time::timeout(bring_limit, stop.in_flight.wait()).await.is_err() {
        tracing::warn!("Not all that was told before the stop could be looked at in time");
    }
    if !lane.drain(limit.saturating_sub(start.elapsed())).await {
        tracing::warn!("Not all that was queued could be done in time; it can be caught up with");
    }
    stop.forced.cancel();
}

fn report_end(pulse: &Liveness, served: Result<(), PlatformError>) {
    pulse.mark_stopped();
    if let Err(error) = served {
        let (platform, error) = (pulse.platform(), anyhow::Error::from(error));
        tracing::error!(platform, "The platform {platform} is not served any more: {error:#}");
    }
}

impl AppState {
    fn lane<S: Sender>(
        &self,
        platform: &'static str,
        sender: &Arc<S>,
        config: &Config,
    ) -> Dispatcher {
        let metrics = Arc::clone(&self.metrics);
        let told =
            move |fate: EventOutcome, took: Duration| metrics.record_event(platform, fate, took);
        Dispatcher::start(&self.service, sender, &config.delivery, told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::{Alert, Event, MessageId, Notice, Place, PlaceId, Spaces};
    use crate::matching::Thresholds;
    use crate::service::{
        Clock, KnowledgeBase, Metrics, Outgoing, Parts, SendError, Service, SystemClock,
    };
    use crate::store::asker_key::AskerKey;
    use crate::store::records::{Holder, SqliteRecords};
    use tokio::sync::mpsc;

    /// Tells what it was told to send.
    struct Telling(mpsc::UnboundedSender<MessageId>);

    impl Sender for Telling {
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

    async fn shared(config: &Config, pulses: Vec<Arc<Liveness>>) -> Arc<AppState> {
        let spaces = Spaces { others: Vec::new(), ..config.spaces() };
        let service = Service::new(Parts {
            records: SqliteRecords::in_memory(SystemClock.now()).await.unwrap(),
            knowledge_base: Arc::new(KnowledgeBase::open(spaces, Thresholds::default()).unwrap()),
            asker_key: AskerKey::new(*b"key"),
            clock: Arc::new(SystemClock),
            holder: Holder::new("test"),
            delivery: config.delivery.clone(),
        });
        let metrics = Arc::new(Metrics::default());
        Arc::new(AppState {
            service: Arc::new(service),
            metrics,
            liveness: pulses,
            dispatchers: Default::default(),
        })
    }

    #[tokio::test]
    async fn a_platform_without_hope_does_not_stop_the_other() {
        let config = Config::default();
        let pulses = vec![Liveness::new("failing"), Liveness::new("other")];
        let shared = shared(&config, pulses.clone()).await;
        let (stop, mut tasks) = (Shutdown::default(), JoinSet::new());
        let (told, mut heard) = mpsc::unbounded_channel();
        let task = |pulse: &Arc<Liveness>| {
            let pulse = Arc::clone(pulse);
            PlatformTask { config: &config, shared: &shared, stop: &stop, pulse }
        };
        task(&pulses[0]).spawn(&mut tasks, Arc::new(Telling(told.clone())), |_, _, _| async {
            Err(PlatformError::Permanent { advice: "mend it".to_owned(), source: None })
        });
        let beating = Arc::clone(&pulses[1]);
        let serve = move |_, _, stop: Shutdown| {
            beating.mark_alive();
            async move {
                stop.forced.cancelled().await;
                Ok(())
            }
        };
        task(&pulses[1]).spawn(&mut tasks, Arc::new(Telling(told)), serve);

        tasks.join_next().await.unwrap().unwrap();
        assert_eq!(tasks.len(), 1, "the other is still served");
        assert_eq!(pulses.iter().map(|it| it.is_alive()).collect::<Vec<_>>(), [false, true]);
        let lane = shared.lanes().get("other").map(Arc::clone).unwrap();
        let place = Place { id: "t:mods".into(), parents: Vec::new(), is_direct: false };
        let report = Alert { id: "t:report".into(), place, notice: Notice::FeedbackRecorded };
        assert_eq!(lane.try_dispatch(Event::Alert(report)), None);
        assert_eq!(heard.recv().await.unwrap().as_str(), "t:report");
        stop.graceful.cancel();
        tasks.join_next().await.unwrap().unwrap();
        assert!(!pulses[1].is_alive());
    }
    /// Serves a platform that is told to end, and afterwards brings one report, `late` or not. Gives
    /// the sent ones, and how long the end took.
    async fn ended_with_one_to_bring(brings_after: Duration) -> (Vec<String>, Duration) {
        let config = Config::default();
        let pulse = Liveness::new("slow");
        let shared = shared(&config, vec![Arc::clone(&pulse)]).await;
        let (stop, mut tasks) = (Shutdown::default(), JoinSet::new());
        let (told, mut heard) = mpsc::unbounded_channel();
        let task = PlatformTask { config: &config, shared: &shared, stop: &stop, pulse };
        task.spawn(
            &mut tasks,
            Arc::new(Telling(told)),
            move |_, lane: Arc<Dispatcher>, stop: Shutdown| {
                let bringing = stop.in_flight.token();
                async move {
                    stop.graceful.cancelled().await;
                    tokio::time::sleep(brings_after).await;
                    let place =
                        Place { id: "t:mods".into(), parents: Vec::new(), is_direct: false };
                    let report =
                        Alert { id: "t:report".into(), place, notice: Notice::FeedbackRecorded };
                    drop(lane.try_dispatch(Event::Alert(report)));
                    drop(bringing);
                    stop.forced.cancelled().await;
                    Ok(())
                }
            },
        );
        tokio::task::yield_now().await;
        let start = Instant::now();
        stop.graceful.cancel();
        tasks.join_next().await.unwrap().unwrap();
        let sent = std::iter::from_fn(|| heard.try_recv().ok());
        (sent.map(|id| id.as_str().to_owned()).collect(), start.elapsed())
    }

    #[tokio::test]
    async fn what_a_platform_was_told_before_a_stop_is_waited_for_but_not_for_long() {
        let (sent, _) = ended_with_one_to_bring(Duration::from_millis(200)).await;
        assert_eq!(sent, ["t:report"]);
        let (sent, took) = ended_with_one_to_bring(Duration::from_millis(1500)).await;
        assert_eq!(sent, [""; 0], "the queues are closed by then");
        assert!(took < Duration::from_secs(3), "{took:?}");
    }
}
