//! Reading again what has changed, and telling moderators what came of it.

use std::sync::Arc;

use super::Shared;
use crate::config::Sources;
use crate::conversation::{Event, MessageId, Notice, Place, Report};
use crate::service::library::{News, What};
use crate::service::{Clock, SystemClock};
use crate::store::records::revision::Author;
use crate::store::records::{Records, Revision};

/// Reads packs again. What cannot be used leaves what is served as it is.
pub(super) async fn packs(shared: &Arc<Shared>) {
    let service = Arc::clone(&shared.service);
    let reread = tokio::task::spawn_blocking(move || service.library().reread()).await;
    match reread.map_err(anyhow::Error::from).and_then(|it| Ok(it?)) {
        Ok(news) => tell(news, shared).await,
        Err(error) => tracing::error!("Packs are not reloaded: {error:#}"),
    }
    recalibrate(shared);
}

/// Fits the confidence anew, in the background, where a pack has changed since it was calibrated.
fn recalibrate(shared: &Arc<Shared>) {
    let service = Arc::clone(&shared.service);
    tokio::task::spawn_blocking(move || {
        for space in service.library().recalibrate() {
            tracing::info!("The confidence is fitted anew to the pack of the space {space}");
        }
    });
}

/// Reads configuration and packs again: spaces, their packs and thresholds. The rest of the
/// configuration waits for the next start.
pub(super) async fn all(sources: &Sources, shared: &Arc<Shared>) {
    let (service, sources) = (Arc::clone(&shared.service), sources.clone());
    let reopened = tokio::task::spawn_blocking(move || {
        let config = sources.read()?;
        config.check_served()?;
        let thresholds = config.matching.thresholds();
        anyhow::Ok(service.library().reopen(config.spaces(), thresholds)?)
    });
    match reopened.await.map_err(anyhow::Error::from).and_then(|it| it) {
        Ok(news) => {
            tracing::info!("Configuration and packs are reloaded");
            tell(news, shared).await;
        }
        Err(error) => tracing::error!("Nothing is reloaded: {error:#}"),
    }
}

/// Keeps what was changed, and tells the log, and moderators where their space has a place for it.
pub(super) async fn tell(news: Vec<News>, shared: &Arc<Shared>) {
    let snapshot = shared.service.library().current();
    for news in &news {
        note(news);
        keep(news, shared).await;
        let Some(notice) = notice(news) else { continue };
        let concerned = snapshot.spaces.all().filter(|space| space.packs.contains(&news.folder));
        for place in concerned.filter_map(|space| space.settings.reports_to.as_ref()) {
            let (platform, _) = place.parts();
            let lane = shared.lanes().get(platform).map(Arc::clone);
            let Some(lane) = lane else { continue };
            let report = Report {
                id: MessageId::from(format!("{place}:report:{}", news.key)),
                place: Place { id: place.clone(), within: Vec::new(), is_direct: false },
                notice: notice.clone(),
            };
            drop(lane.put(Event::Reported(report)));
        }
    }
}

/// Keeps the changes of entries as revisions by file.
async fn keep(news: &News, shared: &Arc<Shared>) {
    for change in &news.changes {
        let revision = Revision {
            pack: news.pack.clone(),
            entry: change.id.clone(),
            at: SystemClock.now(),
            by: Author::File,
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

fn note(news: &News) {
    let folder = news.folder.display();
    match &news.what {
        What::Changed => tracing::info!("The pack {folder} has changed and is reloaded"),
        What::Refused { message } => {
            tracing::warn!("{message}; what was served of it before still is");
        }
        What::SetAside { entries } => tracing::warn!(
            n_entries = entries.len(),
            "A source of the pack {folder} has changed, and entries are set aside: {}",
            entries.join(", ")
        ),
    }
}

/// What moderators are told; nothing if all is well.
fn notice(news: &News) -> Option<Notice> {
    let pack = news.pack.clone();
    match &news.what {
        What::Changed => None,
        What::Refused { message } => Some(Notice::PackRefused { pack, message: message.clone() }),
        What::SetAside { entries } => Some(Notice::SetAside { pack, entries: entries.clone() }),
    }
}
