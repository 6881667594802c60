//! Tests of the fake server itself, with serenity's client alone.

use std::future::IntoFuture;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use serde_json::{Value, json};
use serenity::all::{
    ClientBuilder, Context, CreateActionRow, CreateAllowedMentions, CreateInputText,
    CreateInteractionResponse, CreateInteractionResponseMessage, CreateModal, EventHandler,
    GatewayIntents, Http, HttpBuilder, InputTextStyle, Interaction, Message, Ready, ResumedEvent,
    async_trait,
};
use tokio::runtime::Runtime;

use crate::service::MAX_WAIT;
use crate::support::discord::{
    ChannelId, Discord, InjectedFault, ObservedMessage, TOKEN, UserId, UserMessage, permission,
};

/// Forwards the events that it receives, as text.
struct EventRecorder(mpsc::Sender<String>);

#[async_trait]
impl EventHandler for EventRecorder {
    async fn ready(&self, _: Context, ready: Ready) {
        drop(self.0.send(format!("ready {}", ready.guilds.len())));
    }

    async fn resume(&self, _: Context, _: ResumedEvent) {
        drop(self.0.send("resumed".to_owned()));
    }

    async fn message(&self, _: Context, message: Message) {
        let replied_to = message.referenced_message.map(|it| format!(" to {:?}", it.content));
        let text = format!("{:?}{}", message.content, replied_to.unwrap_or_default());
        drop(self.0.send(text));
    }

    async fn interaction_create(&self, context: Context, interaction: Interaction) {
        let message = |text: &str| {
            let message = CreateInteractionResponseMessage::new().content(text).ephemeral(true);
            let message = message.allowed_mentions(CreateAllowedMentions::new());
            CreateInteractionResponse::Message(message)
        };
        match interaction {
            Interaction::Component(pressed) if pressed.data.custom_id == "modal" => {
                let opened = pressed.create_response(&context, modal()).await;
                drop(self.0.send(format!("{}", opened.is_ok())));
            }
            Interaction::Component(pressed) => {
                let first = pressed.create_response(&context, message("pressed")).await;
                let second = pressed.create_response(&context, message("pressed")).await;
                drop(self.0.send(format!("{} {}", first.is_ok(), second.is_err())));
            }
            Interaction::Modal(submitted) => {
                let again = submitted.create_response(&context, modal()).await;
                let response = submitted.create_response(&context, message("sent in")).await;
                drop(self.0.send(format!("{} {}", again.is_err(), response.is_ok())));
            }
            _ => {}
        }
    }
}

/// A modal with one input.
fn modal() -> CreateInteractionResponse {
    let input = CreateInputText::new(InputTextStyle::Short, "label", "input");
    let rows = vec![CreateActionRow::InputText(input)];
    CreateInteractionResponse::Modal(CreateModal::new("id", "title").components(rows))
}

/// A bot with serenity's client alone.
pub(super) struct Bot {
    http: Arc<Http>,
    events: mpsc::Receiver<String>,
    runtime: Runtime,
}

impl Bot {
    pub(super) fn start(discord: &Discord, intents: GatewayIntents) -> Self {
        let runtime = Runtime::new().unwrap();
        let (sender, events) = mpsc::channel();
        let http = HttpBuilder::new(TOKEN).proxy(&discord.base).ratelimiter_disabled(true).build();
        let mut client = runtime
            .block_on(
                ClientBuilder::new_with_http(http, intents)
                    .event_handler(EventRecorder(sender))
                    .into_future(),
            )
            .unwrap();
        let http = Arc::clone(&client.http);
        runtime.spawn(async move { drop(client.start().await) });
        Self { http, events, runtime }
    }

    pub(super) fn next_event(&self) -> String {
        self.events.recv_timeout(MAX_WAIT).expect("an event")
    }

    /// Registers `commands` and returns the errors.
    pub(super) fn register_commands(&self, commands: &Value) -> Option<Value> {
        let registered = self.http.create_global_commands(commands);
        error_of(self.runtime.block_on(registered).err()?).map(|(_, errors)| errors)
    }

    /// Edits the initial response to the interaction of `token`.
    fn edit_response(&self, token: &str, message: &Value) -> Option<(u16, Value)> {
        let changed = self.http.edit_original_interaction_response(token, message, Vec::new());
        error_of(self.runtime.block_on(changed).err()?)
    }

