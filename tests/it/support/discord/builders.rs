//! Builders of guilds, channels and users.

use std::fmt;
use std::time::Duration;

use serde_json::json;

use super::Discord;
use super::guild::{self, CATEGORY, Channel, DIRECT, FORUM, TEXT, THREAD};
use super::message::{Message, THREAD_STARTER_MESSAGE};
use super::overwrite::Overwrites;
use super::permission;
use super::session::{Dispatch, GUILDS};
use super::state::ServerState;

/// A user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UserId(pub(crate) u64);

/// A channel, thread, forum or direct message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChannelId(pub(crate) u64);

/// A guild.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GuildId(pub(crate) u64);

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "discord:user:{}", self.0)
    }
}

impl fmt::Display for ChannelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "discord:channel:{}", self.0)
    }
}

impl fmt::Display for GuildId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "discord:guild:{}", self.0)
    }
}

/// The guild, parent and owner of a channel.
#[derive(Default)]
struct Location {
    guild: Option<u64>,
    parent: Option<u64>,
    owner: Option<u64>,
}

impl ServerState {
    /// The direct message channel with `user`, created if needed.
    pub(super) fn direct_channel(&mut self, user: u64) -> u64 {
        let found = self.channels.values().find(|it| it.kind == DIRECT && it.owner == Some(user));
        match found {
            Some(channel) => channel.id,
            None => {
                self.add_channel(DIRECT, "", Location { owner: Some(user), ..Location::default() })
            }
        }
    }

    /// Creates a channel of this type and sends its event.
    fn add_channel(&mut self, kind: u64, name: &str, location: Location) -> u64 {
        let id = self.clock.id();
        self.add_channel_with_id(id, kind, name, location)
    }

    fn add_channel_with_id(&mut self, id: u64, kind: u64, name: &str, location: Location) -> u64 {
        let Location { guild, parent, owner } = location;
        let channel = Channel {
            id,
            kind,
            name: name.to_owned(),
            guild,
            parent,
            owner,
            overwrites: Overwrites::new(),
            is_archived: false,
            is_locked: false,
            last_message: None,
            is_deleted: false,
        };
        let is_thread = channel.is_thread();
        self.channels.insert(id, channel);
        if guild.is_some() {
            self.send_channel_event(if is_thread { "THREAD_CREATE" } else { "CHANNEL_CREATE" }, id);
        }
        id
    }

    /// Unarchives a thread, as a message in it does.
    pub(super) fn unarchive(&mut self, channel: u64) {
        let thread = self.channels.get_mut(&channel).filter(|channel| channel.is_archived);
        if let Some(thread) = thread {
            thread.is_archived = false;
            self.send_channel_event("THREAD_UPDATE", channel);
        }
    }

    /// Sends an event about a guild channel.
    pub(super) fn send_channel_event(&mut self, kind: &'static str, id: u64) {
        let channel = &self.channels[&id];
        let (guild, mut json) = (channel.guild, channel.json());
        if kind == "THREAD_CREATE" {
            json["newly_created"] = json!(true);
        }
        let data = |_| json.clone();
        self.send_event(&Dispatch { kind, guild, intents: GUILDS, data: &data });
    }
}

impl Discord {
    /// A guild that the bot joined a year ago.
    pub(crate) fn guild(&self, name: &str) -> GuildId {
        self.guild_joined(name, Duration::from_secs(365 * 86_400))
    }

    /// A guild that the bot joined this long ago. The event is sent when the bot connects.
    pub(crate) fn guild_joined(&self, name: &str, ago: Duration) -> GuildId {
        self.shared.update(|state| {
            let [id, bot_role, user_role] = [(); 3].map(|()| state.clock.id());
            let joined_at_ms = state.clock.now_ms() - u64::try_from(ago.as_millis()).unwrap();
            let guild = guild::Guild {
                id,
                name: name.to_owned(),
                joined_at_ms,
                locale: "en-US".to_owned(),
                roles: [
                    (id, "@everyone", 0),
                    (bot_role, "quoth", permission::GRANTED_BY_INVITE),
                    (user_role, "members", permission::GRANTED_TO_USERS),
                ]
                .map(|(id, name, permissions)| {
                    (id, guild::Role { name: name.to_owned(), permissions })
                })
                .into(),
                bot_role,
                user_role,
                is_timed_out: false,
                is_left: false,
            };
            state.guilds.insert(id, guild);
            let bot = state.bot;
            state.users.get_mut(&bot).unwrap().roles.insert(id, [bot_role].into());
            GuildId(id)
        })
    }

    /// Sends the guild create event to a connected bot, as after a join or an outage.
    pub(crate) fn announce_guild(&self, guild: GuildId) {
        self.shared.update(|state| state.send_guild_create(guild.0));
    }

    /// Removes the bot from a guild. It sees nothing there until [`Self::add_bot`].
    pub(crate) fn remove_bot(&self, guild: GuildId) {
        self.shared.update(|state| {
            let data = |_| json!({ "id": guild.0.to_string() });
            let (kind, intents) = ("GUILD_DELETE", GUILDS);
            state.send_event(&Dispatch { kind, guild: Some(guild.0), intents, data: &data });
            state.guilds.get_mut(&guild.0).unwrap().is_left = true;
        });
    }

    /// Adds the bot to a guild again.
    pub(crate) fn add_bot(&self, guild: GuildId) {
        self.shared.update(|state| {
            let joined_at_ms = state.clock.now_ms();
            let joined = state.guilds.get_mut(&guild.0).unwrap();
            (joined.is_left, joined.joined_at_ms) = (false, joined_at_ms);
            state.send_guild_create(guild.0);
        });
    }

