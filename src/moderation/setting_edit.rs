//! Edits of settings: what somebody wants a setting to be, and its proof.

use serde_json::Value;

use super::revision::Revision;
use crate::conversation::{Setting, SettingOverrides, SpaceSettings};
use crate::knowledge::EntryChange;

/// A change of a setting that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingEdit {
    /// The setting.
    pub setting: Setting,
    /// Its value; `None` if that of the configuration is to apply again.
    pub value: Option<Value>,
}

/// What an edit makes of the settings of a space.
#[derive(Debug, Clone, PartialEq)]
pub struct ProvedSettingEdit {
    /// What moderators have changed, with it.
    pub overrides: SettingOverrides,
    /// The settings with it.
    pub settings: SpaceSettings,
    /// The change, with values as JSON; none where the configuration applies.
    pub change: EntryChange,
}

/// Why an edit of a setting is refused. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefusedSettingEdit {
    /// It is no value of the setting.
    #[error("that is no value of `{}`", setting.name())]
    NoValue {
        /// The setting.
        setting: Setting,
    },
    /// The setting has that value.
    #[error("`{}` is like that already", setting.name())]
    NoChange {
        /// The setting.
        setting: Setting,
    },
    /// The setting has changed since the revision that is to be taken back.
    #[error("`{}` has changed since", setting.name())]
    ChangedSince {
        /// The setting.
        setting: Setting,
    },
    /// The revision is of a setting that this version does not have.
    #[error("this version has no such setting")]
    UnknownSetting,
}

impl SettingEdit {
    /// The edit that takes `revision` back, where moderators have changed `overrides`.
    ///
    /// # Errors
    /// [`RefusedSettingEdit`] if the setting has another value by now, or is none.
    pub fn revert(
        revision: &Revision,
        overrides: &SettingOverrides,
    ) -> Result<Self, RefusedSettingEdit> {
        let setting = Setting::named(&revision.entry).ok_or(RefusedSettingEdit::UnknownSetting)?;
        if overrides.get(setting) != value_of(revision.after.as_deref()).as_ref() {
            return Err(RefusedSettingEdit::ChangedSince { setting });
        }
        Ok(Self { setting, value: value_of(revision.before.as_deref()) })
    }

    /// Applies the edit to settings that are `configured`, of which moderators have changed `overrides`.
    ///
    /// # Errors
    /// [`RefusedSettingEdit`] says what is wrong with it.
    pub fn prove(
        &self,
        configured: &SpaceSettings,
        overrides: &SettingOverrides,
    ) -> Result<ProvedSettingEdit, RefusedSettingEdit> {
        let Self { setting, value } = self;
        let setting = *setting;
        if let Some(value) = value
            && setting.set(&overrides.apply(configured), value).is_none()
        {
            return Err(RefusedSettingEdit::NoValue { setting });
        }
        let before = overrides.get(setting);
        let is_configured =
            before.is_none() && value.as_ref() == Some(&setting.value_in(configured));
        if before == value.as_ref() || is_configured {
            return Err(RefusedSettingEdit::NoChange { setting });
        }
        let mut edited = overrides.clone();
        edited.set(setting, value.clone());
        Ok(ProvedSettingEdit {
            settings: edited.apply(configured),
            change: setting_change(setting, overrides, &edited),
            overrides: edited,
        })
    }
}

/// The change of `setting` between two states, as a revision has it.
fn setting_change(
    setting: Setting,
    before: &SettingOverrides,
    after: &SettingOverrides,
) -> EntryChange {
    let text = |overrides: &SettingOverrides| overrides.get(setting).map(Value::to_string);
    EntryChange { id: setting.name().to_owned(), before: text(before), after: text(after) }
}

/// The value in the text of a revision; `None` if the configuration applied.
pub fn value_of(text: Option<&str>) -> Option<Value> {
    text.and_then(|text| serde_json::from_str(text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::Timestamp;
    use crate::moderation::Subject;
    use serde_json::json;

    fn prove(
        setting: Setting,
        value: Option<Value>,
        overrides: &SettingOverrides,
    ) -> Result<ProvedSettingEdit, RefusedSettingEdit> {
        SettingEdit { setting, value }.prove(&SpaceSettings::default(), overrides)
    }

    #[test]
    fn edit_changes_one_setting_and_the_configured_value_comes_back() {
        let none = SettingOverrides::default();
        let silent = prove(Setting::Greets, Some(json!(false)), &none).unwrap();
        assert_eq!(silent.settings, SpaceSettings { greets: false, ..SpaceSettings::default() });
        let after = Some("false".to_owned());
        assert_eq!(silent.change, EntryChange { id: "greets".to_owned(), before: None, after });
        let back = prove(Setting::Greets, None, &silent.overrides).unwrap();
        assert_eq!((back.settings, back.overrides), (SpaceSettings::default(), none));
    }

    #[test]
    fn edit_without_a_change_or_of_an_invalid_value_is_refused() {
        let none = SettingOverrides::default();
        let mut hour = none.clone();
        hour.set(Setting::DigestHour, Some(json!(5)));
        let no_change = |setting| Err(RefusedSettingEdit::NoChange { setting });
        let no_value = |setting| Err(RefusedSettingEdit::NoValue { setting });
        for (setting, value, overrides, want) in [
            (Setting::Greets, Some(json!(true)), &none, no_change(Setting::Greets)),
            (Setting::Greets, None, &none, no_change(Setting::Greets)),
            (Setting::DigestHour, Some(json!(5)), &hour, no_change(Setting::DigestHour)),
            (Setting::DigestHour, Some(json!(24)), &none, no_value(Setting::DigestHour)),
            (Setting::Locale, Some(json!(1)), &none, no_value(Setting::Locale)),
        ] {
            assert_eq!(prove(setting, value.clone(), overrides), want, "{setting:?} {value:?}");
        }
        // What the configuration says now may be another value later.
        assert!(prove(Setting::DigestHour, Some(json!(8)), &hour).is_ok());
    }

    #[test]
    fn revision_is_taken_back_unless_the_setting_has_changed_since() {
        let none = SettingOverrides::default();
        let first = prove(Setting::Greets, Some(json!(false)), &none).unwrap();
        let at = Timestamp::from_millis(0);
        let revision = Revision::new(Subject::Settings("s".to_owned()), first.change, at);
        let edit = SettingEdit::revert(&revision, &first.overrides).unwrap();
        assert_eq!(edit, SettingEdit { setting: Setting::Greets, value: None });
        let changed = RefusedSettingEdit::ChangedSince { setting: Setting::Greets };
        assert_eq!(SettingEdit::revert(&revision, &none), Err(changed));
        let unknown = Revision { entry: "moderators".to_owned(), ..revision.clone() };
        let refused = SettingEdit::revert(&unknown, &none);
        assert_eq!(refused, Err(RefusedSettingEdit::UnknownSetting));
    }
}
