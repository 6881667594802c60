//! Pauses: moderators silence the bot, at one place or everywhere.

/// A pause that a moderator sets or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// Whether it is set.
    pub is_paused: bool,
    /// Where.
    pub scope: PauseScope,
}

/// Where a pause holds. What was said last for a place or one that it is in counts more than what holds for
/// the space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PauseScope {
    /// At the place of the message, and in its threads.
    Place,
    /// At all places of the space, whatever was said at one of them before.
    Space,
}

/// The word after a command that makes its scope [`PauseScope::Space`].
pub const EVERYWHERE: &str = "everywhere";
