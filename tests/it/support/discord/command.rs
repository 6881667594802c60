//! Validation of application commands.

use serde_json::{Map, Value};

use super::error::ApiError;
use super::form::{Findings, Form};

/// Discord's locales.
const LOCALES: [&str; 32] = [
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl",
    "no", "pl", "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th",
    "zh-CN", "ja", "zh-TW", "ko",
];

const CHAT_INPUT: u64 = 1;

/// Validates a command or a list of commands. Returns the paths of undocumented fields.
pub(super) fn check(body: &Value) -> Result<Vec<String>, ApiError> {
    let mut findings = Findings::default();
    match body {
        Value::Array(commands) => {
            for (idx, body) in commands.iter().enumerate() {
                Form::check(body, &[idx.to_string()], &mut findings, command);
            }
            check_names(commands, &mut findings);
        }
        body => drop(Form::check(body, &[], &mut findings, command)),
    }
    match findings.errors() {
        Some(errors) => Err(ApiError::form(&errors)),
        None => Ok(findings.unknown),
    }
}

fn check_names(commands: &[Value], findings: &mut Findings) {
    let kind = |command: &Value| command["type"].as_u64().unwrap_or(CHAT_INPUT);
    for (idx, command) in commands.iter().enumerate() {
        let same =
            |other: &&Value| kind(other) == kind(command) && other["name"] == command["name"];
        if commands.iter().take(idx).any(|other| same(&other)) {
            let message = "Application command names must be unique";
            findings.add(&[idx.to_string()], "APPLICATION_COMMANDS_DUPLICATE_NAME", message);
        }
        let n_kind = commands.iter().filter(|other| kind(other) == kind(command)).count();
        if n_kind > if kind(command) == CHAT_INPUT { 100 } else { 15 } {
            let message = "Too many application commands of this type";
            findings.add(&[idx.to_string()], "APPLICATION_COMMANDS_MAX", message);
        }
    }
}

fn command(form: &mut Form<'_>) {
    let kind = form.number("type").unwrap_or(CHAT_INPUT);
    form.id("id");
    name(form, "name", kind == CHAT_INPUT);
    names(form, "name_localizations", kind == CHAT_INPUT);
    if kind == CHAT_INPUT {
        form.required_text("description", 100);
        descriptions(form);
        options(form, 0);
    } else {
        form.field("options");
        form.field("description_localizations");
        no_description(form);
    }
    form.text("default_member_permissions", 1, 20);
    form.flag("nsfw");
    choices_of(form, "contexts", 3);
    choices_of(form, "integration_types", 2);
}

fn no_description(form: &mut Form<'_>) {
    if form.field("description").is_some_and(|text| text != "") {
        let message = "Context menu commands cannot have description";
        form.add_error("description", "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION", message);
    }
}

/// Validates a list of distinct numbers below `end`.
fn choices_of(form: &mut Form<'_>, key: &'static str, end: u64) {
    let list = form.list(key, 3);
    let numbers: Vec<u64> = list.iter().filter_map(Value::as_u64).collect();
    let is_valid = numbers.len() == list.len() && numbers.iter().all(|number| *number < end);
    let is_doubled = numbers.iter().enumerate().any(|(idx, it)| numbers[..idx].contains(it));
    if !is_valid || is_doubled || (form.has(key) && list.is_empty() && form.field(key).is_some()) {
        form.add_error(key, "BASE_TYPE_CHOICES", format!("Values must be unique and below {end}."));
    }
}

fn is_name(name: &str, is_chat_input: bool) -> bool {
    let n_chars = name.chars().count();
    let is_good = |char: char| {
        char.is_alphanumeric() || "-_'".contains(char) || (!is_chat_input && char == ' ')
    };
    let is_lower = !is_chat_input || name.to_lowercase() == name;
    (1..=32).contains(&n_chars) && name.chars().all(is_good) && is_lower
}

fn name(form: &mut Form<'_>, key: &'static str, is_chat_input: bool) {
    if form.required_text(key, 32).is_some_and(|name| !is_name(name, is_chat_input)) {
        form.add_error(key, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
    }
}

fn localizations<'a>(form: &mut Form<'a>, key: &'static str) -> Option<&'a Map<String, Value>> {
    let texts = form.field(key)?.as_object();
    let is_known = texts.is_some_and(|it| it.keys().all(|key| LOCALES.contains(&key.as_str())));
    if !is_known {
        form.add_error(key, "BASE_TYPE_CHOICES", "Only locales of Discord may be used.");
    }
    texts
}

fn names(form: &mut Form<'_>, key: &'static str, is_chat_input: bool) {
    let Some(names) = localizations(form, key) else { return };
    if names.values().any(|name| !name.as_str().is_some_and(|it| is_name(it, is_chat_input))) {
        form.add_error(key, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
    }
}

fn descriptions(form: &mut Form<'_>) {
    let key = "description_localizations";
    let Some(texts) = localizations(form, key) else { return };
    let is_valid =
        |text: &Value| text.as_str().is_some_and(|text| (1..=100).contains(&text.chars().count()));
    if !texts.values().all(is_valid) {
        form.add_error(key, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.");
    }
}

fn options(form: &mut Form<'_>, depth: usize) {
    let required = form.each("options", 25, |form| option(form, depth));
    let first_optional = required.iter().position(|is_required| !is_required);
    let last_required = required.iter().rposition(|is_required| *is_required);
    if first_optional.zip(last_required).is_some_and(|(optional, required)| optional < required) {
        let message = "Required options must be placed before non-required options";
        form.add_error("options", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message);
    }
}

/// Validates an option, and returns whether it is required.
fn option(form: &mut Form<'_>, depth: usize) -> bool {
    let kind = form.number("type").unwrap_or(0);
    if !(1..=11).contains(&kind) {
        form.add_error("type", "BASE_TYPE_CHOICES", "Value must be one of 1 to 11.");
    }
    name(form, "name", true);
    names(form, "name_localizations", true);
    form.required_text("description", 100);
    descriptions(form);
    if kind <= 2 && depth < 2 {
        options(form, depth + 1);
    } else if !form.list("options", 25).is_empty() {
        let message = "Only subcommands and groups of them have options";
        form.add_error("options", "APPLICATION_COMMAND_OPTIONS_INVALID", message);
    }
    let choices = form.each("choices", 25, |choice| {
        choice.required_text("name", 100);
        names_of_choice(choice);
        choice.required_text("value", 100);
    });
    for key in ["min_value", "max_value", "min_length", "max_length"] {
        form.number(key);
    }
    form.list("channel_types", 20);
    if form.flag("autocomplete") == Some(true) && !choices.is_empty() {
        let message = "An option with autocomplete cannot have choices";
        form.add_error("autocomplete", "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES", message);
    }
    form.flag("required").unwrap_or(false)
}

fn names_of_choice(form: &mut Form<'_>) {
    let Some(names) = localizations(form, "name_localizations") else { return };
    let is_valid =
        |name: &Value| name.as_str().is_some_and(|it| (1..=100).contains(&it.chars().count()));
    if !names.values().all(is_valid) {
        form.add_error("name_localizations", "BASE_TYPE_BAD_LENGTH", "Must be 1 to 100 in length.");
    }
}

/// Validates the choices of an autocomplete response.
pub(super) fn check_choices(form: &mut Form<'_>) {
    form.each("choices", 25, |choice| {
        choice.required_text("name", 100);
        names_of_choice(choice);
        choice.required_text("value", 100);
    });
    if !form.has("choices") {
        form.add_missing("choices");
    }
}
