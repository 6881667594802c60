//! The directions of the texts of a pack's entries.

use super::direction::Direction;
use super::word_vectors::WordVectors;

/// The directions of the texts of all entries: of each phrasing, and of lead and quotes together.
#[derive(Debug)]
pub(crate) struct TextDirections {
    vectors: WordVectors,
    /// Offset of each entry in `directions`.
    starts: Vec<u32>,
    directions: Vec<Option<Direction>>,
}

impl TextDirections {
    /// No directions yet, of texts in a language with these vectors.
    pub(super) fn new(vectors: WordVectors) -> Self {
        Self { vectors, starts: Vec::new(), directions: Vec::new() }
    }

    /// The vectors that the directions are made of.
    pub(crate) fn vectors(&self) -> WordVectors {
        self.vectors
    }

    /// Starts the next entry.
    pub(super) fn push_entry(&mut self) {
        self.starts.push(u32::try_from(self.directions.len()).unwrap_or(u32::MAX));
    }

    /// Adds a text to the last entry, in the order of the forward index: its phrasings, then lead
    /// and quotes. `None` is a text without word vectors.
    pub(super) fn push(&mut self, direction: Option<Direction>) {
        self.directions.push(direction);
    }

    /// The directions of the entry at `idx`: of its phrasings, in order, and of lead and quotes.
    pub(crate) fn of(&self, idx: usize) -> Option<(&[Option<Direction>], Option<Direction>)> {
        let (quotes, phrasings) = self.texts_of(idx)?.split_last()?;
        Some((phrasings, *quotes))
    }

    fn texts_of(&self, idx: usize) -> Option<&[Option<Direction>]> {
        let start = usize::try_from(*self.starts.get(idx)?).ok()?;
        let end = self.starts.get(idx + 1).and_then(|end| usize::try_from(*end).ok());
        self.directions.get(start..end.unwrap_or(self.directions.len()))
    }

    /// Number of texts.
    pub(super) fn n_texts(&self) -> usize {
        self.directions.len()
    }

    /// The `n` entries with a text of the nearest meaning to `asked`, of a cosine of at least `min`, in no
    /// particular order. Only texts `counts` is true of, by the entry and the number of the text.
    pub(super) fn nearest(
        &self,
        asked: &Direction,
        min: f32,
        n: usize,
        counts: impl Fn(usize, usize) -> bool,
    ) -> Vec<usize> {
        let nearest_text = |idx: usize| {
            let texts = self.texts_of(idx)?.iter().enumerate();
            let cosines = texts
                .filter(|(number, _)| counts(idx, *number))
                .filter_map(|(_, direction)| Some(direction.as_ref()?.cosine(asked)));
            Some((cosines.fold(f32::MIN, f32::max), idx))
        };
        let mut entries: Vec<(f32, usize)> =
            (0..self.starts.len()).filter_map(nearest_text).filter(|(it, _)| *it >= min).collect();
        if entries.len() > n {
            entries.select_nth_unstable_by(n, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            entries.truncate(n);
        }
        entries.into_iter().map(|(_, idx)| idx).collect()
    }

    /// Heap size in bytes.
    pub(super) fn n_bytes(&self) -> usize {
        size_of::<u32>() * self.starts.capacity()
            + size_of::<Option<Direction>>() * self.directions.capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::direction::VectorSum;
    use crate::text::Language;

    fn vectors() -> WordVectors {
        WordVectors::of(&Language::english()).unwrap()
    }

    fn direction(text: &str) -> Direction {
        let mut sum = VectorSum::default();
        text.split(' ').for_each(|word| sum.add_word(vectors(), word));
        sum.direction().unwrap()
    }

    #[test]
    fn nearest_entries_are_those_of_the_nearest_text() {
        let mut directions = TextDirections::new(vectors());
        for texts in [["bake bread", "oven"], ["opening hours", "bread"], ["train", "station"]] {
            directions.push_entry();
            texts.iter().for_each(|text| directions.push(Some(direction(text))));
        }
        directions.push_entry();
        directions.push(None);
        let mut nearest = directions.nearest(&direction("bread"), 0.0, 2, |_, _| true);
        nearest.sort_unstable();
        assert_eq!(nearest, [0, 1]);
        assert_eq!(directions.nearest(&direction("bread"), 0.99, 2, |_, _| true), [1]);
        let without = |entry, text| (entry, text) != (1, 1);
        assert!(directions.nearest(&direction("bread"), 0.99, 2, without).is_empty());
        assert_eq!(directions.n_texts(), 7);
    }
}
