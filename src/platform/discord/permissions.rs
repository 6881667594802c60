//! Missing permissions: computes which ones the bot lacks in a channel, and reports them.

pub(super) mod recent_denials;

use serenity::http::Route;
use serenity::model::channel::GuildChannel;
use serenity::model::guild::{Member, PartialGuild};
use serenity::model::id::{ChannelId, UserId};
use serenity::model::permissions::Permissions;

use super::super::AnswerStyle;
use super::Discord;
use super::api::{Api, ApiError};
use super::channel_cache::is_thread;
use super::ids;
use crate::conversation::{Event, Place};
use recent_denials::Denial;

impl Discord {
    /// Records that `channel` denied a send or a reply, and reports the missing permissions to the
    /// service, which alerts moderators once.
    pub(super) async fn report_missing_permissions(&self, channel: ChannelId, denial: Denial) {
        self.recent_denials.record(channel, denial);
        let Some(bot_id) = self.bot_id.get() else { return };
        let found = self.missing_permissions(channel, *bot_id).await;
        let (place, missing) = found.unwrap_or_else(|_| {
            // A channel that cannot be fetched cannot be viewed.
            let place = Place { id: ids::channel(channel), parents: Vec::new(), is_direct: false };
            (place, Permissions::VIEW_CHANNEL)
        });
        let missing: Vec<String> =
            missing.get_permission_names().into_iter().map(str::to_owned).collect();
        if !missing.is_empty() {
            self.dispatch(Event::MissingPermissions { place, missing });
        }
    }

    async fn missing_permissions(
        &self,
        channel_id: ChannelId,
        bot_id: UserId,
    ) -> Result<(Place, Permissions), ApiError> {
        let channel: GuildChannel = self.api.get(Route::Channel { channel_id }).await?;
        let mut parents = vec![ids::guild(channel.guild_id)];
        let is_thread = is_thread(channel.kind);
        let permission_channel = match channel.parent_id.filter(|_| is_thread) {
            // A thread has the permissions of its channel.
            Some(parent) => {
                parents.insert(0, ids::channel(parent));
                self.api.get(Route::Channel { channel_id: parent }).await?
            }
            None => channel,
        };
        let granted = bot_permissions(&self.api, &permission_channel, bot_id).await?;
        let place = Place { id: ids::channel(channel_id), parents, is_direct: false };
        Ok((place, required_permissions(is_thread, self.settings.style) - granted))
    }
}

/// The permissions that the bot needs to answer in a channel or thread.
fn required_permissions(is_thread: bool, style: AnswerStyle) -> Permissions {
    let mut required = Permissions::VIEW_CHANNEL | Permissions::READ_MESSAGE_HISTORY;
    required |=
        if is_thread { Permissions::SEND_MESSAGES_IN_THREADS } else { Permissions::SEND_MESSAGES };
    if style == AnswerStyle::Embed {
        required |= Permissions::EMBED_LINKS;
    }
    required
}

async fn bot_permissions(
    api: &Api,
    channel: &GuildChannel,
    bot_id: UserId,
) -> Result<Permissions, ApiError> {
    let guild_id = channel.guild_id;
    let guild: PartialGuild = api.get(Route::Guild { guild_id }).await?;
    let member: Member = api.get(Route::GuildMember { guild_id, user_id: bot_id }).await?;
    Ok(guild.user_permissions_in(channel, &member))
}
