//! The service as a process: builds its parts, serves the platforms, reloads, shuts down.

mod digests;
pub mod doctor;
mod edit_log;
pub mod health_client;
mod http;
mod log;
#[cfg(feature = "matrix")]
mod matrix_setup;
mod pack_updates;
mod pack_watcher;
mod platforms;
mod reload;
mod settings_updates;
mod signals;
mod start_error;
mod supervise;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, bail};
use sd_notify::NotifyState;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;

use crate::config::{Config, Sources};
use crate::conversation::{Alert, Event, MessageId, Place, PlaceId, Reply};
use crate::platform::Shutdown;
use crate::service::knowledge_base::PackUpdate;
use crate::service::moderation::PackEditing;
use crate::service::{
    Clock, Dispatcher, KnowledgeBase, Liveness, Metrics, Parts, RecordsHealth, Service,
    SystemClock, retention,
};
use crate::store::asker_key::{self, AskerKey};
use crate::store::records::{Holder, Records, SettingsHistory, SqliteRecords};
pub use log::SENSITIVE_CRATES;
use pack_updates::PackProblems;
use signals::{SignalRequest, Signals};

#[cfg(feature = "matrix")]
pub use matrix_setup::matrix_setup;

/// Why the process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitReason {
    /// A signal asked it to stop.
    Requested,
    /// A fault that can pass without an operator: another start may succeed.
    TransientFault,
    /// Something that an operator has to fix first: the configuration, a pack, a token.
    PermanentFault,
}

/// Time limit for each step of the shutdown after the platforms have drained.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(1);

/// Serves the configured platforms until a signal asks to stop, or none can be served. Errors are
/// logged, those of the configuration too.
pub fn run(sources: &Sources) -> ExitReason {
    let config = sources.read();
    let log_settings = config.as_ref().map_or_else(|_| sources.read_log(), |it| it.log.clone());
    let started = log::start(&log_settings);
    let result = started.and_then(|()| config.map_err(Into::into));
    result.and_then(|config| start(config, sources)).unwrap_or_else(|error| {
        tracing::error!("quoth cannot start: {error:#}");
        if start_error::is_transient(&error) {
            ExitReason::TransientFault
        } else {
            ExitReason::PermanentFault
        }
    })
}

