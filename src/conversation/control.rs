//! Controls below the bot's messages.

use serde::{Deserialize, Serialize};

/// What our messages offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// Show the suggestion of this number, from 1.
    Pick(usize),
    /// It was what the asker looked for.
    Helpful,
    /// It was not.
    Unhelpful,
    /// Take it away.
    Delete,
    /// Show the paragraphs of its quotes, without so many pieces.
    #[serde(rename = "paragraph")]
    Paragraphs(usize),
    /// Show its quotes without so many.
    #[serde(rename = "rest")]
    Quotes(usize),
    /// Show what can be asked without so many questions.
    Topics(usize),
}
