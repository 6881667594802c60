//! Reloads packs and configuration, and alerts moderators to problems.

use std::sync::Arc;

use super::AppState;
use crate::config::Sources;
use crate::conversation::{Alert, Event, MessageId, Notice, Place};
use crate::service::knowledge_base::{PackUpdate, PackUpdateKind};
use crate::service::{Clock, SystemClock};
use crate::store::records::revision::RevisionAuthor;
use crate::store::records::{Records, Revision};

/// Reads the packs again. A pack that has errors keeps its previous version.
pub(super) async fn packs(state: &Arc<AppState>) {
    let service = Arc::clone(&state.service);
    let reloaded =
        tokio::task::spawn_blocking(move || service.knowledge_base().reload_packs()).await;
    match reloaded.map_err(anyhow::Error::from).and_then(|it| Ok(it?)) {
        Ok(updates) => announce(updates, state).await,
        Err(error) => {
            tracing::error!("Reload of the packs failed, keeping the current ones: {error:#}");
        }
    }
    recalibrate(state);
}

/// What the folders of the packs have now, see [`crate::service::KnowledgeBase::fingerprints`].
pub(super) async fn fingerprints(state: &Arc<AppState>) -> Vec<Option<String>> {
    let service = Arc::clone(&state.service);
    let read = tokio::task::spawn_blocking(move || service.knowledge_base().fingerprints());
    read.await.unwrap_or_default()
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
pub(super) async fn all(sources: &Sources, state: &Arc<AppState>) {
    let (service, sources) = (Arc::clone(&state.service), sources.clone());
    let reloaded = tokio::task::spawn_blocking(move || {
        let config = sources.read()?;
        config.check_servable()?;
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
pub(super) async fn announce(updates: Vec<PackUpdate>, state: &Arc<AppState>) {
    let snapshot = state.service.knowledge_base().current();
    for update in &updates {
        log_update(update);
        record_revisions(update, state).await;
        let Some(notice) = notice(update) else { continue };
        let spaces = snapshot.spaces.all().filter(|space| space.packs.contains(&update.folder));
        for place in spaces.filter_map(|space| space.settings.reports_to.as_ref()) {
            let (platform, _) = place.parts();
            let dispatcher = state.dispatchers().get(platform).map(Arc::clone);
            let Some(dispatcher) = dispatcher else { continue };
            let alert = Alert {
                // The id is in the database: it must not change between versions.
                id: MessageId::from(format!("{place}:report:{}", update.key)),
                place: Place { id: place.clone(), parents: Vec::new(), is_direct: false },
                notice: notice.clone(),
            };
            drop(dispatcher.try_dispatch(Event::Alert(alert)));
        }
    }
}

/// Records the changed entries of `update` as revisions whose author is the file.
async fn record_revisions(update: &PackUpdate, state: &Arc<AppState>) {
    for change in &update.changes {
        let revision = Revision {
            pack: update.pack.clone(),
            entry: change.id.clone(),
            at: SystemClock.now(),
            by: RevisionAuthor::File,
            reason: None,
            before: change.before.clone(),
            after: change.after.clone(),
        };
        if let Err(error) = state.service.records().add_revision(revision).await {
            let (pack, entry) = (&update.pack, &change.id);
            tracing::error!(%error, "The change of {entry} in {pack} is in use, but could not be recorded");
        }
    }
}

fn log_update(update: &PackUpdate) {
    let folder = update.folder.display();
    match &update.kind {
        PackUpdateKind::Reloaded => tracing::info!("Pack {folder} has changed and was reloaded"),
        PackUpdateKind::Rejected { message } => {
            tracing::warn!("{message}; the previous version stays in use");
        }
        PackUpdateKind::EntriesDisabled { entries } => tracing::warn!(
            n_entries = entries.len(),
            "A source of the pack {folder} has changed; disabled entries: {}",
            entries.join(", ")
        ),
    }
}

/// The notice to moderators; `None` if the pack has no problem.
fn notice(update: &PackUpdate) -> Option<Notice> {
    let pack = update.pack.clone();
    match &update.kind {
        PackUpdateKind::Reloaded => None,
        PackUpdateKind::Rejected { message } => {
            Some(Notice::PackRejected { pack, message: message.clone() })
        }
        PackUpdateKind::EntriesDisabled { entries } => {
            Some(Notice::EntriesDisabled { pack, entries: entries.clone() })
        }
    }
}
