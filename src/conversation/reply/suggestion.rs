//! An entry that the asker may pick.

use crate::matching::Index;

/// An entry that the asker may pick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The entry's position in the index.
    pub entry: usize,
    /// The canonical question.
    pub question: String,
}

impl Suggestion {
    /// The suggestion of the entry at `entry`; `None` if there is no such entry.
    pub(super) fn new(index: &Index, entry: usize) -> Option<Self> {
        let question = index.entry(entry)?.question.clone();
        Some(Self { entry, question })
    }
}
