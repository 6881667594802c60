//! Message create, update and delete events, converted for the service. Pure.

use serenity::model::channel::{Message, MessageType};
use serenity::model::event::MessageUpdateEvent;
use serenity::model::guild::PartialMember;
use serenity::model::id::{ChannelId, GuildId, MessageId, RoleId};
use serenity::model::user::User;

use super::super::channel_cache::ChannelCache;
use super::super::ids;
use super::mention::{StrippedText, strip_bot_mentions};
use super::{referenced_message, text, user};
use crate::conversation::{self, Addressing, Event, RepliedTo};

/// Converts a new message. `None` for system messages, such as joins and pins.
pub(in crate::platform::discord) fn message_created(
    message: &Message,
    cache: &ChannelCache,
) -> Option<conversation::Message> {
    // Elsewhere, whoever forwards a message does not ask what is in it.
    let is_direct = message.guild_id.is_none();
    let forwarded = is_direct.then(|| text(message)).filter(|_| message.content.is_empty());
    let parts = MessageParts {
        id: message.id,
        channel: message.channel_id,
        guild: message.guild_id,
        kind: message.kind,
        author: &message.author,
        is_webhook: message.webhook_id.is_some(),
        member: message.member.as_deref(),
        content: forwarded.as_deref().unwrap_or(&message.content),
        mentions: &message.mentions,
        mention_roles: &message.mention_roles,
        replied_to: replied_to(message, cache),
    };
    parts.into_message(cache)
}

/// Converts an edited message. `None` for system messages and for partial updates, which have no
/// author or content.
pub(in crate::platform::discord) fn message_edited(
    update: &MessageUpdateEvent,
    cache: &ChannelCache,
) -> Option<conversation::Message> {
    let referenced = update.referenced_message.as_ref().and_then(Option::as_deref);
    let kind = update.kind.unwrap_or_default();
    let parts = MessageParts {
        id: update.id,
        channel: update.channel_id,
        guild: update.guild_id,
        kind,
        author: update.author.as_ref()?,
        is_webhook: update.webhook_id.flatten().is_some(),
        member: update.member.as_ref().and_then(Option::as_deref),
        content: update.content.as_deref()?,
        mentions: update.mentions.as_deref().unwrap_or_default(),
        mention_roles: update.mention_roles.as_deref().unwrap_or_default(),
        replied_to: referenced
            .filter(|_| kind == MessageType::InlineReply)
            .map(|referenced| referenced_message(referenced, cache)),
    };
    parts.into_message(cache)
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

fn replied_to(message: &Message, cache: &ChannelCache) -> Option<RepliedTo> {
    if message.kind != MessageType::InlineReply {
        return None;
    }
    if let Some(referenced) = message.referenced_message.as_deref() {
        return Some(referenced_message(referenced, cache));
    }
    // The message was deleted, or Discord did not fetch it.
    let reference = message.message_reference.as_ref()?;
    let id = ids::message(reference.channel_id, reference.message_id?);
    Some(RepliedTo { id, is_from_bot: false, author: None, text: None })
}

/// Most words of a mention in a thread for which the thread's title is the question if they are none. A
/// longer one speaks for itself.
const MAX_REFERRING_WORDS: usize = 5;

/// The words of first messages that say nothing but "see title".
const REFERRING_WORDS: [&str; 19] = [
    "see", "read", "title", "titel", "topic", "subject", "above", "the", "as", "in", "says", "it",
    "all", "siehe", "s", "oben", "betreff", "im", "steht",
];

/// Whether `text` is so short that the title of its thread may be meant.
fn is_short(text: &str) -> bool {
    text.split_whitespace().count() <= MAX_REFERRING_WORDS
}

/// Whether `text` only refers to the title of its thread.
fn only_refers(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.all(|word| REFERRING_WORDS.contains(&word.to_lowercase().as_str()))
}

/// The fields that new and edited messages share.
struct MessageParts<'m> {
    id: MessageId,
    channel: ChannelId,
    guild: Option<GuildId>,
    kind: MessageType,
    author: &'m User,
    is_webhook: bool,
    member: Option<&'m PartialMember>,
    content: &'m str,
    mentions: &'m [User],
    mention_roles: &'m [RoleId],
    replied_to: Option<RepliedTo>,
}

impl MessageParts<'_> {
    fn into_message(self, cache: &ChannelCache) -> Option<conversation::Message> {
        if !matches!(self.kind, MessageType::Regular | MessageType::InlineReply) {
            return None;
        }
        let StrippedText { text, mentions_bot } =
            strip_bot_mentions(self.content, self.mentions, self.mention_roles, self.guild, cache);
        let is_post = self.id.get() == self.channel.get();
        let title = cache.thread_name(self.channel);
        let text = match title {
            // The first message of a forum post belongs to its title.
            Some(title) if is_post && !mentions_bot && only_refers(&text) => title.to_owned(),
            _ => text,
        };
        let title = title.filter(|_| mentions_bot && is_short(&text));
        let title = title.map(|title| RepliedTo {
            id: ids::message(self.channel, self.channel.get()),
            is_from_bot: false,
            author: None,
            text: Some(title.to_owned()),
        });
        let author = user(self.author, self.member.map(|member| &member.roles));
        Some(conversation::Message {
            id: ids::message(self.channel, self.id),
            place: cache.place(self.channel, self.guild),
            author: conversation::User { is_bot: author.is_bot || self.is_webhook, ..author },
            text,
            addressing: Addressing { mentions_bot, ..Addressing::default() },
            replied_to: self.replied_to.or(title),
            sent_at: ids::snowflake_time(self.id.get()),
            edit_id: None,
            locale: None,
        })
    }
}
