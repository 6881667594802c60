//! Who may do what: roles, overwrites, timeouts and locked threads, as moderators change them.

use serde_json::{Value, json};

use super::Discord;
use super::builders::{ChannelId, GuildId, UserId};
use super::guild::{Channel, Role};
use super::overwrite::{Overwrite, Subject};
use super::permission::{ADMINISTRATOR, Permissions, USE_APPLICATION_COMMANDS, VIEW_CHANNEL};
use super::session::{Dispatch, GUILDS};
use super::state::ServerState;

/// Contexts of commands.
const IN_GUILDS: u64 = 0;
const IN_DIRECT_MESSAGES: u64 = 1;

impl ServerState {
    /// Whether Discord offers `command` to `user` in `channel`: by its contexts and its default
    /// permissions, since moderators have set no others.
    pub(super) fn is_offered(&self, command: &Value, channel: &Channel, user: u64) -> bool {
        let context = if channel.guild.is_some() { IN_GUILDS } else { IN_DIRECT_MESSAGES };
        let contexts = command["contexts"].as_array();
        if contexts.is_some_and(|contexts| !contexts.contains(&json!(context))) {
            return false;
        }
        if channel.guild.is_none() {
            return true;
        }
        let granted = self.permissions(channel, user);
        let by_default = command["default_member_permissions"].as_str();
        let required = by_default.map_or(0, |bits| bits.parse().expect("permission bits"));
        // Without any permission, a command is for administrators.
        let required = if by_default == Some("0") { ADMINISTRATOR } else { required };
        let required = required | USE_APPLICATION_COMMANDS | VIEW_CHANNEL;
        granted & required == required
    }
}

impl Discord {
    /// Whether `user` may send messages in `channel`.
    pub(crate) fn user_may_send(&self, channel: ChannelId, user: UserId) -> bool {
        self.shared.read(|state| state.may_send(&state.channels[&channel.0], user.0))
    }

    /// The names of the commands that `user` is offered in `channel`.
    pub(crate) fn offered_commands(&self, channel: ChannelId, user: UserId) -> Vec<String> {
        self.shared.read(|state| {
            let channel = &state.channels[&channel.0];
            let offered = state.commands.iter().filter(|it| state.is_offered(it, channel, user.0));
            offered.map(|it| it["name"].as_str().expect("a name").to_owned()).collect()
        })
    }

    /// Sets what a channel allows and denies `subject`, and sends the event: a channel appears and
    /// disappears for the bot with the permission to view it.
    pub(crate) fn overwrite(
        &self,
        channel: ChannelId,
        subject: Subject,
        (allow, deny): (Permissions, Permissions),
    ) {
        self.shared.update(|state| {
            let sees = |state: &ServerState| state.may(&state.channels[&channel.0], VIEW_CHANNEL);
            let guild = &state.guilds[&state.guild_of(channel.0).expect("a guild")];
            let (id, is_for_member) = match subject {
                Subject::Everyone => (guild.id, false),
                Subject::Users => (guild.user_role, false),
                Subject::Role(id) => (id, false),
                Subject::Member(user) => (user.0, true),
                Subject::Bot => (state.bot, true),
            };
            let saw = sees(state);
            let overwrite = Overwrite { is_for_member, allow, deny };
            state.channels.get_mut(&channel.0).unwrap().overwrites.insert(id, overwrite);
            let kind = match (saw, sees(state)) {
                (true, false) => "CHANNEL_DELETE",
                (false, true) => "CHANNEL_CREATE",
                (true, true) => "CHANNEL_UPDATE",
                (false, false) => return,
            };
            state.send_channel_event(kind, channel.0);
        });
    }

    /// Denies the bot permissions in a channel.
    pub(crate) fn deny(&self, channel: ChannelId, denied: Permissions) {
        self.overwrite(channel, Subject::Bot, (0, denied));
    }

    /// Denies users permissions in a channel.
    pub(crate) fn deny_users(&self, channel: ChannelId, denied: Permissions) {
        self.overwrite(channel, Subject::Users, (0, denied));
    }

    /// Archives a thread, as Discord does after a while. It stays open: a message unarchives it.
    pub(crate) fn archive_thread(&self, thread: ChannelId) {
        self.update_thread(thread, |thread| thread.is_archived = true);
    }