    /// Responds to an interaction.
    fn respond(&self, (id, token): (u64, &str), response: &Value) -> Option<(u16, Value)> {
        let responded =
            self.http.create_interaction_response(id.into(), token, response, Vec::new());
        error_of(self.runtime.block_on(responded).err()?)
    }

    /// Edits a message.
    pub(super) fn edit_message(
        &self,
        channel: ChannelId,
        id: u64,
        message: &Value,
    ) -> Option<(u16, Value)> {
        let channel = serenity::all::ChannelId::new(channel.0);
        let edited = self.http.edit_message(channel, id.into(), message, Vec::new());
        error_of(self.runtime.block_on(edited).err()?)
    }

    /// Deletes a message.
    pub(super) fn delete_message(&self, channel: ChannelId, id: u64) -> Option<(u16, Value)> {
        let channel = serenity::all::ChannelId::new(channel.0);
        let deleted = self.http.delete_message(channel, id.into(), None);
        error_of(self.runtime.block_on(deleted).err()?)
    }

    /// Sends `message`. Returns the status and errors, or `None` on success.
    pub(super) fn create_message(
        &self,
        channel: ChannelId,
        message: &Value,
    ) -> Option<(u16, Value)> {
        let sent =
            self.http.send_message(serenity::all::ChannelId::new(channel.0), Vec::new(), message);
        error_of(self.runtime.block_on(sent).err()?)
    }
}

/// The status and the errors with their paths.
fn error_of(error: serenity::Error) -> Option<(u16, Value)> {
    let serenity::Error::Http(serenity::all::HttpError::UnsuccessfulRequest(response)) = error
    else {
        panic!("{error}")
    };
    let errors: Vec<String> =
        response.error.errors.iter().map(|it| format!("{} {}", it.path, it.code)).collect();
    Some((response.status_code.as_u16(), json!([response.error.code, errors])))
}

pub(super) const MESSAGE_INTENTS: GatewayIntents = GatewayIntents::GUILDS
    .union(GatewayIntents::GUILD_MESSAGES)
    .union(GatewayIntents::DIRECT_MESSAGES);

#[test]
fn fake_server_sends_what_the_intents_allow() {
    let discord = Discord::start();
    let guild = discord.guild("home");
    let channel = discord.channel(guild, "channel");
    let (ada, name) = (discord.user("ada"), discord.mention());
    let bot = Bot::start(&discord, MESSAGE_INTENTS);
    assert_eq!(bot.next_event(), "ready 1");
    discord.user_sends(channel, ada, "hello");
    assert_eq!(bot.next_event(), "\"\"");
    discord.user_sends(channel, ada, &format!("{name} hello"));
    assert_eq!(bot.next_event(), format!("\"{name} hello\""));
    discord.user_sends(discord.direct(ada), ada, "hello");
    assert_eq!(bot.next_event(), "\"hello\"");
    let question = discord.user_sends(channel, ada, "who?");
    assert_eq!(bot.next_event(), "\"\"");
    let reply = |text| UserMessage { text, reply_to: Some(question), ..UserMessage::default() };
    discord.user_sends_message(channel, ada, reply("me"));
    assert_eq!(bot.next_event(), "\"\" to \"\"");
    discord.user_sends_message(channel, ada, reply(&name));
    assert_eq!(bot.next_event(), format!("\"{name}\" to \"who?\""));
    discord.withhold_undocumented_content();
    discord.user_sends_message(channel, ada, reply(&name));
    assert_eq!(bot.next_event(), format!("\"{name}\" to \"\""));

    let bot = Bot::start(&discord, MESSAGE_INTENTS | GatewayIntents::MESSAGE_CONTENT);
    assert_eq!(bot.next_event(), "ready 1");
    discord.user_sends(channel, ada, "hello");
    assert_eq!(bot.next_event(), "\"hello\"");
}

/// An embed with `n_chars` characters.
pub(super) fn embed(n_chars: usize) -> Value {
    json!({ "description": "x".repeat(n_chars) })
}

/// An action row with a button of this id.
pub(super) fn row(id: &str) -> Value {
    json!({ "type": 1, "components": [
        { "type": 2, "style": 1, "label": "l", "custom_id": id },
    ] })
}

