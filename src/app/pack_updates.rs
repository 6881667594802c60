//! Announces updates of packs: in the log, in the records, and to moderators, who are shown each edit where they want.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::AppState;
use crate::conversation::reply::ModerationReply;
use crate::conversation::wording::Wording;
use crate::conversation::{Alert, Event, MessageId, Notice, Place, PlaceId, Reply};
use crate::knowledge::EntryChange;
use crate::knowledge::patch::LEXICON_ID;
use crate::moderation::Revision;
use crate::moderation::report::{self, Report};
use crate::service::knowledge_base::{PackUpdate, PackUpdateKind};
use crate::store::records::{RecordedRevision, Records};

/// Most changed entries that a message about an edit shows.
const MAX_LOGGED: usize = 10;

/// Most revisions of one entry that a message about edits shows.
const MAX_LOGGED_OF_ENTRY: u32 = 10;

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
                    alert(place, &id, Reply::Notice(notice), state);
                }
            }
            if let Some(place) =
                settings.logs_edits_to.as_ref().filter(|_| !update.changes.is_empty())
            {
                log_edit(update, place, Wording::for_locale(&settings.locale), state).await;
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
        alert(place, &format!("{place}:answered:{first}"), reply, state);
    }
}

/// Has `reply` sent to `place`, once under this `id`.
fn alert(place: &PlaceId, id: &str, reply: Reply, state: &Arc<AppState>) {
    let place = Place { id: place.clone(), parents: Vec::new(), is_direct: false };
    state.dispatch(Event::Alert(Alert { id: MessageId::from(id), place, reply }));
}

/// Shows moderators at `place` what has changed in a pack, and who has changed it.
async fn log_edit(update: &PackUpdate, place: &PlaceId, wording: &Wording, state: &Arc<AppState>) {
    let mut recorded = Vec::new();
    for change in update.changes.iter().take(MAX_LOGGED) {
        let (pack, entry) = (update.pack.clone(), change.id.clone());
        let latest = state.service.records().revisions(pack, entry, MAX_LOGGED_OF_ENTRY).await;
        recorded.extend(revisions_of(change, latest.unwrap_or_default()));
    }
    let Some(last) = recorded.iter().map(|it| it.id).max() else { return };
    let n_more = update.changes.len().saturating_sub(MAX_LOGGED);
    let revisions: Vec<(i64, Revision)> =
        recorded.into_iter().map(|it| (it.id, it.revision)).collect();
    let text = report::log_entry(&update.pack, &revisions, n_more, wording);
    let reply = Reply::Moderation(ModerationReply { text, ..ModerationReply::default() });
    // The number makes the id one of its own; the id is in the database.
    alert(place, &format!("{place}:edit:{last}"), reply, state);
}

/// Those of the `latest` revisions of an entry, the newest first, that have made `change` of what was served before, the oldest
/// first: several if edits came close together. The latest alone if the others are not among them; none if that is not what
/// is served now.
fn revisions_of(change: &EntryChange, latest: Vec<RecordedRevision>) -> Vec<RecordedRevision> {
    // Of the lexicon, a change has the groups that differ.
    let parts = |text: &Option<String>| -> Vec<Option<String>> {
        if change.id == LEXICON_ID {
            let groups = text.as_deref().unwrap_or_default().split("\n\n");
            groups.filter(|it| !it.is_empty()).map(|it| Some(it.to_owned())).collect()
        } else {
            vec![text.clone()]
        }
    };
    let served = parts(&change.before);
    // What a revision has to explain: what is gone, and what is new.
    let (mut gone, mut new) = (served.clone(), parts(&change.after));
    let mut shown = Vec::new();
    for recorded in latest {
        let (before, after) = (parts(&recorded.revision.before), parts(&recorded.revision.after));
        new.retain(|part| !after.contains(part));
        if shown.is_empty() && change.id != LEXICON_ID && !new.is_empty() {
            return Vec::new();
        }
        gone.retain(|part| !before.contains(part));
        new.extend(before.into_iter().filter(|part| !served.contains(part)));
        shown.push(recorded);
        if gone.is_empty() && new.is_empty() {
            shown.reverse();
            return shown;
        }
    }
    shown.truncate(1);
    shown
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::Timestamp;

    fn change(id: &str, before: Option<&str>, after: Option<&str>) -> EntryChange {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        EntryChange { id: id.to_owned(), before: owned(before), after: owned(after) }
    }

    #[test]
    fn all_revisions_since_the_served_state_are_shown() {
        let recorded = |id: i64, before, after| {
            let change = change("e", before, after);
            let revision = Revision::by_file("p", change, Timestamp::from_millis(0));
            RecordedRevision { id, revision }
        };
        let numbers = |change: &EntryChange, latest: &[RecordedRevision]| -> Vec<i64> {
            revisions_of(change, latest.to_vec()).iter().map(|it| it.id).collect()
        };
        let of_entry = [
            recorded(3, Some("b"), Some("c")),
            recorded(2, Some("a"), Some("b")),
            recorded(1, None, Some("a")),
        ];
        for (before, after, want) in [
            (Some("b"), Some("c"), &[3][..]),
            (Some("a"), Some("c"), &[2, 3]),
            (None, Some("c"), &[1, 2, 3]),
            // One that is not recorded any more.
            (Some("x"), Some("c"), &[3]),
            (Some("a"), Some("b"), &[]),
        ] {
            assert_eq!(numbers(&change("e", before, after), &of_entry), want, "{before:?}");
        }
        let of_lexicon = [
            recorded(6, Some("g1"), Some("g1x")),
            recorded(5, Some(""), Some("g3")),
            recorded(4, Some(""), Some("g1")),
        ];
        for (before, after, want) in [
            (Some("g1"), Some("g1x"), &[6][..]),
            (Some("g1"), Some("g1x\n\ng3"), &[5, 6]),
            (Some(""), Some("g1x\n\ng3"), &[4, 5, 6]),
        ] {
            assert_eq!(numbers(&change(LEXICON_ID, before, after), &of_lexicon), want, "{after:?}");
        }
    }
}
