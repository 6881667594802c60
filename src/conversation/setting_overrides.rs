//! Settings that moderators have changed.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::setting::Setting;
use super::settings::SpaceSettings;

/// The settings of a space that moderators have changed: their values replace those of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SettingOverrides(BTreeMap<Setting, Value>);

/// What moderators have changed, by the names of the spaces.
pub type OverridesBySpace = HashMap<String, SettingOverrides>;

impl SettingOverrides {
    /// The value that moderators have given `setting`.
    pub fn get(&self, setting: Setting) -> Option<&Value> {
        self.0.get(&setting)
    }

    /// Sets the value of `setting`; without one, that of the configuration applies again.
    pub fn set(&mut self, setting: Setting, value: Option<Value>) {
        match value {
            Some(value) => self.0.insert(setting, value),
            None => self.0.remove(&setting),
        };
    }

    /// `configured` with these values. One that is no value of its setting, such as that of another version, is left out.
    pub fn apply(&self, configured: &SpaceSettings) -> SpaceSettings {
        self.0.iter().fold(configured.clone(), |settings, (setting, value)| {
            setting.set(&settings, value).unwrap_or(settings)
        })
    }

    /// The settings whose values are left out by [`Self::apply`].
    pub fn invalid(&self, configured: &SpaceSettings) -> Vec<Setting> {
        let is_invalid =
            |(setting, value): &(&Setting, &Value)| setting.set(configured, value).is_none();
        self.0.iter().filter(is_invalid).map(|(setting, _)| *setting).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn overrides_replace_configured_values_and_invalid_ones_are_left_out() {
        let configured = SpaceSettings { digest_hour: 5, ..SpaceSettings::default() };
        let mut overrides = SettingOverrides::default();
        assert_eq!(overrides.apply(&configured), configured);
        overrides.set(Setting::Greets, Some(json!(false)));
        overrides.set(Setting::DigestHour, Some(json!(99)));
        overrides.set(Setting::Locale, Some(json!(["de"])));
        let want = SpaceSettings { greets: false, ..configured.clone() };
        assert_eq!(overrides.apply(&configured), want);
        assert_eq!(overrides.invalid(&configured), [Setting::Locale, Setting::DigestHour]);
        overrides.set(Setting::Greets, None);
        assert_eq!(overrides.apply(&configured), configured);
    }
}
