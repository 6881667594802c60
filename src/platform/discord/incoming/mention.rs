//! Mentions of the bot in messages: detects and strips them. Pure.

use serenity::model::channel::Message;
use serenity::model::event::MessageUpdateEvent;
use serenity::model::id::{GuildId, RoleId};
use serenity::model::user::User;

use super::super::channel_cache::ChannelCache;

/// A message text without mentions of the bot.
pub(super) struct StrippedText {
    pub(super) text: String,
    /// Whether the text mentioned the bot or its role.
    pub(super) mentions_bot: bool,
}

/// Strips mentions of the bot and of its role in `guild` from `content`.
///
/// `mentions` and `mention_roles` are the message's fields of these names. A reply with the ping on
/// has the bot in `mentions` without a mention in its text, and is not reported as one.
pub(super) fn strip_bot_mentions(
    content: &str,
    mentions: &[User],
    mention_roles: &[RoleId],
    guild: Option<GuildId>,
    cache: &ChannelCache,
) -> StrippedText {
    let bot_id = cache.bot_id().filter(|bot_id| mentions.iter().any(|user| user.id == *bot_id));
    let bot_role = guild.and_then(|guild| cache.bot_role(guild));
    let bot_role = bot_role.filter(|role| mention_roles.contains(role));
    let markup = bot_id.into_iter().flat_map(|id| [format!("<@{id}>"), format!("<@!{id}>")]);
    let markup: Vec<String> = markup.chain(bot_role.map(|role| format!("<@&{role}>"))).collect();
    // Where Discord withholds the content, it still lists the mentioned roles.
    let is_withheld = content.is_empty() && bot_role.is_some();
    let mentions_bot = is_withheld || markup.iter().any(|mention| content.contains(mention));
    let text = markup.iter().fold(content.to_owned(), |text, mention| text.replace(mention, " "));
    let text = if mentions_bot { text.trim().to_owned() } else { text };
    StrippedText { text, mentions_bot }
}

/// Whether `message` may address the bot, judging by the message alone. A cheap filter for messages
/// in threads that are not in the cache.
pub(in crate::platform::discord) fn may_address_bot(
    message: &Message,
    cache: &ChannelCache,
) -> bool {
    let mentions_bot_role = message
        .guild_id
        .and_then(|guild| cache.bot_role(guild))
        .is_some_and(|role| message.mention_roles.contains(&role));
    let is_bot = |user: &User| Some(user.id) == cache.bot_id();
    let replies_to_bot =
        message.referenced_message.as_deref().is_some_and(|replied| is_bot(&replied.author));
    // A message whose content Discord withholds does not address the bot, unless it mentions it.
    let may_address = !message.content.is_empty()
        || mentions_bot_role
        || replies_to_bot
        || message.mentions.iter().any(is_bot);
    may_address && !message.author.bot
}

/// Like [`may_address_bot`], for an edited message.
pub(in crate::platform::discord) fn edit_may_address_bot(update: &MessageUpdateEvent) -> bool {
    update.edited_timestamp.is_some()
        && update.content.as_ref().is_some_and(|content| !content.is_empty())
        && update.author.as_ref().is_some_and(|author| !author.bot)
}
