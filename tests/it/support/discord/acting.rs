//! What people do: they make guilds and channels, talk, press buttons, and use commands.

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};

use super::Discord;
use super::interaction::{self, AUTOCOMPLETE, COMMAND, COMPONENT, Interaction, MODAL};
use super::message::{Message, REPLY, Sight};
use super::permission::{Permissions, VIEW_CHANNEL};
use super::place::{self, Channel, DIRECT, FORUM, TEXT, THREAD};
use super::session::{Dispatch, GUILD_MESSAGES, GUILDS};
use super::world::World;
use crate::service::PATIENCE;

/// Somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Person(pub(crate) u64);

/// A channel, thread, forum or direct message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place(pub(crate) u64);

/// A guild.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Guild(pub(crate) u64);

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "discord:user:{}", self.0)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "discord:channel:{}", self.0)
    }
}

impl fmt::Display for Guild {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "discord:guild:{}", self.0)
    }
}

/// Something that somebody says.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Saying<'a> {
    pub(crate) text: &'a str,
    /// The message that it replies to.
    pub(crate) reply_to: Option<u64>,
    /// Whether the reply does not ping whom it replies to.
    pub(crate) is_quiet: bool,
    /// How long ago it was said.
    pub(crate) ago: Duration,
    /// Whether a webhook says it.
    pub(crate) is_from_webhook: bool,
    /// The kind of a message that Discord itself posts about what somebody does.
    pub(crate) system_kind: Option<u64>,
}

/// Something that was done and waits for a response.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    pub(crate) id: u64,
    pub(crate) token: String,
}

/// What a channel is in, and whose it is.
#[derive(Default)]
struct Around {
    guild: Option<u64>,
    parent: Option<u64>,
    owner: Option<u64>,
}

impl World {
    /// The direct message with `user`.
    pub(super) fn direct_channel(&mut self, user: u64) -> u64 {
        let found = self.channels.values().find(|it| it.kind == DIRECT && it.owner == Some(user));
        match found {
            Some(channel) => channel.id,
            None => self.add_channel(DIRECT, "", Around { owner: Some(user), ..Around::default() }),
        }
    }

    /// Makes a channel of this kind, `around` what it is in.
    fn add_channel(&mut self, kind: u64, name: &str, around: Around) -> u64 {
        let Around { guild, parent, owner } = around;
        let id = self.clock.id();
        let channel = Channel {
            id,
            kind,
            name: name.to_owned(),
            guild,
            parent,
            owner,
            denied: 0,
            is_archived: false,
            is_gone: false,
        };
        let json = channel.json(self.bot);
        self.channels.insert(id, channel);
        if guild.is_some() {
            let kind = if kind == THREAD { "THREAD_CREATE" } else { "CHANNEL_CREATE" };
            let data = |_| {
                let mut json = json.clone();
                json["newly_created"] = json!(true);
                json
            };
            self.tell(&Dispatch { kind, guild, intents: GUILDS, data: &data });
        }
        id
    }

    /// Starts what `of` is, and tells the bot.
    fn start(&mut self, of: Interaction, data: &Value) -> Done {
        let json = interaction::json(self, &of, data);
        let (id, token) = (of.id, of.token.clone());
        let guild = self.guild_of(of.channel);
        self.interactions.insert(token.clone(), of);
        let data = |_| json.clone();
        self.tell(&Dispatch { kind: "INTERACTION_CREATE", guild, intents: 0, data: &data });
        Done { id, token }
    }

    fn interaction(&mut self, kind: u64, user: Person, channel: u64) -> Interaction {
        Interaction::new(self.clock.id(), kind, user.0, channel, self.clock.now_ms())
    }

    fn command(&self, name: &str) -> Value {
        let found = self.commands.iter().find(|command| command["name"] == name);
        found.unwrap_or_else(|| panic!("there is no command {name}")).clone()
    }
}

impl Discord {
    /// A guild that the bot came to a year ago.
    pub(crate) fn guild(&self, name: &str) -> Guild {
        self.guild_since(name, Duration::from_secs(365 * 86_400))
    }

