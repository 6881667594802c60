//! Who may manage each guild: its owner, and members by their roles.

use std::collections::{HashMap, HashSet};

use serenity::model::guild::Guild;
use serenity::model::id::{GuildId, RoleId, UserId};
use serenity::model::permissions::Permissions;

/// Who may manage the guilds that the bot is in.
#[derive(Debug, Default)]
pub(super) struct Managers(HashMap<GuildId, OfGuild>);

#[derive(Debug)]
struct OfGuild {
    owner: UserId,
    /// The roles that give the permission.
    roles: HashSet<RoleId>,
}

impl Managers {
    /// Sets who may manage `guild`.
    pub(super) fn set_guild(&mut self, guild: &Guild) {
        let roles =
            guild.roles.values().filter(|role| may_manage(role.permissions)).map(|role| role.id);
        self.0.insert(guild.id, OfGuild { owner: guild.owner_id, roles: roles.collect() });
    }

    /// Sets the owner of `guild`, if it is known.
    pub(super) fn set_owner(&mut self, guild: GuildId, owner: UserId) {
        if let Some(known) = self.0.get_mut(&guild) {
            known.owner = owner;
        }
    }

    /// Sets what `role` of `guild` permits.
    pub(super) fn set_role(&mut self, guild: GuildId, role: RoleId, permissions: Permissions) {
        let Some(known) = self.0.get_mut(&guild) else { return };
        if may_manage(permissions) {
            known.roles.insert(role);
        } else {
            known.roles.remove(&role);
        }
    }

    /// Removes a guild that the bot has left.
    pub(super) fn remove_guild(&mut self, guild: GuildId) {
        self.0.remove(&guild);
    }

    /// Whether a member with these roles may manage `guild`. Nobody may manage one that is not known.
    pub(super) fn includes(&self, guild: GuildId, user: UserId, roles: &[RoleId]) -> bool {
        let Some(known) = self.0.get(&guild) else { return false };
        // Everybody has the role with the id of the guild.
        let everyone = RoleId::new(guild.get());
        let has_role = || roles.iter().chain([&everyone]).any(|role| known.roles.contains(role));
        known.owner == user || has_role()
    }
}

fn may_manage(permissions: Permissions) -> bool {
    permissions.intersects(Permissions::MANAGE_GUILD | Permissions::ADMINISTRATOR)
}
