//! Guilds with their roles and channels, and users.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::clock::iso;
use super::overwrite::{self, Overwrites};
use super::permission::{self, Permissions};

/// A user.
#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) is_bot: bool,
    pub(super) locale: String,
    /// Roles by guild.
    pub(super) roles: BTreeMap<u64, BTreeSet<u64>>,
    /// Whether the user accepts direct messages.
    pub(super) accepts_direct_messages: bool,
}

impl User {
    pub(super) fn json(&self) -> Value {
        json!({
            "id": self.id.to_string(), "username": self.name, "global_name": self.name,
            "avatar": null, "discriminator": "0", "bot": self.is_bot, "public_flags": 0,
        })
    }
}

/// A role.
#[derive(Debug, Clone)]
pub(super) struct Role {
    pub(super) name: String,
    pub(super) permissions: Permissions,
}

/// A guild that the bot is in.
#[derive(Debug, Clone)]
pub(super) struct Guild {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) joined_at_ms: u64,
    pub(super) locale: String,
    /// Roles by id. The one with the guild's id is @everyone, which permits nothing by itself.
    pub(super) roles: BTreeMap<u64, Role>,
    /// The managed role of the bot.
    pub(super) bot_role: u64,
    /// The role of everybody but the bot.
    pub(super) user_role: u64,
    /// Whether the bot is in a timeout.
    pub(super) is_timed_out: bool,
    /// Whether the bot was removed.
    pub(super) is_left: bool,
}

impl Guild {
    /// Sets the permissions of the bot's role to those of the invite link without `denied`.
    pub(super) fn deny_bot_role(&mut self, denied: Permissions) {
        let role = self.roles.get_mut(&self.bot_role).expect("the role of the bot");
        role.permissions = permission::GRANTED_BY_INVITE & !denied;
    }

    pub(super) fn role(&self, id: u64, bot: u64) -> Value {
        let is_bots = id == self.bot_role;
        let Role { name, permissions } = &self.roles[&id];
        let mut role = json!({
            "id": id.to_string(), "name": name, "color": 0, "hoist": false,
            "colors": { "primary_color": 0, "secondary_color": null, "tertiary_color": null },
            "position": if id == self.id { 0 } else { 1 },
            "permissions": permissions.to_string(), "managed": is_bots, "mentionable": true,
            "flags": 0,
        });
        if is_bots {
            role["tags"] = json!({ "bot_id": bot.to_string() });
        }
        role
    }

    pub(super) fn roles_json(&self, bot: u64) -> Vec<Value> {
        self.roles.keys().map(|id| self.role(*id, bot)).collect()
    }

    /// The fields that the REST API and the event share.
    pub(super) fn json(&self, bot: u64) -> Value {
        json!({
            "id": self.id.to_string(), "name": self.name, "icon": null, "splash": null,
            "discovery_splash": null, "owner_id": self.id.to_string(), "afk_channel_id": null,
            "afk_timeout": 300, "verification_level": 1, "default_message_notifications": 1,
            "explicit_content_filter": 0, "roles": self.roles_json(bot), "emojis": [],
            "features": ["COMMUNITY"], "mfa_level": 0, "application_id": null,
            "system_channel_id": null, "system_channel_flags": 0, "rules_channel_id": null,
            "vanity_url_code": null, "description": null, "banner": null, "premium_tier": 0,
            "preferred_locale": self.locale, "public_updates_channel_id": null, "nsfw_level": 0,
            "stickers": [], "premium_progress_bar_enabled": false,
            "safety_alerts_channel_id": null,
        })
    }

    /// The guild create event.
    pub(super) fn event(&self, bot: u64, member: &Value, channels: &[&Channel]) -> Value {
        let of_kind = |wants_threads: bool| -> Vec<Value> {
            channels
                .iter()
                .filter(|channel| channel.is_thread() == wants_threads)
                .map(|channel| channel.json())
                .collect()
        };
        let mut json = self.json(bot);
        json["joined_at"] = json!(iso(self.joined_at_ms));
        json["large"] = json!(false);
        json["unavailable"] = json!(false);
        json["member_count"] = json!(3);
        json["voice_states"] = json!([]);
        json["members"] = json!([member]);
        json["channels"] = json!(of_kind(false));
        json["threads"] = json!(of_kind(true));
        json["presences"] = json!([]);
        json["stage_instances"] = json!([]);
        json["guild_scheduled_events"] = json!([]);
        json["soundboard_sounds"] = json!([]);
        json
    }
}

/// Channel types.
pub(super) const TEXT: u64 = 0;
pub(super) const DIRECT: u64 = 1;
pub(super) const CATEGORY: u64 = 4;
pub(super) const THREAD: u64 = 11;
pub(super) const FORUM: u64 = 15;

/// A channel, thread or direct message.
#[derive(Debug, Clone)]
pub(super) struct Channel {
    pub(super) id: u64,
    pub(super) kind: u64,
    pub(super) name: String,
    pub(super) guild: Option<u64>,
    pub(super) parent: Option<u64>,
    /// The creator of a thread, or the user of a direct message.
    pub(super) owner: Option<u64>,
    pub(super) overwrites: Overwrites,
    pub(super) is_archived: bool,
    /// Whether only moderators may write in the thread, and unarchive it.
    pub(super) is_locked: bool,
    /// The last message, which may have been deleted.
    pub(super) last_message: Option<u64>,
    /// Whether it was deleted.
    pub(super) is_deleted: bool,
}

impl Channel {
    pub(super) fn is_thread(&self) -> bool {
        (10..=12).contains(&self.kind)
    }

    pub(super) fn json(&self) -> Value {
        let mut json = json!({
            "id": self.id.to_string(), "type": self.kind, "flags": 0,
            "last_message_id": self.last_message.map(|id| id.to_string()),
        });
        let Some(guild) = self.guild else { return json };
        json["guild_id"] = json!(guild.to_string());
        json["name"] = json!(self.name);
        json["parent_id"] = json!(self.parent.map(|id| id.to_string()));
        json["rate_limit_per_user"] = json!(0);
        if self.is_thread() {
            json["owner_id"] = json!(self.owner.map(|id| id.to_string()));
            json["message_count"] = json!(0);
            json["member_count"] = json!(1);
            json["thread_metadata"] = json!({
                "archived": self.is_archived, "auto_archive_duration": 1440,
                "archive_timestamp": iso(super::clock::created_at_ms(self.id)),
                "locked": self.is_locked,
            });
            return json;
        }
        json["position"] = json!(0);
        json["topic"] = json!(null);
        json["nsfw"] = json!(false);
        json["permission_overwrites"] = overwrite::json(&self.overwrites);
        json
    }
}
