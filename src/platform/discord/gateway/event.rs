//! Events that the gateway sends, as far as the bot uses them.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serenity::model::application::Interaction;
use serenity::model::channel::{GuildChannel, Message};
use serenity::model::event::{GuildCreateEvent, MessageUpdateEvent};
use serenity::model::gateway::Ready;
use serenity::model::guild::{Guild, UnavailableGuild};
use serenity::model::id::{ChannelId, GuildId, MessageId, RoleId, UserId};
use serenity::model::permissions::Permissions;

/// A gateway event.
#[derive(Debug)]
pub(in crate::platform::discord) enum GatewayEvent {
    /// A session started. What happened before was not received, unless by an earlier session.
    Ready(Box<Ready>),
    GuildCreate(Box<Guild>),
    /// The bot left the guild, or was removed from it.
    GuildDelete(GuildId),
    /// A channel or thread was created or updated.
    ChannelUpdate(Box<GuildChannel>),
    /// A channel or thread was deleted.
    ChannelDelete(ChannelId),
    /// The guild was updated, and with it perhaps its owner and the bot's permissions.
    GuildUpdate {
        guild: GuildId,
        owner: UserId,
    },
    /// A role was created or updated, and with it perhaps the bot's permissions.
    RoleUpdate {
        guild: GuildId,
        role: RoleId,
        permissions: Permissions,
    },
    /// The bot's permissions in the guild may have changed: by its roles.
    MemberUpdate(GuildId),
    MessageCreate(Box<Message>),
    MessageUpdate(Box<MessageUpdateEvent>),
    MessageDelete {
        channel: ChannelId,
        messages: Vec<MessageId>,
        guild: Option<GuildId>,
    },
    Interaction(Box<Interaction>),
}

#[derive(Deserialize)]
struct WithId<T> {
    id: T,
}

#[derive(Deserialize)]
struct WithGuildId {
    guild_id: GuildId,
}

/// The fields of a guild that are used of its updates.
#[derive(Deserialize)]
struct GuildFields {
    id: GuildId,
    owner_id: UserId,
}

/// The fields of the events about a role that exists.
#[derive(Deserialize)]
struct RoleEvent {
    guild_id: GuildId,
    role: RoleFields,
}

#[derive(Deserialize)]
struct RoleFields {
    id: RoleId,
    permissions: Permissions,
}

/// The fields of the events about one deleted message, and about several.
#[derive(Deserialize)]
struct Deletion {
    id: Option<MessageId>,
    #[serde(default)]
    ids: Vec<MessageId>,
    channel_id: ChannelId,
    guild_id: Option<GuildId>,
}

impl GatewayEvent {
    /// Parses the data of an event of the type `name`. `None` for events that the bot does not use,
    /// and for invalid ones. READY is parsed by the shard, which keeps its session.
    pub(super) fn parse(name: &str, data: Value) -> Option<Self> {
        Some(match name {
            "GUILD_CREATE" => Self::GuildCreate(Box::new(read::<GuildCreateEvent>(data)?.guild)),
            // In an outage the guild is unavailable, but the bot is still a member.
            "GUILD_DELETE" => {
                let guild: UnavailableGuild = read(data)?;
                (!guild.unavailable).then_some(Self::GuildDelete(guild.id))?
            }
            "GUILD_UPDATE" => {
                let GuildFields { id: guild, owner_id: owner } = read(data)?;
                Self::GuildUpdate { guild, owner }
            }
            "GUILD_ROLE_CREATE" | "GUILD_ROLE_UPDATE" => {
                let RoleEvent { guild_id: guild, role } = read(data)?;
                Self::RoleUpdate { guild, role: role.id, permissions: role.permissions }
            }
            // Without the intent for guild members, Discord sends this for the bot only.
            "GUILD_MEMBER_UPDATE" => Self::MemberUpdate(read::<WithGuildId>(data)?.guild_id),
            "CHANNEL_CREATE" | "CHANNEL_UPDATE" | "THREAD_CREATE" | "THREAD_UPDATE" => {
                Self::ChannelUpdate(Box::new(read(data)?))
            }
            "CHANNEL_DELETE" | "THREAD_DELETE" => {
                Self::ChannelDelete(read::<WithId<ChannelId>>(data)?.id)
            }
            "MESSAGE_CREATE" => Self::MessageCreate(Box::new(read(data)?)),
            "MESSAGE_UPDATE" => Self::MessageUpdate(Box::new(read(data)?)),
            "MESSAGE_DELETE" | "MESSAGE_DELETE_BULK" => {
                let Deletion { id, mut ids, channel_id: channel, guild_id: guild } = read(data)?;
                ids.extend(id);
                Self::MessageDelete { channel, messages: ids, guild }
            }
            "INTERACTION_CREATE" => Self::Interaction(Box::new(read(data)?)),
            _ => return None,
        })
    }

    /// Whether the service handles the event. All others only update the platform's own state.
    pub(in crate::platform::discord) fn is_for_service(&self) -> bool {
        matches!(
            self,
            Self::MessageCreate(_)
                | Self::MessageUpdate(_)
                | Self::MessageDelete { .. }
                | Self::Interaction(_)
        )
    }
}

fn read<T: DeserializeOwned>(data: Value) -> Option<T> {
    serde_json::from_value(data).ok()
}
