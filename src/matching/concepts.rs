//! Concepts: groups of synonyms from the lexicon, found in texts.

use rustc_hash::FxHashMap;

use super::vocabulary::{TermId, Vocabulary};

/// Similarity of two terms of one group: less than an identical word, more than a misspelling.
pub(crate) const SYNONYM_SIMILARITY: f32 = 0.85;

/// Groups of synonyms; each group is a concept with its own term.
#[derive(Debug, Default)]
pub(crate) struct Concepts {
    by_first_term: FxHashMap<TermId, Vec<Synonym>>,
}

/// The words of a synonym, and its concept.
#[derive(Debug)]
struct Synonym {
    terms: Vec<TermId>,
    concept: TermId,
}

/// An occurrence of a synonym in a text: the tokens `start..end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ConceptMatch {
    /// The concept.
    pub(crate) concept: TermId,
    /// PackIndex of the first token.
    pub(crate) start: usize,
    /// PackIndex after the last token.
    pub(crate) end: usize,
}

impl Concepts {
    /// Adds a group of synonyms, each given as the terms of its words, and returns the term of the
    /// group's concept.
    pub(crate) fn add_group(
        &mut self,
        number: usize,
        synonyms: Vec<Vec<TermId>>,
        vocabulary: &mut Vocabulary,
    ) -> TermId {
        // No word starts with `=`, so concept names cannot collide with stems.
        let concept = vocabulary.intern(&format!("={number}"));
        for terms in synonyms {
            if let Some(first) = terms.first() {
                self.by_first_term.entry(*first).or_default().push(Synonym { terms, concept });
            }
        }
        concept
    }

    /// Whether there are no synonyms.
    pub(crate) fn is_empty(&self) -> bool {
        self.by_first_term.is_empty()
    }

    /// All synonyms in a text of `terms`. Words that are part of no synonym may have any id.
    pub(crate) fn find(&self, terms: &[TermId]) -> Vec<ConceptMatch> {
        let mut matches = Vec::new();
        if self.is_empty() {
            return matches;
        }
        for (start, first) in terms.iter().enumerate() {
            let synonyms = self.by_first_term.get(first).into_iter().flatten();
            for Synonym { terms: synonym, concept } in synonyms {
                let end = start + synonym.len();
                if terms.get(start..end) == Some(synonym) {
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
    fn synonyms_of_one_or_several_words_are_found_at_their_positions() {
        let mut vocabulary = Vocabulary::default();
        let mut concepts = Concepts::default();
        let mut terms = |text: &str| -> Vec<TermId> {
            text.split(' ').map(|stem| vocabulary.intern(stem)).collect()
        };
        let army = vec![terms("pla"), terms("people liber armi")];
        let text = terms("the people liber armi or pla people");
        let army = concepts.add_group(0, army, &mut vocabulary);
        let want = [
            ConceptMatch { concept: army, start: 1, end: 4 },
            ConceptMatch { concept: army, start: 5, end: 6 },
        ];
        assert_eq!(concepts.find(&text), want);
        assert_eq!(concepts.find(&[]), []);
    }
}
