//! Settings of the space: listed, and changed in two steps like packs.

use super::TaskOutput;
use super::task::{ModeratorTask, TaskResult};
use crate::conversation::moderator_command::{EditAction, EditCommand, SettingValue};
use crate::conversation::reply::ModerationReply;
use crate::conversation::sent_reply::FOR_OWNERS;
use crate::conversation::setting::readable_value;
use crate::conversation::{Control, Notice, ReplyKind, Setting, SpaceSettings};
use crate::matching::DecisionRule;
use crate::matching::comparison::Version;
use crate::moderation::proposal::digest;
use crate::moderation::report::{self, Report};
use crate::moderation::review::review;
use crate::moderation::{
    Proposal, ProposedCommand, ProvedSettingEdit, RefusedSettingEdit, SettingEdit, Subject,
};
use crate::service::error_causes::with_causes;
use crate::service::pack_editor::MAX_TEXTS;
use crate::service::settings_editor::{CurrentSettings, SettingsEditor};
use crate::store::records::{PackHistory, RecordedRevision, RecordsError, SettingsHistory};
use crate::text::RichText;

/// Settings of a page of their list.
const SETTINGS_PER_PAGE: usize = 10;

/// A change of a setting that is prepared.
struct PreparedSetting {
    edit: SettingEdit,
    /// The command, which says what it changes and why whoever reads it, and wherever.
    command: EditCommand,
    /// As the moderator has written the value.
    typed: String,
}

impl ModeratorTask {
    /// Lists the settings, those that moderators have changed marked.
    pub(super) fn settings(&self, page: usize) -> TaskResult {
        let current = self.current_settings()?;
        let settings = current.settings();
        let line = |setting: Setting| {
            let is_changed = current.overrides.get(setting).is_some();
            report::setting_line(setting, &settings, is_changed, self.wording)
        };
        let first = (page - 1).saturating_mul(SETTINGS_PER_PAGE);
        let shown = Setting::ALL.into_iter().skip(first).take(SETTINGS_PER_PAGE);
        let n_pages = Setting::ALL.len().div_ceil(SETTINGS_PER_PAGE);
        self.page("settings", (page, n_pages), shown.map(line).collect())
    }

    /// The latest revisions of settings, or of the one with this name; none where settings cannot be changed.
    pub(super) fn setting_revisions(
        &self,
        setting: Option<&str>,
        limit: u32,
    ) -> Result<Vec<RecordedRevision>, RichText> {
        if !self.editing()?.changes_settings {
            return Ok(Vec::new());
        }
        let found = self.settings_editor()?.revisions(setting, limit);
        found.map_err(|error| self.settings_failed(&error))
    }

    /// The revision of a setting of this space with this number.
    pub(super) fn setting_revision(
        &self,
        number: i64,
    ) -> Result<Option<RecordedRevision>, RichText> {
        if !self.editing()?.changes_settings {
            return Ok(None);
        }
        let found = self.settings_editor()?.revision(number);
        found.map_err(|error| self.settings_failed(&error))
    }

    /// Whether `command` is about a setting of this space.
    pub(super) fn is_about_setting(&self, command: &EditCommand) -> Result<bool, RichText> {
        Ok(match &command.action {
            EditAction::Set { .. } => true,
            EditAction::Revert(number) => match &command.pack {
                Some(pack) => self.is_of_space(pack),
                None => self.setting_revision(*number)?.is_some(),
            },
            _ => false,
        })
    }

    /// Whether `id` is that of the settings of this space.
    pub(super) fn is_of_space(&self, id: &str) -> bool {
        Subject::with_id(id) == self.subject()
    }

    fn subject(&self) -> Subject {
        Subject::Settings(self.space.name.clone())
    }

    /// Shows what `proposed` would make of a setting.
    pub(super) fn preview_setting(&self, proposed: ProposedCommand) -> TaskResult {
        self.propose_setting(Report::default(), proposed)
    }