#[test]
fn silently_ignored_fields_are_violations() {
    let discord = Discord::start();
    let channel = discord.channel(discord.guild("home"), "channel");
    let bot = Bot::start(&discord, MESSAGE_INTENTS);
    let message = json!({ "content": "x", "ember": [], "embeds": [{ "title": "t", "colour": 1 }] });
    assert_eq!(bot.create_message(channel, &message), None);
    let violations = discord.take_violations();
    for part in ["field embeds.0.colour", "field ember", "without allowed_mentions"] {
        assert!(violations.iter().any(|it| it.contains(part)), "{part} in {violations:?}");
    }
}

#[test]
fn enforced_nonce_creates_one_message() {
    let discord = Discord::start();
    let channel = discord.channel(discord.guild("home"), "channel");
    let bot = Bot::start(&discord, MESSAGE_INTENTS);
    let message = json!({
        "content": "x", "nonce": "n", "enforce_nonce": true, "allowed_mentions": { "parse": [] },
    });
    for n_messages in [1, 1, 2] {
        assert_eq!(bot.create_message(channel, &message), None);
        assert_eq!(discord.messages_in(channel).len(), n_messages);
        if discord.calls("POST /channels/{}/messages").len() == 2 {
            discord.advance_clock(Duration::from_secs(600));
        }
    }
}

#[test]
fn missing_permissions_are_rejected_with_discords_codes() {
    let discord = Discord::start();
    let channel = discord.channel(discord.guild("home"), "channel");
    let ada = discord.user("ada");
    let question = discord.user_sends(channel, ada, "?");
    let bot = Bot::start(&discord, MESSAGE_INTENTS);
    let message = json!({
        "content": "x", "embeds": [embed(1)], "allowed_mentions": { "parse": [] },
        "message_reference": { "message_id": question.to_string() },
    });
    for (denied, status, code) in [
        (permission::VIEW_CHANNEL, 403, 50001),
        (permission::SEND_MESSAGES, 403, 50013),
        (permission::EMBED_LINKS, 403, 50013),
        (permission::READ_MESSAGE_HISTORY, 400, 160_002),
    ] {
        discord.deny(channel, denied);
        assert_eq!(
            bot.create_message(channel, &message),
            Some((status, json!([code, []]))),
            "{denied}"
        );
    }
    discord.deny(channel, permission::SEND_MESSAGES_IN_THREADS);
    assert_eq!(bot.create_message(channel, &message), None);
    let thread = discord.thread(channel, ada);
    assert_eq!(bot.create_message(thread, &message), Some((403, json!([50013, []]))));
    discord.take_violations();
}

#[test]
fn pings_follow_allowed_mentions() {
    let discord = Discord::start();
    let channel = discord.channel(discord.guild("home"), "channel");
    let ada = discord.user("ada");
    let question = discord.user_sends(channel, ada, "?");
    let bot = Bot::start(&discord, MESSAGE_INTENTS);
    let rows = [
        (Value::Null, 1),
        (json!({ "parse": [] }), 0),
        (json!({ "parse": ["users"] }), 1),
        (json!({ "users": [ada.0.to_string()] }), 1),
        (json!({ "parse": [], "replied_user": true }), 1),
    ];
    for (allowed, n_pings) in rows {
        let message = json!({
            "content": format!("\\<@{}> @everyone", ada.0), "allowed_mentions": allowed,
            "message_reference": { "message_id": question.to_string() },
        });
        assert_eq!(bot.create_message(channel, &message), None);
        assert_eq!(discord.next_message().n_pings, n_pings, "{allowed}");
    }
    discord.take_violations();
}

/// A bot with these intents that has sent a message with one button, and a user.
fn with_button(
    custom_id: &str,
    intents: GatewayIntents,
) -> (Discord, Bot, UserId, ObservedMessage) {
    let discord = Discord::start();
    let channel = discord.channel(discord.guild("home"), "channel");
    let ada = discord.user("ada");
    let bot = Bot::start(&discord, intents);
    assert_eq!(bot.next_event(), "ready 1");
    let message = json!({
        "content": "x", "components": [row(custom_id)], "allowed_mentions": { "parse": [] },
    });
    assert_eq!(bot.create_message(channel, &message), None);
    let sent = discord.next_message();
    (discord, bot, ada, sent)
}

