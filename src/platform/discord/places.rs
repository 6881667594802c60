//! Where channels are: in which guild, below which channel. Learned from what the gateway tells.

use std::collections::{HashMap, HashSet};

use serenity::model::channel::{ChannelType, GuildChannel, PartialChannel};
use serenity::model::guild::Guild;
use serenity::model::id::{ChannelId, GuildId, RoleId, UserId};
use serenity::model::permissions::Permissions;

use super::name;
use crate::conversation::Place;

/// Channels around a channel that are looked for: a thread, its channel, its category.
const MAX_DEPTH: usize = 3;

/// What is known of the guilds that we are in.
#[derive(Debug, Default)]
pub(super) struct Places {
    us: Option<UserId>,
    guilds: HashSet<GuildId>,
    /// The role that a guild made for us, by which people may mention us.
    our_roles: HashMap<GuildId, RoleId>,
    /// What each channel stands below.
    parents: HashMap<ChannelId, Option<ChannelId>>,
}

impl Places {
    /// We are `us`, and in these guilds.
    pub(super) fn ready(&mut self, us: UserId, guilds: impl Iterator<Item = GuildId>) {
        self.us = Some(us);
        self.guilds.extend(guilds);
    }

    /// Who we are; nobody before the gateway has told.
    pub(super) fn us(&self) -> Option<UserId> {
        self.us
    }

    /// Learns what `guild` has. `true` if we were not in it before.
    pub(super) fn learn(&mut self, guild: &Guild) -> bool {
        for channel in guild.channels.values().chain(&guild.threads) {
            self.learn_channel(channel);
        }
        let is_ours = |role: &&serenity::model::guild::Role| role.tags.bot_id == self.us;
        if let Some(role) = guild.roles.values().find(is_ours).filter(|_| self.us.is_some()) {
            self.our_roles.insert(guild.id, role.id);
        }
        self.guilds.insert(guild.id)
    }

    /// We are no longer in `guild`.
    pub(super) fn forget(&mut self, guild: GuildId) {
        self.guilds.remove(&guild);
        self.our_roles.remove(&guild);
    }

    /// Learns where `channel` is.
    pub(super) fn learn_channel(&mut self, channel: &GuildChannel) {
        self.parents.insert(channel.id, channel.parent_id);
    }

    /// Learns where the channel of an interaction is.
    pub(super) fn learn_partial(&mut self, channel: &PartialChannel) {
        self.parents.entry(channel.id).or_insert(channel.parent_id);
    }

    /// Nobody tells where `channel` is.
    pub(super) fn learn_nothing(&mut self, channel: ChannelId) {
        self.parents.entry(channel).or_insert(None);
    }

    /// `channel` is gone.
    pub(super) fn forget_channel(&mut self, channel: ChannelId) {
        self.parents.remove(&channel);
    }

    /// Whether nobody has told where `channel` is.
    pub(super) fn is_unknown(&self, channel: ChannelId) -> bool {
        !self.parents.contains_key(&channel)
    }

    /// Our role in `guild`.
    pub(super) fn our_role(&self, guild: GuildId) -> Option<RoleId> {
        self.our_roles.get(&guild).copied()
    }

    /// The place of `channel`, which is in `guild` or, without one, direct.
    pub(super) fn place(&self, channel: ChannelId, guild: Option<GuildId>) -> Place {
        let id = name::channel(channel);
        let Some(guild) = guild else {
            // Who writes to us shares a guild with us; with an only one it is clear which.
            let only = self.guilds.iter().next().filter(|_| self.guilds.len() == 1);
            let within = only.map(|guild| name::guild(*guild)).into_iter().collect();
            return Place { id, within, is_direct: true };
        };
        let parent = |id: &ChannelId| self.parents.get(id).copied().flatten();
        let around = std::iter::successors(parent(&channel), parent).take(MAX_DEPTH);
        let within = around.map(name::channel).chain([name::guild(guild)]).collect();
        Place { id, within, is_direct: false }
    }

    /// Where to greet in `guild`: where it welcomes people, else the first channel where we may
    /// write.
    pub(super) fn greeting_place(&self, guild: &Guild) -> Option<Place> {
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
