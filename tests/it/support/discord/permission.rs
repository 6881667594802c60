//! The permissions that matter for the bot and its users.

/// A set of permissions, as Discord's bits.
pub(crate) type Permissions = u64;

pub(crate) const ADMINISTRATOR: Permissions = 1 << 3;
pub(crate) const MANAGE_GUILD: Permissions = 1 << 5;
pub(crate) const VIEW_CHANNEL: Permissions = 1 << 10;
pub(crate) const SEND_MESSAGES: Permissions = 1 << 11;
pub(crate) const MANAGE_MESSAGES: Permissions = 1 << 13;
pub(crate) const EMBED_LINKS: Permissions = 1 << 14;
pub(crate) const READ_MESSAGE_HISTORY: Permissions = 1 << 16;
pub(crate) const MENTION_EVERYONE: Permissions = 1 << 17;
pub(crate) const USE_APPLICATION_COMMANDS: Permissions = 1 << 31;
pub(crate) const MANAGE_THREADS: Permissions = 1 << 34;
pub(crate) const SEND_MESSAGES_IN_THREADS: Permissions = 1 << 38;

/// The permissions in the invite link.
pub(crate) const GRANTED_BY_INVITE: Permissions =
    VIEW_CHANNEL | SEND_MESSAGES | SEND_MESSAGES_IN_THREADS | EMBED_LINKS | READ_MESSAGE_HISTORY;

/// The permissions of the role that all users have.
pub(crate) const GRANTED_TO_USERS: Permissions = GRANTED_BY_INVITE | USE_APPLICATION_COMMANDS;

/// The permissions that a member keeps in a timeout.
pub(crate) const ALLOWED_IN_TIMEOUT: Permissions = VIEW_CHANNEL | READ_MESSAGE_HISTORY;

/// The permissions that are worth nothing without the one to send messages.
const NEED_SENDING: Permissions = EMBED_LINKS | MENTION_EVERYONE;

/// `granted` without the permissions that are worth nothing alone.
pub(super) fn without_implicitly_denied(granted: Permissions) -> Permissions {
    if granted & VIEW_CHANNEL == 0 {
        0
    } else if granted & (SEND_MESSAGES | SEND_MESSAGES_IN_THREADS) == 0 {
        granted & !NEED_SENDING
    } else {
        granted
    }
}
