//! The stand-in itself, with the client library alone.

use std::future::IntoFuture;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use serde_json::{Value, json};
use serenity::all::{
    ChannelId, ClientBuilder, Context, CreateActionRow, CreateAllowedMentions, CreateInputText,
    CreateInteractionResponse, CreateInteractionResponseMessage, CreateModal, EventHandler,
    GatewayIntents, Http, HttpBuilder, InputTextStyle, Interaction, Message, Ready, ResumedEvent,
    async_trait,
};
use tokio::runtime::Runtime;

use crate::service::MAX_WAIT;
use crate::support::discord::{
    Discord, InjectedFault, ObservedMessage, Person, Place, Saying, TOKEN, permission,
};

/// Tells what it hears.
struct Listener(mpsc::Sender<String>);

#[async_trait]
impl EventHandler for Listener {
    async fn ready(&self, _: Context, ready: Ready) {
        drop(self.0.send(format!("ready {}", ready.guilds.len())));
    }

    async fn resume(&self, _: Context, _: ResumedEvent) {
        drop(self.0.send("resumed".to_owned()));
    }

    async fn message(&self, _: Context, message: Message) {
        let replied_to = message.referenced_message.map(|it| format!(" to {:?}", it.content));
        let said = format!("{:?}{}", message.content, replied_to.unwrap_or_default());
        drop(self.0.send(said));
    }

    async fn interaction_create(&self, context: Context, interaction: Interaction) {
        let message = |text: &str| {
            let message = CreateInteractionResponseMessage::new().content(text).ephemeral(true);
            let message = message.allowed_mentions(CreateAllowedMentions::new());
            CreateInteractionResponse::Message(message)
        };
        match interaction {
            Interaction::Component(pressed) if pressed.data.custom_id == "form" => {
                let opened = pressed.create_response(&context, form()).await;
                drop(self.0.send(format!("{}", opened.is_ok())));
            }
            Interaction::Component(pressed) => {
                let first = pressed.create_response(&context, message("pressed")).await;
                let second = pressed.create_response(&context, message("pressed")).await;
                drop(self.0.send(format!("{} {}", first.is_ok(), second.is_err())));
            }
            Interaction::Modal(sent) => {
                let again = sent.create_response(&context, form()).await;
                let said = sent.create_response(&context, message("sent in")).await;
                drop(self.0.send(format!("{} {}", again.is_err(), said.is_ok())));
            }
            _ => {}
        }
    }
}

/// A form with one input.
fn form() -> CreateInteractionResponse {
    let input = CreateInputText::new(InputTextStyle::Short, "label", "input");
    let rows = vec![CreateActionRow::InputText(input)];
    CreateInteractionResponse::Modal(CreateModal::new("id", "title").components(rows))
}

/// A bot of the library alone.
pub(super) struct Bot {
    http: Arc<Http>,
    heard: mpsc::Receiver<String>,
    runtime: Runtime,
}

impl Bot {
    pub(super) fn start(discord: &Discord, intents: GatewayIntents) -> Self {
        let runtime = Runtime::new().unwrap();
        let (tell, heard) = mpsc::channel();
        let http = HttpBuilder::new(TOKEN).proxy(&discord.base).ratelimiter_disabled(true).build();
        let mut client = runtime
            .block_on(
                ClientBuilder::new_with_http(http, intents)
                    .event_handler(Listener(tell))
                    .into_future(),
            )
            .unwrap();
        let http = Arc::clone(&client.http);
        runtime.spawn(async move { drop(client.start().await) });
        Self { http, heard, runtime }
    }

    pub(super) fn hears(&self) -> String {
        self.heard.recv_timeout(MAX_WAIT).expect("something to hear")
    }

    /// Registers `commands` and gives what is wrong with them.
    pub(super) fn registers(&self, commands: &Value) -> Option<Value> {
        let registered = self.http.create_global_commands(commands);
        wrong(self.runtime.block_on(registered).err()?).map(|(_, wrong)| wrong)
    }

    /// Changes the first response to the interaction of `token`.
    fn changes_response(&self, token: &str, message: &Value) -> Option<(u16, Value)> {
        let changed = self.http.edit_original_interaction_response(token, message, Vec::new());
        wrong(self.runtime.block_on(changed).err()?)
    }

    /// Responds to an interaction.
    fn responds(&self, (id, token): (u64, &str), response: &Value) -> Option<(u16, Value)> {
        let responded =
            self.http.create_interaction_response(id.into(), token, response, Vec::new());
        wrong(self.runtime.block_on(responded).err()?)
    }

    /// Posts `message` and gives what comes of it: nothing, or the status and what is wrong.
    pub(super) fn posts(&self, place: Place, message: &Value) -> Option<(u16, Value)> {
        let sent = self.http.send_message(ChannelId::new(place.0), Vec::new(), message);
        wrong(self.runtime.block_on(sent).err()?)
    }
}

