//! Reloads packs and configuration.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sd_notify::NotifyState;
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinHandle};

use super::pack_updates::{announce, tell_askers};
use super::pack_watcher::PackWatcher;
use super::{AppState, notify, settings_updates};
use crate::config::{Config, Sources};
use crate::conversation::Event;
use crate::service::knowledge_base::PackUpdate;
use crate::service::moderation::ModerationEvent;

/// Reading packs takes seconds at most, also those of a hundred thousand entries.
const SLOW_READ: Duration = Duration::from_secs(30);

/// Reloads configuration and packs when `requests` says so, and packs when they change. First reports
/// `updates`, those of the start. `running` is the configuration of the start, and where it is from. A task of
/// its own, since packs on a hung mount take forever to read.
pub(super) async fn run(
    updates: Vec<PackUpdate>,
    (running, sources): (Config, Sources),
    state: Arc<AppState>,
    mut requests: mpsc::Receiver<()>,
) {
    announce(updates, &state).await;
    // The last process may have ended before it told them.
    tell_askers(&state).await;
    let read = || fingerprints(Arc::clone(&state));
    loop {
        let mut watcher = PackWatcher::start(pack_folders(&state), read).await;
        // Loads what has changed before the watcher was started.
        packs(&state).await;
        tokio::select! {
            () = watcher.changed(read) => {}
            request = requests.recv() => {
                if request.is_none() {
                    return;
                }
                notify_reloading();
                all(&running, &sources, &state).await;
                notify(&[NotifyState::Ready]);
            }
        }
    }
}

/// Announces what moderators have edited in chat, which is in use already, and calibrates it.
pub(super) async fn follow_moderation(
    mut events: mpsc::UnboundedReceiver<ModerationEvent>,
    state: Arc<AppState>,
) {
    while let Some(event) = events.recv().await {
        match event {
            ModerationEvent::PacksEdited(updates) => {
                announce(updates, &state).await;
                recalibrate(&state);
            }
            ModerationEvent::SettingsChanged => state.settings_changed.notify_one(),
            ModerationEvent::Resumed => tell_askers(&state).await,
            ModerationEvent::MessageQuoted(quoted) => {
                if !state.dispatch(Event::MessageQuoted(quoted)) {
                    tracing::warn!(
                        "The author of a message that has become an entry could not be told"
                    );
                }
            }
        }
    }
}

fn pack_folders(state: &AppState) -> BTreeSet<PathBuf> {
    let snapshot = state.service.knowledge_base().current();
    snapshot.spaces.pack_folders().into_iter().map(Path::to_owned).collect()
}

fn notify_reloading() {
    if let Ok(now) = NotifyState::monotonic_usec_now() {
        notify(&[NotifyState::Reloading, now]);
    }
}

/// Reads the packs again. A pack that has errors keeps its previous version.
async fn packs(state: &Arc<AppState>) {
    let service = Arc::clone(&state.service);
    let reloading = tokio::task::spawn_blocking(move || service.knowledge_base().reload_packs());
    let reloaded = warn_if_slow(reloading).await;
    match reloaded.map_err(anyhow::Error::from).and_then(|it| Ok(it?)) {
        Ok(updates) => announce(updates, state).await,
        Err(error) => {
            tracing::error!("Reload of the packs failed, keeping the current ones: {error:#}");
        }
    }
    recalibrate(state);
}

/// What the folders of the packs have now, see [`crate::service::KnowledgeBase::fingerprints`].
async fn fingerprints(state: Arc<AppState>) -> Vec<Option<String>> {
    let read = tokio::task::spawn_blocking(move || state.service.knowledge_base().fingerprints());
    warn_if_slow(read).await.unwrap_or_default()
}

/// The result of `reading`. Logs a warning if it takes so long that packs are not reloaded any more.
async fn warn_if_slow<T>(mut reading: JoinHandle<T>) -> Result<T, JoinError> {
    if let Ok(read) = tokio::time::timeout(SLOW_READ, &mut reading).await {
        return read;
    }
    tracing::warn!(
        "The packs are still being read after {SLOW_READ:?}: does the mount of a pack folder hang? Questions are answered from the previous version"
    );
    reading.await
}

/// Recalibrates, in the background, the packs that have changed since their calibration.
pub(super) fn recalibrate(state: &Arc<AppState>) {
    let service = Arc::clone(&state.service);
    tokio::task::spawn_blocking(move || {
        for space in service.knowledge_base().recalibrate() {
            tracing::info!("Recalibrated the pack of space {space}");
        }
    });
}

/// Reads configuration and packs again: spaces, their packs and thresholds. Other settings apply
/// after a restart.
async fn all(running: &Config, sources: &Sources, state: &Arc<AppState>) {
    let running = running.clone();
    let (service, sources) = (Arc::clone(&state.service), sources.clone());
    let reloaded = tokio::task::spawn_blocking(move || {
        let config = sources.read()?;
        config.check_servable()?;
        let changed = config.changed_until_restart(&running);
        if !changed.is_empty() {
            let sections = changed.join(", ");
            tracing::warn!("Changed settings apply after a restart only: {sections}");
        }
        for ignored in config.ignored() {
            tracing::warn!("{ignored}");
        }
        let thresholds = config.matching.thresholds();
        anyhow::Ok(service.knowledge_base().reload(config.spaces(), thresholds)?)
    });
    match reloaded.await.map_err(anyhow::Error::from).and_then(|it| it) {
        Ok(updates) => {
            tracing::info!("Configuration and packs reloaded");
            settings_updates::warn_of_ineffective(state);
            announce(updates, state).await;
        }
        Err(error) => {
            tracing::error!("Reload failed, keeping the current configuration: {error:#}");
        }
    }
}
