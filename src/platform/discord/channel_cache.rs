//! A cache of the guilds that the bot is in, and of their channels and threads.

use std::collections::{HashMap, HashSet};

use serenity::model::channel::{ChannelType, GuildChannel, PartialChannel};
use serenity::model::guild::{Guild, Role};
use serenity::model::id::{ChannelId, GuildId, RoleId, UserId};
use serenity::model::permissions::Permissions;

use super::ids;
use super::managers::Managers;
use crate::conversation::Place;

/// Longest chain of a channel and its parents: thread, channel, category.
const MAX_DEPTH: usize = 3;

/// Capacity for threads, whose number is unlimited, unlike that of channels. An evicted thread is
/// looked up again when it is needed.
const MAX_THREADS: usize = 50_000;

/// The type of a channel like a forum, for pictures and videos, which serenity does not know.
const MEDIA: ChannelType = ChannelType::Unknown(16);

/// Bits of a guild id below those that determine its shard.
const SHARD_SHIFT: u32 = 22;

/// The guilds of the bot, with their channels and threads, as the gateway reports them.
#[derive(Debug, Default)]
pub(super) struct ChannelCache {
    bot_id: Option<UserId>,
    /// The number of shards of this process.
    n_shards: usize,
    /// The shards that have reported their guilds.
    ready_shards: HashSet<u32>,
    guilds: HashSet<GuildId>,
    /// The managed role of the bot in each guild, by which users may mention it.
    bot_roles: HashMap<GuildId, RoleId>,
    managers: Managers,
    channels: HashMap<ChannelId, ChannelEntry>,
    threads: HashMap<ChannelId, ChannelEntry>,
}

/// The location of a channel or thread, and the name of a thread.
#[derive(Debug, Clone)]
struct ChannelEntry {
    guild: Option<GuildId>,
    /// The category of a channel, or the channel of a thread.
    parent: Option<ChannelId>,
    /// The name of a thread, which is the title of a forum post.
    thread_name: Option<Box<str>>,
    /// Whether it has threads only, whose first messages are in the threads.
    is_forum: bool,
}

impl ChannelCache {
    /// An empty cache for a process with this number of shards.
    pub(super) fn for_shards(n_shards: usize) -> Self {
        Self { n_shards, ..Self::default() }
    }

    /// Sets the id of the bot and the guilds of `shard`, one of `total`. Guilds of that shard that
    /// are not listed are removed.
    pub(super) fn ready(&mut self, bot_id: UserId, (shard, total): (u32, u32), guilds: &[GuildId]) {
        self.bot_id = Some(bot_id);
        self.ready_shards.insert(shard);
        let is_of_shard = |guild: &GuildId| {
            (guild.get() >> SHARD_SHIFT) % u64::from(total.max(1)) == u64::from(shard)
        };
        let of_shard = self.guilds.iter().filter(|guild| is_of_shard(guild));
        let left: Vec<GuildId> = of_shard.filter(|it| !guilds.contains(it)).copied().collect();
        for guild in left {
            self.remove_guild(guild);
        }
        self.guilds.extend(guilds);
    }

    /// The user id of the bot; `None` before the first `READY`.
    pub(super) fn bot_id(&self) -> Option<UserId> {
        self.bot_id
    }

    /// Adds `guild` with its channels and threads. Returns whether it is new.
    pub(super) fn add_guild(&mut self, guild: &Guild) -> bool {
        for channel in guild.channels.values().chain(&guild.threads) {
            self.add_channel(channel);
        }
        let is_bot_role = |role: &&Role| role.tags.bot_id == self.bot_id;
        let bot_role = guild.roles.values().find(is_bot_role);
        if let Some(role) = bot_role.filter(|_| self.bot_id.is_some()) {
            self.bot_roles.insert(guild.id, role.id);
        }
        self.managers.set_guild(guild);
        self.guilds.insert(guild.id)
    }

    /// Who may manage the guilds.
    pub(super) fn managers(&self) -> &Managers {
        &self.managers
    }

    /// The same, to be updated.
    pub(super) fn managers_mut(&mut self) -> &mut Managers {
        &mut self.managers
    }

    /// Removes a guild that the bot has left, with its channels and threads.
    pub(super) fn remove_guild(&mut self, guild: GuildId) {
        self.guilds.remove(&guild);
        self.bot_roles.remove(&guild);
        self.managers.remove_guild(guild);
        for entries in [&mut self.channels, &mut self.threads] {
            entries.retain(|_, entry| entry.guild != Some(guild));
        }
    }

    /// Adds a channel or thread, or updates its location.
    pub(super) fn add_channel(&mut self, channel: &GuildChannel) {
        let is_thread = is_thread(channel.kind);
        let entry = ChannelEntry {
            guild: Some(channel.guild_id),
            parent: channel.parent_id,
            thread_name: is_thread.then(|| channel.name.as_str().into()),
            is_forum: matches!(channel.kind, ChannelType::Forum | MEDIA),
        };
        if is_thread {
            self.add_thread(channel.id, entry);
        } else {
            self.channels.insert(channel.id, entry);
        }
    }

