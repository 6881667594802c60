//! An entry that the asker may pick.

use crate::matching::Index;
use crate::text::Language;

/// An entry that the asker may pick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The entry's position in the index.
    pub entry: usize,
    /// Its question, in the asker's language if it has one in it.
    pub question: String,
}

impl Suggestion {
    /// The suggestion of the entry at `entry`; `None` if there is no such entry.
    pub(super) fn new(index: &Index, entry: usize, language: Option<&Language>) -> Option<Self> {
        let question = index.question(entry, language)?.to_owned();
        Some(Self { entry, question })
    }
}
