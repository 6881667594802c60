//! Conversions between Discord's snowflakes and the ids of the conversation layer, which are stored.

use serenity::model::id::{ChannelId, GenericId, GuildId, InteractionId, RoleId, UserId};
use sha2::{Digest, Sha256};

use super::PLATFORM;
use crate::conversation::{MessageId, PlaceId, PrincipalId, Timestamp};

/// Bytes of the hash in a nonce. As hexadecimal digits they fit Discord's limit of 25 characters.
const NONCE_BYTES: usize = 12;

/// Milliseconds from 1970 to the epoch of snowflakes, 2015.
const DISCORD_EPOCH_MILLIS: u64 = 1_420_070_400_000;

/// Bits of a snowflake below its timestamp.
const TIMESTAMP_SHIFT: u32 = 22;

/// The time at which the object with this snowflake was created.
pub(super) fn snowflake_time(id: u64) -> Timestamp {
    let millis = (id >> TIMESTAMP_SHIFT) + DISCORD_EPOCH_MILLIS;
    Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}

/// The least snowflake of messages that were sent at `at` or later.
pub(super) fn first_message_at(at: Timestamp) -> serenity::model::id::MessageId {
    let millis = u64::try_from(at.as_millis()).unwrap_or(0);
    let snowflake = millis.saturating_sub(DISCORD_EPOCH_MILLIS) << TIMESTAMP_SHIFT;
    // Zero is no snowflake.
    serenity::model::id::MessageId::new(snowflake.max(1))
}

/// The id of a message in a channel.
pub(super) fn message(channel: ChannelId, message: impl Into<u64>) -> MessageId {
    MessageId::new(PLATFORM, format_args!("message:{channel}:{}", message.into()))
}

/// The id of an interaction: the use of a command or component.
pub(super) fn interaction(id: InteractionId) -> MessageId {
    MessageId::new(PLATFORM, format_args!("interaction:{id}"))
}

/// The id of a channel, thread or category.
pub(super) fn channel(id: ChannelId) -> PlaceId {
    PlaceId::new(PLATFORM, format_args!("channel:{id}"))
}

/// The id of a guild.
pub(super) fn guild(id: GuildId) -> PlaceId {
    PlaceId::new(PLATFORM, format_args!("guild:{id}"))
}

/// The id of a user.
pub(super) fn user(id: UserId) -> PrincipalId {
    PrincipalId::new(PLATFORM, format_args!("user:{id}"))
}

/// The id of a role.
pub(super) fn role(id: RoleId) -> PrincipalId {
    PrincipalId::new(PLATFORM, format_args!("role:{id}"))
}

/// Whoever may manage the guild, as if that was a role.
pub(super) fn managers(guild: GuildId) -> PrincipalId {
    PrincipalId::new(PLATFORM, format_args!("managers:{guild}"))
}

/// The channel and message of `id`. `None` for ids of other kinds or platforms.
pub(super) fn parse_message(id: &MessageId) -> Option<(ChannelId, GenericId)> {
    let (channel, message) = discord_part(id.parts())?.strip_prefix("message:")?.split_once(':')?;
    Some((snowflake(channel)?.into(), snowflake(message)?.into()))
}

/// The interaction of `id`. `None` for ids of other kinds or platforms.
pub(super) fn parse_interaction(id: &MessageId) -> Option<InteractionId> {
    discord_part(id.parts())?
        .strip_prefix("interaction:")
        .and_then(snowflake)
        .map(InteractionId::from)
}

/// The channel of `id`. `None` for ids of other kinds or platforms.
pub(super) fn parse_channel(id: &PlaceId) -> Option<ChannelId> {
    discord_part(id.parts())?.strip_prefix("channel:").and_then(snowflake).map(ChannelId::from)
}

/// The nonce of messages that are sent for `cause`, by which Discord deduplicates them.
pub(super) fn nonce(cause: &MessageId) -> String {
    let hash = Sha256::digest(cause.as_str());
    hash.iter().take(NONCE_BYTES).map(|byte| format!("{byte:02x}")).collect()
}

fn discord_part<'i>((platform, rest): (&str, &'i str)) -> Option<&'i str> {
    (platform == PLATFORM).then_some(rest)
}

/// Parses a snowflake, which is never zero.
fn snowflake(digits: &str) -> Option<std::num::NonZeroU64> {
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_parsed_back_and_others_are_rejected() {
        let id = message(ChannelId::new(7), 9_u64);
        assert_eq!(id.as_str(), "discord:message:7:9");
        assert_eq!(parse_message(&id), Some((ChannelId::new(7), GenericId::new(9))));
        assert_eq!(parse_channel(&channel(ChannelId::new(7))), Some(ChannelId::new(7)));
        let used = interaction(InteractionId::new(5));
        assert_eq!(parse_interaction(&used), Some(InteractionId::new(5)));
        for other in ["discord:message:0:9", "discord:message:7", "bridge:message:7:9", "discord:x"]
        {
            assert_eq!(parse_message(&other.into()), None, "{other}");
        }
        assert_eq!(parse_message(&used), None);
        assert_eq!(parse_channel(&PlaceId::from("discord:guild:7")), None);
    }

    #[test]
    fn nonce_fits_the_limit_and_differs_between_causes() {
        let (one, other) =
            (nonce(&"discord:message:1:2".into()), nonce(&"discord:message:1:3".into()));
        assert!(one.len() <= 25 && one != other, "{one} {other}");
        assert_eq!(one, nonce(&"discord:message:1:2".into()));
    }
}