    /// A guild that the bot came to so long ago. It learns of it when it connects.
    pub(crate) fn guild_since(&self, name: &str, ago: Duration) -> Guild {
        self.shared.change(|world| {
            let (id, bot_role) = (world.clock.id(), world.clock.id());
            let joined_at_ms = world.clock.now_ms() - u64::try_from(ago.as_millis()).unwrap();
            let guild = place::Guild {
                id,
                name: name.to_owned(),
                joined_at_ms,
                locale: "en-US".to_owned(),
                roles: [(id, "@everyone".to_owned()), (bot_role, "quoth".to_owned())].into(),
                bot_role,
            };
            world.guilds.insert(id, guild);
            let bot = world.bot;
            world.users.get_mut(&bot).unwrap().roles.insert(id, [bot_role].into());
            Guild(id)
        })
    }

    /// Tells a connected bot that it is in `guild`, as Discord does when it comes to it and after
    /// outages.
    pub(crate) fn tells_guild(&self, guild: Guild) {
        self.shared.change(|world| world.tell_guild(guild.0));
    }

    /// The guild cannot be reached for a while, and then it can again.
    pub(crate) fn loses_for_a_while(&self, guild: Guild) {
        self.shared.change(|world| {
            let data = |_| json!({ "id": guild.0.to_string(), "unavailable": true });
            let (kind, intents) = ("GUILD_DELETE", GUILDS);
            world.tell(&Dispatch { kind, guild: Some(guild.0), intents, data: &data });
            world.tell_guild(guild.0);
        });
    }

    /// A text channel.
    pub(crate) fn channel(&self, guild: Guild, name: &str) -> Place {
        let around = Around { guild: Some(guild.0), ..Around::default() };
        self.shared.change(|world| Place(world.add_channel(TEXT, name, around)))
    }

    /// A forum.
    pub(crate) fn forum(&self, guild: Guild, name: &str) -> Place {
        let around = Around { guild: Some(guild.0), ..Around::default() };
        self.shared.change(|world| Place(world.add_channel(FORUM, name, around)))
    }

    /// A thread of a channel, or a post of a forum, that somebody starts.
    pub(crate) fn thread(&self, parent: Place, owner: Person) -> Place {
        self.shared.change(|world| {
            let guild = world.guild_of(parent.0);
            let around = Around { guild, parent: Some(parent.0), owner: Some(owner.0) };
            Place(world.add_channel(THREAD, "thread", around))
        })
    }

    /// Somebody starts a post in a forum: a thread whose first message has its id. Gives both.
    pub(crate) fn posts(&self, forum: Place, person: Person, text: &str) -> (Place, u64) {
        let thread = self.thread(forum, person);
        self.shared.change(|world| {
            let mut message = Message::empty(thread.0, thread.0, person.0);
            message.content = text.to_owned();
            message.mentions = world.mentioned(&message, false);
            (thread, world.post(message))
        })
    }

    /// The direct message between somebody and the bot.
    pub(crate) fn direct(&self, person: Person) -> Place {
        self.shared.change(|world| Place(world.direct_channel(person.0)))
    }

    /// Somebody who is a member wherever it matters.
    pub(crate) fn person(&self, name: &str) -> Person {
        self.somebody(name, false)
    }

    /// Another bot.
    pub(crate) fn bot(&self, name: &str) -> Person {
        self.somebody(name, true)
    }

    fn somebody(&self, name: &str, is_bot: bool) -> Person {
        self.shared.change(|world| {
            let id = world.clock.id();
            world.add_user(id, name, is_bot);
            Person(id)
        })
    }

    /// The person's client is in this language.
    pub(crate) fn speaks(&self, person: Person, locale: &str) {
        self.shared.change(|world| {
            world.users.get_mut(&person.0).unwrap().locale = locale.to_owned();
        });
    }

    /// Gives somebody a role, which is made for it.
    pub(crate) fn gives_role(&self, guild: Guild, person: Person, name: &str) -> u64 {
        self.shared.change(|world| {
            let role = world.clock.id();
            world.guilds.get_mut(&guild.0).unwrap().roles.insert(role, name.to_owned());
            let roles = &mut world.users.get_mut(&person.0).unwrap().roles;
            roles.entry(guild.0).or_default().insert(role);
            role
        })
    }

    /// Forbids the bot something in a channel and tells it.
    pub(crate) fn denies(&self, place: Place, denied: Permissions) {
        self.shared.change(|world| {
            let channel = world.channels.get_mut(&place.0).unwrap();
            channel.denied = denied;
            let channel = channel.clone();
            let json = channel.json(world.bot);
            let data = |_| json.clone();
            let guild = channel.guild;
            let kind = if denied & VIEW_CHANNEL != 0 { "CHANNEL_DELETE" } else { "CHANNEL_UPDATE" };
            world.tell(&Dispatch { kind, guild, intents: GUILDS, data: &data });
        });
    }

