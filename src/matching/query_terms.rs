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
    /// A bit for each term, by its lowest bits: most terms of a text are none of the question's.
    filter: [u64; FILTER_WORDS],
}

const FILTER_WORDS: usize = 16;

impl QueryTerms {
    pub(crate) fn new(mut hits: Vec<Hit>) -> Self {
        hits.sort_by(|a, b| a.term.cmp(&b.term).then(a.token.cmp(&b.token)));
        let mut filter = [0; FILTER_WORDS];
        for hit in &hits {
            let (word, bit) = filter_place(hit.term);
            if let Some(bits) = filter.get_mut(word) {
                *bits |= bit;
            }
        }
        Self { hits, filter }
    }

    /// All hits, by term.
    pub(crate) fn hits(&self) -> &[Hit] {
        &self.hits
    }

    /// The place of the first hit of `term`, and its hits.
    pub(crate) fn of(&self, term: TermId) -> Option<(usize, &[Hit])> {
        let (word, bit) = filter_place(term);
        if self.filter.get(word)? & bit == 0 {
            return None;
        }
        let start = self.hits.partition_point(|hit| hit.term < term);
        let behind = self.hits.get(start..)?;
        let n = behind.iter().take_while(|hit| hit.term == term).count();
        Some((start, behind.get(..n)?)).filter(|(_, hits)| !hits.is_empty())
    }
}

fn filter_place(term: TermId) -> (usize, u64) {
    let low = usize::try_from(term).unwrap_or(0);
    (low / 64 % FILTER_WORDS, 1 << (low % 64))
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
        assert_eq!(found(9 + 1024), None, "the same bit of the filter");
        assert_eq!(found(5), None);
        assert!(QueryTerms::default().of(0).is_none());
    }
}
