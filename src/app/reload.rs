//! Reloads packs and configuration, and alerts moderators to problems.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sd_notify::NotifyState;
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinHandle};

use super::pack_watcher::PackWatcher;
use super::{AppState, notify};
use crate::config::{Config, Sources};
use crate::conversation::{Alert, Event, MessageId, Notice, Place, PlaceId};
use crate::service::knowledge_base::{PackUpdate, PackUpdateKind};
use crate::service::{Clock, SystemClock};
use crate::store::records::revision::RevisionAuthor;
use crate::store::records::{Records, Revision};

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
fn recalibrate(state: &Arc<AppState>) {
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
            announce(updates, state).await;
        }
        Err(error) => {
            tracing::error!("Reload failed, keeping the current configuration: {error:#}");
        }
    }
}

/// Logs `updates`, records changed entries as revisions, and alerts moderators to problems where their
/// space has an alert channel.
async fn announce(updates: Vec<PackUpdate>, state: &Arc<AppState>) {
    let snapshot = state.service.knowledge_base().current();
    for update in &updates {
        log_update(update);
        record_change(update, state).await;
        let spaces = snapshot.spaces.all().filter(|space| space.packs.contains(&update.folder));
        for place in spaces.filter_map(|space| space.settings.reports_to.as_ref()) {
            forget_reports(update, place, state).await;
            let Some(notice) = notice(update) else { continue };
            let (platform, _) = place.parts();
            let dispatcher = state.dispatchers().get(platform).map(Arc::clone);
            let Some(dispatcher) = dispatcher else { continue };
            let alert = Alert {
                id: MessageId::from(format!("{}{}", report_id(place), update.key)),
                place: Place { id: place.clone(), parents: Vec::new(), is_direct: false },
                notice,
            };
            drop(dispatcher.try_dispatch(Event::Alert(alert)));
        }
    }
}

/// Records what is served now, and the changed entries of `update` as revisions whose author is the file.
async fn record_change(update: &PackUpdate, state: &Arc<AppState>) {
    let Some(faq) = update.faq.clone() else { return };
    let revisions = update.changes.iter().map(|change| Revision {
        pack: update.pack.clone(),
        entry: change.id.clone(),
        at: SystemClock.now(),
        by: RevisionAuthor::File,
        reason: None,
        before: change.before.clone(),
        after: change.after.clone(),
    });
    let revisions: Vec<Revision> = revisions.collect();
    let pack = &update.pack;
    if let Err(error) = state.service.records().accept_pack(pack.clone(), faq, revisions).await {
        let error = anyhow::Error::from(error);
        tracing::error!(
            "The changes of {pack} are in use, but could not be recorded; the next start tries again: {error:#}"
        );
    }
}

/// Forgets the reports of problems that `update` says the pack does not have any more, so that they are
/// reported again when they come back.
async fn forget_reports(update: &PackUpdate, place: &PlaceId, state: &Arc<AppState>) {
    use PackUpdateKind as Kind;
    if !matches!(update.kind, Kind::Added | Kind::Intact | Kind::Reloaded) {
        return;
    }
    for key in update.problem_keys() {
        let prefix = format!("{}{key}", report_id(place));
        if let Err(error) = state.service.records().forget_alerts(prefix).await {
            let error = anyhow::Error::from(error);
            tracing::error!("Could not forget reports that do not apply any more: {error:#}");
        }
    }
}

/// The beginning of the ids of reports to `place`. The ids are in the database: they must not change between
/// versions.
fn report_id(place: &PlaceId) -> String {
    format!("{place}:report:")
}

fn log_update(update: &PackUpdate) {
    let folder = update.folder.display();
    let told = match &update.kind {
        PackUpdateKind::Added => format!("Pack {folder} is served for the first time"),
        PackUpdateKind::Intact => format!("Pack {folder} is valid and in use"),
        PackUpdateKind::Reloaded => format!("Pack {folder} has changed and was reloaded"),
        PackUpdateKind::Rejected { message } => {
            format!("{message}; the previous version stays in use")
        }
        PackUpdateKind::EntriesDisabled { entries } => format!(
            "A source of the pack {folder} has changed; disabled entries: {}",
            entries.join(", ")
        ),
    };
    match &update.kind {
        PackUpdateKind::Rejected { .. } | PackUpdateKind::EntriesDisabled { .. } => {
            tracing::warn!("{told}");
        }
        _ => tracing::info!("{told}"),
    }
}

/// The notice to moderators; `None` if the pack has no problem.
fn notice(update: &PackUpdate) -> Option<Notice> {
    let pack = update.pack.clone();
    match &update.kind {
        PackUpdateKind::Added | PackUpdateKind::Intact | PackUpdateKind::Reloaded => None,
        PackUpdateKind::Rejected { message } => {
            Some(Notice::PackRejected { pack, message: message.clone() })
        }
        PackUpdateKind::EntriesDisabled { entries } => {
            Some(Notice::EntriesDisabled { pack, entries: entries.clone() })
        }
    }
}
