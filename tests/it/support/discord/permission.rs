//! Permissions, as far as what the bot does needs them.

/// A set of permissions, by Discord's bits.
pub(crate) type Permissions = u64;

pub(crate) const VIEW_CHANNEL: Permissions = 1 << 10;
pub(crate) const SEND_MESSAGES: Permissions = 1 << 11;
pub(crate) const MANAGE_MESSAGES: Permissions = 1 << 13;
pub(crate) const EMBED_LINKS: Permissions = 1 << 14;
pub(crate) const READ_MESSAGE_HISTORY: Permissions = 1 << 16;
pub(crate) const MENTION_EVERYONE: Permissions = 1 << 17;
pub(crate) const SEND_MESSAGES_IN_THREADS: Permissions = 1 << 38;

/// What the invite link asks for.
pub(crate) const INVITED_WITH: Permissions =
    VIEW_CHANNEL | SEND_MESSAGES | SEND_MESSAGES_IN_THREADS | EMBED_LINKS | READ_MESSAGE_HISTORY;

/// What whoever is in time-out may do at the most.
pub(crate) const IN_TIME_OUT: Permissions = VIEW_CHANNEL | READ_MESSAGE_HISTORY;
