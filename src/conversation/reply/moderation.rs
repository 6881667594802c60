//! The reply to a moderator.

use crate::conversation::control::Control;
use crate::text::RichText;

/// What a moderator has asked for, or what has become of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ModerationReply {
    /// The text, in the language of its reader.
    pub text: RichText,
    /// The labels of what can be picked, in order.
    pub choices: Vec<String>,
    /// The controls, but for picking and deleting.
    pub controls: Vec<Control>,
}
