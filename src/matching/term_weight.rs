//! How much a word tells: rarity in everyday language and in the pack.

use crate::text::Analyzer;

/// Share of the weight that everyday rarity decides, the rest being rarity in the pack
/// (exponents of a geometric mean; a prototype found 3/4 best over six FAQs, docs/quality.md).
const EVERYDAY_SHARE: f32 = 0.75;

/// Most that a stop word weighs, however rare the word lists make it.
const STOP_WORD_IDF: f32 = 0.6;

/// Factor on what is said around a question.
pub(crate) const FILLER_FACTOR: f32 = 0.05;

/// Rarity of a word in everyday language, 0.0 to 1.0 (not among the 1,200 commonest).
pub(crate) fn background_idf(analyzer: &Analyzer, word: &str) -> f32 {
    let data = analyzer.data();
    let folded = data.folding.fold(word);
    let idf = data.background_idf(&folded);
    if data.is_stop_word(&folded) { idf.min(STOP_WORD_IDF) } else { idf }
}

/// Rarity in the pack of a term that `n_entries_with` of `n_entries` entries use: near 0.0 (all
/// of them) to 1.0 (one, or none). Inverse document frequency as a share of its largest value.
#[expect(clippy::cast_precision_loss, reason = "counts of entries are far below 2^24")]
pub(crate) fn pack_idf(n_entries_with: usize, n_entries: usize) -> f32 {
    let idf = |n: usize| ((n_entries as f32 + 1.0) / (n.max(1) as f32 + 0.5)).ln();
    let largest = idf(1);
    if largest <= f32::EPSILON { 1.0 } else { (idf(n_entries_with) / largest).clamp(0.02, 1.0) }
}

/// A term's weight, 0.0 to 1.0, from its two rarities.
pub(crate) fn weight(everyday: f32, pack: f32) -> f32 {
    everyday.powf(EVERYDAY_SHARE) * pack.powf(1.0 - EVERYDAY_SHARE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    #[test]
    fn rarer_words_weigh_more() {
        let analyzer = Analyzer::new(&Language::english());
        let order = ["the", "people", "money", "kazakhstan"];
        let idfs: Vec<f32> = order.iter().map(|word| background_idf(&analyzer, word)).collect();
        assert!(idfs.is_sorted(), "{idfs:?}");
        assert!((background_idf(&analyzer, "kazakhstan") - 1.0).abs() < 1e-6);
        let packs: Vec<f32> = [100, 50, 10, 1, 0].map(|n| pack_idf(n, 100)).to_vec();
        assert!(packs.is_sorted(), "{packs:?}");
        assert!((packs[4] - 1.0).abs() < 1e-6);
    }
}
