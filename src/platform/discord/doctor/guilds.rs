//! Checks of the guilds and channels, and of the bot's permissions in them.

use serenity::http::Route;
use serenity::model::channel::{ChannelType, GuildChannel};
use serenity::model::guild::{Member, PartialGuild, Role};
use serenity::model::id::{ChannelId, GuildId, RoleId, UserId};
use serenity::model::permissions::Permissions;
use serenity::model::user::CurrentUser;

use super::super::PLATFORM;
use super::super::permissions::{MissingPermissions, missing_in, required_permissions};
use super::{DiscordSetup, ProbeError, in_time, no_response};
use crate::platform::diagnosis::{CheckOutcome, CheckResult};

/// Most guilds whose channels are looked at, three requests for each.
const MAX_GUILDS: usize = 10;

/// What to do about missing permissions.
const GRANT: &str = "open the link of docs/discord.md again, which grants them, or grant them to the bot's role in the \
                     settings of the server, its category and the channel";

/// The numbers of the configured places on Discord of this kind, each with its key: `guild` or `channel`.
fn configured<'s>(
    setup: &'s DiscordSetup,
    kind: &'static str,
) -> impl Iterator<Item = (&'static str, u64)> + 's {
    setup.configured.places.iter().filter_map(move |(key, place)| {
        let (platform, rest) = place.parts();
        let id = rest.strip_prefix(kind)?.strip_prefix(':')?.parse().ok()?;
        (platform == PLATFORM && id > 0).then_some((*key, id))
    })
}

pub(super) async fn is_in_guild(setup: &DiscordSetup) -> CheckOutcome {
    let n_guilds = setup.guilds().await?.len();
    if n_guilds > 0 {
        return Ok(CheckResult::ok(format!("it is in {n_guilds}")));
    }
    Ok(CheckResult::wrong(
        "nobody has invited the bot to a server",
        "open the link of docs/discord.md (\"Invite it\") with the id of your application, and choose your server",
    ))
}

pub(super) async fn do_places_exist(setup: &DiscordSetup) -> CheckOutcome {
    let guilds = setup.guilds().await?;
    let mut missing = Vec::new();
    let mut n_found = 0;
    for (key, id) in configured(setup, "guild") {
        if guilds.iter().any(|guild| guild.id.get() == id) {
            n_found += 1;
        } else {
            missing.push(format!("`{key}` has discord:guild:{id}, in which the bot is not"));
        }
    }
    for (key, id) in configured(setup, "channel") {
        match setup.get::<GuildChannel>(Route::Channel { channel_id: ChannelId::new(id) }).await {
            Ok(_) => n_found += 1,
            Err(ProbeError { status: Some(403 | 404) }) => missing
                .push(format!("`{key}` has discord:channel:{id}, which the bot does not see")),
            Err(failure) => return Err(no_response(failure)),
        }
    }
    if n_found == 0 && missing.is_empty() {
        return Err("the configuration names no guild or channel".to_owned());
    }
    if missing.is_empty() {
        return Ok(CheckResult::ok(format!("{n_found} found")));
    }
    let advice = "copy the ids again (Discord's settings, Advanced, Developer Mode; right-click, Copy ID), invite the bot \
                  to the server, or give it View Channel there";
    Ok(CheckResult::wrong(missing.join("; "), advice))
}

pub(super) async fn has_permissions(setup: &DiscordSetup) -> CheckOutcome {
    let guilds = setup.guilds().await?;
    let bot: CurrentUser = setup.get(Route::UserMe).await.map_err(no_response)?;
    let mut wrong = Vec::new();
    let mut channels: Vec<u64> = configured(setup, "channel").map(|(_, id)| id).collect();
    channels.sort_unstable();
    channels.dedup();
    for id in &channels {
        wrong.extend(lacking(setup, *id, bot.id).await?);
    }
    for guild in guilds.iter().take(MAX_GUILDS) {
        if !can_answer_somewhere(setup, guild.id, bot.id).await? {
            let id = guild.id;
            wrong.push(format!("there is no channel in the guild {id} in which it may answer"));
        }
    }
    if guilds.is_empty() && channels.is_empty() {
        return Err("the bot is in no guild (see discord-guilds)".to_owned());
    }
    if wrong.is_empty() {
        let (n_guilds, n_channels) = (guilds.len().min(MAX_GUILDS), channels.len());
        let found =
            format!("looked at {n_guilds} guilds and {n_channels} channels of the configuration");
        return Ok(CheckResult::ok(found));
    }
    Ok(CheckResult::wrong(wrong.join("; "), GRANT))
}

/// What the bot lacks in the channel `id`. A channel that it does not see is a matter of `discord-places`.
async fn lacking(setup: &DiscordSetup, id: u64, bot: UserId) -> Result<Option<String>, String> {
    let missing = in_time(async {
        let api = setup.api()?;
        missing_in(api, setup.settings.style, ChannelId::new(id), bot)
            .await
            .map_err(ProbeError::from)
    });
    let MissingPermissions { permissions, is_timed_out } = missing.await.map_err(no_response)?;
    if permissions.is_empty() || permissions.contains(Permissions::VIEW_CHANNEL) {
        return Ok(None);
    }
    let names = permissions.get_permission_names().join(", ");
    let why = if is_timed_out { ", since it is in a timeout" } else { "" };
    Ok(Some(format!("in discord:channel:{id} it lacks {names}{why}")))
}

/// Whether there is a text channel in the guild in which the bot may answer, or none that it could.
async fn can_answer_somewhere(
    setup: &DiscordSetup,
    guild_id: GuildId,
    user_id: UserId,
) -> Result<bool, String> {
    let get = async {
        let guild: PartialGuild = setup.get(Route::Guild { guild_id }).await?;
        let member: Member = setup.get(Route::GuildMember { guild_id, user_id }).await?;
        let channels: Vec<GuildChannel> = setup.get(Route::GuildChannels { guild_id }).await?;
        Ok((guild, member, channels))
    };
    let (guild, member, channels) = get.await.map_err(no_response)?;
    let mut text_channels = channels
        .iter()
        .filter(|channel| matches!(channel.kind, ChannelType::Text | ChannelType::News))
        .peekable();
    let has_none = text_channels.peek().is_none();
    let required = required_permissions(false, setup.settings.style);
    let may_answer =
        |channel: &GuildChannel| guild.user_permissions_in(channel, &member).contains(required);
    Ok(has_none || text_channels.any(may_answer))
}

pub(super) async fn do_roles_exist(setup: &DiscordSetup) -> CheckOutcome {
    let role = |text: &str| text.strip_prefix("discord:role:")?.parse().ok().filter(|id| *id > 0);
    let mut roles: Vec<u64> =
        setup.configured.moderators.iter().filter_map(|it| role(it.as_str())).collect();
    roles.sort_unstable();
    roles.dedup();
    if roles.is_empty() {
        return Err("the configuration names no roles of Discord".to_owned());
    }
    let guilds = setup.guilds().await?;
    if guilds.len() > MAX_GUILDS {
        return Err(format!("the bot is in more than {MAX_GUILDS} guilds"));
    }
    let mut known: Vec<RoleId> = Vec::new();
    for guild in guilds {
        let of_guild = setup.get::<Vec<Role>>(Route::GuildRoles { guild_id: guild.id }).await;
        known.extend(of_guild.map_err(no_response)?.iter().map(|role| role.id));
    }
    let unknown = roles.iter().filter(|role| !known.contains(&RoleId::new(**role)));
    let unknown: Vec<String> = unknown.map(|role| format!("discord:role:{role}")).collect();
    if unknown.is_empty() {
        return Ok(CheckResult::ok(format!("{} found", roles.len())));
    }
    let message = format!("no guild of the bot has {}", unknown.join(", "));
    let advice = "copy the id of the role again (server settings, Roles; Copy Role ID), or take it out of `moderators` \
                  and `owners`: nobody is a moderator by it";
    Ok(CheckResult::wrong(message, advice))
}
