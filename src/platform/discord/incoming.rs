//! Converts gateway events into events of the service. Pure.

pub(super) mod edit_filter;
pub(super) mod interaction;
pub(super) mod mention;
pub(super) mod message;
pub(super) mod thread_reference;

use serenity::model::channel::Message;
use serenity::model::id::{GuildId, RoleId};
use serenity::model::user::User;

use super::channel_cache::ChannelCache;
use super::ids;
use crate::conversation::{self, MessageOrigin, RepliedTo};

/// `user` with the roles that they have in a guild, of which managing it counts as one; `None` outside of guilds.
pub(super) fn user(
    user: &User,
    member: Option<(GuildId, &Vec<RoleId>)>,
    cache: &ChannelCache,
) -> conversation::User {
    let roles = member.map(|(guild, roles)| {
        let is_manager = cache.managers().includes(guild, user.id, roles);
        let managers = is_manager.then(|| ids::managers(guild));
        roles.iter().map(|role| ids::role(*role)).chain(managers).collect()
    });
    conversation::User {
        id: ids::user(user.id),
        roles: roles.unwrap_or_default(),
        is_bot: user.bot,
    }
}

/// `message` as the target of a reply or of a message command.
fn referenced_message(message: &Message, cache: &ChannelCache) -> RepliedTo {
    RepliedTo {
        id: ids::message(message.channel_id, message.id),
        is_from_bot: Some(message.author.id) == cache.bot_id(),
        author: Some(ids::user(message.author.id)),
        // The content is empty without the Message Content Intent, and for messages that consist
        // of components only.
        text: Some(text(message)).filter(|text| !text.is_empty()),
        title: None,
        origin: origin(message, cache),
    }
}

/// Where `message` is from. It answers the message that it replies to, or in a thread without one, its title.
fn origin(message: &Message, cache: &ChannelCache) -> MessageOrigin {
    let (channel, author) = (message.channel_id, &message.author);
    let place = cache.guild_of(channel).map_or_else(|| "@me".to_owned(), |guild| guild.to_string());
    let answered = message.referenced_message.as_deref().map(text);
    let answered = answered.or_else(|| cache.thread_name(channel).map(str::to_owned));
    MessageOrigin {
        author_name: Some(author.global_name.as_ref().unwrap_or(&author.name).clone()),
        sent_at: Some(ids::snowflake_time(message.id.get())),
        url: Some(format!("https://discord.com/channels/{place}/{channel}/{}", message.id)),
        answered: answered.filter(|text| !text.is_empty()),
    }
}

/// The text of `message`: its content, or that of the message which it forwards.
fn text(message: &Message) -> String {
    if !message.content.is_empty() {
        return message.content.clone();
    }
    let forwarded: Vec<&str> = message.message_snapshots.iter().map(|it| &*it.content).collect();
    forwarded.join("\n")
}
