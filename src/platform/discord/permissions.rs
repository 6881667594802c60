//! Missing permissions: computes which ones the bot lacks in a channel, and reports them.

pub(super) mod recent_denials;

use serenity::http::Route;
use serenity::model::Timestamp;
use serenity::model::channel::GuildChannel;
use serenity::model::guild::{Member, PartialGuild};
use serenity::model::id::{ChannelId, UserId};
use serenity::model::permissions::Permissions;

use super::super::AnswerStyle;
use super::Discord;
use super::api::{Api, ApiError};
use super::channel_cache::is_thread;
use super::ids;
use crate::conversation::Event;
use recent_denials::Denial;

/// What a member may still do in a timeout.
const ALLOWED_IN_TIMEOUT: Permissions =
    Permissions::VIEW_CHANNEL.union(Permissions::READ_MESSAGE_HISTORY);

/// What the bot lacks in a channel.
pub(super) struct MissingPermissions {
    pub(super) permissions: Permissions,
    pub(super) is_timed_out: bool,
}

impl Discord {
    /// Records that `channel` denied a send or a reply, and reports the missing permissions to the
    /// service, which alerts moderators once. Nothing is reported if it cannot be found out what is
    /// missing, or whose moderators to tell: after a while, the channel is tried again.
    pub(super) async fn report_missing_permissions(&self, channel: ChannelId, denial: Denial) {
        self.recent_denials.record(channel, denial);
        let Some(bot_id) = self.bot_id.get() else { return };
        let Some(place) = self.recent_places.get(&ids::channel(channel)) else { return };
        match missing_in(&self.api, self.settings.style, channel, *bot_id).await {
            Ok(MissingPermissions { permissions, is_timed_out }) => {
                let names = permissions.get_permission_names();
                let missing: Vec<String> = names.into_iter().map(str::to_owned).collect();
                if !missing.is_empty() {
                    self.dispatch(Event::MissingPermissions { place, missing, is_timed_out });
                }
            }
            Err(ApiError { status, .. }) => {
                tracing::debug!(status, "Could not look up the permissions in channel {channel}");
            }
        }
    }
}

/// What the bot lacks in a channel for answers in this style.
pub(super) async fn missing_in(
    api: &Api,
    style: AnswerStyle,
    channel_id: ChannelId,
    bot_id: UserId,
) -> Result<MissingPermissions, ApiError> {
    let channel: GuildChannel = match api.get(Route::Channel { channel_id }).await {
        Ok(channel) => channel,
        // A channel that Discord does not show cannot be viewed.
        Err(ApiError { status: Some(403 | 404), .. }) => {
            let permissions = Permissions::VIEW_CHANNEL;
            return Ok(MissingPermissions { permissions, is_timed_out: false });
        }
        Err(error) => return Err(error),
    };
    let is_thread = is_thread(channel.kind);
    let permission_channel = match channel.parent_id.filter(|_| is_thread) {
        // A thread has the permissions of its channel.
        Some(parent) => api.get(Route::Channel { channel_id: parent }).await?,
        None => channel,
    };
    let guild_id = permission_channel.guild_id;
    let guild: PartialGuild = api.get(Route::Guild { guild_id }).await?;
    let member: Member = api.get(Route::GuildMember { guild_id, user_id: bot_id }).await?;
    let granted = guild.user_permissions_in(&permission_channel, &member);
    let is_administrator = granted.administrator();
    let until = member.communication_disabled_until;
    let is_timed_out = until.is_some_and(|until| until > Timestamp::now()) && !is_administrator;
    let granted = if is_timed_out { granted & ALLOWED_IN_TIMEOUT } else { granted };
    let required = required_permissions(is_thread, style);
    Ok(MissingPermissions { permissions: required - granted, is_timed_out })
}

/// The permissions that the bot needs to answer in a channel or thread.
pub(super) fn required_permissions(is_thread: bool, style: AnswerStyle) -> Permissions {
    let mut required = Permissions::VIEW_CHANNEL | Permissions::READ_MESSAGE_HISTORY;
    required |=
        if is_thread { Permissions::SEND_MESSAGES_IN_THREADS } else { Permissions::SEND_MESSAGES };
    if style == AnswerStyle::Embed {
        required |= Permissions::EMBED_LINKS;
    }
    required
}
