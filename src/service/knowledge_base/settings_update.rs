//! [`SettingsUpdate`]: settings of a space that moderators have changed.

use super::snapshot::Snapshot;
use crate::conversation::{PlaceId, Space};
use crate::knowledge::EntryChange;
use crate::moderation::setting_edit::setting_change;

/// Settings of a space that moderators have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsUpdate {
    /// The name of the space.
    pub space: String,
    /// The settings, as their revisions have them.
    pub changes: Vec<EntryChange>,
    /// Where changes were shown before.
    pub was_logged_to: Option<PlaceId>,
}

impl SettingsUpdate {
    /// What differs between two snapshots.
    pub(super) fn between(before: &Snapshot, after: &Snapshot) -> Vec<Self> {
        let update = |space: &Space| {
            let overrides = |of: &Snapshot| of.overrides.get(&space.name).cloned();
            let [old, new] = [before, after].map(|it| overrides(it).unwrap_or_default());
            let differing = old.differing(&new).into_iter();
            let changes: Vec<EntryChange> =
                differing.map(|setting| setting_change(setting, &old, &new)).collect();
            let was_logged_to = before.spaces.named(&space.name).settings.logs_edits_to.clone();
            (!changes.is_empty()).then(|| Self {
                space: space.name.clone(),
                changes,
                was_logged_to,
            })
        };
        after.spaces.all().filter_map(update).collect()
    }
}
