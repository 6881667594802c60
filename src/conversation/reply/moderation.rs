//! The reply to a moderator.

use std::sync::Arc;

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
    /// A file that comes with it.
    pub file: Option<ReplyFile>,
}

/// A text file that comes with a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyFile {
    /// Its name, with the ending of its format.
    pub name: String,
    /// Its media type, such as `text/csv`.
    pub media_type: &'static str,
    /// Its content.
    pub text: Arc<str>,
}
