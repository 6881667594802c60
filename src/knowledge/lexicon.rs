//! The lexicon: a pack's synonyms and abbreviations.

/// Groups of words and short phrases that mean the same in a pack.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lexicon {
    groups: Vec<Vec<String>>,
}

impl Lexicon {
    /// A lexicon of `groups`, not normalized.
    pub fn new(groups: Vec<Vec<String>>) -> Self {
        Self { groups }
    }

    /// The groups, not normalized.
    pub fn groups(&self) -> &[Vec<String>] {
        &self.groups
    }
}
