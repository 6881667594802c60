//! serenity's `EventHandler`: forwards gateway events, in order, to the event loop.

use std::sync::atomic::{AtomicBool, Ordering};

use serenity::async_trait;
use serenity::client::{Context, EventHandler};
use serenity::gateway::ShardStageUpdateEvent;
use serenity::model::application::Interaction;
use serenity::model::channel::{GuildChannel, Message, PartialGuildChannel};
use serenity::model::event::{GuildMemberUpdateEvent, MessageUpdateEvent};
use serenity::model::gateway::Ready;
use serenity::model::guild::{Guild, Member, PartialGuild, Role, UnavailableGuild};
use serenity::model::id::{ChannelId, GuildId, MessageId};
use tokio::sync::mpsc;

use super::event::GatewayEvent;

/// serenity's event handler. Forwards events in order over a bounded channel. Drops them when it is
/// full, since the gateway has no backpressure.
pub(in crate::platform::discord) struct GatewayHandler {
    events: mpsc::Sender<GatewayEvent>,
    is_full: AtomicBool,
}

impl GatewayHandler {
    pub(in crate::platform::discord) fn new(events: mpsc::Sender<GatewayEvent>) -> Self {
        Self { events, is_full: AtomicBool::new(false) }
    }

    fn forward(&self, event: GatewayEvent) {
        let is_full = match self.events.try_send(event) {
            Ok(()) => false,
            Err(mpsc::error::TrySendError::Full(_)) => true,
            Err(mpsc::error::TrySendError::Closed(_)) => return,
        };
        if is_full && !self.is_full.swap(true, Ordering::Relaxed) {
            tracing::warn!("Gateway event queue is full; dropping events");
        } else if !is_full {
            self.is_full.store(false, Ordering::Relaxed);
        }
    }
}

#[async_trait]
impl EventHandler for GatewayHandler {
    async fn ready(&self, _: Context, ready: Ready) {
        self.forward(GatewayEvent::Ready(Box::new(ready)));
    }

    async fn shard_stage_update(&self, _: Context, update: ShardStageUpdateEvent) {
        let (shard, stage) = (update.shard_id, update.new);
        tracing::info!(shard = shard.0, "Discord shard {shard} is {stage}");
    }

    async fn guild_create(&self, _: Context, guild: Guild, _: Option<bool>) {
        self.forward(GatewayEvent::GuildCreate(Box::new(guild)));
    }

    async fn guild_delete(&self, _: Context, guild: UnavailableGuild, _: Option<Guild>) {
        // In an outage the guild is unavailable, but the bot is still a member.
        if !guild.unavailable {
            self.forward(GatewayEvent::GuildDelete(guild.id));
        }
    }

    async fn guild_update(&self, _: Context, _: Option<Guild>, guild: PartialGuild) {
        self.forward(GatewayEvent::PermissionsChanged(guild.id));
    }

    async fn guild_role_create(&self, _: Context, role: Role) {
        self.forward(GatewayEvent::PermissionsChanged(role.guild_id));
    }

    async fn guild_role_update(&self, _: Context, _: Option<Role>, role: Role) {
        self.forward(GatewayEvent::PermissionsChanged(role.guild_id));
    }

    // Without the intent for guild members, Discord sends this for the bot only.
    async fn guild_member_update(
        &self,
        _: Context,
        _: Option<Member>,
        _: Option<Member>,
        event: GuildMemberUpdateEvent,
    ) {
        self.forward(GatewayEvent::PermissionsChanged(event.guild_id));
    }

    async fn channel_create(&self, _: Context, channel: GuildChannel) {
        self.forward(GatewayEvent::ChannelUpdate(Box::new(channel)));
    }

    async fn channel_update(&self, _: Context, _: Option<GuildChannel>, channel: GuildChannel) {
        self.forward(GatewayEvent::ChannelUpdate(Box::new(channel)));
    }

    async fn channel_delete(&self, _: Context, channel: GuildChannel, _: Option<Vec<Message>>) {
        self.forward(GatewayEvent::ChannelDelete(channel.id));
    }

    async fn thread_create(&self, _: Context, thread: GuildChannel) {
        self.forward(GatewayEvent::ChannelUpdate(Box::new(thread)));
    }

    async fn thread_update(&self, _: Context, _: Option<GuildChannel>, thread: GuildChannel) {
        self.forward(GatewayEvent::ChannelUpdate(Box::new(thread)));
    }

    async fn thread_delete(
        &self,
        _: Context,
        thread: PartialGuildChannel,
        _: Option<GuildChannel>,
    ) {
        self.forward(GatewayEvent::ChannelDelete(thread.id));
    }

    async fn message(&self, _: Context, message: Message) {
        self.forward(GatewayEvent::MessageCreate(Box::new(message)));
    }

    async fn message_update(
        &self,
        _: Context,
        _: Option<Message>,
        _: Option<Message>,
        update: MessageUpdateEvent,
    ) {
        self.forward(GatewayEvent::MessageUpdate(Box::new(update)));
    }

    async fn message_delete(
        &self,
        _: Context,
        channel: ChannelId,
        message: MessageId,
        guild: Option<GuildId>,
    ) {
        self.forward(GatewayEvent::MessageDelete { channel, messages: vec![message], guild });
    }

    async fn message_delete_bulk(
        &self,
        _: Context,
        channel: ChannelId,
        messages: Vec<MessageId>,
        guild: Option<GuildId>,
    ) {
        self.forward(GatewayEvent::MessageDelete { channel, messages, guild });
    }

    async fn interaction_create(&self, _: Context, interaction: Interaction) {
        self.forward(GatewayEvent::Interaction(Box::new(interaction)));
    }
}
