//! Application commands: their definitions and registration.

pub(super) mod faq;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use serde_json::Value;
use serenity::builder::{CreateCommand, CreateCommandOption};
use serenity::http::{LightMethod, Request, Route};
use serenity::model::application::InstallationContext;
use serenity::model::application::{CommandOptionType, CommandType, InteractionContext};
use serenity::model::id::ApplicationId;

use super::api::{Api, ApiError, decode};
use crate::conversation::trigger::FORGET_ME;
use crate::service::SendError;

/// The slash command that asks a question.
pub(super) const ASK: &str = "ask";
/// Its option for the question.
pub(super) const QUESTION: &str = "question";
/// Its option for who sees the answer.
pub(super) const VISIBLE: &str = "visible";
/// The value of [`VISIBLE`] for a public answer; otherwise it is ephemeral.
pub(super) const EVERYONE: &str = "everyone";
/// The option of the slash commands that pause and resume: not only here.
pub(super) const EVERYWHERE: &str = "everywhere";
/// The message command that takes the message as a question.
pub(super) const ABOUT: &str = "Ask about this";
/// The message command that makes an entry of the message.
pub(super) const MAKE: &str = "Make this an entry";
/// Slash commands that are also commands in messages, under the same name.
pub(super) const WORDS: [&str; 5] = ["help", "topics", FORGET_ME, "pause", "resume"];

/// Limit of characters of a typed question: far more than a question needs.
const MAX_QUESTION_CHARS: u16 = 1000;

/// Delays between attempts to register the commands.
const MIN_DELAY: Duration = Duration::from_secs(1);
const MAX_DELAY: Duration = Duration::from_secs(300);

/// The definitions of all commands.
pub(super) fn all() -> Vec<CreateCommand> {
    let everywhere = vec![InteractionContext::Guild, InteractionContext::BotDm];
    let anywhere = |command: CreateCommand| command.contexts(everywhere.clone());
    // Without default permissions: who moderates is configured, and may lack permissions of the guild.
    let in_guilds = |command: CreateCommand| command.contexts(vec![InteractionContext::Guild]);
    let about = CreateCommand::new(ABOUT).kind(CommandType::Message);
    let make = CreateCommand::new(MAKE).kind(CommandType::Message);
    let commands = [
        anywhere(ask()),
        anywhere(about.name_localized("de", "Danach fragen")),
        in_guilds(make.name_localized("de", "Als Eintrag übernehmen")),
        anywhere(simple_command("help", ["What I can do", "hilfe", "Was ich kann"])),
        anywhere(simple_command("topics", ["What can be asked", "themen", "Was man fragen kann"])),
        anywhere(simple_command(
            FORGET_ME,
            [
                "Delete what I have recorded of you",
                "vergiss-mich",
                "Löschen, was ich von dir gespeichert habe",
            ],
        )),
        in_guilds(
            simple_command("pause", ["Be silent here", "pause", "Hier still sein"])
                .add_option(everywhere_option()),
        ),
        in_guilds(
            simple_command("resume", ["Answer here again", "weiter", "Hier wieder antworten"])
                .add_option(everywhere_option()),
        ),
        anywhere(faq::command()),
    ];
    commands
        .map(|command| command.integration_types(vec![InstallationContext::Guild]))
        .into_iter()
        .collect()
}

fn simple_command(name: &str, [description, german_name, german]: [&str; 3]) -> CreateCommand {
    CreateCommand::new(name)
        .kind(CommandType::ChatInput)
        .description(description)
        .name_localized("de", german_name)
        .description_localized("de", german)
}

fn everywhere_option() -> CreateCommandOption {
    let description = "In all channels with the same settings, on other platforms, too";
    CreateCommandOption::new(CommandOptionType::Boolean, EVERYWHERE, description)
        .name_localized("de", "überall")
        .description_localized(
            "de",
            "In allen Kanälen mit denselben Einstellungen, auch auf anderen Plattformen",
        )
}

fn ask() -> CreateCommand {
    let question = CreateCommandOption::new(
        CommandOptionType::String,
        QUESTION,
        "Your question, in your own words",
    );
    let question = question
        .name_localized("de", "frage")
        .description_localized("de", "Deine Frage, in deinen eigenen Worten")
        .required(true)
        .max_length(MAX_QUESTION_CHARS)
        .set_autocomplete(true);
    let visible =
        CreateCommandOption::new(CommandOptionType::String, VISIBLE, "Who sees the answer")
            .name_localized("de", "sichtbar")
            .description_localized("de", "Wer die Antwort sieht")
            .add_string_choice_localized("only me", "me", [("de", "nur ich")])
            .add_string_choice_localized("everyone", EVERYONE, [("de", "alle")]);
    simple_command(ASK, ["Ask a question", "frag", "Eine Frage stellen"])
        .add_option(question)
        .add_option(visible)
}

