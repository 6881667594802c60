//! How much a word tells: rarity in everyday English and in the pack.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::text::stop_words::{is_chat_filler, is_stop_word};

/// Word counts of everyday English, made by `scripts/everyday_words.py`, which names the source.
const EVERYDAY_WORDS: &str = include_str!("term_weight/everyday_words.txt");

/// Share of the weight that everyday rarity decides, the rest being rarity in the pack
/// (exponents of a geometric mean; a prototype found 3/4 best over six FAQs, docs/quality.md).
const EVERYDAY_SHARE: f32 = 0.75;

/// Most that a stop word weighs, however rare the counted examples make it: they hold few
/// questions, so "why" looks rare in them.
const STOP_WORD_RARITY: f32 = 0.6;

/// Factor on what is said around a question.
const FILLER_FACTOR: f32 = 0.05;

/// Rarity of a normalized word in everyday English: from about 0.2 ("the") to 1.0 (not among the
/// 1,200 commonest). Information content, -ln p, as a share of that of the rarest listed word.
pub fn background_idf(word: &str) -> f32 {
    static TABLE: OnceLock<FxHashMap<&'static str, f32>> = OnceLock::new();
    let table = TABLE.get_or_init(read_table);
    let rarity = table.get(word).copied().unwrap_or(1.0);
    if is_chat_filler(word) {
        rarity * FILLER_FACTOR
    } else if is_stop_word(word) {
        rarity.min(STOP_WORD_RARITY)
    } else {
        rarity
    }
}

/// Rarity in the pack of a term that `n_entries_with` of `n_entries` entries use: near 0.0 (all
/// of them) to 1.0 (one, or none). Inverse document frequency as a share of its largest value.
#[expect(clippy::cast_precision_loss, reason = "counts of entries are far below 2^24")]
pub fn pack_idf(n_entries_with: usize, n_entries: usize) -> f32 {
    let idf = |n: usize| ((n_entries as f32 + 1.0) / (n.max(1) as f32 + 0.5)).ln();
    let largest = idf(1);
    if largest <= f32::EPSILON { 1.0 } else { (idf(n_entries_with) / largest).clamp(0.02, 1.0) }
}

/// A term's weight, 0.0 to 1.0, from its two rarities.
pub fn weight(everyday: f32, pack: f32) -> f32 {
    everyday.powf(EVERYDAY_SHARE) * pack.powf(1.0 - EVERYDAY_SHARE)
}

fn read_table() -> FxHashMap<&'static str, f32> {
    let mut lines = EVERYDAY_WORDS.lines();
    let number = |text: &str| text.rsplit(' ').next().and_then(|n| n.parse::<f32>().ok());
    let total = lines.next().and_then(number).unwrap_or(1.0);
    let counts: Vec<(&str, f32)> = lines
        .filter_map(|line| line.split_once(' '))
        .filter_map(|(word, count)| Some((word, count.parse::<f32>().ok()?)))
        .collect();
    let rarest = counts.last().map_or(1.0, |(_, count)| (total / count).ln());
    counts.into_iter().map(|(word, count)| (word, (total / count).ln() / rarest)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rarer_words_weigh_more() {
        let order = ["hello", "the", "why", "people", "money", "kazakhstan"];
        let rarities: Vec<f32> = order.iter().map(|word| background_idf(word)).collect();
        assert!(rarities.is_sorted(), "{rarities:?}");
        assert!((background_idf("kazakhstan") - 1.0).abs() < 1e-6);
        let packs: Vec<f32> = [100, 50, 10, 1, 0].map(|n| pack_idf(n, 100)).to_vec();
        assert!(packs.is_sorted(), "{packs:?}");
        assert!((packs[4] - 1.0).abs() < 1e-6);
    }
}
