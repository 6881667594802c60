//! Controls that the bot's messages offer.

use serde::{Deserialize, Serialize};

/// A control of one of the bot's messages: a button on Discord, a reaction on Matrix.
///
/// The strings that serde writes are a contract with the bridge (docs/bridge.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// Answers with the suggestion of this number, from 1.
    Pick(usize),
    /// Records that the answer was helpful.
    Helpful,
    /// Records that the answer was not helpful.
    Unhelpful,
    /// Deletes the message.
    Delete,
    /// Shows the paragraphs that are quoted, skipping this many parts of them.
    #[serde(rename = "paragraph", alias = "paragraphs")]
    Paragraphs(usize),
    /// Shows the answer's quotes, skipping this many.
    #[serde(rename = "rest", alias = "quotes")]
    Quotes(usize),
    /// Shows the asker's private answer to everybody at the place.
    Share,
    /// Lists the questions that can be asked, skipping this many.
    Topics(usize),
    /// The asker wants to be told when there is an answer.
    Notify,
    /// Saves the edit that the message proposes. This and what follows is for moderators.
    Save,
    /// Takes back the edit that the message tells of.
    TakeBack,
    /// Makes a gap of the group of questions that the message shows.
    Gap,
    /// Puts the group of questions that the message shows aside.
    Dismiss,
    /// Lists the groups of questions on this page, from 1.
    Inbox(usize),
    /// Removes the entry that quotes the user's message, of which the message tells. For its author, and moderators.
    RemoveQuoted,
}