    /// The guild becomes unavailable, and then available again.
    pub(crate) fn simulate_outage(&self, guild: GuildId) {
        self.shared.update(|state| {
            let data = |_| json!({ "id": guild.0.to_string(), "unavailable": true });
            let (kind, intents) = ("GUILD_DELETE", GUILDS);
            state.send_event(&Dispatch { kind, guild: Some(guild.0), intents, data: &data });
            state.send_guild_create(guild.0);
        });
    }

    /// A text channel.
    pub(crate) fn channel(&self, guild: GuildId, name: &str) -> ChannelId {
        let location = Location { guild: Some(guild.0), ..Location::default() };
        self.shared.update(|state| ChannelId(state.add_channel(TEXT, name, location)))
    }

    /// A category with a text channel. Returns both.
    pub(crate) fn channel_in_category(&self, guild: GuildId, name: &str) -> (ChannelId, ChannelId) {
        self.shared.update(|state| {
            let location = Location { guild: Some(guild.0), ..Location::default() };
            let category = state.add_channel(CATEGORY, "category", location);
            let location =
                Location { guild: Some(guild.0), parent: Some(category), ..Location::default() };
            (ChannelId(category), ChannelId(state.add_channel(TEXT, name, location)))
        })
    }

    /// A channel of this type, by Discord's numbers.
    pub(crate) fn channel_of_kind(&self, guild: GuildId, kind: u64) -> ChannelId {
        let location = Location { guild: Some(guild.0), ..Location::default() };
        self.shared.update(|state| ChannelId(state.add_channel(kind, "channel", location)))
    }

    /// A thread of this type, by Discord's numbers.
    pub(crate) fn thread_of_kind(&self, parent: ChannelId, owner: UserId, kind: u64) -> ChannelId {
        self.shared.update(|state| {
            let guild = state.guild_of(parent.0);
            let location = Location { guild, parent: Some(parent.0), owner: Some(owner.0) };
            ChannelId(state.add_channel(kind, "thread", location))
        })
    }

    /// A public thread with this name.
    pub(crate) fn named_thread(&self, parent: ChannelId, owner: UserId, name: &str) -> ChannelId {
        self.shared.update(|state| {
            let guild = state.guild_of(parent.0);
            let location = Location { guild, parent: Some(parent.0), owner: Some(owner.0) };
            ChannelId(state.add_channel(THREAD, name, location))
        })
    }

    /// A thread that was started from `message`, whose id it has. Its first message is a system message
    /// that refers to it.
    pub(crate) fn thread_from(&self, message: u64, owner: UserId, name: &str) -> ChannelId {
        self.shared.update(|state| {
            let parent = state.messages[&message].channel;
            let guild = state.guild_of(parent);
            let location = Location { guild, parent: Some(parent), owner: Some(owner.0) };
            let thread = state.add_channel_with_id(message, THREAD, name, location);
            let id = state.clock.id();
            state.add_message(Message {
                kind: THREAD_STARTER_MESSAGE,
                reply_to: Some(message),
                ..Message::empty(id, thread, owner.0)
            });
            ChannelId(thread)
        })
    }

    /// A thread without a create event, like one that was archived long ago.
    pub(crate) fn unannounced_thread(&self, parent: ChannelId, owner: UserId) -> ChannelId {
        self.hold_events();
        let thread = self.thread(parent, owner);
        self.discard_events();
        thread
    }

    /// Deletes a channel.
    pub(crate) fn delete_channel(&self, channel: ChannelId) {
        self.shared.update(|state| {
            state.channels.get_mut(&channel.0).unwrap().is_deleted = true;
            state.send_channel_event("CHANNEL_DELETE", channel.0);
        });
    }

    /// The user accepts no direct messages from now on.
    pub(crate) fn close_direct_messages(&self, user: UserId) {
        self.shared
            .update(|state| state.users.get_mut(&user.0).unwrap().accepts_direct_messages = false);
    }

    /// A forum.
    pub(crate) fn forum(&self, guild: GuildId, name: &str) -> ChannelId {
        let location = Location { guild: Some(guild.0), ..Location::default() };
        self.shared.update(|state| ChannelId(state.add_channel(FORUM, name, location)))
    }

    /// A thread of a channel or forum.
    pub(crate) fn thread(&self, parent: ChannelId, owner: UserId) -> ChannelId {
        self.thread_of_kind(parent, owner, THREAD)
    }

    /// The direct message channel of a user and the bot.
    pub(crate) fn direct(&self, user: UserId) -> ChannelId {
        self.shared.update(|state| ChannelId(state.direct_channel(user.0)))
    }

    /// A user who is a member of every guild.
    pub(crate) fn user(&self, name: &str) -> UserId {
        self.add_user_named(name, false)
    }

    /// Another bot.
    pub(crate) fn bot(&self, name: &str) -> UserId {
        self.add_user_named(name, true)
    }

    fn add_user_named(&self, name: &str, is_bot: bool) -> UserId {
        self.shared.update(|state| {
            let id = state.clock.id();
            state.add_user(id, name, is_bot);
            UserId(id)
        })
    }

    /// Sets the locale of the user's client.
    pub(crate) fn set_locale(&self, user: UserId, locale: &str) {
        self.shared.update(|state| {
            state.users.get_mut(&user.0).unwrap().locale = locale.to_owned();
        });
    }

    /// The markup that mentions the bot.
    pub(crate) fn mention(&self) -> String {
        self.shared.read(|state| format!("<@{}>", state.bot))
    }

    /// The markup that mentions the bot's role.
    pub(crate) fn role_mention(&self, guild: GuildId) -> String {
        self.shared.read(|state| format!("<@&{}>", state.guilds[&guild.0].bot_role))
    }
}
