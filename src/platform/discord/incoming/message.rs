//! Message create, update and delete events, converted for the service. Pure.

use std::borrow::Cow;

use serenity::model::channel::{Message, MessageReference, MessageType};
use serenity::model::event::MessageUpdateEvent;
use serenity::model::guild::PartialMember;
use serenity::model::id::{ChannelId, GuildId, MessageId, RoleId};
use serenity::model::user::User;

use super::super::channel_cache::ChannelCache;
use super::super::ids;
use super::mention::{StrippedText, strip_bot_mentions};
use super::{origin, referenced_message, text, user};
use crate::conversation::{self, Addressing, Event, MessageOrigin, RepliedTo, reference};

/// Converts a new message. `None` for system messages, such as joins and pins.
pub(in crate::platform::discord) fn message_created(
    message: &Message,
    cache: &ChannelCache,
) -> Option<conversation::Message> {
    MessageParts::of_message(message).into_message(cache)
}

/// Converts an edited message. `None` for system messages and for partial updates, which have no
/// author or content.
pub(in crate::platform::discord) fn message_edited(
    update: &MessageUpdateEvent,
    cache: &ChannelCache,
) -> Option<conversation::Message> {
    MessageParts::of_update(update)?.into_message(cache)
}

/// The events for deleted `messages`.
pub(in crate::platform::discord) fn messages_deleted(
    channel: ChannelId,
    messages: &[MessageId],
    guild: Option<GuildId>,
    cache: &ChannelCache,
) -> Vec<Event> {
    let place = cache.place(channel, guild);
    let deleted = |message: &MessageId| Event::MessageDeleted {
        id: ids::message(channel, *message),
        place: place.clone(),
    };
    messages.iter().map(deleted).collect()
}

/// The fields that new and edited messages share.
pub(super) struct MessageParts<'m> {
    id: MessageId,
    channel: ChannelId,
    guild: Option<GuildId>,
    kind: MessageType,
    author: &'m User,
    is_webhook: bool,
    member: Option<&'m PartialMember>,
    content: Cow<'m, str>,
    mentions: &'m [User],
    mention_roles: &'m [RoleId],
    /// The message that it replies to, or that was attached by [`attach_starter`](super::thread_reference::attach_starter).
    referenced: Option<&'m Message>,
    /// The reference of a reply to a message that was deleted, or that Discord did not fetch.
    reference: Option<&'m MessageReference>,
}

impl<'m> MessageParts<'m> {
    pub(super) fn of_message(message: &'m Message) -> Self {
        // Elsewhere, whoever forwards a message does not ask what is in it.
        let is_direct = message.guild_id.is_none();
        let is_forward = is_direct && message.content.is_empty();
        let content = message.content.as_str();
        Self {
            id: message.id,
            channel: message.channel_id,
            guild: message.guild_id,
            kind: message.kind,
            author: &message.author,
            is_webhook: message.webhook_id.is_some(),
            member: message.member.as_deref(),
            content: if is_forward { text(message).into() } else { content.into() },
            mentions: &message.mentions,
            mention_roles: &message.mention_roles,
            referenced: message.referenced_message.as_deref(),
            reference: message.message_reference.as_ref(),
        }
    }

    pub(super) fn of_update(update: &'m MessageUpdateEvent) -> Option<Self> {
        Some(Self {
            id: update.id,
            channel: update.channel_id,
            guild: update.guild_id,
            kind: update.kind.unwrap_or_default(),
            author: update.author.as_ref()?,
            is_webhook: update.webhook_id.flatten().is_some(),
            member: update.member.as_ref().and_then(Option::as_deref),
            content: update.content.as_deref()?.into(),
            mentions: update.mentions.as_deref().unwrap_or_default(),
            mention_roles: update.mention_roles.as_deref().unwrap_or_default(),
            referenced: update.referenced_message.as_ref().and_then(Option::as_deref),
            reference: None,
        })
    }

    /// The message that the thread was started from, as its channel and id, if this one may refer to
    /// it.
    pub(super) fn wanted_starter(&self, cache: &ChannelCache) -> Option<(ChannelId, MessageId)> {
        let starter = MessageId::new(self.channel.get());
        let is_candidate = self.kind == MessageType::Regular
            && self.referenced.is_none()
            && self.id != starter
            && !self.author.bot;
        if !is_candidate {
            return None;
        }
        let StrippedText { text, mentions_bot } = self.stripped(cache);
        let may_refer = mentions_bot && reference::may_refer(&text);
        Some((cache.starter_channel(self.channel).filter(|_| may_refer)?, starter))
    }

    fn stripped(&self, cache: &ChannelCache) -> StrippedText {
        strip_bot_mentions(&self.content, self.mentions, self.mention_roles, self.guild, cache)
    }

    /// The message that this one replies to.
    fn replied_to(&self, cache: &ChannelCache) -> Option<RepliedTo> {
        if self.kind != MessageType::InlineReply {
            return None;
        }
        if let Some(referenced) = self.referenced {
            return Some(referenced_message(referenced, cache));
        }
        let reference = self.reference?;
        let id = ids::message(reference.channel_id, reference.message_id?);
        let origin = MessageOrigin::default();
        Some(RepliedTo { id, is_from_bot: false, author: None, text: None, title: None, origin })
    }

    /// What a mention of the bot in a thread refers to if it says nothing itself.
    fn thread_reference(&self, cache: &ChannelCache) -> Option<RepliedTo> {
        let title = cache.thread_name(self.channel)?.to_owned();
        let channel = cache.starter_channel(self.channel).unwrap_or(self.channel);
        // What the bot wrote is no question.
        let starter = self.referenced.filter(|it| Some(it.author.id) != cache.bot_id());
        let starter = starter.filter(|_| self.kind == MessageType::Regular);
        Some(RepliedTo {
            id: ids::message(channel, self.channel.get()),
            is_from_bot: false,
            author: starter.map(|starter| ids::user(starter.author.id)),
            text: starter.map(text).filter(|text| !text.is_empty()),
            title: Some(title),
            origin: starter.map(|starter| origin(starter, cache)).unwrap_or_default(),
        })
    }

    fn into_message(self, cache: &ChannelCache) -> Option<conversation::Message> {
        if !matches!(self.kind, MessageType::Regular | MessageType::InlineReply) {
            return None;
        }
        let StrippedText { text, mentions_bot } = self.stripped(cache);
        let is_post = self.id.get() == self.channel.get();
        let text = match cache.thread_name(self.channel) {
            // The first message of a forum post belongs to its title.
            Some(title) if is_post && !mentions_bot && reference::only_refers(&text) => {
                title.to_owned()
            }
            _ => text,
        };
        let may_refer = mentions_bot && reference::may_refer(&text);
        let thread_reference = || self.thread_reference(cache).filter(|_| may_refer);
        let replied_to = self.replied_to(cache).or_else(thread_reference);
        let author =
            user(self.author, self.guild.zip(self.member.map(|member| &member.roles)), cache);
        Some(conversation::Message {
            id: ids::message(self.channel, self.id),
            place: cache.place(self.channel, self.guild),
            author: conversation::User { is_bot: author.is_bot || self.is_webhook, ..author },
            text,
            addressing: Addressing { mentions_bot, ..Addressing::default() },
            replied_to,
            sent_at: ids::snowflake_time(self.id.get()),
            edit_id: None,
            locale: None,
        })
    }
}
