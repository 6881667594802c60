//! Data of a term of an index.

use super::neighbors;
use super::vocabulary::TermId;

/// Data of a term.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Term {
    /// Weight, 0.0 to 1.0, see [`super::term_weight::weight`].
    pub(crate) weight: f32,
    /// Rarity in the pack, 0.0 to 1.0, see [`super::term_weight::pack_idf`].
    pub(crate) pack_idf: f32,
    /// Its share of the total weight of all phrasings, 0.0 to 1.0.
    pub(crate) share: f32,
    /// Whether it is a name: the packs write it with a capital inside sentences.
    pub(crate) is_name: bool,
    /// Whether it is a stop word.
    pub(crate) is_stop_word: bool,
    /// Whether it occurs in a phrasing, a lead, a quote, a synonym or an unquoted sentence.
    pub(crate) is_used: bool,
    /// Its index in the [neighbor table](neighbors), if it may match neighbors.
    pub(crate) stem_index: Option<neighbors::StemIndex>,
}

/// Placeholder for "no term".
pub(crate) const NO_TERM: TermId = TermId::MAX;
