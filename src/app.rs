//! The service as a process: wires the parts, serves the platforms, ends well.

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

/// How the process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitReason {
    /// It was asked to.
    Requested,
    /// No platform could be served any more.
    NoPlatformLeft,
}

/// Time for everything but the platforms to end, on top of theirs.
const LAST_STEPS: Duration = Duration::from_secs(1);

/// Serves what the configuration says until the process is asked to end.
///
/// # Errors
/// What is wrong with the configuration, the packs, the data folder or the address.
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

/// What the parts of the process share.
struct AppState {
    service: Arc<Service<SqliteRecords>>,
    metrics: Arc<Metrics>,
    liveness: Vec<Arc<Liveness>>,
    /// By platform.
    dispatchers: Mutex<HashMap<&'static str, Arc<Dispatcher>>>,
}

impl AppState {
    fn lanes(&self) -> MutexGuard<'_, HashMap<&'static str, Arc<Dispatcher>>> {
        self.dispatchers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn serve(config: Config, sources: &Sources) -> anyhow::Result<ExitReason> {
    let signals = Signals::listen()?;
    let (service, news) = service(&config).await?;
    let shared = Arc::new(AppState {
        service: Arc::new(service),
        metrics: Arc::default(),
        liveness: platforms::pulses(&config),
        dispatchers: Mutex::default(),
    });
    let mut tasks = JoinSet::new();
    if config.http.is_on {
        tasks.spawn(http::serve(http::listen(config.http.listen).await?, Arc::clone(&shared)));
    }
    let records = shared.service.records().clone();
    tasks.spawn(retention::run(records, config.retention.clone(), SystemClock));
    let stop = Shutdown::default();
    let mut served = platforms::start(&config, &shared, &stop);
    notify(&[NotifyState::Ready]);
    tracing::info!(platforms = served.len(), "quoth {} serves", env!("CARGO_PKG_VERSION"));
    reload::announce(news, &shared).await;
    let end = run_until_stopped(signals, sources, &shared, &mut served).await;
    notify(&[NotifyState::Stopping]);
    stop.graceful.cancel();
    with_timeout(config.delivery.drain() + LAST_STEPS, "a platform", async {
        while served.join_next().await.is_some() {}
    })
    .await;
    tasks.shutdown().await;
    with_timeout(LAST_STEPS, "the records", shared.service.records().close()).await;
    tracing::info!("quoth has ended");
    Ok(end)
}

/// Does what signals ask for, until one asks to stop or nothing is served any more.
async fn run_until_stopped(
    mut signals: Signals,
    sources: &Sources,
    shared: &Arc<AppState>,
    served: &mut JoinSet<()>,
) -> ExitReason {
    let mut packs = PackWatcher::start(&shared.service.knowledge_base().current().spaces);
    // What was changed after it was read and before it was watched.
    reload::packs(shared).await;
    loop {
        tokio::select! {
            asked = signals.next() => match asked {
                SignalRequest::Stop => return ExitReason::Requested,
                SignalRequest::Reload => {
                    notify_reloading();
                    reload::all(sources, shared).await;
                    packs = PackWatcher::start(&shared.service.knowledge_base().current().spaces);
                    reload::packs(shared).await;
                    notify(&[NotifyState::Ready]);
                }
            },
            () = packs.changed() => reload::packs(shared).await,
            _ = served.join_next() => if served.is_empty() { return ExitReason::NoPlatformLeft },
        }
    }
}

/// Waits for the end of `what`, but no longer than `limit`.
async fn with_timeout(limit: Duration, what: &str, ending: impl Future<Output = ()>) {
    if tokio::time::timeout(limit, ending).await.is_err() {
        tracing::warn!("Not waiting any longer for {what} to end");
    }
}

async fn service(config: &Config) -> anyhow::Result<(Service<SqliteRecords>, Vec<PackUpdate>)> {
    let clock = SystemClock;
    let records = SqliteRecords::open(&config.data, clock.now()).await?;
    let asker_key = match &config.records.hash_key {
        Some(key) => AskerKey::new(key.expose()),
        None => AskerKey::load_or_create(&config.data)?,
    };
    let (library, news) =
        KnowledgeBase::open_lenient(config.spaces(), config.matching.thresholds())?;
    let service = Service::new(Parts {
        records,
        knowledge_base: Arc::new(library),
        asker_key,
        clock: Arc::new(clock),
        holder: Holder::new(format!("{}@{}", std::process::id(), clock.now().as_millis())),
        delivery: config.delivery.clone(),
    });
    Ok((service, news))
}

fn notify_reloading() {
    if let Ok(now) = NotifyState::monotonic_usec_now() {
        notify(&[NotifyState::Reloading, now]);
    }
}

/// Tells systemd, if it listens.
fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "systemd could not be told");
    }
}
