//! Takes events from the library, in order, and hands them on.

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

/// What Discord told.
#[derive(Debug)]
pub(in super::super) enum GatewayEvent {
    Ready(Box<Ready>),
    Guild(Box<Guild>),
    GuildDelete(GuildId),
    Channel(Box<GuildChannel>),
    ChannelDelete(ChannelId),
    /// What we may do there may have changed.
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
    /// Whether somebody wants something: all else is what we have to know.
    pub(in super::super) fn is_for_service(&self) -> bool {
        matches!(
            self,
            Self::MessageCreate(_)
                | Self::MessageUpdate(_)
                | Self::MessageDelete { .. }
                | Self::Interaction(_)
        )
    }
}

/// Where events go. What there is no room for is let go: Discord cannot be made to wait, and memory
/// ends.
pub(in super::super) struct GatewayHandler {
    happenings: mpsc::Sender<GatewayEvent>,
    is_full: AtomicBool,
}

impl GatewayHandler {
    pub(in super::super) fn new(happenings: mpsc::Sender<GatewayEvent>) -> Self {
        Self { happenings, is_full: AtomicBool::new(false) }
    }

    fn put(&self, happening: GatewayEvent) {
        let is_full = match self.happenings.try_send(happening) {
            Ok(()) => false,
            Err(mpsc::error::TrySendError::Full(_)) => true,
            Err(mpsc::error::TrySendError::Closed(_)) => return,
        };
        if is_full && !self.is_full.swap(true, Ordering::Relaxed) {
            tracing::warn!("Discord tells more than can be looked at; some of it is passed over");
        } else if !is_full {
            self.is_full.store(false, Ordering::Relaxed);
        }
    }
}

#[async_trait]
impl EventHandler for GatewayHandler {
    async fn ready(&self, _: Context, ready: Ready) {
        self.put(GatewayEvent::Ready(Box::new(ready)));
    }

    async fn shard_stage_update(&self, _: Context, update: ShardStageUpdateEvent) {
        let (shard, stage) = (update.shard_id, update.new);
        tracing::info!(shard = shard.0, "Discord shard {shard} is {stage}");
    }

    async fn guild_create(&self, _: Context, guild: Guild, _: Option<bool>) {
        self.put(GatewayEvent::Guild(Box::new(guild)));
    }

    async fn guild_delete(&self, _: Context, guild: UnavailableGuild, _: Option<Guild>) {
        // An outage takes nobody out of a guild.
        if !guild.unavailable {
            self.put(GatewayEvent::GuildDelete(guild.id));
        }
    }

    async fn guild_update(&self, _: Context, _: Option<Guild>, guild: PartialGuild) {
        self.put(GatewayEvent::PermissionsChanged(guild.id));
    }

    async fn guild_role_create(&self, _: Context, role: Role) {
        self.put(GatewayEvent::PermissionsChanged(role.guild_id));
    }

    async fn guild_role_update(&self, _: Context, _: Option<Role>, role: Role) {
        self.put(GatewayEvent::PermissionsChanged(role.guild_id));
    }

    // Discord tells of others only with another intent, and of us in any case.
    async fn guild_member_update(
        &self,
        _: Context,
        _: Option<Member>,
        _: Option<Member>,
        event: GuildMemberUpdateEvent,
    ) {
        self.put(GatewayEvent::PermissionsChanged(event.guild_id));
    }

    async fn channel_create(&self, _: Context, channel: GuildChannel) {
        self.put(GatewayEvent::Channel(Box::new(channel)));
    }

    async fn channel_update(&self, _: Context, _: Option<GuildChannel>, channel: GuildChannel) {
        self.put(GatewayEvent::Channel(Box::new(channel)));
    }

    async fn channel_delete(&self, _: Context, channel: GuildChannel, _: Option<Vec<Message>>) {
        self.put(GatewayEvent::ChannelDelete(channel.id));
    }

    async fn thread_create(&self, _: Context, thread: GuildChannel) {
        self.put(GatewayEvent::Channel(Box::new(thread)));
    }

    async fn thread_update(&self, _: Context, _: Option<GuildChannel>, thread: GuildChannel) {
        self.put(GatewayEvent::Channel(Box::new(thread)));
    }

    async fn thread_delete(
        &self,
        _: Context,
        thread: PartialGuildChannel,
        _: Option<GuildChannel>,
    ) {
        self.put(GatewayEvent::ChannelDelete(thread.id));
    }

    async fn message(&self, _: Context, message: Message) {
        self.put(GatewayEvent::MessageCreate(Box::new(message)));
    }

    async fn message_update(
        &self,
        _: Context,
        _: Option<Message>,
        _: Option<Message>,
        update: MessageUpdateEvent,
    ) {
        self.put(GatewayEvent::MessageUpdate(Box::new(update)));
    }

    async fn message_delete(
        &self,
        _: Context,
        channel: ChannelId,
        message: MessageId,
        guild: Option<GuildId>,
    ) {
        self.put(GatewayEvent::MessageDelete { channel, messages: vec![message], guild });
    }

    async fn message_delete_bulk(
        &self,
        _: Context,
        channel: ChannelId,
        messages: Vec<MessageId>,
        guild: Option<GuildId>,
    ) {
        self.put(GatewayEvent::MessageDelete { channel, messages, guild });
    }

    async fn interaction_create(&self, _: Context, interaction: Interaction) {
        self.put(GatewayEvent::Interaction(Box::new(interaction)));
    }
}