    /// The bot's name, as it is written in a message.
    pub(crate) fn mention(&self) -> String {
        self.shared.look(|world| format!("<@{}>", world.bot))
    }

    /// The bot's role, as it is written in a message.
    pub(crate) fn role_mention(&self, guild: Guild) -> String {
        self.shared.look(|world| format!("<@&{}>", world.guilds[&guild.0].bot_role))
    }

    /// Somebody says `text`. Gives the message's id.
    pub(crate) fn says(&self, place: Place, person: Person, text: &str) -> u64 {
        self.says_so(place, person, Saying { text, ..Saying::default() })
    }

    /// Somebody says something in some way.
    pub(crate) fn says_so(&self, place: Place, person: Person, saying: Saying<'_>) -> u64 {
        self.shared.change(|world| {
            let at_ms = world.clock.now_ms() - u64::try_from(saying.ago.as_millis()).unwrap();
            let id = world.clock.id_at(at_ms);
            let mut message = Message {
                content: saying.text.to_owned(),
                reply_to: saying.reply_to,
                kind: saying.system_kind.unwrap_or(if saying.reply_to.is_some() {
                    REPLY
                } else {
                    0
                }),
                is_from_webhook: saying.is_from_webhook,
                ..Message::empty(id, place.0, person.0)
            };
            if saying.is_from_webhook {
                message.author = world.clock.id();
            }
            let everyone = message.content.contains("@everyone");
            message.mentions = world.mentioned(&message, !saying.is_quiet);
            message.mentions.everyone = everyone;
            world.post(message)
        })
    }

    /// Tells of a message again, as Discord may.
    pub(crate) fn repeats(&self, message: u64) {
        self.shared.change(|world| world.tell_message("MESSAGE_CREATE", message));
    }

    /// Somebody changes what they said.
    pub(crate) fn edits(&self, message: u64, text: &str) {
        self.shared.change(|world| {
            let now_ms = world.clock.now_ms();
            let mut edited = world.messages[&message].clone();
            edited.content = text.to_owned();
            edited.edited_at_ms = Some(now_ms);
            let pings_replied = edited.mentions.users.contains(&world.bot);
            edited.mentions = world.mentioned(&edited, pings_replied);
            world.messages.insert(message, edited);
            world.tell_message("MESSAGE_UPDATE", message);
        });
    }

    /// A link in a message gets its preview: the message is updated, and nobody has changed it.
    pub(crate) fn previews(&self, message: u64) {
        self.shared.change(|world| {
            let previewed = world.messages.get_mut(&message).unwrap();
            previewed.embeds = json!([{ "type": "link", "title": "A page", "url": "https://a.b" }]);
            world.tell_message("MESSAGE_UPDATE", message);
        });
    }

    /// Somebody takes a message back.
    pub(crate) fn deletes(&self, message: u64) {
        self.shared.change(|world| world.remove(message));
    }

    /// A moderator takes many back at once.
    pub(crate) fn deletes_many(&self, place: Place, messages: &[u64]) {
        self.shared.change(|world| {
            for id in messages {
                world.messages.get_mut(id).unwrap().is_gone = true;
            }
            let guild = world.guild_of(place.0);
            let ids: Vec<String> = messages.iter().map(u64::to_string).collect();
            let data = |_| {
                json!({
                    "ids": ids, "channel_id": place.0.to_string(),
                    "guild_id": guild.map(|id| id.to_string()),
                })
            };
            let kind = "MESSAGE_DELETE_BULK";
            world.tell(&Dispatch { kind, guild, intents: GUILD_MESSAGES, data: &data });
        });
    }

    /// Somebody uses a command with options by name.
    pub(crate) fn uses(
        &self,
        place: Place,
        person: Person,
        name: &str,
        options: &[(&str, &str)],
    ) -> Done {
        self.shared.change(|world| {
            let of = world.interaction(COMMAND, person, place.0);
            let command = world.command(name);
            let data = json!({
                "id": command["id"], "name": name, "type": 1,
                "options": given(options, None),
            });
            world.start(of, &data)
        })
    }

