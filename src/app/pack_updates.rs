//! Announces updates of packs: in the log, in the records, and to moderators.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::{AppState, edit_log};
use crate::conversation::reply::ModerationReply;
use crate::conversation::wording::Wording;
use crate::conversation::{MessageId, Notice, PlaceId, Reply};
use crate::moderation::report::Report;
use crate::service::knowledge_base::{PackUpdate, PackUpdateKind};
use crate::store::records::Records;

/// The folders of the packs that have problems.
#[derive(Default)]
pub(super) struct PackProblems(Mutex<BTreeSet<PathBuf>>);

impl PackProblems {
    /// Records what `updates` say of the packs in `folders`, which are those that are served. Returns how many have
    /// problems.
    fn record(&self, updates: &[PackUpdate], folders: &BTreeSet<&Path>) -> usize {
        use PackUpdateKind as Kind;
        let mut with_problems = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for PackUpdate { folder, kind, .. } in updates {
            match kind {
                Kind::Rejected { .. } | Kind::EntriesDisabled { .. } => {
                    with_problems.insert(folder.clone());
                }
                Kind::Added | Kind::Intact | Kind::Reloaded => {
                    with_problems.remove(folder);
                }
            }
        }
        with_problems.retain(|folder| folders.contains(&**folder));
        with_problems.len()
    }
}

/// Logs `updates`, records changed entries as revisions, and alerts moderators to problems where their
/// space has an alert channel.
pub(super) async fn announce(updates: Vec<PackUpdate>, state: &Arc<AppState>) {
    let snapshot = state.service.knowledge_base().current();
    let n_with_problems = state.pack_problems.record(&updates, &snapshot.spaces.pack_folders());
    state.metrics.set_packs_with_problems(n_with_problems);
    for update in &updates {
        log_update(update);
        record_change(update, state).await;
        let spaces = snapshot.spaces.all().filter(|space| space.packs.contains(&update.folder));
        for settings in spaces.map(|space| &space.settings) {
            if let Some(place) = &settings.reports_to {
                forget_reports(update, place, state).await;
                if let Some(notice) = notice(update) {
                    let id = format!("{}{}", report_id(place), update.key);
                    state.alert(place, &id, Reply::Notice(notice));
                }
            }
            if let Some(place) =
                settings.logs_edits_to.as_ref().filter(|_| !update.changes.is_empty())
            {
                let wording = Wording::for_locale(&settings.locale);
                edit_log::show_update(update, place, wording, state).await;
            }
        }
    }
    if updates.iter().any(|update| update.texts.is_some()) {
        tell_askers(state).await;
    }
}

/// Has askers told who wait for what has an answer now, and moderators, where they are shown edits, how many those are.
pub(super) async fn tell_askers(state: &Arc<AppState>) {
    let found = match state.service.answer_events().await {
        Ok(found) => found,
        Err(error) => {
            let error = anyhow::Error::from(error);
            tracing::error!("Could not look for answers that askers wait for: {error:#}");
            return;
        }
    };
    let snapshot = state.service.knowledge_base().current();
    let mut n_told: BTreeMap<&PlaceId, (usize, MessageId)> = BTreeMap::new();
    for event in found {
        let log = snapshot.spaces.of(event.full_place()).settings.logs_edits_to.as_ref();
        let id = event.id().cloned();
        if !state.dispatch(event) {
            continue;
        }
        if let (Some(log), Some(id)) = (log, id) {
            n_told.entry(log).or_insert_with(|| (0, id)).0 += 1;
        }
    }
    for (place, (n, first)) in n_told {
        let mut settings = snapshot.spaces.all().map(|space| &space.settings);
        let settings = settings.find(|it| it.logs_edits_to.as_ref() == Some(place));
        let wording = Wording::for_locale(settings.map_or("", |it| &it.locale));
        let text = Report::new(&wording.counted("n-answered", n)).text();
        let reply = Reply::Moderation(ModerationReply { text, ..ModerationReply::default() });
        state.alert(place, &format!("{place}:answered:{first}"), reply);
    }
}

/// Records what is served now, and what an editor has changed.
async fn record_change(update: &PackUpdate, state: &Arc<AppState>) {
    if let Err(error) = state.service.record_update(update).await {
        let (error, pack) = (anyhow::Error::from(error), &update.pack);
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
