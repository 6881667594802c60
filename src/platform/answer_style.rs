//! How answers look where a platform can set them off from what people say.

use serde::{Deserialize, Serialize};

/// How answers look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerStyle {
    /// Set off, in a frame of their own.
    #[default]
    Embed,
    /// Like any other message.
    Text,
}