fn start(config: Config, sources: &Sources) -> anyhow::Result<ExitReason> {
    config.check_servable()?;
    if !platforms::any_configured(&config) {
        bail!(
            "no platform to serve: the configuration names none. Set a Discord token (`token` in [discord], QUOTH_DISCORD__TOKEN_FILE; docs/discord.md), a Matrix account (`homeserver` in [matrix]; docs/matrix.md), or a bridge (`socket` in [bridge]) for a program of your own; `quoth chat` talks in the terminal"
        );
    }
    for ignored in config.ignored() {
        tracing::warn!("{ignored}");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start threads")?;
    let result = runtime.block_on(serve(config, sources));
    // Waits for no thread: one that reads from a hung mount never ends.
    runtime.shutdown_background();
    result
}

/// State that the parts of the process share.
struct AppState {
    service: Arc<Service<SqliteRecords>>,
    metrics: Arc<Metrics>,
    records_health: RecordsHealth,
    liveness: Vec<Arc<Liveness>>,
    pack_problems: PackProblems,
    /// Notified when a moderator has changed a setting in chat.
    settings_changed: Notify,
    /// By name of the platform.
    dispatchers: Mutex<HashMap<&'static str, Arc<Dispatcher>>>,
}

impl AppState {
    fn dispatchers(&self) -> MutexGuard<'_, HashMap<&'static str, Arc<Dispatcher>>> {
        self.dispatchers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has `reply` sent to `place`, once under this `id`.
    fn alert(&self, place: &PlaceId, id: &str, reply: Reply) {
        let place = Place { id: place.clone(), parents: Vec::new(), is_direct: false };
        self.dispatch(Event::Alert(Alert { id: MessageId::from(id), place, reply }));
    }

    /// Queues `event` with the platform of its place. Returns whether it is handled: not if the platform has not started,
    /// or is overloaded.
    fn dispatch(&self, event: Event) -> bool {
        let (platform, _) = event.full_place().id.parts();
        let dispatcher = self.dispatchers().get(platform).map(Arc::clone);
        dispatcher.is_some_and(|it| it.try_dispatch(event).is_none())
    }
}

async fn serve(config: Config, sources: &Sources) -> anyhow::Result<ExitReason> {
    let mut signals = Signals::listen()?;
    // Packs on a hung mount take forever to read.
    let (service, updates, last_shown) = tokio::select! {
        opened = open_service(&config) => opened?,
        () = signals.stopped() => return Ok(ExitReason::Requested),
    };
    let (events, moderation) = mpsc::unbounded_channel();
    let editing = PackEditing { data: config.data.clone(), changes_settings: true, events };
    let state = Arc::new(AppState {
        service: Arc::new(service.with_pack_editing(editing)),
        metrics: Arc::default(),
        records_health: RecordsHealth::default(),
        liveness: platforms::liveness(&config),
        pack_problems: PackProblems::default(),
        settings_changed: Notify::new(),
        dispatchers: Mutex::default(),
    });
    let mut tasks = JoinSet::new();
    if config.http.is_on {
        tasks.spawn(http::serve(http::listen(config.http.listen).await?, Arc::clone(&state)));
    }
    let records = state.service.records().clone();
    tasks.spawn(retention::run(records, config.retention.clone(), SystemClock));
    let checked = Arc::clone(&state);
    tasks.spawn(async move { checked.records_health.run(checked.service.records()).await });
    let shutdown = Shutdown::default();
    let mut platform_tasks = platforms::start(&config, &state, &shutdown);
    notify(&[NotifyState::Ready]);
    tracing::info!(
        platforms = platform_tasks.len(),
        "quoth {} is running",
        env!("CARGO_PKG_VERSION")
    );
    let (request_reload, reload_requests) = mpsc::channel(1);
    let running = (config.clone(), sources.clone());
    tasks.spawn(reload::run(updates, running, Arc::clone(&state), reload_requests));
    tasks.spawn(reload::follow_moderation(moderation, Arc::clone(&state)));
    tasks.spawn(settings_updates::run(config.data.clone(), last_shown, Arc::clone(&state)));
    tasks.spawn(digests::run(Arc::clone(&state)));
    let reason = run_until_stopped(signals, &request_reload, &mut platform_tasks).await;
    notify(&[NotifyState::Stopping]);
    shutdown.graceful.cancel();
    with_timeout(config.delivery.drain() + SHUTDOWN_TIMEOUT, "a platform", async {
        while platform_tasks.join_next().await.is_some() {}
    })
    .await;
    tasks.shutdown().await;
    with_timeout(SHUTDOWN_TIMEOUT, "the records", state.service.records().close()).await;
    tracing::info!("quoth has ended");
    Ok(reason)
}

/// Requests a reload on SIGHUP, until a signal asks to stop or no platform is left.
async fn run_until_stopped(
    mut signals: Signals,
    request_reload: &mpsc::Sender<()>,
    platform_tasks: &mut JoinSet<()>,
) -> ExitReason {
    let mut has_panicked = false;
    loop {
        tokio::select! {
            request = signals.next() => match request {
                SignalRequest::Stop => return ExitReason::Requested,
                // If the channel is full, a reload is due already.
                SignalRequest::Reload => drop(request_reload.try_send(())),
            },
            ended = platform_tasks.join_next() => {
                // Only what an operator has to fix ends a platform; a panic is a bug, which may not
                // happen again.
                has_panicked |= ended.is_some_and(|ended| ended.is_err());
                if platform_tasks.is_empty() {
                    tracing::error!("No platform is served any more");
                    return if has_panicked {
                        ExitReason::TransientFault
                    } else {
                        ExitReason::PermanentFault
                    };
                }
            }
        }
    }
}

/// Waits until `what` has ended, but no longer than `limit`.
async fn with_timeout(limit: Duration, what: &str, end: impl Future<Output = ()>) {
    if tokio::time::timeout(limit, end).await.is_err() {
        tracing::warn!("Shutdown: {what} did not end within {limit:?}");
    }
}

/// Opens the records and loads the packs. Returns what has changed in packs since the last process, and the number of the last
/// revision that it may have shown.
async fn open_service(
    config: &Config,
) -> anyhow::Result<(Service<SqliteRecords>, Vec<PackUpdate>, i64)> {
    let clock = SystemClock;
    let records = SqliteRecords::open(&config.data, clock.now()).await?;
    let hash_key = config.records.hash_key.as_ref();
    let asker_key = AskerKey::configured(hash_key.map(|key| key.expose()), &config.data)?;
    if records.record_key(asker_key.check_number()).await? {
        tracing::warn!(
            "The key of the hashes of user ids is another one than before: what is recorded of people until now can no longer be found by their ids, nor deleted by `forget me`; if the key was lost by mistake, stop quoth and restore {} (or `hash_key` in [records]) of the backup that the records are of",
            asker_key::FILE
        );
    }
    // Before the first start, nothing was to be shown.
    let last_ran = records.last_clock().await?.unwrap_or_else(|| clock.now());
    let (spaces, thresholds) = (config.spaces(), config.matching.thresholds());
    let accepted = records.accepted_packs().await?;
    let data = config.data.clone();
    let opening = tokio::task::spawn_blocking(move || {
        let (knowledge_base, updates) = KnowledgeBase::open_again(spaces, thresholds, &accepted)?;
        let history = SettingsHistory::open(&data)?;
        knowledge_base.apply_settings(|| history.overrides())?;
        let last_shown = history.last_before(last_ran)?;
        anyhow::Ok((knowledge_base, updates, last_shown))
    });
    let (knowledge_base, updates, last_shown) =
        opening.await.context("cannot load the packs")??;
    let service = Service::new(Parts {
        records,
        knowledge_base: Arc::new(knowledge_base),
        asker_key,
        clock: Arc::new(clock),
        holder: Holder::new(format!("{}@{}", std::process::id(), clock.now().as_millis())),
        delivery: config.delivery.clone(),
        keeps_questions: config.retention.keeps_questions(),
    });
    Ok((service, updates, last_shown))
}

/// Notifies systemd; does nothing if the process is not a service of it.
fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "Could not notify systemd");
    }
}
