//! Where channels are: in which guild, below which channel. Learned from what the gateway tells.

use std::collections::{HashMap, HashSet};

use serenity::model::channel::{ChannelType, GuildChannel, PartialChannel};
use serenity::model::guild::Guild;
use serenity::model::id::{ChannelId, GuildId, RoleId, UserId};
use serenity::model::permissions::Permissions;

use super::ids;
use crate::conversation::Place;

/// Channels around a channel that are looked for: a thread, its channel, its category.
const MAX_DEPTH: usize = 3;

/// Threads that are known at the most. There is no end of them, unlike of channels; one that is
/// forgotten is asked for again.
const MAX_THREADS: usize = 50_000;

/// Bits of a guild's id below those that say which shard it belongs to.
const SHARD_SHIFT: u32 = 22;

/// What is known of the guilds that we are in.
#[derive(Debug, Default)]
pub(super) struct ChannelCache {
    us: Option<UserId>,
    /// How many shards are served here, and which of them have told their guilds.
    n_shards: usize,
    shards: HashSet<u32>,
    guilds: HashSet<GuildId>,
    /// The role that a guild made for us, by which people may mention us.
    our_roles: HashMap<GuildId, RoleId>,
    channels: HashMap<ChannelId, ChannelEntry>,
    threads: HashMap<ChannelId, ChannelEntry>,
}

/// Where a channel or thread is.
#[derive(Debug, Clone, Copy)]
struct ChannelEntry {
    guild: Option<GuildId>,
    /// What it stands below.
    parent: Option<ChannelId>,
}

impl ChannelCache {
    /// Nothing is known of so many shards.
    pub(super) fn for_shards(n_shards: usize) -> Self {
        Self { n_shards, ..Self::default() }
    }

    /// We are `us`, and on this shard of so many in these guilds and no others.
    pub(super) fn ready(&mut self, us: UserId, (shard, total): (u32, u32), guilds: &[GuildId]) {
        self.us = Some(us);
        self.shards.insert(shard);
        let is_its = |guild: &GuildId| {
            (guild.get() >> SHARD_SHIFT) % u64::from(total.max(1)) == u64::from(shard)
        };
        let of_shard = self.guilds.iter().filter(|guild| is_its(guild));
        let left: Vec<GuildId> = of_shard.filter(|it| !guilds.contains(it)).copied().collect();
        for guild in left {
            self.remove_guild(guild);
        }
        self.guilds.extend(guilds);
    }

    /// Who we are; nobody before the gateway has told.
    pub(super) fn bot_id(&self) -> Option<UserId> {
        self.us
    }

    /// Learns what `guild` has. `true` if we were not in it before.
    pub(super) fn add_guild(&mut self, guild: &Guild) -> bool {
        for channel in guild.channels.values().chain(&guild.threads) {
            self.add_channel(channel);
        }
        let is_ours = |role: &&serenity::model::guild::Role| role.tags.bot_id == self.us;
        if let Some(role) = guild.roles.values().find(is_ours).filter(|_| self.us.is_some()) {
            self.our_roles.insert(guild.id, role.id);
        }
        self.guilds.insert(guild.id)
    }

    /// We are no longer in `guild`.
    pub(super) fn remove_guild(&mut self, guild: GuildId) {
        self.guilds.remove(&guild);
        self.our_roles.remove(&guild);
        for spots in [&mut self.channels, &mut self.threads] {
            spots.retain(|_, spot| spot.guild != Some(guild));
        }
    }

    /// Learns where `channel` is.
    pub(super) fn add_channel(&mut self, channel: &GuildChannel) {
        let spot = ChannelEntry { guild: Some(channel.guild_id), parent: channel.parent_id };
        if is_thread(channel.kind) {
            self.learn_thread(channel.id, spot);
        } else {
            self.channels.insert(channel.id, spot);
        }
    }

