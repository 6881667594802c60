//! `quoth settings`: the settings of a space that moderators can change.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{anyhow, bail};
use clap::Subcommand;
use serde::Serialize;
use serde_json::Value;

use super::Status;
use super::config_args::ConfigArgs;
use super::moderation::ByArgs;
use super::output::Output;
use super::terminal::Terminal;
use crate::config::{Config, is_channel, is_place};
use crate::conversation::layout::one_line;
use crate::conversation::setting::readable_value;
use crate::conversation::space::DEFAULT_SPACE;
use crate::conversation::wording::Wording;
use crate::conversation::{PlaceId, Setting, Space};
use crate::moderation::report::setting_value;
use crate::moderation::setting_edit::value_of;
use crate::moderation::{ProvedSettingEdit, RefusedSettingEdit, SettingEdit};
use crate::platform::console::printable;
use crate::service::settings_editor::{CurrentSettings, SettingsEditor};
use crate::service::{Clock, SystemClock};
use crate::store::records::{RecordedRevision, RecordsInspection};

/// Arguments of `quoth settings`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
    /// The space.
    #[arg(long, global = true, value_name = "NAME", default_value = DEFAULT_SPACE)]
    space: String,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the settings with their values.
    List,
    /// Give a setting another value, which replaces that of the configuration. A running service uses it within seconds.
    Set(SetArgs),
    /// List the changes, newest first.
    History(HistoryArgs),
    /// Take a change back.
    Revert(RevertArgs),
}

#[derive(Debug, clap::Args)]
struct SetArgs {
    /// The setting, from `quoth settings list`.
    #[arg(value_name = "SETTING")]
    setting: String,
    /// The value, such as yes, 0.7, none, or several separated by commas; `default` for that of the configuration.
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    value: String,
    #[command(flatten)]
    by: ByArgs,
}

#[derive(Debug, clap::Args)]
struct HistoryArgs {
    /// Only the changes of this setting.
    #[arg(value_name = "SETTING")]
    setting: Option<String>,
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,
}

#[derive(Debug, clap::Args)]
struct RevertArgs {
    /// The number of the change, from `quoth settings history`.
    #[arg(value_name = "REVISION")]
    revision: i64,
    #[command(flatten)]
    by: ByArgs,
}

/// What all commands need.
struct Context<'a> {
    /// The space, as it is configured.
    space: Space,
    data: PathBuf,
    output: Output<'a>,
}

pub(super) fn run(args: &Args, config: &ConfigArgs, terminal: &Terminal) -> anyhow::Result<Status> {
    let config = config.read()?;
    let space = space(&args.space, &config)?;
    let output = Output { terminal, is_json: args.json };
    let context = Context { space, data: config.data, output };
    match &args.command {
        Command::List => context.list(),
        Command::Set(args) => context.set(args),
        Command::History(args) => context.history(args),
        Command::Revert(args) => context.revert(args),
    }
}

/// The space with this name, as it is configured.
fn space(name: &str, config: &Config) -> anyhow::Result<Space> {
    let spaces = config.spaces();
    let names: Vec<&str> = spaces.all().map(|space| space.name.as_str()).collect();
    let found = spaces.all().find(|space| space.name == name).cloned();
    found.ok_or_else(|| anyhow!("there is no space {name}; the spaces are: {}", names.join(", ")))
}

/// What a setting is for and what its values are. At a terminal nobody is at a place.
fn about(setting: Setting) -> String {
    let about = setting.about(Wording::english());
    let places = " (in the terminal, instead of `here`, a place's id like discord:channel:2)";
    if setting.is_of_places() { about + places } else { about }
}

/// A setting, for programs.
#[derive(Serialize)]
struct ShownSetting {
    setting: &'static str,
    value: Value,
    configured: Value,
    is_changed: bool,
}

