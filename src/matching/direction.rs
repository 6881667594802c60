//! Directions of vectors: what texts mean, compared by their cosines.

use super::word_vectors::{DIMENSIONS, WordVectors};

/// A unit vector, with components in steps of 1/127.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Direction([i8; DIMENSIONS]);

/// A sum of word vectors.
#[derive(Debug, Clone)]
pub(crate) struct VectorSum([i32; DIMENSIONS]);

impl Default for VectorSum {
    fn default() -> Self {
        Self([0; DIMENSIONS])
    }
}

impl VectorSum {
    /// Adds the vector of a word in lower case, if it has one.
    pub(crate) fn add_word(&mut self, vectors: WordVectors, word: &str) {
        vectors.add_word(word, &mut self.0);
    }

    /// Adds another sum.
    pub(crate) fn add(&mut self, other: &Self) {
        for (sum, value) in self.0.iter_mut().zip(other.0) {
            *sum += value;
        }
    }

    /// The direction of the sum; `None` if it is zero.
    pub(crate) fn direction(&self) -> Option<Direction> {
        #[expect(clippy::cast_precision_loss, reason = "a sum of a few hundred bytes")]
        let values = self.0.map(|value| value as f32);
        let length = values.iter().map(|value| value * value).sum::<f32>().sqrt();
        #[expect(clippy::cast_possible_truncation, reason = "rounded, and at most 127")]
        let quantized = |value: f32| (value / length * f32::from(i8::MAX)).round() as i8;
        (length > 0.0).then(|| Direction(values.map(quantized)))
    }
}

impl Direction {
    /// The cosine of the angle between two directions, -1.0 to 1.0.
    pub(crate) fn cosine(&self, other: &Self) -> f32 {
        let products = self.0.iter().zip(other.0).map(|(a, b)| i32::from(*a) * i32::from(b));
        #[expect(clippy::cast_precision_loss, reason = "at most 112 * 127 * 127, below 2^24")]
        let sum = products.sum::<i32>() as f32;
        (sum / f32::from(i8::MAX).powi(2)).clamp(-1.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Analyzer, Language, Origin};

    fn vectors(code: &str) -> WordVectors {
        WordVectors::of(&Language::new(code)).unwrap()
    }

    fn direction(code: &str, text: &str) -> Direction {
        let analyzer = Analyzer::new(&Language::new(code));
        let mut sum = VectorSum::default();
        for token in analyzer.tokenize(text, Origin::Message, 50) {
            sum.add_word(vectors(code), &token.word);
        }
        sum.direction().unwrap()
    }

    #[test]
    fn texts_of_similar_meaning_have_larger_cosines() {
        let cases = [
            ("en", "how much does it cost", "what is the price", "where is the station"),
            ("en", "i cannot log in", "signing in fails", "how do i bake bread"),
            ("en", "when do you open", "opening hours", "who wrote this book"),
            ("de", "wie teuer ist das", "was kostet es", "wo liegt der Bahnhof"),
            ("es", "no puedo entrar en mi cuenta", "fallo al iniciar sesión", "una receta de pan"),
            ("fr", "quand est-ce ouvert", "horaires d'ouverture", "qui a écrit ce livre"),
            ("ja", "料金はいくらですか", "値段を教えて", "駅はどこですか"),
            ("ru", "сколько это стоит", "какая цена", "где находится вокзал"),
            ("zh", "这个多少钱", "价格是多少", "车站在哪里"),
        ];
        for (code, text, near, far) in cases {
            let [text, near, far] = [text, near, far].map(|text| direction(code, text));
            let cosines = [text.cosine(&near), text.cosine(&far)];
            assert!(cosines[0] > cosines[1] + 0.1, "{code}: {cosines:?}");
        }
    }

    #[test]
    fn words_without_pieces_add_nothing() {
        let mut sum = VectorSum::default();
        ["", "書", "--", "🐶"].iter().for_each(|word| sum.add_word(vectors("en"), word));
        assert_eq!(sum.direction(), None);
    }
}
