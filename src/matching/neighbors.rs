//! English words that mean nearly the same: a table, made once, that needs no model to read.

use std::sync::OnceLock;

/// Made by `scripts/neighbor_words.py`, which describes source and format.
const TABLE: &[u8] = include_bytes!("neighbors/english.bin");

/// Neighbors from this cosine on count; below, words merely belong to one subject. 0.35 and a
/// scale of 0.75 were best of six pairs on the question sets for tuning (docs/quality.md).
const LEAST_COSINE: f32 = 0.35;

/// Similarity of two words that mean the same: less than a lexicon's synonym, which a curator
/// has vouched for.
const SAME_MEANING: f32 = 0.75;

/// Bytes of a link: which stem, and the cosine.
const LINK_BYTES: usize = 3;

/// A stem's place in the table.
pub(crate) type StemIndex = u16;

/// The place of the word with this stem; a word that has one is no misspelling.
pub(crate) fn place(stem: &str) -> Option<StemIndex> {
    StemIndex::try_from(table().names.binary_search(&stem).ok()?).ok()
}

/// All stems, in the order of their places.
pub(crate) fn stems() -> &'static [&'static str] {
    &table().names
}

/// The places next to `place`, nearest first, with similarities above 0.0 and at most
/// [`SAME_MEANING`].
pub(crate) fn of(place: StemIndex) -> impl Iterator<Item = (StemIndex, f32)> {
    table().links(place).filter_map(|(other, cosine)| {
        let similarity = SAME_MEANING * (cosine - LEAST_COSINE) / (1.0 - LEAST_COSINE);
        (similarity > 0.0).then_some((other, similarity))
    })
}

/// The parts of the file.
#[derive(Default)]
struct Table {
    names: Vec<&'static str>,
    /// For each stem and one past the last, the number of its first link; four bytes each.
    starts: &'static [u8],
    links: &'static [u8],
}

fn table() -> &'static Table {
    static PARTS: OnceLock<Table> = OnceLock::new();
    PARTS.get_or_init(|| parts(TABLE).unwrap_or_default())
}

fn parts(bytes: &'static [u8]) -> Option<Table> {
    let (n_stems, rest) = bytes.split_first_chunk::<4>()?;
    let (n_name_bytes, rest) = rest.split_first_chunk::<4>()?;
    let n_stems = usize::try_from(u32::from_le_bytes(*n_stems)).ok()?;
    let n_name_bytes = usize::try_from(u32::from_le_bytes(*n_name_bytes)).ok()?;
    let (names, rest) = rest.split_at_checked(n_name_bytes)?;
    let (starts, links) = rest.split_at_checked((n_stems + 1) * size_of::<u32>())?;
    Some(Table { names: std::str::from_utf8(names).ok()?.lines().collect(), starts, links })
}

impl Table {
    /// Places next to a place, with their cosines.
    fn links(&self, place: StemIndex) -> impl Iterator<Item = (StemIndex, f32)> + use<> {
        let place = usize::from(place);
        let start = |place: usize| {
            let at = place * size_of::<u32>();
            let bytes = self.starts.get(at..)?.first_chunk::<4>()?;
            usize::try_from(u32::from_le_bytes(*bytes)).ok()
        };
        let range = start(place).zip(start(place + 1));
        range
            .and_then(|(from, to)| self.links.get(from * LINK_BYTES..to * LINK_BYTES))
            .unwrap_or_default()
            .chunks_exact(LINK_BYTES)
            .filter_map(|link| match link {
                [low, high, cosine] => {
                    let other = StemIndex::from_le_bytes([*low, *high]);
                    Some((other, f32::from(*cosine) / f32::from(u8::MAX)))
                }
                _ => None,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(stem: &str) -> Vec<(&'static str, f32)> {
        let found = place(stem).into_iter().flat_map(of);
        found.map(|(other, similarity)| (stems()[usize::from(other)], similarity)).collect()
    }

    #[test]
    fn words_of_near_meaning_are_neighbors_both_ways() {
        for (stem, other) in [("soldier", "troop"), ("troop", "soldier"), ("buy", "purchas")] {
            let found = near(stem).into_iter().find(|(name, _)| *name == other);
            assert!(found.is_some_and(|(_, s)| s > 0.0 && s <= SAME_MEANING), "{stem}: {found:?}");
        }
        assert!(near("soldier").is_sorted_by(|a, b| a.1 >= b.1));
        assert!(near("soldier").iter().all(|(name, _)| *name != "soldier"));
    }

    #[test]
    fn what_the_table_lacks_has_no_place() {
        assert_eq!(place("sodlier"), None);
        assert_eq!(place(""), None);
    }
}
