//! What there is: guilds, channels, people, and what they may do.

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};

use super::Discord;
use super::permission::{Permissions, VIEW_CHANNEL};
use super::place::{self, Channel, DIRECT, FORUM, TEXT, THREAD};
use super::session::{Dispatch, GUILDS};
use super::state::ServerState;

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

/// What a channel is in, and whose it is.
#[derive(Default)]
struct Around {
    guild: Option<u64>,
    parent: Option<u64>,
    owner: Option<u64>,
}

impl ServerState {
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
        let is_thread = channel.is_thread();
        self.channels.insert(id, channel);
        if guild.is_some() {
            self.tell_channel(if is_thread { "THREAD_CREATE" } else { "CHANNEL_CREATE" }, id);
        }
        id
    }

    /// Tells of a channel of a guild.
    fn tell_channel(&mut self, kind: &'static str, id: u64) {
        let channel = &self.channels[&id];
        let (guild, mut json) = (channel.guild, channel.json(self.bot));
        if kind == "THREAD_CREATE" {
            json["newly_created"] = json!(true);
        }
        let data = |_| json.clone();
        self.tell(&Dispatch { kind, guild, intents: GUILDS, data: &data });
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
                denied: 0,
                is_timed_out: false,
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

    /// A channel of this kind, by Discord's numbers.
    pub(crate) fn channel_of(&self, guild: Guild, kind: u64) -> Place {
        let around = Around { guild: Some(guild.0), ..Around::default() };
        self.shared.change(|world| Place(world.add_channel(kind, "channel", around)))
    }

    /// A thread of this kind, by Discord's numbers.
    pub(crate) fn thread_of(&self, parent: Place, owner: Person, kind: u64) -> Place {
        self.shared.change(|world| {
            let guild = world.guild_of(parent.0);
            let around = Around { guild, parent: Some(parent.0), owner: Some(owner.0) };
            Place(world.add_channel(kind, "thread", around))
        })
    }

    /// A thread that the bot is not told of, as one that has been archived for long.
    pub(crate) fn old_thread(&self, parent: Place, owner: Person) -> Place {
        self.holds();
        let thread = self.thread(parent, owner);
        self.shared.change(|world| world.release(Vec::clear));
        thread
    }

    /// Somebody locks a thread.
    pub(crate) fn locks(&self, thread: Place) {
        self.shared.change(|world| world.channels.get_mut(&thread.0).unwrap().is_archived = true);
    }

    /// Somebody removes a channel.
    pub(crate) fn removes(&self, place: Place) {
        self.shared.change(|world| {
            world.channels.get_mut(&place.0).unwrap().is_gone = true;
            world.tell_channel("CHANNEL_DELETE", place.0);
        });
    }

    /// Somebody takes no direct messages any more.
    pub(crate) fn takes_no_direct(&self, person: Person) {
        self.shared.change(|world| world.users.get_mut(&person.0).unwrap().takes_direct = false);
    }

    /// A forum.
    pub(crate) fn forum(&self, guild: Guild, name: &str) -> Place {
        let around = Around { guild: Some(guild.0), ..Around::default() };
        self.shared.change(|world| Place(world.add_channel(FORUM, name, around)))
    }

    /// A thread of a channel, or a post of a forum, that somebody starts.
    pub(crate) fn thread(&self, parent: Place, owner: Person) -> Place {
        self.thread_of(parent, owner, THREAD)
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
            world.channels.get_mut(&place.0).unwrap().denied = denied;
            let kind = if denied & VIEW_CHANNEL != 0 { "CHANNEL_DELETE" } else { "CHANNEL_UPDATE" };
            world.tell_channel(kind, place.0);
        });
    }

    /// Takes permissions from the bot's role and tells it.
    pub(crate) fn denies_role(&self, guild: Guild, denied: Permissions) {
        self.changes_guild(guild, "GUILD_ROLE_UPDATE", |world| {
            let bot = world.bot;
            let changed = world.guilds.get_mut(&guild.0).unwrap();
            changed.denied = denied;
            json!({ "guild_id": guild.0.to_string(), "role": changed.role(changed.bot_role, bot) })
        });
    }

    /// The same, told by the guild, whose roles are in it.
    pub(crate) fn denies_guild(&self, guild: Guild, denied: Permissions) {
        self.changes_guild(guild, "GUILD_UPDATE", |world| {
            let bot = world.bot;
            let changed = world.guilds.get_mut(&guild.0).unwrap();
            changed.denied = denied;
            changed.json(bot)
        });
    }

    /// Puts the bot in time-out, in which it may only look on, or ends that, and tells it.
    pub(crate) fn times_out(&self, guild: Guild, is_timed_out: bool) {
        self.changes_guild(guild, "GUILD_MEMBER_UPDATE", |world| {
            world.guilds.get_mut(&guild.0).unwrap().is_timed_out = is_timed_out;
            let mut member = world.member(guild.0, world.bot);
            member["guild_id"] = json!(guild.0.to_string());
            member["user"] = world.user(world.bot).unwrap().json();
            member
        });
    }

    /// Changes something in a guild, and tells what `change` gives. Bots are told of themselves
    /// without the intent for members, too.
    fn changes_guild(
        &self,
        guild: Guild,
        kind: &'static str,
        change: impl FnOnce(&mut ServerState) -> Value,
    ) {
        self.shared.change(|world| {
            let json = change(world);
            let data = |_| json.clone();
            world.tell(&Dispatch { kind, guild: Some(guild.0), intents: GUILDS, data: &data });
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
}