    /// Locks a thread; nobody but moderators may write in it.
    pub(crate) fn lock_thread(&self, thread: ChannelId) {
        self.update_thread(thread, |thread| thread.is_locked = true);
    }

    /// Unlocks and unarchives a thread.
    pub(crate) fn reopen_thread(&self, thread: ChannelId) {
        self.update_thread(thread, |it| (it.is_locked, it.is_archived) = (false, false));
    }

    fn update_thread(&self, thread: ChannelId, update: impl FnOnce(&mut Channel)) {
        self.shared.update(|state| {
            update(state.channels.get_mut(&thread.0).unwrap());
            state.send_channel_event("THREAD_UPDATE", thread.0);
        });
    }

    /// The threads of `channel` that a new session would be told of.
    pub(crate) fn listed_threads(&self, channel: ChannelId) -> Vec<ChannelId> {
        self.shared.read(|state| {
            let guild = state.guild_of(channel.0).expect("a guild");
            let event = state.guild_event(guild);
            let threads = event["threads"].as_array().expect("threads").iter();
            let parent = channel.0.to_string();
            let of_channel = threads.filter(|it| it["parent_id"] == *parent);
            of_channel.map(|it| ChannelId(it["id"].as_str().unwrap().parse().unwrap())).collect()
        })
    }

    /// The managed role of the bot.
    pub(crate) fn bot_role(&self, guild: GuildId) -> Subject {
        self.shared.read(|state| Subject::Role(state.guilds[&guild.0].bot_role))
    }

    /// Whether a thread is archived.
    pub(crate) fn is_archived(&self, thread: ChannelId) -> bool {
        self.shared.read(|state| state.channels[&thread.0].is_archived)
    }

    /// Gives a user a role that permits nothing, and returns its id.
    pub(crate) fn give_role(&self, guild: GuildId, user: UserId, name: &str) -> u64 {
        self.give_role_with(guild, user, (name, 0))
    }

    /// Gives a user a role with these permissions, and returns its id.
    pub(crate) fn give_role_with(
        &self,
        guild: GuildId,
        user: UserId,
        (name, permissions): (&str, Permissions),
    ) -> u64 {
        self.shared.update(|state| {
            let id = state.clock.id();
            let role = Role { name: name.to_owned(), permissions };
            state.guilds.get_mut(&guild.0).unwrap().roles.insert(id, role);
            let roles = &mut state.users.get_mut(&user.0).unwrap().roles;
            roles.entry(guild.0).or_default().insert(id);
            id
        })
    }

    /// Denies the bot's role permissions, and sends the role event.
    pub(crate) fn deny_role(&self, guild: GuildId, denied: Permissions) {
        self.change_guild(guild, "GUILD_ROLE_UPDATE", |state| {
            let bot = state.bot;
            let changed = state.guilds.get_mut(&guild.0).unwrap();
            changed.deny_bot_role(denied);
            json!({ "guild_id": guild.0.to_string(), "role": changed.role(changed.bot_role, bot) })
        });
    }

    /// Denies the bot's role permissions, and sends the guild event, which contains the roles.
    pub(crate) fn deny_guild(&self, guild: GuildId, denied: Permissions) {
        self.change_guild(guild, "GUILD_UPDATE", |state| {
            let bot = state.bot;
            let changed = state.guilds.get_mut(&guild.0).unwrap();
            changed.deny_bot_role(denied);
            changed.json(bot)
        });
    }

    /// Begins or ends a timeout of the bot, and sends the member event.
    pub(crate) fn set_timed_out(&self, guild: GuildId, is_timed_out: bool) {
        self.change_guild(guild, "GUILD_MEMBER_UPDATE", |state| {
            state.guilds.get_mut(&guild.0).unwrap().is_timed_out = is_timed_out;
            let mut member = state.member(guild.0, state.bot);
            member["guild_id"] = json!(guild.0.to_string());
            member["user"] = state.user(state.bot).unwrap().json();
            member
        });
    }

    /// Changes a guild, and sends the event that `change` returns. Bots receive events of their own
    /// member without the intent for members, too.
    fn change_guild(
        &self,
        guild: GuildId,
        kind: &'static str,
        change: impl FnOnce(&mut ServerState) -> Value,
    ) {
        self.shared.update(|state| {
            let json = change(state);
            let data = |_| json.clone();
            state.send_event(&Dispatch {
                kind,
                guild: Some(guild.0),
                intents: GUILDS,
                data: &data,
            });
        });
    }
}
