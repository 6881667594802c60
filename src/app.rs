//! The service as a process: builds its parts, serves the platforms, reloads, shuts down.

mod http;
mod log;
#[cfg(feature = "matrix")]
mod matrix_setup;
mod pack_watcher;
mod platforms;
mod reload;
mod signals;
mod supervise;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::bail;
use sd_notify::NotifyState;
use tokio::task::JoinSet;

use crate::config::{Config, Sources};
use crate::platform::Shutdown;
use crate::service::knowledge_base::PackUpdate;
use crate::service::{
    Clock, Dispatcher, KnowledgeBase, Liveness, Metrics, Parts, Service, SystemClock, retention,
};
use crate::store::asker_key::AskerKey;
use crate::store::records::{Holder, Records, SqliteRecords};
pub use log::SENSITIVE_CRATES;
use pack_watcher::PackWatcher;
use signals::{SignalRequest, Signals};

#[cfg(feature = "matrix")]
pub use matrix_setup::matrix_setup;

/// Why the process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitReason {
    /// A signal asked it to stop.
    Requested,
    /// No platform can be served any more.
    NoPlatformLeft,
}

/// Time limit for each step of the shutdown after the platforms have drained.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(1);

/// Serves the configured platforms until a signal asks to stop.
///
/// # Errors
/// A problem with the configuration, the packs, the data folder or the HTTP address.
pub fn run(sources: &Sources) -> anyhow::Result<ExitReason> {
    let config = sources.read()?;
    config.check_servable()?;
    if !platforms::any_configured(&config) {
        bail!(
            "no platform to serve: the configuration names none. Set a Discord token (`token` in [discord], QUOTH_DISCORD__TOKEN_FILE; docs/discord.md), a Matrix account (`homeserver` in [matrix]; docs/matrix.md), or a bridge (`socket` in [bridge]) for a program of your own; `quoth chat` talks in the terminal"
        );
    }
    log::start(&config.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(config, sources))
}

/// State that the parts of the process share.
struct AppState {
    service: Arc<Service<SqliteRecords>>,
    metrics: Arc<Metrics>,
    liveness: Vec<Arc<Liveness>>,
    /// By name of the platform.
    dispatchers: Mutex<HashMap<&'static str, Arc<Dispatcher>>>,
}

impl AppState {
    fn dispatchers(&self) -> MutexGuard<'_, HashMap<&'static str, Arc<Dispatcher>>> {
        self.dispatchers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn serve(config: Config, sources: &Sources) -> anyhow::Result<ExitReason> {
    let signals = Signals::listen()?;
    let (service, updates) = open_service(&config).await?;
    let state = Arc::new(AppState {
        service: Arc::new(service),
        metrics: Arc::default(),
        liveness: platforms::liveness(&config),
        dispatchers: Mutex::default(),
    });
    let mut tasks = JoinSet::new();
    if config.http.is_on {
        tasks.spawn(http::serve(http::listen(config.http.listen).await?, Arc::clone(&state)));
    }
    let records = state.service.records().clone();
    tasks.spawn(retention::run(records, config.retention.clone(), SystemClock));
    let shutdown = Shutdown::default();
    let mut platform_tasks = platforms::start(&config, &state, &shutdown);
    notify(&[NotifyState::Ready]);
    tracing::info!(
        platforms = platform_tasks.len(),
        "quoth {} is running",
        env!("CARGO_PKG_VERSION")
    );
    reload::announce(updates, &state).await;
    let reason = run_until_stopped(signals, sources, &state, &mut platform_tasks).await;
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

/// Reloads on SIGHUP and when packs change, until a signal asks to stop or no platform is left.
async fn run_until_stopped(
    mut signals: Signals,
    sources: &Sources,
    state: &Arc<AppState>,
    platform_tasks: &mut JoinSet<()>,
) -> ExitReason {
    let mut packs = PackWatcher::start(&state.service.knowledge_base().current().spaces);
    // Catches changes between the first load and the start of the watcher.
    reload::packs(state).await;
    loop {
        tokio::select! {
            request = signals.next() => match request {
                SignalRequest::Stop => return ExitReason::Requested,
                SignalRequest::Reload => {
                    notify_reloading();
                    reload::all(sources, state).await;
                    packs = PackWatcher::start(&state.service.knowledge_base().current().spaces);
                    reload::packs(state).await;
                    notify(&[NotifyState::Ready]);
                }
            },
            () = packs.changed(async || reload::fingerprints(state).await) => {
                reload::packs(state).await;
            }
            _ = platform_tasks.join_next() => if platform_tasks.is_empty() { return ExitReason::NoPlatformLeft },
        }
    }
}

/// Waits until `what` has ended, but no longer than `limit`.
async fn with_timeout(limit: Duration, what: &str, end: impl Future<Output = ()>) {
    if tokio::time::timeout(limit, end).await.is_err() {
        tracing::warn!("Shutdown: {what} did not end within {limit:?}");
    }
}

async fn open_service(
    config: &Config,
) -> anyhow::Result<(Service<SqliteRecords>, Vec<PackUpdate>)> {
    let clock = SystemClock;
    let records = SqliteRecords::open(&config.data, clock.now()).await?;
    let asker_key = match &config.records.hash_key {
        Some(key) => AskerKey::new(key.expose()),
        None => AskerKey::load_or_create(&config.data)?,
    };
    let (knowledge_base, updates) =
        KnowledgeBase::open_lenient(config.spaces(), config.matching.thresholds())?;
    let service = Service::new(Parts {
        records,
        knowledge_base: Arc::new(knowledge_base),
        asker_key,
        clock: Arc::new(clock),
        holder: Holder::new(format!("{}@{}", std::process::id(), clock.now().as_millis())),
        delivery: config.delivery.clone(),
    });
    Ok((service, updates))
}

fn notify_reloading() {
    if let Ok(now) = NotifyState::monotonic_usec_now() {
        notify(&[NotifyState::Reloading, now]);
    }
}

/// Notifies systemd; does nothing if the process is not a service of it.
fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "Could not notify systemd");
    }
}
