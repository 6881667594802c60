//! Term weights: rarity in everyday language (background IDF) combined with rarity in the pack.

use crate::text::Analyzer;

/// Exponent of the background IDF in the weight, a geometric mean; the pack IDF has the rest. A
/// prototype found 3/4 best over six FAQs (docs/quality.md).
const BACKGROUND_SHARE: f32 = 0.75;

/// Largest background IDF of a stop word, however rare the word is by the word list.
const MAX_STOP_WORD_IDF: f32 = 0.6;

/// Factor for the weight of words around a question, such as greetings.
pub(crate) const FILLER_FACTOR: f32 = 0.05;

/// Rarity of a word in everyday language, see [`LanguageData::background_idf`]: 0.0 to 1.0, at most
/// [`MAX_STOP_WORD_IDF`] for a stop word.
///
/// [`LanguageData::background_idf`]: crate::text::language::LanguageData::background_idf
pub(crate) fn background_idf(analyzer: &Analyzer, word: &str) -> f32 {
    let data = analyzer.data();
    let folded = data.folding.fold(word);
    let idf = data.background_idf(&folded);
    if data.is_stop_word(&folded) { idf.min(MAX_STOP_WORD_IDF) } else { idf }
}

/// Rarity in the pack of a term that `n_entries_with` of `n_entries` entries use: near 0.0 (all
/// of them) to 1.0 (one, or none). Inverse document frequency as a share of its largest value.
#[expect(clippy::cast_precision_loss, reason = "counts of entries are far below 2^24")]
pub(crate) fn pack_idf(n_entries_with: usize, n_entries: usize) -> f32 {
    let idf = |n: usize| ((n_entries as f32 + 1.0) / (n.max(1) as f32 + 0.5)).ln();
    let largest = idf(1);
    if largest <= f32::EPSILON { 1.0 } else { (idf(n_entries_with) / largest).clamp(0.02, 1.0) }
}

/// A term's weight, 0.0 to 1.0: the weighted geometric mean of background IDF and pack IDF.
pub(crate) fn weight(background_idf: f32, pack_idf: f32) -> f32 {
    background_idf.powf(BACKGROUND_SHARE) * pack_idf.powf(1.0 - BACKGROUND_SHARE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    #[test]
    fn rarer_words_have_larger_idfs() {
        let analyzer = Analyzer::new(&Language::english());
        let order = ["the", "people", "money", "kazakhstan"];
        let idfs: Vec<f32> = order.iter().map(|word| background_idf(&analyzer, word)).collect();
        assert!(idfs.is_sorted(), "{idfs:?}");
        assert!((background_idf(&analyzer, "kazakhstan") - 1.0).abs() < 1e-6);
        let pack_idfs: Vec<f32> = [100, 50, 10, 1, 0].map(|n| pack_idf(n, 100)).to_vec();
        assert!(pack_idfs.is_sorted(), "{pack_idfs:?}");
        assert!((pack_idfs[4] - 1.0).abs() < 1e-6);
    }
}
