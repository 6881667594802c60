//! Reading again what has changed, and telling moderators what came of it.

use std::sync::Arc;

use super::AppState;
use crate::config::Sources;
use crate::conversation::{Alert, Event, MessageId, Notice, Place};
use crate::service::knowledge_base::{PackUpdate, PackUpdateKind};
use crate::service::{Clock, SystemClock};
use crate::store::records::revision::RevisionAuthor;
use crate::store::records::{Records, Revision};

/// Reads packs again. What cannot be used leaves what is served as it is.
pub(super) async fn packs(shared: &Arc<AppState>) {
    let service = Arc::clone(&shared.service);
    let reread = tokio::task::spawn_blocking(move || service.knowledge_base().reload_packs()).await;
    match reread.map_err(anyhow::Error::from).and_then(|it| Ok(it?)) {
        Ok(news) => announce(news, shared).await,
        Err(error) => tracing::error!("Packs are not reloaded: {error:#}"),
    }
    recalibrate(shared);
}

/// Fits the confidence anew, in the background, where a pack has changed since it was calibrated.
fn recalibrate(shared: &Arc<AppState>) {
    let service = Arc::clone(&shared.service);
    tokio::task::spawn_blocking(move || {
        for space in service.knowledge_base().recalibrate() {
            tracing::info!("The confidence is fitted anew to the pack of the space {space}");
        }
    });
}

/// Reads configuration and packs again: spaces, their packs and thresholds. The rest of the
/// configuration waits for the next start.
pub(super) async fn all(sources: &Sources, shared: &Arc<AppState>) {
    let (service, sources) = (Arc::clone(&shared.service), sources.clone());
    let reopened = tokio::task::spawn_blocking(move || {
        let config = sources.read()?;
        config.check_servable()?;
        let thresholds = config.matching.thresholds();
        anyhow::Ok(service.knowledge_base().reload(config.spaces(), thresholds)?)
    });
    match reopened.await.map_err(anyhow::Error::from).and_then(|it| it) {
        Ok(news) => {
            tracing::info!("Configuration and packs are reloaded");
            announce(news, shared).await;
        }
        Err(error) => tracing::error!("Nothing is reloaded: {error:#}"),
    }
}

/// Keeps what was changed, and tells the log, and moderators where their space has a place for it.
pub(super) async fn announce(news: Vec<PackUpdate>, shared: &Arc<AppState>) {
    let snapshot = shared.service.knowledge_base().current();
    for news in &news {
        log_update(news);
        record_revisions(news, shared).await;
        let Some(notice) = notice(news) else { continue };
        let concerned = snapshot.spaces.all().filter(|space| space.packs.contains(&news.folder));
        for place in concerned.filter_map(|space| space.settings.reports_to.as_ref()) {
            let (platform, _) = place.parts();
            let lane = shared.lanes().get(platform).map(Arc::clone);
            let Some(lane) = lane else { continue };
            let report = Alert {
                id: MessageId::from(format!("{place}:report:{}", news.key)),
                place: Place { id: place.clone(), parents: Vec::new(), is_direct: false },
                notice: notice.clone(),
            };
            drop(lane.try_dispatch(Event::Alert(report)));
        }
    }
}

/// Keeps the changes of entries as revisions by file.
async fn record_revisions(news: &PackUpdate, shared: &Arc<AppState>) {
    for change in &news.changes {
        let revision = Revision {
            pack: news.pack.clone(),
            entry: change.id.clone(),
            at: SystemClock.now(),
            by: RevisionAuthor::File,
            reason: None,
            before: change.before.clone(),
            after: change.after.clone(),
        };
        if let Err(error) = shared.service.records().add_revision(revision).await {
            let (pack, entry) = (&news.pack, &change.id);
            tracing::error!(%error, "The change of {entry} in {pack} is used, but not in the records");
        }
    }
}

fn log_update(news: &PackUpdate) {
    let folder = news.folder.display();
    match &news.what {
        PackUpdateKind::Reloaded => tracing::info!("The pack {folder} has changed and is reloaded"),
        PackUpdateKind::Rejected { message } => {
            tracing::warn!("{message}; what was served of it before still is");
        }
        PackUpdateKind::EntriesDisabled { entries } => tracing::warn!(
            n_entries = entries.len(),
            "A source of the pack {folder} has changed, and entries are set aside: {}",
            entries.join(", ")
        ),
    }
}

/// What moderators are told; nothing if all is well.
fn notice(news: &PackUpdate) -> Option<Notice> {
    let pack = news.pack.clone();
    match &news.what {
        PackUpdateKind::Reloaded => None,
        PackUpdateKind::Rejected { message } => {
            Some(Notice::PackRejected { pack, message: message.clone() })
        }
        PackUpdateKind::EntriesDisabled { entries } => {
            Some(Notice::EntriesDisabled { pack, entries: entries.clone() })
        }
    }
}