/// The status, and what is wrong where.
fn wrong(error: serenity::Error) -> Option<(u16, Value)> {
    let serenity::Error::Http(serenity::all::HttpError::UnsuccessfulRequest(response)) = error
    else {
        panic!("{error}")
    };
    let errors = response.error.errors.iter();
    let wrong: Vec<String> = errors.map(|it| format!("{} {}", it.path, it.code)).collect();
    Some((response.status_code.as_u16(), json!([response.error.code, wrong])))
}

pub(super) const GUILD_TALK: GatewayIntents = GatewayIntents::GUILDS
    .union(GatewayIntents::GUILD_MESSAGES)
    .union(GatewayIntents::DIRECT_MESSAGES);

#[test]
fn a_bot_hears_what_its_intents_allow() {
    let discord = Discord::start();
    let guild = discord.guild("home");
    let room = discord.channel(guild, "room");
    let (ada, name) = (discord.person("ada"), discord.mention());
    let bot = Bot::start(&discord, GUILD_TALK);
    assert_eq!(bot.hears(), "ready 1");
    discord.says(room, ada, "hello");
    assert_eq!(bot.hears(), "\"\"");
    discord.says(room, ada, &format!("{name} hello"));
    assert_eq!(bot.hears(), format!("\"{name} hello\""));
    discord.says(discord.direct(ada), ada, "hello");
    assert_eq!(bot.hears(), "\"hello\"");
    let question = discord.says(room, ada, "who?");
    assert_eq!(bot.hears(), "\"\"");
    let reply = |text| Saying { text, reply_to: Some(question), ..Saying::default() };
    discord.says_so(room, ada, reply("me"));
    assert_eq!(bot.hears(), "\"\" to \"\"");
    discord.says_so(room, ada, reply(&name));
    assert_eq!(bot.hears(), format!("\"{name}\" to \"who?\""));
    discord.keeps_to_the_letter();
    discord.says_so(room, ada, reply(&name));
    assert_eq!(bot.hears(), format!("\"{name}\" to \"\""));

    let bot = Bot::start(&discord, GUILD_TALK | GatewayIntents::MESSAGE_CONTENT);
    assert_eq!(bot.hears(), "ready 1");
    discord.says(room, ada, "hello");
    assert_eq!(bot.hears(), "\"hello\"");
}

/// An embed of so many characters.
pub(super) fn embed(n_chars: usize) -> Value {
    json!({ "description": "x".repeat(n_chars) })
}

/// A row with a button of this id.
pub(super) fn row(id: &str) -> Value {
    json!({ "type": 1, "components": [
        { "type": 2, "style": 1, "label": "l", "custom_id": id },
    ] })
}

#[test]
fn what_discord_would_pass_over_is_a_violation() {
    let discord = Discord::start();
    let room = discord.channel(discord.guild("home"), "room");
    let bot = Bot::start(&discord, GUILD_TALK);
    let message = json!({ "content": "x", "ember": [], "embeds": [{ "title": "t", "colour": 1 }] });
    assert_eq!(bot.posts(room, &message), None);
    let violations = discord.forgives();
    for part in ["field embeds.0.colour", "field ember", "without allowed_mentions"] {
        assert!(violations.iter().any(|it| it.contains(part)), "{part} in {violations:?}");
    }
}

#[test]
fn a_nonce_that_is_enforced_makes_one_message() {
    let discord = Discord::start();
    let room = discord.channel(discord.guild("home"), "room");
    let bot = Bot::start(&discord, GUILD_TALK);
    let message = json!({
        "content": "x", "nonce": "n", "enforce_nonce": true, "allowed_mentions": { "parse": [] },
    });
    for n_messages in [1, 1, 2] {
        assert_eq!(bot.posts(room, &message), None);
        assert_eq!(discord.shown(room).len(), n_messages);
        if discord.calls("POST /channels/{}/messages").len() == 2 {
            discord.passes(Duration::from_secs(600));
        }
    }
}

#[test]
fn permissions_are_told_by_their_codes() {
    let discord = Discord::start();
    let room = discord.channel(discord.guild("home"), "room");
    let ada = discord.person("ada");
    let question = discord.says(room, ada, "?");
    let bot = Bot::start(&discord, GUILD_TALK);
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
        discord.denies(room, denied);
        assert_eq!(bot.posts(room, &message), Some((status, json!([code, []]))), "{denied}");
    }
    discord.denies(room, permission::SEND_MESSAGES_IN_THREADS);
    assert_eq!(bot.posts(room, &message), None);
    let thread = discord.thread(room, ada);
    assert_eq!(bot.posts(thread, &message), Some((403, json!([50013, []]))));
    discord.forgives();
}

#[test]
fn who_is_pinged_is_what_allowed_mentions_say() {
    let discord = Discord::start();
    let room = discord.channel(discord.guild("home"), "room");
    let ada = discord.person("ada");
    let question = discord.says(room, ada, "?");
    let bot = Bot::start(&discord, GUILD_TALK);
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
        assert_eq!(bot.posts(room, &message), None);
        assert_eq!(discord.next_sent().n_pings, n_pings, "{allowed}");
    }
    discord.forgives();
}

