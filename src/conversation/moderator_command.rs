//! Commands for moderators, as they are typed: `!faq add-phrasing pool where can I swim`.
//!
//! Below the first line of `add`, `gap` and `edit`, `> ` starts a line of a quote, `- ` another phrasing, and `tags: `
//! and the like a field.

mod lines;
mod parse;
mod verb;
mod write;

use serde::{Deserialize, Serialize};

pub use lines::tags;
pub use verb::{Field, Verb};
pub use write::{add_command, edit_command};

use super::id::{MessageId, PrincipalId};
use super::message::Place;
use super::timestamp::Timestamp;
use crate::knowledge::export::ExportFormat;

/// The first word of a command.
pub const FAQ: &str = "faq";

/// A command for moderators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModeratorCommand {
    /// Something to read.
    Read(ReadCommand),
    /// A change of a pack, or of a setting.
    Edit(Box<EditCommand>),
    /// Makes an entry of the message that this replies to. The action adds an entry, still without that message.
    Make(Box<EditCommand>),
    /// Puts the groups of the inbox with these ids aside.
    Dismiss(Vec<String>),
    /// Saves the edit that is proposed by the message to which this replies, or by the last one.
    Save,
    /// The command is incomplete, or has what it cannot have. What it is for is explained.
    Incomplete {
        /// What it does; none for an explanation of all.
        verb: Option<Verb>,
        /// The line that was not understood, if it is one of several.
        line: Option<String>,
    },
}

/// Something to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadCommand {
    /// The entries, on this page, from 1.
    List(usize),
    /// The entry with this id.
    Show(String),
    /// The entries that are nearest to this text.
    Search(String),
    /// How this question would be answered.
    Test(String),
    /// The groups of synonyms, on this page, from 1.
    Synonyms(usize),
    /// The settings of the space, on this page, from 1.
    Settings(usize),
    /// The changes of packs and settings, or those of the entry or setting with this id.
    History(Option<String>),
    /// The change with this number.
    Diff(i64),
    /// The groups of questions that were not answered, on this page, from 1.
    Inbox(usize),
    /// The groups of questions that were not answered in which one has this text.
    InboxSearch(String),
    /// The group of the inbox with this id.
    Group(String),
    /// All entries of a pack as a file.
    Export {
        /// What it is written as.
        format: ExportFormat,
        /// The name of the pack, if it is given.
        pack: Option<String>,
    },
}

impl ModeratorCommand {
    /// Whether it concerns the work of others, and is for owners.
    pub fn is_for_owners(&self) -> bool {
        matches!(self, Self::Edit(edit) if edit.is_for_owners())
    }
}

impl EditCommand {
    /// Whether it concerns the work of others, and is for owners.
    pub fn is_for_owners(&self) -> bool {
        matches!(self.action, EditAction::RevertAll { .. } | EditAction::Set { .. })
    }
}

/// A change of a pack, or of a setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditCommand {
    /// What is to be done.
    pub action: EditAction,
    /// The name of the pack, if it is given.
    pub pack: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// What is to be done with a pack, or with a setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum EditAction {
    /// A new entry. Without a quote, one is to be picked.
    Add(TypedEntry),
    /// A new gap.
    AddGap(TypedEntry),
    /// Other values of what is given of an entry.
    Change {
        /// The entry's id.
        id: String,
        /// The values.
        entry: TypedEntry,
    },
    /// An entry is removed.
    Remove(String),
    /// A removed entry comes back.
    Restore(String),
    /// More phrasings of an entry.
    AddPhrasings {
        /// The entry's id.
        id: String,
        /// The phrasings.
        phrasings: Vec<String>,
    },
    /// A phrasing is removed.
    RemovePhrasing {
        /// The entry's id.
        id: String,
        /// The phrasing.
        phrasing: String,
    },
    /// A phrasing becomes one of another entry.
    MovePhrasing {
        /// The id of the entry that has it.
        from: String,
        /// The id of the entry that gets it.
        to: String,
        /// The phrasing.
        phrasing: String,
    },
    /// These terms mean the same.
    AddSynonyms(Vec<String>),
    /// These terms leave the synonyms.
    RemoveSynonyms(Vec<String>),
    /// A setting of the space gets another value.
    Set {
        /// The name of the setting.
        setting: String,
        /// The value.
        value: SettingValue,
    },
    /// The change with this number is taken back.
    Revert(i64),
    /// What somebody has done is taken back.
    RevertAll {
        /// Who, as the history names them.
        by: String,
        /// Since when; ever, if it is not given.
        since: Option<Timestamp>,
    },
    /// The questions of groups of the inbox become phrasings of an entry.
    Assign {
        /// The ids of the groups.
        groups: Vec<String>,
        /// The entry's id.
        id: String,
    },
    /// The questions of groups of the inbox become one gap.
    GapOfGroups {
        /// The ids of the groups.
        groups: Vec<String>,
    },
}

/// A new value of a setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SettingValue {
    /// As it is typed; what it stands for may depend on where.
    Typed(String),
    /// What a typed one stands for; none if the configuration is to apply again.
    Read(Option<serde_json::Value>),
}

/// An entry, or a part of one, as it is typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TypedEntry {
    /// The question.
    pub question: Option<String>,
    /// The id.
    pub id: Option<String>,
    /// Other phrasings; none of a command that says nothing about them.
    pub phrasings: Option<Vec<String>>,
    /// The quotes.
    pub quotes: Vec<String>,
    /// The line above the quotes; empty if there is to be none.
    pub lead: Option<String>,
    /// The topics.
    pub tags: Option<Vec<String>>,
    /// The name of the source of the quotes.
    pub source: Option<String>,
    /// The paragraph of the quotes, from 1.
    pub paragraph: Option<usize>,
    /// Who is quoted.
    pub speaker: Option<String>,
    /// The role of the speaker.
    pub role: Option<String>,
    /// The message of somebody in chat that the quotes are from.
    pub message: Option<QuotedMessage>,
}

/// A message of somebody in chat that an entry quotes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotedMessage {
    /// Its id.
    pub id: MessageId,
    /// Where it was sent.
    pub place: Place,
    /// Who wrote it.
    pub author: Option<PrincipalId>,
    /// The name of the author, as they are called there.
    pub author_name: Option<String>,
    /// The day when it was sent, like `2026-11-30`.
    pub date: Option<String>,
    /// The address at which it can be read.
    pub url: Option<String>,
    /// Its words.
    pub text: String,
}

#[cfg(test)]
mod tests;
