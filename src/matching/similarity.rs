//! How alike two words are, for words that the pack does not know.

/// Slips that a word may have: none below [`ONE_SLIP_CHARS`], one from there, two from
/// [`TWO_SLIPS_CHARS`]. A slip is an insertion, deletion, substitution or transposition.
///
/// Search engines are shyer with longer words (Lucene's fuzzy "auto" allows two slips from 6
/// characters). A FAQ's vocabulary is small, so few of its words lie that near, and words of the
/// [neighbor table](super::neighbors) are never taken for misspelt: on the misspelt question sets
/// for tuning this finds the right entry for 1.5 points more than 4 and 8 (docs/quality.md).
pub fn max_edits(n_chars: usize) -> usize {
    if n_chars >= MIN_CHARS_TWO_EDITS { 2 } else { usize::from(n_chars >= MIN_CHARS_ONE_EDIT) }
}

/// Shortest word with one slip, in characters.
pub const MIN_CHARS_ONE_EDIT: usize = 3;

/// Shortest word with two slips, in characters.
pub const MIN_CHARS_TWO_EDITS: usize = 5;

/// Similarity of a misspelt `word` to a `known` one, 0.0 to 1.0; `None` beyond the budget.
///
/// Optimal string alignment decides whether the two can be the same word, Jaro-Winkler how sure
/// that is: slips at a word's start weigh more, as people rarely make them there.
pub fn misspelling_similarity(word: &str, known: &str) -> Option<f32> {
    let budget = max_edits(word.chars().count().min(known.chars().count()));
    if strsim::osa_distance(word, known) > budget {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a similarity needs no double precision")]
    Some(strsim::jaro_winkler(word, known) as f32)
}

/// What is quickly compared of two words before they are aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LetterSignature {
    n_chars: u8,
    /// Which characters it has, folded to 32 kinds.
    set: u32,
}

impl LetterSignature {
    pub(crate) fn of(word: &str) -> Self {
        word.chars().fold(Self { n_chars: 0, set: 0 }, |letters, c| Self {
            n_chars: letters.n_chars.saturating_add(1),
            set: letters.set | 1 << (u32::from(c) % u32::BITS),
        })
    }

    /// Whether the two words may be within the slip budget; `false` is certain. A slip makes the
    /// lengths differ by at most one character and the sets by at most two.
    pub(crate) fn may_be_within_edits(self, other: Self) -> bool {
        let budget = max_edits(usize::from(self.n_chars.min(other.n_chars)));
        let n_differing = (self.set ^ other.set).count_ones();
        usize::from(self.n_chars.abs_diff(other.n_chars)) <= budget
            && usize::try_from(n_differing).is_ok_and(|n| n <= 2 * budget)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_words_may_not_slip_and_longer_ones_may() {
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
    fn a_slip_at_the_start_costs_more_than_one_at_the_end() {
        let start = misspelling_similarity("xilitary", "military");
        let end = misspelling_similarity("militarx", "military");
        assert!(start < end);
    }
}