/// Registers the commands, and retries transient errors without end. Returns `false` after a
/// permanent error.
pub(super) async fn register_with_retry(api: &Api, application_id: ApplicationId) -> bool {
    let backoff = ExponentialBuilder::new()
        .with_min_delay(MIN_DELAY)
        .with_max_delay(MAX_DELAY)
        .with_jitter()
        .without_max_times();
    let is_logged = AtomicBool::new(false);
    let registered = (|| register(api, application_id))
        .retry(backoff)
        .when(|error: &ApiError| error.error != SendError::Permanent)
        .notify(|error, _| {
            if !is_logged.swap(true, Ordering::Relaxed) {
                let status = error.status;
                tracing::warn!(status, "Could not register the commands with Discord; retrying");
            }
        })
        .await;
    match registered {
        Ok(true) => tracing::info!("Registered the commands of this version with Discord"),
        Ok(false) => {}
        Err(ApiError { status, code, .. }) => tracing::warn!(
            status,
            code,
            "Discord rejected the commands; the next connection registers them again"
        ),
    }
    registered.is_ok()
}

/// Registers the commands, unless the registered ones are the same. Returns whether they were written.
/// Clients show changes only after a restart, and Discord limits the number of changes.
async fn register(api: &Api, application_id: ApplicationId) -> Result<bool, ApiError> {
    let defined = serde_json::to_value(all()).map_err(|_| ApiError::PERMANENT)?;
    let is_same = are_defined(&registered(api, application_id).await?, &defined);
    if !is_same {
        api.call(Route::Commands { application_id }, LightMethod::Put, Some(&defined)).await?;
    }
    Ok(!is_same)
}

/// The commands that are registered with Discord.
async fn registered(api: &Api, application_id: ApplicationId) -> Result<Vec<Value>, ApiError> {
    let route = Route::Commands { application_id };
    let params = vec![("with_localizations", "true".to_owned())];
    let response = api.request(Request::new(route, LightMethod::Get).params(Some(params))).await?;
    decode(response).await
}

/// How the registered commands differ from those of this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Registration {
    Same,
    Different,
    /// There are none.
    None,
}

/// Compares the registered commands with those of this version, and changes nothing.
pub(super) async fn registration(
    api: &Api,
    application_id: ApplicationId,
) -> Result<Registration, ApiError> {
    let registered = registered(api, application_id).await?;
    let defined = serde_json::to_value(all()).map_err(|_| ApiError::PERMANENT)?;
    Ok(match registered.as_slice() {
        [] => Registration::None,
        registered if are_defined(registered, &defined) => Registration::Same,
        _ => Registration::Different,
    })
}

/// Whether the `registered` commands are the `defined` ones.
fn are_defined(registered: &[Value], defined: &Value) -> bool {
    defined.as_array().is_some_and(|defined| {
        let is_registered = |it: &Value| registered.iter().any(|other| is_subset(it, other));
        defined.len() == registered.len() && defined.iter().all(is_registered)
    })
}

/// Whether all values of `defined` are in `registered`, which also has values that Discord added.
fn is_subset(defined: &Value, registered: &Value) -> bool {
    match (defined, registered) {
        (Value::Object(defined), Value::Object(registered)) => {
            defined.iter().all(|(key, value)| {
                let is_default =
                    value.is_null() || value.as_bool() == Some(false) || is_empty(value);
                registered.get(key).map_or(is_default, |other| {
                    is_subset(value, other) || is_default && other.is_null()
                })
            })
        }
        (Value::Array(defined), Value::Array(registered)) => {
            defined.len() == registered.len()
                && defined.iter().zip(registered).all(|(value, other)| is_subset(value, other))
        }
        (defined, registered) => defined == registered,
    }
}

fn is_empty(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(|it| it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_within_discords_limits() {
        let commands = serde_json::to_value(all()).unwrap();
        for command in commands.as_array().unwrap() {
            let name = command["name"].as_str().unwrap();
            assert!((1..=32).contains(&name.chars().count()), "{name}");
            let is_message = command["type"] == 3;
            assert_eq!(is_message, command["description"].is_null(), "{name}: {command}");
            assert!(command["description"].as_str().unwrap_or_default().len() <= 100, "{name}");
            assert_eq!(command["integration_types"], serde_json::json!([0]), "{name}");
            assert!(command["name_localizations"]["de"].is_string(), "{name}");
        }
    }

    #[test]
    fn registered_commands_are_compared_by_their_defined_values() {
        let defined = serde_json::to_value(all()).unwrap();
        let mut registered = defined.clone();
        registered[0]["id"] = "1".into();
        registered[0]["options"][1].as_object_mut().unwrap().remove("required");
        assert!(is_subset(&defined, &registered));
        registered[0]["description"] = "old".into();
        assert!(!is_subset(&defined, &registered));
    }
}
