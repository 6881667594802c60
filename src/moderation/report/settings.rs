//! What moderators read of settings.

use super::{Report, shortened};
use crate::conversation::setting::readable_value;
use crate::conversation::wording::Wording;
use crate::conversation::{Setting, SpaceSettings};
use crate::moderation::setting_edit::{RefusedSettingEdit, value_of};
use crate::text::RichText;
use crate::text::rich_text::Inline;

/// The value of a setting in the text of a revision.
pub fn setting_value(text: Option<&str>, wording: &Wording) -> String {
    match value_of(text) {
        Some(value) => readable_value(&value, wording),
        None => wording.sentence("as-configured", []),
    }
}

/// A setting in a line, with what it is for. `is_changed` by moderators.
pub fn setting_line(
    setting: Setting,
    settings: &SpaceSettings,
    is_changed: bool,
    wording: &Wording,
) -> Vec<Inline> {
    let value = readable_value(&setting.value_in(settings), wording);
    let about = setting.about(wording);
    let values = [("setting", setting.name()), ("value", &*value), ("about", &about)];
    let sentence = if is_changed { "setting-line-changed" } else { "setting-line" };
    vec![Inline::Text(wording.sentence(sentence, values))]
}

/// Why an edit of a setting, which somebody has `typed`, is refused. The setting has its value in `settings`.
pub fn setting_refusal(
    refused: &RefusedSettingEdit,
    typed: &str,
    settings: &SpaceSettings,
    wording: &Wording,
) -> RichText {
    let text = match refused {
        RefusedSettingEdit::NoValue { setting } => {
            let about = setting.about(wording);
            let typed = shortened(typed);
            let values = [("value", &*typed), ("setting", setting.name()), ("about", &about)];
            wording.sentence("not-a-value", values)
        }
        RefusedSettingEdit::NoChange { setting } => {
            wording.sentence("settings-are-like-that", [("setting", setting.name())])
        }
        RefusedSettingEdit::ChangedSince { setting } => {
            let value = readable_value(&setting.value_in(settings), wording);
            let values = [("setting", setting.name()), ("value", &value)];
            wording.sentence("setting-changed-since", values)
        }
        RefusedSettingEdit::UnknownSetting => {
            wording.sentence("no-such-setting", [("setting", typed)])
        }
    };
    Report::new(&text).text()
}
