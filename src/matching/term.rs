//! What an index knows of a term.

use super::neighbors;
use super::vocabulary::TermId;

/// What is known of a term.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Term {
    /// How much it tells, 0.0 to 1.0, see [`super::term_weight::weight`].
    pub(crate) weight: f32,
    /// Rarity in the pack alone, 0.0 to 1.0.
    pub(crate) pack_idf: f32,
    /// Its share of all that the phrasings say, 0.0 to 1.0, by weight.
    pub(crate) share: f32,
    /// Whether the packs write it with a capital inside sentences.
    pub(crate) is_name: bool,
    /// Whether it is a stop word.
    pub(crate) is_stop_word: bool,
    /// Whether a phrasing, a quote, a synonym or an unquoted sentence has it.
    pub(crate) is_used: bool,
    /// Whether a phrasing has it.
    pub(crate) is_in_phrasings: bool,
    /// Where it stands in the table of words of near meaning.
    pub(crate) stem_index: Option<neighbors::StemIndex>,
}

/// Stands for no term.
pub(crate) const NO_TERM: TermId = TermId::MAX;
