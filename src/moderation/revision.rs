//! A revision: one recorded change of one entry, or of the lexicon.

use crate::conversation::{PrincipalId, Timestamp};
use crate::knowledge::EntryChange;
use crate::knowledge::patch::Hunk;

/// One change of one entry, or of the lexicon as if it were one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The name of the pack.
    pub pack: String,
    /// The entry's id, or [`LEXICON_ID`](crate::knowledge::patch::LEXICON_ID).
    pub entry: String,
    /// When it was changed.
    pub at: Timestamp,
    /// The author of the change.
    pub by: RevisionAuthor,
    /// The author's reason.
    pub reason: Option<String>,
    /// The entry's TOML before; `None` if it is new. Of the lexicon, the groups that change.
    pub before: Option<String>,
    /// The entry's TOML after; `None` if it was removed.
    pub after: Option<String>,
    /// The change of the file, of this entry and those that were changed with it, to take it back byte for byte;
    /// `None` if it is unknown or long.
    pub hunk: Option<Hunk>,
}

impl Revision {
    /// A change of an entry of `pack` in its file, by nobody known.
    pub fn by_file(pack: &str, change: EntryChange, at: Timestamp) -> Self {
        Self {
            pack: pack.to_owned(),
            entry: change.id,
            at,
            by: RevisionAuthor::File,
            reason: None,
            before: change.before,
            after: change.after,
            hunk: None,
        }
    }
}

/// The author of a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevisionAuthor {
    /// A user in chat.
    User(PrincipalId),
    /// Somebody at the terminal, by the name that they gave.
    Terminal(String),
    /// An unknown editor of the file.
    File,
}

impl RevisionAuthor {
    /// The name, or the id of a user; `None` for an unknown editor of the file.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::User(user) => Some(user.as_str()),
            Self::Terminal(name) => Some(name),
            Self::File => None,
        }
    }
}
