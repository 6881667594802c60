//! What the codes mean with which Discord closes a gateway connection.

use super::super::super::PlatformError;

/// What follows from a close code.
#[derive(Debug)]
pub(super) enum AfterClose {
    /// The session can be resumed.
    Resume,
    /// A new session has to be started.
    NewSession,
    /// The same connection cannot succeed.
    Fail(PlatformError),
}

/// What follows from `code`. Without a code the session can be resumed.
pub(super) fn after_close(code: Option<u16>) -> AfterClose {
    match code {
        // Not authenticated; unknown session; invalid sequence number; session timed out.
        Some(4003 | 4006 | 4007 | 4009) => AfterClose::NewSession,
        Some(4004) => permanent(BAD_TOKEN),
        Some(4010 | 4011) => AfterClose::Fail(PlatformError::Transient {
            what: WRONG_SHARDS.to_owned(),
            source: None,
        }),
        Some(4012 | 4013) => permanent(OUTDATED),
        Some(4014) => permanent(INTENT_NOT_ENABLED),
        _ => AfterClose::Resume,
    }
}

fn permanent(advice: &str) -> AfterClose {
    AfterClose::Fail(PlatformError::Permanent { advice: advice.to_owned(), source: None })
}

/// Advice for a token that Discord rejects.
pub(in crate::platform::discord) const BAD_TOKEN: &str = "Discord rejected the token: copy it again from \
    https://discord.com/developers/applications (your application, Bot, Reset Token) and set it as \
    `token` in [discord] (QUOTH_DISCORD__TOKEN_FILE)";

/// Advice for close code 4014.
pub(in crate::platform::discord) const INTENT_NOT_ENABLED: &str = "Discord closed the connection (4014), since the Message Content \
    Intent is not enabled: at https://discord.com/developers/applications, open your application, \
    Bot, Privileged Gateway Intents, and turn Message Content Intent on; or set \
    message_content = false in [discord], and quoth answers without it where it is mentioned";

const OUTDATED: &str = "Discord rejected the gateway version or the intents of this bot (4012, \
    4013): this version of quoth is too old";

const WRONG_SHARDS: &str = "Discord rejected the shards of this bot (4010, 4011): `shards` in \
    [discord] is too small for your guilds, or names a shard that does not exist; remove it to use \
    the number that Discord recommends";
