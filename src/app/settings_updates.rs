//! Settings that moderators change: applied when another process has changed them, and shown to moderators.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::AppState;
use super::edit_log::show_revision;
use super::reload::recalibrate;
use crate::conversation::wording::Wording;
use crate::conversation::{PlaceId, Setting, Space};
use crate::moderation::Subject;
use crate::moderation::setting_edit::value_of;
use crate::store::records::{RecordedRevision, RecordsError, SettingsHistory};

/// How long a change by `quoth settings` may take to be in effect.
const INTERVAL: Duration = Duration::from_secs(5);

/// Follows what is recorded of settings.
struct Follower {
    data: PathBuf,
    /// Opened once: an opening waits for those that write.
    history: Option<SettingsHistory>,
    /// The number of the last revision that was shown.
    last_shown: i64,
}

impl Follower {
    /// Applies what has changed. Returns the revisions that were not shown yet.
    fn follow(&mut self, state: &AppState) -> Result<Vec<RecordedRevision>, RecordsError> {
        let history = match self.history.take() {
            Some(history) => history,
            None => SettingsHistory::open(&self.data)?,
        };
        state.service.knowledge_base().apply_settings(|| history.overrides())?;
        let revisions = history.revisions_after(self.last_shown)?;
        self.last_shown = revisions.last().map_or(self.last_shown, |last| last.id);
        self.history = Some(history);
        Ok(revisions)
    }
}

/// Applies what other processes change, and shows moderators what has changed after the revision `last_shown`.
pub(super) async fn run(data: PathBuf, last_shown: i64, state: Arc<AppState>) {
    warn_of_ineffective(&state);
    let mut follower = Follower { data, history: None, last_shown };
    let mut is_failing = false;
    loop {
        tokio::select! {
            () = tokio::time::sleep(INTERVAL) => {}
            () = state.settings_changed.notified() => {}
        }
        let following = tokio::task::spawn_blocking({
            let state = Arc::clone(&state);
            move || {
                let followed = follower.follow(&state);
                (follower, followed)
            }
        });
        // A panic ends the task, and so what it follows.
        let Ok((returned, followed)) = following.await else { return };
        follower = returned;
        match followed {
            Ok(revisions) => {
                is_failing = false;
                if !revisions.is_empty() {
                    show(revisions, &state);
                    // A calibration that is being made is for the thresholds that it was begun with.
                    recalibrate(&state);
                }
            }
            Err(error) if is_failing => {
                tracing::debug!(
                    "Still cannot read what moderators have changed of settings: {error:#}"
                );
            }
            Err(error) => {
                is_failing = true;
                let error = anyhow::Error::from(error);
                tracing::warn!("Cannot read what moderators have changed of settings: {error:#}");
            }
        }
    }
}

/// Logs `revisions`, and shows them where moderators are shown changes.
fn show(revisions: Vec<RecordedRevision>, state: &Arc<AppState>) {
    let snapshot = state.service.knowledge_base().current();
    for recorded in revisions {
        let revision = &recorded.revision;
        let Subject::Settings(space) = &revision.subject else { continue };
        let setting = Setting::named(&revision.entry);
        tracing::info!("Setting {} of space {space} has changed", revision.entry);
        // Nobody is there for a space that is not configured any more.
        let spaces = [&snapshot.spaces, snapshot.configured()].map(|spaces| spaces.named(space));
        let [Some(Space { settings, .. }), Some(configured)] = spaces else { continue };
        let mut places: Vec<PlaceId> = settings.logs_edits_to.iter().cloned().collect();
        if setting == Some(Setting::LogsEditsTo) {
            // Where changes are shown no more, this one is the last.
            let before = value_of(revision.before.as_deref());
            let configured = || Setting::LogsEditsTo.value_in(&configured.settings);
            let before = before.unwrap_or_else(configured);
            places.extend(before.as_str().map(PlaceId::from));
            places.dedup();
        }
        for place in &places {
            show_revision(&recorded, place, Wording::for_locale(&settings.locale), state);
        }
    }
}

/// Logs what moderators have changed and is not in effect.
pub(super) fn warn_of_ineffective(state: &AppState) {
    for (space, invalid) in state.service.knowledge_base().current().ineffective_overrides() {
        if invalid.is_empty() {
            tracing::warn!(
                "Moderators have changed settings of the space {space}, which the configuration does not name any more: they wait for a space of that name"
            );
        } else {
            let names: Vec<&str> = invalid.into_iter().map(Setting::name).collect();
            tracing::warn!(
                "What moderators have set is no valid value any more in the space {space}, so the configuration applies: {}",
                names.join(", ")
            );
        }
    }
}
