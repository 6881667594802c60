//! Events that the gateway sends, as far as the bot uses them.

use serenity::model::application::Interaction;
use serenity::model::channel::{GuildChannel, Message};
use serenity::model::event::MessageUpdateEvent;
use serenity::model::gateway::Ready;
use serenity::model::guild::Guild;
use serenity::model::id::{ChannelId, GuildId, MessageId};

/// A gateway event.
#[derive(Debug)]
pub(in crate::platform::discord) enum GatewayEvent {
    Ready(Box<Ready>),
    GuildCreate(Box<Guild>),
    /// The bot left the guild, or was removed from it.
    GuildDelete(GuildId),
    /// A channel or thread was created or updated.
    ChannelUpdate(Box<GuildChannel>),
    /// A channel or thread was deleted.
    ChannelDelete(ChannelId),
    /// The bot's permissions in the guild may have changed: by the guild, a role or a member.
    PermissionsChanged(GuildId),
    MessageCreate(Box<Message>),
    MessageUpdate(Box<MessageUpdateEvent>),
    MessageDelete {
        channel: ChannelId,
        messages: Vec<MessageId>,
        guild: Option<GuildId>,
    },
    Interaction(Box<Interaction>),
}

impl GatewayEvent {
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