    /// The same below `report`.
    fn propose_setting(&self, report: Report, proposed: ProposedCommand) -> TaskResult {
        let current = self.current_settings()?;
        let PreparedSetting { edit, command, typed } =
            self.prepare_setting(proposed.command, &current)?;
        let proved = self.prove_setting(&edit, &typed, &current)?;
        let (setting, before) = (edit.setting, current.settings());
        let shown = |settings| readable_value(&setting.value_in(settings), self.wording);
        let (old, new) = (shown(&before), shown(&proved.settings));
        let values = [("setting", setting.name()), ("before", &*old), ("after", &new)];
        let report = report.paragraph(&self.wording.sentence("setting-would-change", values));
        let mut report = self.review_thresholds(report, &proved.settings)?;
        if matches!(setting, Setting::SpeaksWhen | Setting::Prefix) {
            report = report.paragraph(&self.wording.sentence("setting-may-silence", []));
        }
        let text = report.paragraph(&self.wording.sentence("not-saved-yet", [])).text();
        let seen = Some(digest(std::slice::from_ref(&proved.change)));
        let proposed = ProposedCommand { command, seen, resolves: Vec::new() };
        Ok(TaskOutput {
            reply: ModerationReply {
                text,
                controls: vec![Control::Save],
                ..ModerationReply::default()
            },
            kind: ReplyKind::Proposal,
            entries: vec![FOR_OWNERS.to_owned()],
            proposal: Some(Proposal { alternatives: vec![proposed] }),
            ..TaskOutput::text(RichText::default())
        })
    }

    /// Adds what `settings` change for those who ask, if they change the thresholds.
    fn review_thresholds(
        &self,
        report: Report,
        settings: &SpaceSettings,
    ) -> Result<Report, RichText> {
        let served = self.index();
        let rule = DecisionRule {
            thresholds: settings.thresholds(self.snapshot.thresholds()),
            ..served.rule.clone()
        };
        if rule.thresholds == served.rule.thresholds {
            return Ok(report);
        }
        let spaces = [self.space.name.clone()];
        let history = PackHistory::open(&self.editing()?.data);
        let asked = history.and_then(|history| history.asked_texts(Some(&spaces), MAX_TEXTS));
        let asked = asked.map_err(|error| self.settings_failed(&error))?;
        let [before, after] =
            [&served.rule, &rule].map(|rule| Version { index: &served.index, rule });
        Ok(report.review(&review(before, after, &asked), self.wording))
    }

    /// Makes the change of a setting that was proposed.
    pub(super) fn save_setting(&self, proposed: ProposedCommand) -> TaskResult {
        let current = self.current_settings()?;
        let PreparedSetting { edit, command, typed } =
            self.prepare_setting(proposed.command.clone(), &current)?;
        let proved = self.prove_setting(&edit, &typed, &current)?;
        let is_seen = proposed.seen == Some(digest(std::slice::from_ref(&proved.change)));
        let made = if is_seen { self.record_setting(&command, &proved)? } else { None };
        match made {
            Some(recorded) => Ok(self.saved_setting(edit.setting, &proved.settings, recorded)),
            None => {
                let values = [("setting", edit.setting.name())];
                let sentence = self.wording.sentence("setting-changed-meanwhile", values);
                self.propose_setting(Report::new(&sentence), proposed)
            }
        }
    }

    /// Takes back the change of a setting with this number, at once.
    pub(super) fn take_back_setting(&self, number: i64) -> TaskResult {
        let current = self.current_settings()?;
        let (action, pack) = (EditAction::Revert(number), None);
        let command = EditCommand { action, pack, reason: None };
        let PreparedSetting { edit, command, typed } = self.prepare_setting(command, &current)?;
        let proved = self.prove_setting(&edit, &typed, &current)?;
        let recorded = self.record_setting(&command, &proved)?.ok_or_else(|| {
            let refused = RefusedSettingEdit::ChangedSince { setting: edit.setting };
            self.setting_refused(&refused, &typed, &current)
        })?;
        Ok(self.saved_setting(edit.setting, &proved.settings, recorded))
    }

    fn prove_setting(
        &self,
        edit: &SettingEdit,
        typed: &str,
        current: &CurrentSettings,
    ) -> Result<ProvedSettingEdit, RichText> {
        let proved = edit.prove(&current.configured, &current.overrides);
        proved.map_err(|refused| self.setting_refused(&refused, typed, current))
    }

