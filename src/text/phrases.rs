//! Finds phrases of one or several words in a list of words.

use rustc_hash::FxHashMap;

/// Phrases, each with a value. Of the phrases that start at a word, the longest is found.
#[derive(Debug, Clone)]
pub struct Phrases<V> {
    /// Phrases by their first word, longest first.
    by_first_word: FxHashMap<String, Vec<(Vec<String>, V)>>,
}

impl<V> Default for Phrases<V> {
    fn default() -> Self {
        Self { by_first_word: FxHashMap::default() }
    }
}

impl<V: Clone> Phrases<V> {
    /// Adds the phrase that consists of `words`. An empty one is ignored.
    pub fn add(&mut self, words: Vec<String>, value: V) {
        let Some(first) = words.first().cloned() else { return };
        let phrases = self.by_first_word.entry(first).or_default();
        phrases.push((words, value));
        phrases.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
    }

    /// Number of phrases.
    pub fn len(&self) -> usize {
        self.by_first_word.values().map(Vec::len).sum()
    }

    /// Whether there are no phrases.
    pub fn is_empty(&self) -> bool {
        self.by_first_word.is_empty()
    }

    /// The values of the longest phrase that starts at `words[0]`, with its number of words;
    /// several if the phrase was added several times.
    pub fn at_start<'p, S: AsRef<str>>(
        &'p self,
        words: &[S],
    ) -> impl Iterator<Item = (usize, &'p V)> + use<'p, V, S> {
        let phrases = words.first().and_then(|first| self.by_first_word.get(first.as_ref()));
        let found = phrases.map_or(&[][..], |phrases| {
            let matches = |phrase: &[String]| {
                words.len() >= phrase.len()
                    && phrase.iter().zip(words).all(|(a, b)| a == b.as_ref())
            };
            let start = phrases.iter().position(|(phrase, _)| matches(phrase));
            let rest = start.and_then(|start| phrases.get(start..)).unwrap_or_default();
            let longest = rest.first().map(|(phrase, _)| phrase);
            let n = rest.iter().take_while(|(phrase, _)| Some(phrase) == longest).count();
            rest.get(..n).unwrap_or_default()
        });
        found.iter().map(|(phrase, value)| (phrase.len(), value))
    }

    /// All phrases in `words`, from left to right, not overlapping: index of the first word, number
    /// of words, value.
    pub fn find<'p, S: AsRef<str>>(&'p self, words: &[S]) -> Vec<(usize, usize, &'p V)> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
            let mut len = 1;
            for (n_words, value) in self.at_start(rest) {
                found.push((at, n_words, value));
                len = n_words;
            }
            at += len;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longest_phrases_are_found_without_overlap() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let mut phrases = Phrases::default();
        for (phrase, value) in [("how", 1), ("how many", 2), ("many", 3), ("how many", 4)] {
            phrases.add(words(phrase), value);
        }
        let found: Vec<_> = phrases
            .find(&words("so how many and how"))
            .into_iter()
            .map(|(a, n, v)| (a, n, *v))
            .collect();
        assert_eq!(found, [(1, 2, 2), (1, 2, 4), (4, 1, 1)]);
        assert_eq!(phrases.find::<String>(&[]), []);
    }
}
