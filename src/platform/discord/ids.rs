//! Names of Discord's things, which lead back to them after a restart.

use serenity::model::id::{ChannelId, GenericId, GuildId, InteractionId, RoleId, UserId};
use sha2::{Digest, Sha256};

use super::PLATFORM;
use crate::conversation::{MessageId, PlaceId, PrincipalId};

/// Bytes of the hash in a nonce: in hexadecimal digits it fits the 25 characters that Discord takes.
const NONCE_BYTES: usize = 12;

/// A message in a channel.
pub(super) fn message(channel: ChannelId, message: impl Into<u64>) -> MessageId {
    MessageId::new(PLATFORM, format_args!("message:{channel}:{}", message.into()))
}

/// A command, button or menu that somebody used.
pub(super) fn interaction(id: InteractionId) -> MessageId {
    MessageId::new(PLATFORM, format_args!("interaction:{id}"))
}

/// A channel, thread or category.
pub(super) fn channel(id: ChannelId) -> PlaceId {
    PlaceId::new(PLATFORM, format_args!("channel:{id}"))
}

/// A guild.
pub(super) fn guild(id: GuildId) -> PlaceId {
    PlaceId::new(PLATFORM, format_args!("guild:{id}"))
}

/// Somebody.
pub(super) fn user(id: UserId) -> PrincipalId {
    PrincipalId::new(PLATFORM, format_args!("user:{id}"))
}

/// A role.
pub(super) fn role(id: RoleId) -> PrincipalId {
    PrincipalId::new(PLATFORM, format_args!("role:{id}"))
}

/// The channel and message that `name` stands for.
pub(super) fn parse_message(name: &MessageId) -> Option<(ChannelId, GenericId)> {
    let (channel, message) = ours(name.parts())?.strip_prefix("message:")?.split_once(':')?;
    Some((number(channel)?.into(), number(message)?.into()))
}

/// The interaction that `name` stands for.
pub(super) fn parse_interaction(name: &MessageId) -> Option<InteractionId> {
    ours(name.parts())?.strip_prefix("interaction:").and_then(number).map(InteractionId::from)
}

/// The channel that `name` stands for.
pub(super) fn parse_channel(name: &PlaceId) -> Option<ChannelId> {
    ours(name.parts())?.strip_prefix("channel:").and_then(number).map(ChannelId::from)
}

/// By which Discord knows again what is sent for `cause`.
pub(super) fn nonce(cause: &MessageId) -> String {
    let hash = Sha256::digest(cause.as_str());
    hash.iter().take(NONCE_BYTES).map(|byte| format!("{byte:02x}")).collect()
}

fn ours<'n>((platform, rest): (&str, &'n str)) -> Option<&'n str> {
    (platform == PLATFORM).then_some(rest)
}

/// A snowflake, which is never zero.
fn number(digits: &str) -> Option<std::num::NonZeroU64> {
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_what_they_name_and_to_nothing_else() {
        let name = message(ChannelId::new(7), 9_u64);
        assert_eq!(name.as_str(), "discord:message:7:9");
        assert_eq!(parse_message(&name), Some((ChannelId::new(7), GenericId::new(9))));
        assert_eq!(parse_channel(&channel(ChannelId::new(7))), Some(ChannelId::new(7)));
        let used = interaction(InteractionId::new(5));
        assert_eq!(parse_interaction(&used), Some(InteractionId::new(5)));
        for strange in
            ["discord:message:0:9", "discord:message:7", "bridge:message:7:9", "discord:x"]
        {
            assert_eq!(parse_message(&strange.into()), None, "{strange}");
        }
        assert_eq!(parse_message(&used), None);
        assert_eq!(parse_channel(&PlaceId::from("discord:guild:7")), None);
    }

    #[test]
    fn a_nonce_fits_and_tells_causes_apart() {
        let (one, other) =
            (nonce(&"discord:message:1:2".into()), nonce(&"discord:message:1:3".into()));
        assert!(one.len() <= 25 && one != other, "{one} {other}");
        assert_eq!(one, nonce(&"discord:message:1:2".into()));
    }
}