    /// Adds the channel of an interaction, unless it is known.
    pub(super) fn add_partial_channel(&mut self, channel: &PartialChannel, guild: Option<GuildId>) {
        if guild.is_some() && self.is_unknown(channel.id) {
            let thread_name = channel.name.as_deref().filter(|_| is_thread(channel.kind));
            let thread_name = thread_name.map(Into::into);
            let parent = channel.parent_id;
            let entry = ChannelEntry { guild, parent, thread_name, is_forum: false };
            self.add_thread(channel.id, entry);
        }
    }

    /// Adds a channel that Discord does not show to the bot, without a parent.
    pub(super) fn mark_unresolvable(&mut self, channel: ChannelId, guild: Option<GuildId>) {
        if self.is_unknown(channel) {
            let (parent, thread_name) = (None, None);
            let entry = ChannelEntry { guild, parent, thread_name, is_forum: false };
            self.add_thread(channel, entry);
        }
    }

    fn add_thread(&mut self, thread: ChannelId, entry: ChannelEntry) {
        if self.threads.len() >= MAX_THREADS && !self.threads.contains_key(&thread) {
            self.threads.clear();
        }
        self.threads.insert(thread, entry);
    }

    /// Removes a deleted channel or thread.
    pub(super) fn remove_channel(&mut self, channel: ChannelId) {
        self.channels.remove(&channel);
        self.threads.remove(&channel);
    }

    /// Whether `channel` is not in the cache.
    pub(super) fn is_unknown(&self, channel: ChannelId) -> bool {
        self.entry(channel).is_none()
    }

    /// The name of the thread `channel`; `None` for other channels.
    pub(super) fn thread_name(&self, channel: ChannelId) -> Option<&str> {
        self.entry(channel)?.thread_name.as_deref()
    }

    /// The channel of the message that the thread `channel` was started from, whose id is that of the
    /// thread; `None` for other channels. Not every thread was started from a message.
    pub(super) fn starter_channel(&self, channel: ChannelId) -> Option<ChannelId> {
        let thread = self.entry(channel).filter(|entry| entry.thread_name.is_some())?;
        let parent = thread.parent?;
        let is_post = self.entry(parent).is_some_and(|entry| entry.is_forum);
        Some(if is_post { channel } else { parent })
    }

    fn entry(&self, channel: ChannelId) -> Option<&ChannelEntry> {
        self.channels.get(&channel).or_else(|| self.threads.get(&channel))
    }

    /// The guild of `channel`; `None` for direct messages, and if it is not in the cache.
    pub(super) fn guild_of(&self, channel: ChannelId) -> Option<GuildId> {
        self.entry(channel)?.guild
    }

    /// Whether `other` is a parent of `channel`, directly or not.
    pub(super) fn is_child_of(&self, channel: ChannelId, other: ChannelId) -> bool {
        self.parents(channel).any(|it| it == other)
    }

    /// Whether `channel` is in `guild`; also true if it is not in the cache.
    pub(super) fn is_in(&self, channel: ChannelId, guild: GuildId) -> bool {
        self.entry(channel).is_none_or(|entry| entry.guild == Some(guild))
    }

    /// The managed role of the bot in `guild`.
    pub(super) fn bot_role(&self, guild: GuildId) -> Option<RoleId> {
        self.bot_roles.get(&guild).copied()
    }

    /// The place of `channel`, which is in `guild`, or a direct message without one.
    pub(super) fn place(&self, channel: ChannelId, guild: Option<GuildId>) -> Place {
        let id = ids::channel(channel);
        let Some(guild) = guild else {
            // A user who can write to the bot shares a guild with it. Which one is known only if
            // the bot is in a single guild.
            let are_all_ready = self.ready_shards.len() >= self.n_shards;
            let is_single = are_all_ready && self.guilds.len() == 1;
            let guild = self.guilds.iter().next().filter(|_| is_single);
            let parents = guild.map(|guild| ids::guild(*guild)).into_iter().collect();
            return Place { id, parents, is_direct: true };
        };
        let parents = self.parents(channel).map(ids::channel).chain([ids::guild(guild)]).collect();
        Place { id, parents, is_direct: false }
    }

    /// The parents of `channel`, innermost first.
    fn parents(&self, channel: ChannelId) -> impl Iterator<Item = ChannelId> {
        let parent = |id: &ChannelId| self.entry(*id)?.parent;
        std::iter::successors(parent(&channel), parent).take(MAX_DEPTH)
    }

    /// The channel in which to greet `guild`: its system channel, else the first text channel in
    /// which the bot may send messages.
    pub(super) fn greeting_channel(&self, guild: &Guild) -> Option<Place> {
        let bot = guild.members.get(&self.bot_id?)?;
        let may_send = |channel: &&GuildChannel| {
            let required = Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES;
            channel.kind == ChannelType::Text
                && guild.user_permissions_in(channel, bot).contains(required)
        };
        let system_channel = guild.system_channel_id.and_then(|id| guild.channels.get(&id));
        let channel = system_channel.filter(may_send).or_else(|| {
            let writable = guild.channels.values().filter(may_send);
            writable.min_by_key(|channel| (channel.position, channel.id))
        });
        Some(self.place(channel?.id, Some(guild.id)))
    }
}

/// Whether `kind` is a thread: a child of a channel that can have messages itself.
pub(super) fn is_thread(kind: ChannelType) -> bool {
    matches!(kind, ChannelType::NewsThread | ChannelType::PublicThread | ChannelType::PrivateThread)
}
