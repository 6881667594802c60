//! One recorded change of one entry.

use crate::conversation::{PrincipalId, Timestamp};

/// One change of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The pack.
    pub pack: String,
    /// The entry's id.
    pub entry: String,
    /// When it was changed.
    pub at: Timestamp,
    /// Who changed it.
    pub by: RevisionAuthor,
    /// Why, in the author's words.
    pub reason: Option<String>,
    /// The entry's TOML before; `None` if it is new.
    pub before: Option<String>,
    /// The entry's TOML after; `None` if it is gone.
    pub after: Option<String>,
}

/// Who changed an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevisionAuthor {
    /// Somebody in chat.
    User(PrincipalId),
    /// Whoever changed the file.
    File,
}
