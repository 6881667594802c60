//! Requests that the fake server rejects, as Discord does.

use serde_json::{Value, json};

use super::fake_server::{Bot, MESSAGE_INTENTS, embed, row};
use crate::support::discord::Discord;

/// A body, and the expected errors with their paths.
type InvalidBody = (Value, &'static [&'static str]);

fn texts() -> Vec<InvalidBody> {
    vec![
        (json!({ "content": "x".repeat(2001) }), &["content BASE_TYPE_MAX_LENGTH"]),
        (
            json!({ "content": "x".repeat(2000), "nonce": "n".repeat(26) }),
            &["nonce BASE_TYPE_MAX_LENGTH"],
        ),
        (json!({ "embeds": [embed(4097)] }), &["embeds.0.description BASE_TYPE_MAX_LENGTH"]),
        (json!({ "embeds": [embed(3000), embed(3001)] }), &["embeds MAX_EMBED_SIZE_EXCEEDED"]),
        (json!({ "embeds": vec![embed(1); 11] }), &["embeds BASE_TYPE_BAD_LENGTH"]),
        (
            json!({ "embeds": [{ "title": "x".repeat(257) }] }),
            &["embeds.0.title BASE_TYPE_MAX_LENGTH"],
        ),
        (
            json!({ "embeds": [{ "footer": { "text": "x".repeat(2049) } }] }),
            &["embeds.0.footer.text BASE_TYPE_MAX_LENGTH"],
        ),
        (
            json!({ "embeds": [{ "fields": [{ "name": "n", "value": " " }] }] }),
            &["embeds.0.fields.0.value BASE_TYPE_REQUIRED"],
        ),
        (json!({ "embeds": [{}] }), &["embeds.0.description BASE_TYPE_REQUIRED"]),
        (
            json!({ "embeds": [{ "title": "t", "url": "a.b" }] }),
            &["embeds.0.url URL_TYPE_INVALID_URL"],
        ),
    ]
}

fn controls() -> Vec<InvalidBody> {
    let link =
        json!({ "type": 2, "style": 5, "label": "l", "url": "https://a.b", "custom_id": "x" });
    let options: Vec<Value> =
        (0..26).map(|n| json!({ "label": "l", "value": n.to_string() })).collect();
    let select = json!({ "type": 3, "custom_id": "s", "options": options });
    vec![
        (
            json!({ "content": "x", "components": vec![row("a"); 6] }),
            &["components BASE_TYPE_BAD_LENGTH", "components COMPONENT_CUSTOM_ID_DUPLICATED"],
        ),
        (
            json!({ "content": "x", "components": [row("a"), row("a")] }),
            &["components COMPONENT_CUSTOM_ID_DUPLICATED"],
        ),
        (
            json!({ "content": "x", "components": [row(&"i".repeat(101))] }),
            &["components.0.components.0.custom_id BASE_TYPE_MAX_LENGTH"],
        ),
        (
            json!({ "content": "x", "components": [{ "type": 1, "components": [link] }] }),
            &[
                "components.0.components.0.custom_id BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
            ],
        ),
        (
            json!({ "content": "x", "components": [{ "type": 1, "components": [select] }] }),
            &["components.0.components.0.options BASE_TYPE_BAD_LENGTH"],
        ),
        (json!({ "content": "x", "flags": 64 }), &["flags MESSAGE_FLAGS_INVALID"]),
        (
            json!({ "content": "x", "allowed_mentions": { "parse": ["users"], "users": ["5"] } }),
            &["allowed_mentions.parse MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"],
        ),
        (
            json!({ "content": "x", "allowed_mentions": { "parse": ["all"] } }),
            &["allowed_mentions.parse BASE_TYPE_CHOICES"],
        ),
        (
            json!({ "content": "x", "message_reference": { "message_id": "5" }, "allowed_mentions": {} }),
            &["message_reference MESSAGE_REFERENCE_UNKNOWN_MESSAGE"],
        ),
        (json!({ "content": " \n" }), &[]),
    ]
}

#[test]
fn invalid_messages_are_rejected_with_error_paths() {
    let discord = Discord::start();
    let channel = discord.channel(discord.guild("home"), "channel");
    let bot = Bot::start(&discord, MESSAGE_INTENTS);
    assert_eq!(bot.next_event(), "ready 1");
    for (message, errors) in texts().into_iter().chain(controls()) {
        let code = if errors.is_empty() { 50006 } else { 50035 };
        let error = bot
            .create_message(channel, &message)
            .unwrap_or_else(|| panic!("{message} is accepted"));
        assert_eq!(error, (400, json!([code, errors])), "{message}");
    }
    assert_eq!(
        discord.take_violations().len(),
        texts().len() + controls().len(),
        "each is a violation"
    );
    assert!(discord.messages_in(channel).is_empty());
}

/// Invalid commands, with the expected errors.
fn commands() -> Vec<InvalidBody> {
    let choices: Vec<Value> =
        (0..26).map(|n| json!({ "name": "c", "value": n.to_string() })).collect();
    let option = |name: &str, required: bool| json!({ "type": 3, "name": name, "description": "d", "required": required });
    vec![
        (
            json!({ "name": "Ask", "description": "d" }),
            &["0.name APPLICATION_COMMAND_INVALID_NAME"],
        ),
        (
            json!({ "name": "ask me", "description": "d" }),
            &["0.name APPLICATION_COMMAND_INVALID_NAME"],
        ),
        (json!({ "name": "ask" }), &["0.description BASE_TYPE_REQUIRED"]),
        (
            json!({ "name": "ask", "description": "d".repeat(101) }),
            &["0.description BASE_TYPE_MAX_LENGTH"],
        ),
        (
            json!({ "name": "Ask this", "type": 3, "description": "d" }),
            &["0.description APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION"],
        ),
        (
            json!({ "name": "ask", "description": "d", "name_localizations": { "xx": "a" } }),
            &["0.name_localizations BASE_TYPE_CHOICES"],
        ),
        (
            json!({ "name": "ask", "description": "d", "options": [option("a", false), option("b", true)] }),
            &["0.options APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"],
        ),
        (
            json!({ "name": "ask", "description": "d", "contexts": [0, 0] }),
            &["0.contexts BASE_TYPE_CHOICES"],
        ),
        (
            json!({ "name": "ask", "description": "d", "options": [
                { "type": 3, "name": "a", "description": "d", "choices": choices },
            ] }),
            &["0.options.0.choices BASE_TYPE_BAD_LENGTH"],
        ),
    ]
}

#[test]
fn invalid_commands_are_rejected_with_error_paths() {
    let discord = Discord::start();
    let bot = Bot::start(&discord, MESSAGE_INTENTS);
    assert_eq!(bot.next_event(), "ready 0");
    for (command, errors) in commands() {
        assert_eq!(
            bot.register_commands(&json!([command])),
            Some(json!([50035, errors])),
            "{command}"
        );
    }
    let twice = json!([{ "name": "a", "description": "d" }, { "name": "a", "description": "d" }]);
    let duplicate = json!([50035, ["1 APPLICATION_COMMANDS_DUPLICATE_NAME"]]);
    assert_eq!(bot.register_commands(&twice), Some(duplicate));
    assert_eq!(discord.take_violations().len(), commands().len() + 1);
    assert_eq!(bot.register_commands(&json!([{ "name": "a", "description": "d" }])), None);
}