impl ShownSetting {
    fn new(setting: Setting, current: &CurrentSettings) -> Self {
        Self {
            setting: setting.name(),
            value: setting.value_in(&current.settings()),
            configured: setting.value_in(&current.configured),
            is_changed: current.overrides.get(setting).is_some(),
        }
    }
}

/// A change of a setting, for programs.
#[derive(Serialize)]
struct ShownChange<'r> {
    id: i64,
    setting: &'r str,
    by: &'r str,
    reason: Option<&'r str>,
    at: String,
    /// Left out where the configuration applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Value>,
}

impl<'r> ShownChange<'r> {
    fn new(RecordedRevision { id, revision }: &'r RecordedRevision) -> Self {
        Self {
            id: *id,
            setting: &revision.entry,
            by: revision.by.name().unwrap_or_default(),
            reason: revision.reason.as_deref(),
            at: revision.at.rfc3339(),
            before: value_of(revision.before.as_deref()),
            after: value_of(revision.after.as_deref()),
        }
    }
}

impl Context<'_> {
    /// The settings now. Reading them changes no file.
    fn current(&self) -> anyhow::Result<CurrentSettings> {
        let mut overrides = RecordsInspection::setting_overrides_in(&self.data)?;
        Ok(CurrentSettings {
            configured: self.space.settings.clone(),
            overrides: overrides.remove(&self.space.name).unwrap_or_default(),
        })
    }

    fn revisions(
        &self,
        setting: Option<&str>,
        limit: u32,
    ) -> anyhow::Result<Vec<RecordedRevision>> {
        Ok(match RecordsInspection::open(&self.data)? {
            Some(records) => records.setting_revisions(&self.space.name, setting, limit)?,
            None => Vec::new(),
        })
    }

    fn editor(&self) -> anyhow::Result<SettingsEditor> {
        Ok(SettingsEditor::open(self.space.clone(), &self.data)?)
    }

    fn list(&self) -> anyhow::Result<Status> {
        let current = self.current()?;
        let shown = |setting| ShownSetting::new(setting, &current);
        if self.output.is_json {
            let shown: Vec<ShownSetting> = Setting::ALL.into_iter().map(shown).collect();
            self.output.print_json(&shown)?;
            return Ok(Status::Success);
        }
        let wording = Wording::english();
        let mut out = anstream::stdout().lock();
        for setting in Setting::ALL {
            let ShownSetting { value, configured, is_changed, .. } = shown(setting);
            let value = readable_value(&value, wording);
            let was = format!("; configured: {}", readable_value(&configured, wording));
            let was = if is_changed { was } else { String::new() };
            let about = about(setting);
            let line = format!("{} = {value} ({about}{was})", setting.name());
            writeln!(out, "{}", printable(&one_line(&line)))?;
        }
        Ok(Status::Success)
    }

    fn set(&self, args: &SetArgs) -> anyhow::Result<Status> {
        let Some(setting) = Setting::named(&args.setting) else {
            return self.refuse_setting(&args.setting);
        };
        let current = self.current()?;
        let wording = Wording::english();
        let value = if wording.is_word(&args.value, "default") {
            None
        } else {
            let is_valid = if setting == Setting::ListensIn { is_place } else { is_channel };
            let place = |word: &str| is_valid(word).then(|| PlaceId::from(word));
            let value = setting.parse_value(&args.value, &current.settings(), wording, &place);
            if value.is_none() {
                return self.refuse_value(setting, &args.value);
            }
            value
        };
        self.apply(&SettingEdit { setting, value }, &args.value, &current, &args.by)
    }

    fn revert(&self, args: &RevertArgs) -> anyhow::Result<Status> {
        let Some(RecordedRevision { revision, .. }) = self.editor()?.revision(args.revision)?
        else {
            let text = format!("this space has no revision {} of its settings", args.revision);
            return self.output.refuse(&text);
        };
        let current = self.current()?;
        let by = args.by.with_reason(&format!("takes back {}", args.revision));
        match SettingEdit::revert(&revision, &current.overrides) {
            Ok(edit) => self.apply(&edit, &revision.entry, &current, &by),
            Err(refused) => self.output.refuse(&format!("{refused}; nothing was changed")),
        }
    }

    /// Makes an edit that somebody has `typed`.
    fn apply(
        &self,
        edit: &SettingEdit,
        typed: &str,
        current: &CurrentSettings,
        by: &ByArgs,
    ) -> anyhow::Result<Status> {
        let proved = match edit.prove(&current.configured, &current.overrides) {
            Ok(proved) => proved,
            Err(RefusedSettingEdit::NoValue { setting }) => {
                return self.refuse_value(setting, typed);
            }
            Err(refused) => return self.output.refuse(&format!("{refused}; nothing was changed")),
        };
        if by.is_dry_run() {
            return self.preview(edit.setting, current, &proved);
        }
        let made = self.editor()?.edit(&proved, by.author(), by.reason(), SystemClock.now())?;
        let Some(recorded) = made else {
            bail!("somebody else has changed `{}` meanwhile: try again", edit.setting.name());
        };
        self.print_changes(&[recorded])
    }

    fn preview(
        &self,
        setting: Setting,
        current: &CurrentSettings,
        ProvedSettingEdit { overrides, .. }: &ProvedSettingEdit,
    ) -> anyhow::Result<Status> {
        let (configured, overrides) = (current.configured.clone(), overrides.clone());
        let after = ShownSetting::new(setting, &CurrentSettings { configured, overrides });
        if self.output.is_json {
            self.output.print_json(&after)?;
            return Ok(Status::Success);
        }
        let before = ShownSetting::new(setting, current);
        let [before, after] =
            [before, after].map(|shown| readable_value(&shown.value, Wording::english()));
        let line = format!("{} would change from {before} to {after}", setting.name());
        writeln!(anstream::stdout(), "{}", printable(&one_line(&line)))?;
        Ok(Status::Success)
    }

    fn history(&self, args: &HistoryArgs) -> anyhow::Result<Status> {
        if let Some(name) = args.setting.as_ref().filter(|name| Setting::named(name).is_none()) {
            return self.refuse_setting(name);
        }
        let setting = args.setting.as_deref().and_then(Setting::named);
        let found = self.revisions(setting.map(Setting::name), args.limit)?;
        if found.is_empty() && !self.output.is_json {
            writeln!(anstream::stdout(), "No change is recorded.")?;
        }
        self.print_changes(&found)
    }

    fn print_changes(&self, found: &[RecordedRevision]) -> anyhow::Result<Status> {
        if self.output.is_json {
            let shown: Vec<ShownChange<'_>> = found.iter().map(ShownChange::new).collect();
            self.output.print_json(&shown)?;
            return Ok(Status::Success);
        }
        let mut out = anstream::stdout().lock();
        for RecordedRevision { id, revision } in found {
            let value = setting_value(revision.after.as_deref(), Wording::english());
            let by = revision.by.name().unwrap_or_default();
            let reason = revision.reason.as_ref().map(|it| format!(": {it}")).unwrap_or_default();
            let (entry, at) = (&revision.entry, revision.at.rfc3339());
            let line = format!("{id}: {entry} set to {value} by {by} at {at}{reason}");
            writeln!(out, "{}", printable(&one_line(&line)))?;
        }
        Ok(Status::Success)
    }

    fn refuse_setting(&self, name: &str) -> anyhow::Result<Status> {
        let names = Setting::ALL.map(Setting::name).join(", ");
        self.output
            .refuse(&format!("there is no setting `{name}`; those that can be changed: {names}"))
    }

    fn refuse_value(&self, setting: Setting, value: &str) -> anyhow::Result<Status> {
        let (name, about) = (setting.name(), about(setting));
        self.output
            .refuse(&format!("{value:?} is no value of `{name}`: {about}; nothing was changed"))
    }
}
