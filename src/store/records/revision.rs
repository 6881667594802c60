//! A revision: one recorded change of one entry.

use crate::conversation::{PrincipalId, Timestamp};

/// One change of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The name of the pack.
    pub pack: String,
    /// The entry's id.
    pub entry: String,
    /// When it was changed.
    pub at: Timestamp,
    /// The author of the change.
    pub by: RevisionAuthor,
    /// The author's reason.
    pub reason: Option<String>,
    /// The entry's TOML before; `None` if it is new.
    pub before: Option<String>,
    /// The entry's TOML after; `None` if it was removed.
    pub after: Option<String>,
}

/// The author of a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevisionAuthor {
    /// A user in chat.
    User(PrincipalId),
    /// An unknown editor of the file.
    File,
}