#[test]
fn interaction_accepts_one_response_within_three_seconds() {
    let (discord, bot, ada, sent) = with_button("a", MESSAGE_INTENTS);
    let interaction = discord.user_presses(sent.id, "l", ada);
    assert_eq!(discord.response_type(&interaction), 4);
    assert!(discord.next_message().is_private);
    // serenity handles each event in a task of its own.
    let mut events = [bot.next_event(), bot.next_event(), bot.next_event()];
    events.sort();
    assert_eq!(events, ["\"pressed\" to \"x\"", "\"x\"", "true true"]);
    assert_eq!(discord.take_violations().len(), 2, "the second response is rejected");

    discord.inject_fault(
        "POST /interactions/{}/{}/callback",
        1,
        InjectedFault::Slow(Duration::from_millis(3100)),
    );
    discord.user_presses(sent.id, "l", ada);
    assert_eq!(bot.next_event(), "false true");
    assert!(discord.take_violations().iter().any(|it| it.contains("after 3 s")));
}

#[test]
fn interaction_token_expires_after_fifteen_minutes() {
    let (discord, bot, ada, sent) = with_button("a", GatewayIntents::GUILDS);
    let pressed = discord.user_presses(sent.id, "l", ada);
    assert_eq!(bot.next_event(), "true true");
    discord.take_violations();
    let edit = json!({ "content": "y", "allowed_mentions": { "parse": [] } });
    let edits = || bot.edit_response(&pressed.token, &edit);
    assert_eq!(edits(), None);
    discord.advance_clock(Duration::from_secs(15 * 60));
    assert_eq!(edits(), Some((401, json!([50027, []]))));
}

#[test]
fn autocomplete_accepts_at_most_25_choices() {
    let discord = Discord::start();
    let channel = discord.channel(discord.guild("home"), "channel");
    let ada = discord.user("ada");
    let bot = Bot::start(&discord, GatewayIntents::GUILDS);
    assert_eq!(bot.next_event(), "ready 1");
    assert_eq!(bot.register_commands(&json!([{ "name": "a", "description": "d" }])), None);
    let typed = discord.user_types(channel, ada, ("a", "o"), "x");
    let choices = |n: usize| {
        let choices: Vec<Value> =
            (0..n).map(|n| json!({ "name": "c", "value": n.to_string() })).collect();
        json!({ "type": 8, "data": { "choices": choices } })
    };
    let too_many = Some((400, json!([50035, ["data.choices BASE_TYPE_BAD_LENGTH"]])));
    assert_eq!(bot.respond((typed.id, &typed.token), &choices(26)), too_many);
    let message = json!({ "type": 4, "data": { "content": "x" } });
    let not_here = Some((400, json!([50035, ["type INTERACTION_CALLBACK_INVALID"]])));
    assert_eq!(bot.respond((typed.id, &typed.token), &message), not_here);
    assert_eq!(bot.respond((typed.id, &typed.token), &choices(25)), None);
    discord.take_violations();
}

#[test]
fn modal_opens_once_and_its_submission_is_answered() {
    let (discord, bot, ada, sent) = with_button("modal", GatewayIntents::GUILDS);
    let opened = discord.user_presses(sent.id, "l", ada);
    assert_eq!(bot.next_event(), "true");
    discord.user_submits(&opened, &["words"], ada);
    assert_eq!(bot.next_event(), "true true", "a modal cannot respond to a modal");
    assert_eq!(discord.next_message().text, "sent in");
    assert_eq!(discord.take_violations().len(), 1);
}

#[test]
fn session_resumes_with_missed_events() {
    let discord = Discord::start();
    let direct = discord.direct(discord.user("ada"));
    let ada = discord.user("ada");
    let bot = Bot::start(&discord, MESSAGE_INTENTS);
    assert_eq!(bot.next_event(), "ready 0");
    discord.wait_for_sessions(1);
    discord.close_connections(None);
    discord.user_sends(direct, ada, "missed");
    // serenity spawns a task for each event, so their order is not fixed.
    let mut events = [bot.next_event(), bot.next_event()];
    events.sort();
    assert_eq!(events, ["\"missed\"", "resumed"]);
    discord.wait_for_sessions(1);
    discord.request_reconnect();
    assert_eq!(bot.next_event(), "resumed");
    discord.hold_events();
    discord.user_sends(direct, ada, "one");
    discord.user_sends(direct, ada, "two");
    discord.release_events(true);
    let mut events = [bot.next_event(), bot.next_event()];
    events.sort();
    assert_eq!(events, ["\"one\"", "\"two\""]);
    assert_eq!(discord.counts(), (1, 2, 0));
}