    /// Learns where the channel of an interaction is.
    pub(super) fn add_partial_channel(&mut self, channel: &PartialChannel, guild: Option<GuildId>) {
        if guild.is_some() && self.is_unknown(channel.id) {
            self.learn_thread(channel.id, ChannelEntry { guild, parent: channel.parent_id });
        }
    }

    /// Nobody tells where `channel` of `guild` is.
    pub(super) fn mark_unresolvable(&mut self, channel: ChannelId, guild: Option<GuildId>) {
        if self.is_unknown(channel) {
            self.learn_thread(channel, ChannelEntry { guild, parent: None });
        }
    }

    fn learn_thread(&mut self, thread: ChannelId, spot: ChannelEntry) {
        if self.threads.len() >= MAX_THREADS && !self.threads.contains_key(&thread) {
            self.threads.clear();
        }
        self.threads.insert(thread, spot);
    }

    /// `channel` is gone.
    pub(super) fn remove_channel(&mut self, channel: ChannelId) {
        self.channels.remove(&channel);
        self.threads.remove(&channel);
    }

    /// Whether nobody has told where `channel` is.
    pub(super) fn is_unknown(&self, channel: ChannelId) -> bool {
        self.spot(channel).is_none()
    }

    fn spot(&self, channel: ChannelId) -> Option<ChannelEntry> {
        self.channels.get(&channel).or_else(|| self.threads.get(&channel)).copied()
    }

    /// Whether `channel` stands somewhere below `other`.
    pub(super) fn is_child_of(&self, channel: ChannelId, other: ChannelId) -> bool {
        self.parents(channel).any(|it| it == other)
    }

    /// Whether `channel` is in `guild`, or nobody has told where it is.
    pub(super) fn is_in(&self, channel: ChannelId, guild: GuildId) -> bool {
        self.spot(channel).is_none_or(|spot| spot.guild == Some(guild))
    }

    /// Our role in `guild`.
    pub(super) fn bot_role(&self, guild: GuildId) -> Option<RoleId> {
        self.our_roles.get(&guild).copied()
    }

    /// The place of `channel`, which is in `guild` or, without one, direct.
    pub(super) fn place(&self, channel: ChannelId, guild: Option<GuildId>) -> Place {
        let id = ids::channel(channel);
        let Some(guild) = guild else {
            // Who writes to us shares a guild with us; with an only one it is clear which.
            let is_all_known = self.shards.len() >= self.n_shards;
            let only = self.guilds.iter().next().filter(|_| is_all_known && self.guilds.len() == 1);
            let within = only.map(|guild| ids::guild(*guild)).into_iter().collect();
            return Place { id, parents: within, is_direct: true };
        };
        let within = self.parents(channel).map(ids::channel).chain([ids::guild(guild)]).collect();
        Place { id, parents: within, is_direct: false }
    }

    /// What `channel` stands below, from the nearest on.
    fn parents(&self, channel: ChannelId) -> impl Iterator<Item = ChannelId> {
        let parent = |id: &ChannelId| self.spot(*id)?.parent;
        std::iter::successors(parent(&channel), parent).take(MAX_DEPTH)
    }

    /// Where to greet in `guild`: where it welcomes people, else the first channel where we may
    /// write.
    pub(super) fn greeting_channel(&self, guild: &Guild) -> Option<Place> {
        let us = guild.members.get(&self.us?)?;
        let may_write = |channel: &&GuildChannel| {
            let needed = Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES;
            channel.kind == ChannelType::Text
                && guild.user_permissions_in(channel, us).contains(needed)
        };
        let welcoming = guild.system_channel_id.and_then(|id| guild.channels.get(&id));
        let channel = welcoming.filter(may_write).or_else(|| {
            let writable = guild.channels.values().filter(may_write);
            writable.min_by_key(|channel| (channel.position, channel.id))
        });
        Some(self.place(channel?.id, Some(guild.id)))
    }
}

/// Whether channels of this `kind` stand below another in which people write.
pub(super) fn is_thread(kind: ChannelType) -> bool {
    matches!(kind, ChannelType::NewsThread | ChannelType::PublicThread | ChannelType::PrivateThread)
}