    fn prepare_setting(
        &self,
        command: EditCommand,
        current: &CurrentSettings,
    ) -> Result<PreparedSetting, RichText> {
        // What the command is about may show in the records only, so not every way here is barred before.
        if !self.is_owner {
            return Err(Report::new(&self.wording.notice(&Notice::OwnersOnly)).text());
        }
        // It was shown where another space was meant.
        if command.pack.as_ref().is_some_and(|pack| !self.is_of_space(pack)) {
            return Err(self.no_longer_available());
        }
        let pack = Some(self.subject().id());
        match &command.action {
            EditAction::Set { setting: name, value } => {
                let setting = Setting::named(name)
                    .ok_or_else(|| self.sentence("no-such-setting", [("setting", name)]))?;
                let (value, typed) = match value {
                    SettingValue::Typed(typed) => {
                        let value = self.typed_value(setting, typed, current)?;
                        (value, typed.clone())
                    }
                    SettingValue::Read(value) => {
                        let typed = value.as_ref().map(|it| readable_value(it, self.wording));
                        (value.clone(), typed.unwrap_or_default())
                    }
                };
                let edit = SettingEdit { setting, value: value.clone() };
                let (setting, value) = (setting.name().to_owned(), SettingValue::Read(value));
                let action = EditAction::Set { setting, value };
                Ok(PreparedSetting {
                    edit,
                    command: EditCommand { action, pack, ..command },
                    typed,
                })
            }
            EditAction::Revert(number) => {
                let number = *number;
                let revision = self.setting_revision(number)?.map(|it| it.revision);
                let revision = revision.ok_or_else(|| self.no_longer_available())?;
                let edit = SettingEdit::revert(&revision, &current.overrides)
                    .map_err(|refused| self.setting_refused(&refused, &revision.entry, current))?;
                let reason = Some(self.reason_of_revert(&number.to_string(), command.reason));
                let action = EditAction::Revert(number);
                let command = EditCommand { action, pack, reason };
                Ok(PreparedSetting { edit, command, typed: revision.entry })
            }
            _ => Err(self.no_longer_available()),
        }
    }

    /// The value that is typed; none if that of the configuration is to apply.
    fn typed_value(
        &self,
        setting: Setting,
        typed: &str,
        current: &CurrentSettings,
    ) -> Result<Option<serde_json::Value>, RichText> {
        if self.wording.is_word(typed, "default") {
            return Ok(None);
        }
        let is_here = |word: &str| self.wording.is_word(word, "here");
        let here = |word: &str| is_here(word).then(|| self.place.clone());
        let value = setting.parse_value(typed, &current.settings(), self.wording, &here);
        value.map(Some).ok_or_else(|| {
            self.setting_refused(&RefusedSettingEdit::NoValue { setting }, typed, current)
        })
    }

    fn current_settings(&self) -> Result<CurrentSettings, RichText> {
        self.settings_editor()?.current().map_err(|error| self.settings_failed(&error))
    }

    /// Records a change and its revision; `None` if somebody else was faster.
    fn record_setting(
        &self,
        command: &EditCommand,
        proved: &ProvedSettingEdit,
    ) -> Result<Option<RecordedRevision>, RichText> {
        let reason = command.reason.clone();
        let recorded = self.settings_editor()?.edit(proved, self.author(), reason, self.now);
        recorded.map_err(|error| self.settings_failed(&error))
    }

    /// Has the recorded settings applied, and says so.
    fn saved_setting(
        &self,
        setting: Setting,
        settings: &SpaceSettings,
        recorded: RecordedRevision,
    ) -> TaskOutput {
        let number = recorded.id.to_string();
        let value = readable_value(&setting.value_in(settings), self.wording);
        let values = [("number", &*number), ("setting", setting.name()), ("value", &value)];
        let sentence = match self.apply_settings() {
            Ok(()) => "setting-saved",
            Err(_) => "setting-saved-not-served",
        };
        TaskOutput {
            reply: ModerationReply {
                text: Report::new(&self.wording.sentence(sentence, values)).text(),
                controls: vec![Control::TakeBack],
                ..ModerationReply::default()
            },
            kind: ReplyKind::Edited,
            entries: vec![recorded.revision.subject.id(), number],
            has_changed_settings: true,
            ..TaskOutput::text(RichText::default())
        }
    }

    /// Has all settings applied that moderators have changed.
    fn apply_settings(&self) -> Result<(), RichText> {
        let history = SettingsHistory::open(&self.editing()?.data);
        let history = history.map_err(|error| self.settings_failed(&error))?;
        let applied = self.knowledge_base.apply_settings(|| history.overrides());
        applied.map_err(|error| self.settings_failed(&error))
    }

    fn settings_editor(&self) -> Result<SettingsEditor, RichText> {
        if !self.editing()?.changes_settings {
            return Err(self.sentence("settings-are-off", []));
        }
        let configured = self.snapshot.configured().named(&self.space.name);
        let configured = configured.ok_or_else(|| self.no_longer_available())?.clone();
        let editor = SettingsEditor::open(configured, &self.editing()?.data);
        editor.map_err(|error| self.settings_failed(&error))
    }

    fn settings_failed(&self, error: &RecordsError) -> RichText {
        tracing::warn!(
            "The settings of a space could not be read or changed: {}",
            with_causes(error)
        );
        self.sentence("history-cannot-be-used", [])
    }

    fn setting_refused(
        &self,
        refused: &RefusedSettingEdit,
        typed: &str,
        current: &CurrentSettings,
    ) -> RichText {
        report::setting_refusal(refused, typed, &current.settings(), self.wording)
    }
}
