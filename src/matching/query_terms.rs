//! Lookup table from index terms to the query tokens that match them, used while scoring the texts
//! of entries.

use super::vocabulary::TermId;

/// A match between a query token and a term, with the precomputed factors of its score.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit {
    pub(crate) term: TermId,
    /// Index of the token, from 0.
    pub(crate) token: usize,
    /// Similarity of token and term, 0.0 to 1.0.
    pub(crate) similarity: f32,
    /// Whether this is the token's primary term: the first of its direct matches.
    pub(crate) is_primary: bool,
    /// Token weight times similarity.
    pub(crate) factor: f32,
    /// `factor` times the term's weight: its summand of the dot product of query and text.
    pub(crate) contribution: f32,
    /// The term's share of the total weight of all phrasings, 0.0 to 1.0.
    pub(crate) share: f32,
}

/// All hits of a query, by term.
#[derive(Debug, Clone, Default)]
pub(crate) struct QueryTerms {
    hits: Vec<Hit>,
    /// Hash table with open addressing. A slot holds 1 + the index in `hits` of a term's first hit,
    /// or 0. At most a quarter of the slots is used; their number is a power of two.
    slots: Vec<u16>,
}

/// Slots per hit.
const SLOTS_PER_HIT: usize = 4;

impl QueryTerms {
    /// Builds the table. Hits beyond 65,534 are ignored.
    pub(crate) fn new(mut hits: Vec<Hit>) -> Self {
        hits.sort_by_key(|hit| (hit.term, hit.token));
        hits.truncate(usize::from(u16::MAX) - 1);
        let mut terms = Self {
            slots: vec![0; (hits.len() * SLOTS_PER_HIT).next_power_of_two()],
            hits: Vec::new(),
        };
        let mut previous = None;
        for (number, hit) in (1u16..).zip(&hits) {
            if previous.replace(hit.term) == Some(hit.term) {
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

    /// All hits, sorted by term.
    pub(crate) fn hits(&self) -> &[Hit] {
        &self.hits
    }

    /// The index of the first hit of `term`, and its hits.
    pub(crate) fn of(&self, term: TermId) -> Option<(usize, &[Hit])> {
        let mut slot = self.first_slot(term);
        loop {
            let start = usize::from(*self.slots.get(slot)?).checked_sub(1)?;
            let rest = self.hits.get(start..)?;
            if rest.first()?.term == term {
                let n = rest.iter().take_while(|hit| hit.term == term).count();
                return Some((start, rest.get(..n)?));
            }
            slot = self.next_slot(slot);
        }
    }

    fn first_slot(&self, term: TermId) -> usize {
        // Fibonacci hashing (Knuth) spreads consecutive terms.
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
    fn hits_are_found_by_their_term_only() {
        let hit = |term, token| Hit {
            term,
            token,
            similarity: 1.0,
            is_primary: true,
            factor: 1.0,
            contribution: 1.0,
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
