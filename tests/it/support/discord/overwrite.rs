//! Permission overwrites of channels, and what roles and overwrites together permit.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::builders::UserId;
use super::guild::Channel;
use super::permission::{
    self, ADMINISTRATOR, MANAGE_THREADS, Permissions, SEND_MESSAGES, SEND_MESSAGES_IN_THREADS,
};
use super::state::ServerState;

/// Who an overwrite is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    Everyone,
    /// The role that all users have, but not the bot.
    Users,
    Role(u64),
    Member(UserId),
    Bot,
}

/// What a channel allows and denies a role or a member.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Overwrite {
    pub(super) is_for_member: bool,
    pub(super) allow: Permissions,
    pub(super) deny: Permissions,
}

/// The overwrites of a channel, by the id of the role or member.
pub(super) type Overwrites = BTreeMap<u64, Overwrite>;

/// The overwrite objects.
pub(super) fn json(overwrites: &Overwrites) -> Value {
    let object = |(id, overwrite): (&u64, &Overwrite)| {
        json!({
            "id": id.to_string(), "type": u8::from(overwrite.is_for_member),
            "allow": overwrite.allow.to_string(), "deny": overwrite.deny.to_string(),
        })
    };
    overwrites.iter().map(object).collect()
}

impl ServerState {
    /// The permissions of `user` in `channel`, which has to be in a guild, as Discord's documentation
    /// computes them: first roles, then the overwrites for everyone, for roles and for the member. A
    /// thread has the overwrites of its channel; a channel does not have those of its category.
    pub(super) fn permissions(&self, channel: &Channel, user: u64) -> Permissions {
        let Some(guild) = channel.guild else { return permission::GRANTED_TO_USERS };
        let roles = self.roles_of(guild, user);
        let guild = &self.guilds[&guild];
        let everyone = guild.id;
        let of_role = |id: &u64| guild.roles.get(id).map_or(0, |role| role.permissions);
        let base = roles.iter().map(of_role).fold(of_role(&everyone), |all, it| all | it);
        if base & ADMINISTRATOR != 0 {
            return Permissions::MAX;
        }
        let parent = channel.parent.filter(|_| channel.is_thread());
        let overwrites = &parent.map_or(channel, |parent| &self.channels[&parent]).overwrites;
        let apply = |granted: Permissions, ids: &[u64]| {
            let found = ids.iter().filter_map(|id| overwrites.get(id));
            let (allow, deny) =
                found.fold((0, 0), |(allow, deny), it| (allow | it.allow, deny | it.deny));
            granted & !deny | allow
        };
        let granted = apply(apply(apply(base, &[everyone]), &roles), &[user]);
        let granted = permission::without_implicitly_denied(granted);
        if guild.is_timed_out && user == self.bot {
            granted & permission::ALLOWED_IN_TIMEOUT
        } else {
            granted
        }
    }

    /// The roles of `user` in `guild`, without @everyone.
    pub(super) fn roles_of(&self, guild: u64, user: u64) -> Vec<u64> {
        let given = self.user(user).and_then(|user| user.roles.get(&guild));
        let mut roles: Vec<u64> = given.into_iter().flatten().copied().collect();
        if user != self.bot {
            roles.push(self.guilds[&guild].user_role);
        }
        roles
    }

    /// Whether `user` may send messages in `channel`. Nobody but moderators may do so in a locked
    /// thread. In direct messages everybody may.
    pub(super) fn may_send(&self, channel: &Channel, user: u64) -> bool {
        if channel.guild.is_none() {
            return true;
        }
        let required = if channel.is_thread() { SEND_MESSAGES_IN_THREADS } else { SEND_MESSAGES };
        let granted = self.permissions(channel, user);
        granted & required != 0 && (!channel.is_locked || granted & MANAGE_THREADS != 0)
    }
}
