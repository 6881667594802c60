//! The terms that a question's words may stand for, looked up by term: texts of entries are read
//! against it.

use super::vocabulary::TermId;

/// A term, and what meeting it gives a word of the question.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit {
    pub(crate) term: TermId,
    /// Which word of the question, from 0.
    pub(crate) token: usize,
    /// How alike word and term are, 0.0 to 1.0.
    pub(crate) similarity: f32,
    /// Whether it is the word itself, not one of near meaning.
    pub(crate) is_same_word: bool,
    /// Whether it is the term that the word is known as: the first of those that are itself.
    pub(crate) is_first: bool,
    /// The word's weight times the similarity.
    pub(crate) factor: f32,
    /// The same times the term's weight.
    pub(crate) credit: f32,
    /// The term's share of all that the phrasings say, 0.0 to 1.0.
    pub(crate) share: f32,
}

/// All hits of a question, by term.
#[derive(Debug, Clone, Default)]
pub(crate) struct QueryTerms {
    hits: Vec<Hit>,
    /// A hash table with open addressing: for each slot, one more than the place in `hits` of the
    /// first hit of a term, or 0. At most a quarter is taken; the length is a power of two.
    slots: Vec<u16>,
}

/// Slots for each hit.
const SLOTS_A_HIT: usize = 4;

impl QueryTerms {
    /// Takes at most 65,534 hits.
    pub(crate) fn new(mut hits: Vec<Hit>) -> Self {
        hits.sort_by_key(|hit| (hit.term, hit.token));
        hits.truncate(usize::from(u16::MAX) - 1);
        let mut terms = Self {
            slots: vec![0; (hits.len() * SLOTS_A_HIT).next_power_of_two()],
            hits: Vec::new(),
        };
        let mut before = None;
        for (number, hit) in (1u16..).zip(&hits) {
            if before.replace(hit.term) == Some(hit.term) {
                continue;
            }
            let mut slot = terms.first_slot(hit.term);
            while terms.slots.get(slot).is_some_and(|number| *number != 0) {
                slot = terms.next_slot(slot);
            }
            if let Some(slot) = terms.slots.get_mut(slot) {
                *slot = number;
            }
        }
        Self { hits, ..terms }
    }

    /// All hits, by term.
    pub(crate) fn hits(&self) -> &[Hit] {
        &self.hits
    }

    /// The place of the first hit of `term`, and its hits.
    pub(crate) fn of(&self, term: TermId) -> Option<(usize, &[Hit])> {
        let mut slot = self.first_slot(term);
        loop {
            let start = usize::from(*self.slots.get(slot)?).checked_sub(1)?;
            let behind = self.hits.get(start..)?;
            if behind.first()?.term == term {
                let n = behind.iter().take_while(|hit| hit.term == term).count();
                return Some((start, behind.get(..n)?));
            }
            slot = self.next_slot(slot);
        }
    }

    fn first_slot(&self, term: TermId) -> usize {
        // Fibonacci hashing (Knuth): terms that follow each other are spread.
        let hash = term.wrapping_mul(0x9E37_79B9);
        usize::try_from(hash >> 16).unwrap_or(0) & self.slots.len().wrapping_sub(1)
    }

    fn next_slot(&self, slot: usize) -> usize {
        (slot + 1) & self.slots.len().wrapping_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hit_of_a_term_is_found_and_no_other() {
        let hit = |term, token| Hit {
            term,
            token,
            similarity: 1.0,
            is_same_word: true,
            is_first: true,
            factor: 1.0,
            credit: 1.0,
            share: 0.1,
        };
        let terms = QueryTerms::new(vec![hit(9, 1), hit(4, 0), hit(9, 0), hit(4 + 1024, 2)]);
        let found =
            |term| terms.of(term).map(|(at, hits)| (at, hits.iter().map(|h| h.token).collect()));
        assert_eq!(found(4), Some((0, vec![0])));
        assert_eq!(found(9), Some((1, vec![0, 1])));
        assert_eq!(found(4 + 1024), Some((3, vec![2])));
        for term in (0..2000).filter(|term| ![4, 9, 4 + 1024].contains(term)) {
            assert_eq!(found(term), None);
        }
        assert!(QueryTerms::default().of(0).is_none());
    }
}
