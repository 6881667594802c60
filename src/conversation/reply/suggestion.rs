//! A suggested entry.

/// An entry that the asker may pick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The entry's index.
    pub entry: usize,
    /// Its canonical question.
    pub question: String,
}
