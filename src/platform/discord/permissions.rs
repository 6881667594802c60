//! Where we lack permissions, and which.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

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

/// For so long nothing is posted where permissions were missing: Discord shuts out who is refused
/// too often, and whoever mends it waits no longer than this.
const DENIAL_TTL: Duration = Duration::from_secs(30);

/// Channels that are remembered at the most.
const MAX_CACHED: usize = 10_000;

/// What we may not do in a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Denial {
    /// Anything at all.
    Send,
    /// Reply to a message; we may still post.
    Reply,
}

/// Channels where we were refused, what, and when.
#[derive(Default)]
pub(super) struct RecentDenials(Mutex<HashMap<ChannelId, (Denial, Instant)>>);

impl RecentDenials {
    /// What we were refused in `channel` a moment ago.
    pub(super) fn get(&self, channel: ChannelId) -> Option<Denial> {
        let known = self.all();
        let (hindrance, since) = known.get(&channel)?;
        (since.elapsed() < DENIAL_TTL).then_some(*hindrance)
    }

    /// Channels of which `is_changed` is true have changed: we may be allowed now what we were not.
    pub(super) fn forget(&self, is_changed: impl Fn(ChannelId) -> bool) {
        self.all().retain(|channel, _| !is_changed(*channel));
    }

    fn record(&self, channel: ChannelId, hindrance: Denial) {
        let mut known = self.all();
        if known.len() >= MAX_CACHED {
            known.retain(|_, (_, since)| since.elapsed() < DENIAL_TTL);
        }
        known.insert(channel, (hindrance, Instant::now()));
    }

    fn all(&self) -> MutexGuard<'_, HashMap<ChannelId, (Denial, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Discord {
    /// Notes that we were refused in `channel`, and has moderators told what is missing there. The
    /// service tells them once.
    pub(super) async fn report_missing_permissions(&self, channel: ChannelId, hindrance: Denial) {
        self.recent_denials.record(channel, hindrance);
        let Some(us) = self.bot_id.get() else { return };
        let found = self.missing_permissions(channel, *us).await;
        let (place, missing) = found.unwrap_or_else(|_| {
            // Who cannot even look at a channel may not see it.
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
        us: UserId,
    ) -> Result<(Place, Permissions), ApiError> {
        let channel: GuildChannel = self.api.get(Route::Channel { channel_id }).await?;
        let mut around = vec![ids::guild(channel.guild_id)];
        let is_thread = is_thread(channel.kind);
        let holder = match channel.parent_id.filter(|_| is_thread) {
            // A thread has the permissions of its channel.
            Some(parent) => {
                around.insert(0, ids::channel(parent));
                self.api.get(Route::Channel { channel_id: parent }).await?
            }
            None => channel,
        };
        let held = bot_permissions(&self.api, &holder, us).await?;
        let place = Place { id: ids::channel(channel_id), parents: around, is_direct: false };
        Ok((place, required_permissions(is_thread, self.settings.style) - held))
    }
}

/// What we need where we answer.
fn required_permissions(is_thread: bool, style: AnswerStyle) -> Permissions {
    let mut needed = Permissions::VIEW_CHANNEL | Permissions::READ_MESSAGE_HISTORY;
    needed |=
        if is_thread { Permissions::SEND_MESSAGES_IN_THREADS } else { Permissions::SEND_MESSAGES };
    if style == AnswerStyle::Embed {
        needed |= Permissions::EMBED_LINKS;
    }
    needed
}

async fn bot_permissions(
    api: &Api,
    channel: &GuildChannel,
    us: UserId,
) -> Result<Permissions, ApiError> {
    let guild_id = channel.guild_id;
    let guild: PartialGuild = api.get(Route::Guild { guild_id }).await?;
    let member: Member = api.get(Route::GuildMember { guild_id, user_id: us }).await?;
    Ok(guild.user_permissions_in(channel, &member))
}
