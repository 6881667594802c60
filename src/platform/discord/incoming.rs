//! From what the gateway tells to events. Pure.

pub(super) mod edit_filter;
pub(super) mod interaction;

use serenity::model::channel::{Message, MessageType};
use serenity::model::event::MessageUpdateEvent;
use serenity::model::guild::PartialMember;
use serenity::model::id::{ChannelId, GuildId, MessageId, RoleId};
use serenity::model::user::User;

use super::channel_cache::ChannelCache;
use super::ids;
use crate::conversation::{self, Addressing, Event, RepliedTo, Timestamp};

/// Milliseconds from 1970 to the start of Discord's own time.
const DISCORD_EPOCH: u64 = 1_420_070_400_000;

/// Bits of an id below its time.
const TIME_SHIFT: u32 = 22;

/// When the thing with this id was made.
pub(super) fn snowflake_time(id: u64) -> Timestamp {
    let millis = (id >> TIME_SHIFT) + DISCORD_EPOCH;
    Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}

/// What `message` says, if somebody wrote it: not what Discord itself posts about joins and pins.
pub(super) fn message_created(
    message: &Message,
    places: &ChannelCache,
) -> Option<conversation::Message> {
    let written = MessageParts {
        id: message.id,
        channel: message.channel_id,
        guild: message.guild_id,
        kind: message.kind,
        author: &message.author,
        is_webhook: message.webhook_id.is_some(),
        member: message.member.as_deref(),
        content: &message.content,
        mentions: &message.mentions,
        mention_roles: &message.mention_roles,
        replied_to: replied_to(message, places),
    };
    written.into_message(places)
}

/// Whether `message` may be meant for us, as far as can be told without knowing where it stands.
pub(super) fn may_address_bot(message: &Message, places: &ChannelCache) -> bool {
    let names_our_role = message
        .guild_id
        .and_then(|guild| places.bot_role(guild))
        .is_some_and(|role| message.mention_roles.contains(&role));
    let is_us = |user: &User| Some(user.id) == places.bot_id();
    let replies_to_us =
        message.referenced_message.as_deref().is_some_and(|replied| is_us(&replied.author));
    // What Discord keeps the text of back is for others.
    let may_be = !message.content.is_empty()
        || names_our_role
        || replies_to_us
        || message.mentions.iter().any(is_us);
    may_be && !message.author.bot
}

/// The same of a message that was changed.
pub(super) fn edit_may_address_bot(update: &MessageUpdateEvent) -> bool {
    update.edited_timestamp.is_some()
        && update.content.as_ref().is_some_and(|content| !content.is_empty())
        && update.author.as_ref().is_some_and(|author| !author.bot)
}

/// What a message says now that somebody changed.
pub(super) fn message_edited(
    update: &MessageUpdateEvent,
    places: &ChannelCache,
) -> Option<conversation::Message> {
    let referenced = update.referenced_message.as_ref().and_then(Option::as_deref);
    let kind = update.kind.unwrap_or_default();
    let written = MessageParts {
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
            .map(|referenced| referenced_message(referenced, places)),
    };
    written.into_message(places)
}

/// Messages that were taken back.
pub(super) fn messages_deleted(
    channel: ChannelId,
    messages: &[MessageId],
    guild: Option<GuildId>,
    places: &ChannelCache,
) -> Vec<Event> {
    let place = places.place(channel, guild);
    let gone = |message: &MessageId| Event::MessageDeleted {
        id: ids::message(channel, *message),
        place: place.clone(),
    };
    messages.iter().map(gone).collect()
}

/// `message` as one that is replied to, or asked about.
pub(super) fn referenced_message(message: &Message, places: &ChannelCache) -> RepliedTo {
    RepliedTo {
        id: ids::message(message.channel_id, message.id),
        is_from_bot: Some(message.author.id) == places.bot_id(),
        // Without the intent for the content of messages, and for messages made of components
        // alone, nothing stands there.
        text: Some(message.content.clone()).filter(|text| !text.is_empty()),
    }
}

fn replied_to(message: &Message, places: &ChannelCache) -> Option<RepliedTo> {
    if message.kind != MessageType::InlineReply {
        return None;
    }
    if let Some(referenced) = message.referenced_message.as_deref() {
        return Some(referenced_message(referenced, places));
    }
    // It is gone, or Discord did not look.
    let reference = message.message_reference.as_ref()?;
    let id = ids::message(reference.channel_id, reference.message_id?);
    Some(RepliedTo { id, is_from_bot: false, text: None })
}

/// What new and changed messages have in common.
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
    fn into_message(self, places: &ChannelCache) -> Option<conversation::Message> {
        if !matches!(self.kind, MessageType::Regular | MessageType::InlineReply) {
            return None;
        }
        let (text, mentions_us) = self.strip_bot_mentions(places);
        Some(conversation::Message {
            id: ids::message(self.channel, self.id),
            place: places.place(self.channel, self.guild),
            author: conversation::User {
                id: ids::user(self.author.id),
                roles: self.member.map(|it| roles(&it.roles)).unwrap_or_default(),
                is_bot: self.author.bot || self.is_webhook,
            },
            text,
            addressing: Addressing { mentions_bot: mentions_us, ..Addressing::default() },
            replied_to: self.replied_to,
            sent_at: snowflake_time(self.id.get()),
            edit_id: None,
            locale: None,
        })
    }

    /// The text without our name, and whether it was there. A reply that rings names us, too, but
    /// not in its text.
    fn strip_bot_mentions(&self, places: &ChannelCache) -> (String, bool) {
        let us = places.bot_id().filter(|us| self.mentions.iter().any(|user| user.id == *us));
        let our_role = self.guild.and_then(|guild| places.bot_role(guild));
        let our_role = our_role.filter(|role| self.mention_roles.contains(role));
        let names = us.into_iter().flat_map(|us| [format!("<@{us}>"), format!("<@!{us}>")]);
        let names: Vec<String> = names.chain(our_role.map(|role| format!("<@&{role}>"))).collect();
        // Where Discord keeps back what stands there, it still tells that our role is named.
        let is_kept_back = self.content.is_empty() && our_role.is_some();
        let is_named = is_kept_back || names.iter().any(|name| self.content.contains(name));
        let text = names.iter().fold(self.content.to_owned(), |text, name| text.replace(name, " "));
        (if is_named { text.trim().to_owned() } else { text }, is_named)
    }
}

/// The names of `roles`.
pub(super) fn roles(roles: &[RoleId]) -> Vec<conversation::PrincipalId> {
    roles.iter().map(|role| ids::role(*role)).collect()
}