/// A message with one button, by a bot with these intents, and somebody who may press it.
fn with_button(
    custom_id: &str,
    intents: GatewayIntents,
) -> (Discord, Bot, Person, ObservedMessage) {
    let discord = Discord::start();
    let room = discord.channel(discord.guild("home"), "room");
    let ada = discord.person("ada");
    let bot = Bot::start(&discord, intents);
    assert_eq!(bot.hears(), "ready 1");
    let message = json!({
        "content": "x", "components": [row(custom_id)], "allowed_mentions": { "parse": [] },
    });
    assert_eq!(bot.posts(room, &message), None);
    let sent = discord.next_sent();
    (discord, bot, ada, sent)
}

#[test]
fn an_interaction_is_responded_to_once_and_in_time() {
    let (discord, bot, ada, sent) = with_button("a", GUILD_TALK);
    let done = discord.presses(sent.id, "l", ada);
    assert_eq!(discord.response_to(&done), 4);
    assert!(discord.next_sent().is_private);
    assert_eq!(bot.hears(), "\"x\"");
    let mut heard = [bot.hears(), bot.hears()];
    heard.sort();
    assert_eq!(heard, ["\"pressed\" to \"x\"", "true true"]);
    assert_eq!(discord.forgives().len(), 2, "the second response is refused");

    discord.spoils(
        "POST /interactions/{}/{}/callback",
        1,
        InjectedFault::Slow(Duration::from_millis(3100)),
    );
    discord.presses(sent.id, "l", ada);
    assert_eq!(bot.hears(), "false true");
    assert!(discord.forgives().iter().any(|it| it.contains("after 3 s")));
}

#[test]
fn a_token_is_good_for_fifteen_minutes() {
    let (discord, bot, ada, sent) = with_button("a", GatewayIntents::GUILDS);
    let pressed = discord.presses(sent.id, "l", ada);
    assert_eq!(bot.hears(), "true true");
    discord.forgives();
    let edit = json!({ "content": "y", "allowed_mentions": { "parse": [] } });
    let edits = || bot.changes_response(&pressed.token, &edit);
    assert_eq!(edits(), None);
    discord.passes(Duration::from_secs(15 * 60));
    assert_eq!(edits(), Some((401, json!([50027, []]))));
}

#[test]
fn no_more_than_25_choices_are_offered() {
    let discord = Discord::start();
    let room = discord.channel(discord.guild("home"), "room");
    let ada = discord.person("ada");
    let bot = Bot::start(&discord, GatewayIntents::GUILDS);
    assert_eq!(bot.hears(), "ready 1");
    assert_eq!(bot.registers(&json!([{ "name": "a", "description": "d" }])), None);
    let typed = discord.types(room, ada, ("a", "o"), "x");
    let choices = |n: usize| {
        let choices: Vec<Value> =
            (0..n).map(|n| json!({ "name": "c", "value": n.to_string() })).collect();
        json!({ "type": 8, "data": { "choices": choices } })
    };
    let too_many = Some((400, json!([50035, ["data.choices BASE_TYPE_BAD_LENGTH"]])));
    assert_eq!(bot.responds((typed.id, &typed.token), &choices(26)), too_many);
    let message = json!({ "type": 4, "data": { "content": "x" } });
    let not_here = Some((400, json!([50035, ["type INTERACTION_CALLBACK_INVALID"]])));
    assert_eq!(bot.responds((typed.id, &typed.token), &message), not_here);
    assert_eq!(bot.responds((typed.id, &typed.token), &choices(25)), None);
    discord.forgives();
}

#[test]
fn a_form_is_opened_once_and_answered_when_it_is_sent_in() {
    let (discord, bot, ada, sent) = with_button("form", GatewayIntents::GUILDS);
    let opened = discord.presses(sent.id, "l", ada);
    assert_eq!(bot.hears(), "true");
    discord.submits(&opened, &["words"], ada);
    assert_eq!(bot.hears(), "true true", "no form can answer a form");
    assert_eq!(discord.next_sent().text, "sent in");
    assert_eq!(discord.forgives().len(), 1);
}

#[test]
fn a_session_is_resumed_with_what_was_missed() {
    let discord = Discord::start();
    let direct = discord.direct(discord.person("ada"));
    let ada = discord.person("ada");
    let bot = Bot::start(&discord, GUILD_TALK);
    assert_eq!(bot.hears(), "ready 0");
    discord.waits_for_sessions(1);
    discord.hangs_up(None);
    discord.says(direct, ada, "missed");
    // The library hands each event to a task of its own.
    let mut heard = [bot.hears(), bot.hears()];
    heard.sort();
    assert_eq!(heard, ["\"missed\"", "resumed"]);
    discord.waits_for_sessions(1);
    discord.asks_to_reconnect();
    assert_eq!(bot.hears(), "resumed");
    discord.holds();
    discord.says(direct, ada, "one");
    discord.says(direct, ada, "two");
    discord.releases(true);
    let mut heard = [bot.hears(), bot.hears()];
    heard.sort();
    assert_eq!(heard, ["\"one\"", "\"two\""]);
    assert_eq!(discord.counts(), (1, 2, 0));
}
