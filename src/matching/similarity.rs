//! Similarity of words, for the correction of misspelled ones.

/// Largest edit distance to a word of `n_chars` characters: 0 below [`MIN_CHARS_ONE_EDIT`], 1 from
/// there, 2 from [`MIN_CHARS_TWO_EDITS`]. An edit is an insertion, deletion, substitution or
/// transposition.
///
/// Search engines allow less (Lucene's fuzzy "auto" allows two edits from 6 characters). A FAQ's
/// vocabulary is small, so few of its words are that similar, and words of the [neighbor
/// table](super::neighbors) are never treated as misspelled. On the misspelled question sets for
/// tuning this finds the right entry for 1.5 points more than 4 and 8 characters do
/// (docs/quality.md).
pub fn max_edits(n_chars: usize) -> usize {
    if n_chars >= MIN_CHARS_TWO_EDITS { 2 } else { usize::from(n_chars >= MIN_CHARS_ONE_EDIT) }
}

/// Shortest word that may have one edit, in characters.
pub const MIN_CHARS_ONE_EDIT: usize = 3;

/// Shortest word that may have two edits, in characters.
pub const MIN_CHARS_TWO_EDITS: usize = 5;

/// Similarity of a misspelled `word` to a `known` one, 0.0 to 1.0; `None` beyond [`max_edits`].
///
/// Optimal string alignment decides whether the words match, Jaro-Winkler how similar they are:
/// edits at the start of a word count more, as people rarely make them there.
pub fn misspelling_similarity(word: &str, known: &str) -> Option<f32> {
    let n_allowed = max_edits(word.chars().count().min(known.chars().count()));
    if strsim::osa_distance(word, known) > n_allowed {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a similarity needs no double precision")]
    Some(strsim::jaro_winkler(word, known) as f32)
}

/// Cheap pre-filter of the edit distance of two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LetterSignature {
    n_chars: u8,
    /// Bit set of its characters, folded to 32 bits.
    set: u32,
}

impl LetterSignature {
    pub(crate) fn of(word: &str) -> Self {
        word.chars().fold(Self { n_chars: 0, set: 0 }, |signature, c| Self {
            n_chars: signature.n_chars.saturating_add(1),
            set: signature.set | 1 << (u32::from(c) % u32::BITS),
        })
    }

    /// Whether the two words may be within [`max_edits`]; `false` is certain. One edit changes the
    /// length by at most one and the set by at most two characters.
    pub(crate) fn may_be_within_edits(self, other: Self) -> bool {
        let n_allowed = max_edits(usize::from(self.n_chars.min(other.n_chars)));
        let n_differing = (self.set ^ other.set).count_ones();
        usize::from(self.n_chars.abs_diff(other.n_chars)) <= n_allowed
            && usize::try_from(n_differing).is_ok_and(|n| n <= 2 * n_allowed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allowed_edits_grow_with_word_length() {
        let cases = [
            ("sco", "scp", true),
            ("uk", "un", false),
            ("trops", "troops", true),
            ("sodliers", "soldiers", true),
            ("kazahkstn", "kazakhstan", true),
            ("kzkhstn", "kazakhstan", false),
            ("india", "indie", true),
            ("iran", "iraq", true),
            ("", "", true),
        ];
        for (word, known, want) in cases {
            let got = misspelling_similarity(word, known);
            assert_eq!(got.is_some(), want, "{word} / {known}: {got:?}");
        }
    }

    #[test]
    fn edit_at_the_start_costs_more_than_at_the_end() {
        let start = misspelling_similarity("xilitary", "military");
        let end = misspelling_similarity("militarx", "military");
        assert!(start < end);
    }
}
