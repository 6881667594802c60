//! The commands that Discord offers people: what they are called, and that Discord knows them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use serde_json::Value;
use serenity::builder::{CreateCommand, CreateCommandOption};
use serenity::http::{LightMethod, Request, Route};
use serenity::model::application::InstallationContext;
use serenity::model::application::{CommandOptionType, CommandType, InteractionContext};
use serenity::model::id::ApplicationId;
use serenity::model::permissions::Permissions;

use super::api::{Api, ApiError, decode};
use crate::service::SendError;

/// Asks a question.
pub(super) const ASK: &str = "ask";
/// Its question.
pub(super) const QUESTION: &str = "question";
/// Who sees what answers it.
pub(super) const VISIBLE: &str = "visible";
/// Everybody does. Otherwise only the asker.
pub(super) const EVERYONE: &str = "everyone";
/// On somebody's message: takes it for a question.
pub(super) const ABOUT: &str = "Ask about this";
/// What is said the same way in a message.
pub(super) const WORDS: [&str; 4] = ["help", "topics", "pause", "resume"];

/// Characters of the longest question that Discord lets people type: far more than a question has.
const MAX_QUESTION_CHARS: u16 = 1000;

/// Waits before commands are registered again that could not be.
const MIN_DELAY: Duration = Duration::from_secs(1);
const MAX_DELAY: Duration = Duration::from_secs(300);

/// Every command.
pub(super) fn all() -> Vec<CreateCommand> {
    let everywhere = vec![InteractionContext::Guild, InteractionContext::BotDm];
    let anywhere = |command: CreateCommand| command.contexts(everywhere.clone());
    let moderators = |command: CreateCommand| {
        let in_guilds = command.contexts(vec![InteractionContext::Guild]);
        in_guilds.default_member_permissions(Permissions::MANAGE_GUILD)
    };
    let about = CreateCommand::new(ABOUT).kind(CommandType::Message);
    let commands = [
        anywhere(ask()),
        anywhere(about.name_localized("de", "Danach fragen")),
        anywhere(simple_command("help", ["What I can do", "hilfe", "Was ich kann"])),
        anywhere(simple_command("topics", ["What can be asked", "themen", "Was man fragen kann"])),
        moderators(simple_command("pause", ["Be silent here", "pause", "Hier still sein"])),
        moderators(simple_command(
            "resume",
            ["Answer here again", "weiter", "Hier wieder antworten"],
        )),
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

/// Has Discord offer our commands, however long that takes. `false` if it refuses.
pub(super) async fn register_with_retry(api: &Api, application_id: ApplicationId) -> bool {
    let delays = ExponentialBuilder::new()
        .with_min_delay(MIN_DELAY)
        .with_max_delay(MAX_DELAY)
        .with_jitter()
        .without_max_times();
    let is_told = AtomicBool::new(false);
    let registered = (|| register(api, application_id))
        .retry(delays)
        .when(|failure: &ApiError| failure.error != SendError::Permanent)
        .notify(|failure, _| {
            if !is_told.swap(true, Ordering::Relaxed) {
                let status = failure.status;
                tracing::warn!(status, "The commands could not be registered with Discord yet");
            }
        })
        .await;
    match registered {
        Ok(true) => tracing::info!("Discord offers the commands of this version"),
        Ok(false) => {}
        Err(ApiError { status, code, .. }) => tracing::warn!(
            status,
            code,
            "The commands could not be registered: Discord refuses them; the next connection tries again"
        ),
    }
    registered.is_ok()
}

/// Has Discord offer our commands, if it does not offer these already: changes take until people
/// open Discord anew, and are counted.
async fn register(api: &Api, application_id: ApplicationId) -> Result<bool, ApiError> {
    let route = Route::Commands { application_id };
    let params = vec![("with_localizations", "true".to_owned())];
    let known = api.request(Request::new(route, LightMethod::Get).params(Some(params))).await?;
    let known: Vec<Value> = decode(known).await?;
    let ours = serde_json::to_value(all()).map_err(|_| ApiError::PERMANENT)?;
    let is_same = ours.as_array().is_some_and(|ours| {
        let is_known = |our: &Value| known.iter().any(|known| is_subset(known, our));
        ours.len() == known.len() && ours.iter().all(is_known)
    });
    if !is_same {
        api.call(Route::Commands { application_id }, LightMethod::Put, Some(&ours)).await?;
    }
    Ok(!is_same)
}

/// Whether `known` says all that `ours` says. What it says beyond that, Discord has added.
fn is_subset(known: &Value, ours: &Value) -> bool {
    match (known, ours) {
        (Value::Object(known), Value::Object(ours)) => ours.iter().all(|(key, our)| {
            let is_nothing = our.is_null() || our.as_bool() == Some(false) || is_empty(our);
            known
                .get(key)
                .map_or(is_nothing, |known| is_subset(known, our) || is_nothing && known.is_null())
        }),
        (Value::Array(known), Value::Array(ours)) => {
            known.len() == ours.len()
                && known.iter().zip(ours).all(|(known, our)| is_subset(known, our))
        }
        (known, ours) => known == ours,
    }
}

fn is_empty(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(|it| it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_keep_discords_limits() {
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
    fn commands_that_discord_knows_are_not_registered_again() {
        let ours = serde_json::to_value(all()).unwrap();
        let mut known = ours.clone();
        known[0]["id"] = "1".into();
        known[0]["options"][1].as_object_mut().unwrap().remove("required");
        assert!(is_subset(&known, &ours));
        known[0]["description"] = "old".into();
        assert!(!is_subset(&known, &ours));
    }
}
