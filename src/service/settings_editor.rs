//! Edits of the settings of a space, each with its revision.

use std::path::Path;

use crate::conversation::{Setting, SettingOverrides, Space, SpaceSettings, Timestamp};
use crate::moderation::{ProvedSettingEdit, Revision, RevisionAuthor, Subject};
use crate::store::records::{RecordedRevision, RecordsError, SettingsHistory};

/// Edits the settings of a space and keeps their history. Both are in the records, so they change together.
#[derive(Debug)]
pub struct SettingsEditor {
    /// As it is configured.
    space: Space,
    history: SettingsHistory,
}

/// The settings of a space, as the configuration and the records have them.
#[derive(Debug)]
pub struct CurrentSettings {
    /// As they are configured.
    pub configured: SpaceSettings,
    /// What moderators have changed.
    pub overrides: SettingOverrides,
}

impl CurrentSettings {
    /// What is in effect.
    pub fn settings(&self) -> SpaceSettings {
        self.overrides.apply(&self.configured)
    }
}

impl SettingsEditor {
    /// An editor of the settings of `space`, which is as it is configured; the records are in the data folder `data`.
    ///
    /// # Errors
    /// [`RecordsError`] if the records cannot be used.
    pub fn open(space: Space, data: &Path) -> Result<Self, RecordsError> {
        Ok(Self { space, history: SettingsHistory::open(data)? })
    }

    /// The settings now.
    ///
    /// # Errors
    /// [`RecordsError`] if the records cannot be read.
    pub fn current(&self) -> Result<CurrentSettings, RecordsError> {
        let configured = self.space.settings.clone();
        let overrides = self.history.overrides()?.remove(&self.space.name).unwrap_or_default();
        Ok(CurrentSettings { configured, overrides })
    }

    /// The latest revisions, newest first, or those of the setting with this name.
    ///
    /// # Errors
    /// [`RecordsError`] if the records cannot be read.
    pub fn revisions(
        &self,
        setting: Option<&str>,
        limit: u32,
    ) -> Result<Vec<RecordedRevision>, RecordsError> {
        let known = setting.and_then(Setting::named).map(Setting::name);
        let setting = known.or(setting);
        self.history.revisions(&self.space.name, setting, limit)
    }

    /// The revision with this number; `None` if it is none of these settings.
    ///
    /// # Errors
    /// [`RecordsError`] if the records cannot be read.
    pub fn revision(&self, number: i64) -> Result<Option<RecordedRevision>, RecordsError> {
        self.history.revision(&self.space.name, number)
    }

    /// Makes an edit; `None`, and nothing is changed, if the setting has changed since the edit was proved.
    ///
    /// # Errors
    /// [`RecordsError`] if the records cannot be written. Nothing has changed then.
    pub fn edit(
        &mut self,
        ProvedSettingEdit { change, .. }: &ProvedSettingEdit,
        by: RevisionAuthor,
        reason: Option<String>,
        at: Timestamp,
    ) -> Result<Option<RecordedRevision>, RecordsError> {
        let subject = Subject::Settings(self.space.name.clone());
        let revision = Revision { by, reason, ..Revision::new(subject, change.clone(), at) };
        let number = self.history.change(&self.space.name, &revision)?;
        Ok(number.map(|id| RecordedRevision { id, revision }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::conversation::space::DEFAULT_SPACE;
    use crate::moderation::SettingEdit;

    fn editor(data: &Path, name: &str) -> SettingsEditor {
        let space = Space {
            name: name.to_owned(),
            places: Vec::new(),
            packs: Vec::new(),
            settings: SpaceSettings::default(),
        };
        SettingsEditor::open(space, data).unwrap()
    }

    fn set(
        editor: &mut SettingsEditor,
        setting: Setting,
        value: serde_json::Value,
    ) -> Option<RecordedRevision> {
        let current = editor.current().unwrap();
        let edit = SettingEdit { setting, value: Some(value) };
        let proved = edit.prove(&current.configured, &current.overrides).unwrap();
        let by = RevisionAuthor::Terminal("ann".to_owned());
        editor.edit(&proved, by, Some("quiet".to_owned()), Timestamp::from_millis(1)).unwrap()
    }

    #[test]
    fn setting_and_its_revision_are_recorded_together_for_one_space() {
        let data = tempfile::tempdir().unwrap();
        let mut own = editor(data.path(), DEFAULT_SPACE);
        let recorded = set(&mut own, Setting::Greets, json!(false)).unwrap();
        let recorded_hour = set(&mut own, Setting::DigestHour, json!(3)).unwrap();
        assert!(!own.current().unwrap().settings().greets);
        assert_eq!(own.revisions(None, 9).unwrap(), [recorded_hour, recorded.clone()]);
        let of_greets = own.revisions(Some("Greets"), 9).unwrap();
        assert_eq!(of_greets, std::slice::from_ref(&recorded));
        assert_eq!(own.revision(recorded.id).unwrap(), Some(recorded.clone()));
        let other = editor(data.path(), "other");
        assert!(other.current().unwrap().settings().greets);
        assert_eq!(other.revision(recorded.id).unwrap(), None);
    }

    #[test]
    fn edit_that_was_proved_before_another_one_changes_nothing() {
        let data = tempfile::tempdir().unwrap();
        let mut first = editor(data.path(), DEFAULT_SPACE);
        let current = first.current().unwrap();
        let edit = SettingEdit { setting: Setting::DigestHour, value: Some(json!(1)) };
        let proved = edit.prove(&current.configured, &current.overrides).unwrap();
        set(&mut editor(data.path(), DEFAULT_SPACE), Setting::DigestHour, json!(2)).unwrap();
        let at = Timestamp::from_millis(2);
        let made = first.edit(&proved, RevisionAuthor::File, None, at).unwrap();
        assert_eq!(made, None);
        assert_eq!(first.current().unwrap().settings().digest_hour, 2);
        assert_eq!(first.revisions(None, 9).unwrap().len(), 1);
    }
}
