//! Settings that moderators change: applied when another process has changed them, and shown to moderators.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::AppState;
use super::pack_updates::log_edit;
use crate::conversation::wording::Wording;
use crate::moderation::setting_edit::settings_of;
use crate::service::knowledge_base::SettingsUpdate;
use crate::store::records::SettingsHistory;

/// How long a change by `quoth settings` may take to be in effect.
const INTERVAL: Duration = Duration::from_secs(5);

/// Applies what other processes change.
pub(super) async fn run(data: PathBuf, state: Arc<AppState>) {
    let mut is_failing = false;
    loop {
        tokio::time::sleep(INTERVAL).await;
        let (service, data) = (Arc::clone(&state.service), data.clone());
        let applying = tokio::task::spawn_blocking(move || {
            let read = || SettingsHistory::open(&data)?.overrides();
            service.knowledge_base().apply_settings(read)
        });
        match applying.await.map_err(anyhow::Error::from).and_then(|it| Ok(it?)) {
            Ok(updates) => {
                is_failing = false;
                announce(updates, &state).await;
            }
            Err(error) if is_failing => {
                tracing::debug!(
                    "Still cannot read what moderators have changed of settings: {error:#}"
                );
            }
            Err(error) => {
                is_failing = true;
                tracing::warn!("Cannot read what moderators have changed of settings: {error:#}");
            }
        }
    }
}

/// Logs `updates`, and shows them where moderators are shown changes: where they were before, and where they are now.
pub(super) async fn announce(updates: Vec<SettingsUpdate>, state: &Arc<AppState>) {
    let snapshot = state.service.knowledge_base().current();
    for SettingsUpdate { space, changes, was_logged_to } in updates {
        let names: Vec<&str> = changes.iter().map(|change| change.id.as_str()).collect();
        tracing::info!("Settings of space {space} have changed: {}", names.join(", "));
        let settings = &snapshot.spaces.named(&space).settings;
        let wording = Wording::for_locale(&settings.locale);
        let is_logged_to = settings.logs_edits_to.clone();
        let was_elsewhere = was_logged_to.filter(|place| Some(place) != is_logged_to.as_ref());
        for place in was_elsewhere.iter().chain(&is_logged_to) {
            log_edit(&settings_of(&space), &changes, place, wording, state).await;
        }
    }
}
