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
use crate::conversation::{self, RepliedTo};

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
