//! The lexicon at work: which concepts the words of a text stand for.

use rustc_hash::FxHashMap;

use super::vocabulary::{TermId, Vocabulary};

/// Similarity of two terms of one group: less than the same word, more than a misspelling.
pub(crate) const SYNONYM_SIMILARITY: f32 = 0.85;

/// Groups of synonyms, as concepts that have a term each.
#[derive(Debug, Default)]
pub(crate) struct Concepts {
    by_first_stem: FxHashMap<Box<str>, Vec<Synonym>>,
}

/// A synonym's stems, and its concept.
#[derive(Debug)]
struct Synonym {
    stems: Vec<Box<str>>,
    concept: TermId,
}

/// Where a synonym stands in a text: `start..end` of its tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ConceptMatch {
    /// The concept.
    pub(crate) concept: TermId,
    /// Index of the first token.
    pub(crate) start: usize,
    /// Index behind the last token.
    pub(crate) end: usize,
}

impl Concepts {
    /// Adds a group of synonyms, each given as its stems, and returns its concept.
    pub(crate) fn add_group(
        &mut self,
        number: usize,
        synonyms: Vec<Vec<String>>,
        vocabulary: &mut Vocabulary,
    ) -> TermId {
        // No word starts with this mark, so concepts and stems cannot meet.
        let concept = vocabulary.intern(&format!("={number}"));
        for stems in synonyms {
            let stems: Vec<Box<str>> = stems.into_iter().map(String::into_boxed_str).collect();
            if let Some(first) = stems.first().cloned() {
                self.by_first_stem.entry(first).or_default().push(Synonym { stems, concept });
            }
        }
        concept
    }

    /// Every synonym in a text of `stems`.
    pub(crate) fn find(&self, stems: &[&str]) -> Vec<ConceptMatch> {
        let mut matches = Vec::new();
        for (start, first) in stems.iter().enumerate() {
            let Some(synonyms) = self.by_first_stem.get(*first) else { continue };
            for Synonym { stems: synonym, concept } in synonyms {
                let end = start + synonym.len();
                let is_here = stems
                    .get(start..end)
                    .is_some_and(|part| part.iter().zip(synonym).all(|(a, b)| **a == **b));
                if is_here {
                    matches.push(ConceptMatch { concept: *concept, start, end });
                }
            }
        }
        matches
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synonyms_of_one_or_several_words_are_found_where_they_stand() {
        let mut vocabulary = Vocabulary::default();
        let mut concepts = Concepts::default();
        let stems = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let army = vec![stems("pla"), stems("people liber armi")];
        let army = concepts.add_group(0, army, &mut vocabulary);
        let text = ["the", "people", "liber", "armi", "or", "pla", "people"];
        let want = [
            ConceptMatch { concept: army, start: 1, end: 4 },
            ConceptMatch { concept: army, start: 5, end: 6 },
        ];
        assert_eq!(concepts.find(&text), want);
        assert_eq!(concepts.find(&[]), []);
    }
}
