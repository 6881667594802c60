//! The directions of a pack's terms.

use super::direction::{Direction, VectorSum};
use super::vocabulary::TermId;

/// The directions of terms.
#[derive(Debug, Default)]
pub(crate) struct TermDirections(Vec<Option<Direction>>);

impl TermDirections {
    /// Adds the direction of a word of `term`; that of the first counts.
    pub(super) fn add(&mut self, term: TermId, vector: &VectorSum) {
        let Ok(idx) = usize::try_from(term) else { return };
        if idx >= self.0.len() {
            self.0.resize(idx + 1, None);
        }
        if let Some(direction @ None) = self.0.get_mut(idx) {
            *direction = vector.direction();
        }
    }

    /// The largest cosine of `word` and one of `terms`, 0.0 to 1.0.
    pub(crate) fn largest_cosine(&self, word: &Direction, terms: &[TermId]) -> f32 {
        let of_term = |term: &TermId| self.0.get(usize::try_from(*term).ok()?)?.as_ref();
        terms.iter().filter_map(of_term).map(|term| term.cosine(word)).fold(0.0, f32::max)
    }

    /// Heap size in bytes.
    pub(super) fn n_bytes(&self) -> usize {
        size_of::<Option<Direction>>() * self.0.capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::word_vectors::WordVectors;
    use crate::text::Language;

    #[test]
    fn largest_cosine_is_that_of_the_first_word_of_the_most_similar_term() {
        let vectors = WordVectors::of(&Language::english()).unwrap();
        let sum_of = |word: &str| {
            let mut sum = VectorSum::default();
            sum.add_word(vectors, word);
            sum
        };
        let mut directions = TermDirections::default();
        for (term, word) in [(0, "price"), (0, "bread"), (3, "station")] {
            directions.add(term, &sum_of(word));
        }
        let cost = sum_of("cost").direction().unwrap();
        let price = directions.largest_cosine(&cost, &[0]);
        assert!(price > directions.largest_cosine(&cost, &[3]) + 0.2);
        assert!((directions.largest_cosine(&cost, &[3, 0, 1, 9]) - price).abs() < f32::EPSILON);
        assert!(directions.largest_cosine(&cost, &[1, 9]) < f32::EPSILON);
    }
}