    /// Somebody uses a message's command.
    pub(crate) fn uses_on(&self, message: u64, person: Person, name: &str) -> Done {
        self.shared.change(|world| {
            let target = world.messages[&message].clone();
            let mut of = world.interaction(COMMAND, person, target.channel);
            of.is_on_message = true;
            let command = world.command(name);
            assert_eq!(command["type"], 3, "{name} is for messages");
            let json = target.json(world, Sight::All);
            let data = json!({
                "id": command["id"], "name": name, "type": 3, "target_id": message.to_string(),
                "resolved": { "messages": { message.to_string(): json } },
            });
            world.start(of, &data)
        })
    }

    /// What is offered when somebody types `text` into an option of a command.
    pub(crate) fn offers(
        &self,
        place: Place,
        person: Person,
        (name, option): (&str, &str),
        text: &str,
    ) -> Vec<String> {
        let done = self.shared.change(|world| {
            let of = world.interaction(AUTOCOMPLETE, person, place.0);
            let command = world.command(name);
            let data = json!({
                "id": command["id"], "name": name, "type": 1,
                "options": given(&[(option, text)], Some(option)),
            });
            world.start(of, &data)
        });
        let data = self.data_of(&done);
        let choices = data["choices"].as_array().expect("choices").iter();
        choices.map(|choice| choice["name"].as_str().expect("a name").to_owned()).collect()
    }

    /// What an interaction was responded to with.
    pub(crate) fn data_of(&self, done: &Done) -> Value {
        let data = self.shared.wait(PATIENCE, |world| {
            let interaction = &world.interactions[&done.token];
            interaction.response.map(|_| interaction.data.clone().unwrap_or_default())
        });
        data.unwrap_or_else(|| panic!("no response came"))
    }

    /// The kind of the first response to an interaction.
    pub(crate) fn response_to(&self, done: &Done) -> u64 {
        let kind = self.shared.wait(PATIENCE, |world| world.interactions[&done.token].response);
        kind.unwrap_or_else(|| panic!("no response came"))
    }

    /// Somebody presses the button of a message whose label has these words.
    pub(crate) fn presses(&self, message: u64, label: &str, person: Person) -> Done {
        let id = self.shared.look(|world| {
            let shown = super::Shown::new(&world.messages[&message]);
            let mut controls = shown.controls();
            let found =
                controls.find(|it| it["label"].as_str().is_some_and(|it| it.contains(label)));
            let found =
                found.unwrap_or_else(|| panic!("{label} is not among {:?}", shown.labels()));
            found["custom_id"].as_str().expect("an id").to_owned()
        });
        self.sends_id(message, &id, None, person)
    }

    /// A press arrives with this id, whether there is such a button or not; for a select with the
    /// value that was picked.
    pub(crate) fn sends_id(
        &self,
        message: u64,
        custom_id: &str,
        value: Option<&str>,
        person: Person,
    ) -> Done {
        self.shared.change(|world| {
            let channel = world.messages[&message].channel;
            let mut of = world.interaction(COMPONENT, person, channel);
            of.source = Some(message);
            let mut data = json!({
                "component_type": if value.is_some() { 3 } else { 2 }, "custom_id": custom_id,
            });
            if let Some(value) = value {
                data["values"] = json!([value]);
            }
            world.start(of, &data)
        })
    }

    /// Somebody fills in the form that `done` has opened.
    pub(crate) fn submits(&self, done: &Done, values: &[&str], person: Person) -> Done {
        let form = self.data_of(done);
        self.shared.change(|world| {
            let opened = world.interactions[&done.token].clone();
            let mut of = world.interaction(MODAL, person, opened.channel);
            of.source = opened.source;
            let rows = form["components"].as_array().into_iter().flatten();
            let filled: Vec<Value> = rows
                .zip(values)
                .map(|(row, value)| {
                    let id = &row["components"][0]["custom_id"];
                    let input = json!({ "type": 4, "custom_id": id, "value": value });
                    json!({ "type": 1, "components": [input] })
                })
                .collect();
            let data = json!({ "custom_id": form["custom_id"], "components": filled });
            world.start(of, &data)
        })
    }
}

fn given(options: &[(&str, &str)], focused: Option<&str>) -> Vec<Value> {
    let given = options.iter().map(|(name, value)| {
        let mut option = json!({ "name": name, "type": 3, "value": value });
        if focused == Some(*name) {
            option["focused"] = json!(true);
        }
        option
    });
    given.collect()
}
