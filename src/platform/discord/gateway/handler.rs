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
pub(in super::super) enum Happening {
    Ready(Box<Ready>),
    Guild(Box<Guild>),
    GuildGone(GuildId),
    Channel(Box<GuildChannel>),
    ChannelGone(ChannelId),
    /// What we may do there may have changed.
    Permissions(GuildId),
    Said(Box<Message>),
    Edited(Box<MessageUpdateEvent>),
    Deleted {
        channel: ChannelId,
        messages: Vec<MessageId>,
        guild: Option<GuildId>,
    },
    Asked(Box<Interaction>),
}

impl Happening {
    /// Whether somebody wants something: all else is what we have to know.
    pub(in super::super) fn is_for_service(&self) -> bool {
        matches!(self, Self::Said(_) | Self::Edited(_) | Self::Deleted { .. } | Self::Asked(_))
    }
}

/// Where events go. What there is no room for is let go: Discord cannot be made to wait, and memory
/// ends.
pub(in super::super) struct Inbox {
    happenings: mpsc::Sender<Happening>,
    is_full: AtomicBool,
}

impl Inbox {
    pub(in super::super) fn new(happenings: mpsc::Sender<Happening>) -> Self {
        Self { happenings, is_full: AtomicBool::new(false) }
    }

    fn put(&self, happening: Happening) {
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
impl EventHandler for Inbox {
    async fn ready(&self, _: Context, ready: Ready) {
        self.put(Happening::Ready(Box::new(ready)));
    }

    async fn shard_stage_update(&self, _: Context, update: ShardStageUpdateEvent) {
        let (shard, stage) = (update.shard_id, update.new);
        tracing::info!(shard = shard.0, "Discord shard {shard} is {stage}");
    }

    async fn guild_create(&self, _: Context, guild: Guild, _: Option<bool>) {
        self.put(Happening::Guild(Box::new(guild)));
    }

    async fn guild_delete(&self, _: Context, guild: UnavailableGuild, _: Option<Guild>) {
        // An outage takes nobody out of a guild.
        if !guild.unavailable {
            self.put(Happening::GuildGone(guild.id));
        }
    }

    async fn guild_update(&self, _: Context, _: Option<Guild>, guild: PartialGuild) {
        self.put(Happening::Permissions(guild.id));
    }

    async fn guild_role_create(&self, _: Context, role: Role) {
        self.put(Happening::Permissions(role.guild_id));
    }

    async fn guild_role_update(&self, _: Context, _: Option<Role>, role: Role) {
        self.put(Happening::Permissions(role.guild_id));
    }

    // Discord tells of others only with another intent, and of us in any case.
    async fn guild_member_update(
        &self,
        _: Context,
        _: Option<Member>,
        _: Option<Member>,
        event: GuildMemberUpdateEvent,
    ) {
        self.put(Happening::Permissions(event.guild_id));
    }

    async fn channel_create(&self, _: Context, channel: GuildChannel) {
        self.put(Happening::Channel(Box::new(channel)));
    }

    async fn channel_update(&self, _: Context, _: Option<GuildChannel>, channel: GuildChannel) {
        self.put(Happening::Channel(Box::new(channel)));
    }

    async fn channel_delete(&self, _: Context, channel: GuildChannel, _: Option<Vec<Message>>) {
        self.put(Happening::ChannelGone(channel.id));
    }

    async fn thread_create(&self, _: Context, thread: GuildChannel) {
        self.put(Happening::Channel(Box::new(thread)));
    }

    async fn thread_update(&self, _: Context, _: Option<GuildChannel>, thread: GuildChannel) {
        self.put(Happening::Channel(Box::new(thread)));
    }

    async fn thread_delete(
        &self,
        _: Context,
        thread: PartialGuildChannel,
        _: Option<GuildChannel>,
    ) {
        self.put(Happening::ChannelGone(thread.id));
    }

    async fn message(&self, _: Context, message: Message) {
        self.put(Happening::Said(Box::new(message)));
    }

    async fn message_update(
        &self,
        _: Context,
        _: Option<Message>,
        _: Option<Message>,
        update: MessageUpdateEvent,
    ) {
        self.put(Happening::Edited(Box::new(update)));
    }

    async fn message_delete(
        &self,
        _: Context,
        channel: ChannelId,
        message: MessageId,
        guild: Option<GuildId>,
    ) {
        self.put(Happening::Deleted { channel, messages: vec![message], guild });
    }

    async fn message_delete_bulk(
        &self,
        _: Context,
        channel: ChannelId,
        messages: Vec<MessageId>,
        guild: Option<GuildId>,
    ) {
        self.put(Happening::Deleted { channel, messages, guild });
    }

    async fn interaction_create(&self, _: Context, interaction: Interaction) {
        self.put(Happening::Asked(Box::new(interaction)));
    }
}
