//! How a platform displays answers, if it can set them off from other messages.

use serde::{Deserialize, Serialize};

/// How answers are displayed. The strings that serde reads are configuration values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerStyle {
    /// In an embed (Discord) or similar frame.
    #[default]
    Embed,
    /// As the text of a message.
    Text,
}
