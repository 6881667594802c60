//! Announces updates of packs: in the log, in the records, and to moderators.

use std::sync::Arc;

use super::AppState;
use crate::conversation::{Alert, Event, MessageId, Notice, Place, PlaceId};
use crate::moderation::Revision;
use crate::service::knowledge_base::{PackUpdate, PackUpdateKind};
use crate::service::{Clock, SystemClock};
use crate::store::records::Records;

/// Logs `updates`, records changed entries as revisions, and alerts moderators to problems where their
/// space has an alert channel.
pub(super) async fn announce(updates: Vec<PackUpdate>, state: &Arc<AppState>) {
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
    let now = SystemClock.now();
    let changes = update.changes.iter().cloned();
    let revisions = changes.map(|change| Revision::by_file(&update.pack, change, now)).collect();
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
