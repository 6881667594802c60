//! Coverage: how much of a question's content words an entry has.

use super::index::EntryTerms;
use super::query::{Query, QueryToken};
use super::vocabulary::TermId;

/// Coverage of a word that only lead or quotes have. The curator wrote phrasings for what an entry
/// answers; a quote also mentions what it does not answer.
const QUOTE_COVERAGE: f32 = 0.7;

/// Least coverage of a word that counts as covered.
pub(crate) const MIN_COVERED: f32 = 0.5;

/// Sums of the weights of a question's content words, for one entry.
#[derive(Debug, Default)]
pub(super) struct ContentWordWeights {
    pub(super) n_content_words: f32,
    pub(super) total: f32,
    pub(super) covered: f32,
    pub(super) unknown: f32,
    pub(super) elsewhere: f32,
    pub(super) other_name: f32,
}

impl ContentWordWeights {
    pub(super) fn new(entry: &EntryTerms, query: &Query) -> Self {
        let mut words = Self::default();
        for token in query.content_words() {
            let coverage = coverage(entry, token);
            words.n_content_words += 1.0;
            words.total += token.weight;
            words.covered += token.weight * coverage;
            if token.direct_match().is_none() {
                words.unknown += token.weight;
            } else if coverage < MIN_COVERED {
                words.elsewhere += token.weight;
            }
            if token.is_name {
                let missing = 1.0 - phrasing_coverage(entry, token);
                words.other_name = words.other_name.max(token.weight * missing);
            }
        }
        words
    }

    /// `part` as a share of the total weight.
    pub(super) fn share(&self, part: f32) -> f32 {
        if self.total > 0.0 { part / self.total } else { 0.0 }
    }
}

/// Share of the weight of the content words that the entry covers.
pub(crate) fn covered_share(entry: &EntryTerms, query: &Query) -> f32 {
    let words = ContentWordWeights::new(entry, query);
    words.share(words.covered)
}

/// Coverage of a word of the question by `entry`, 0.0 to 1.0.
pub(crate) fn coverage(entry: &EntryTerms, token: &QueryToken) -> f32 {
    let has = |terms: &[TermId], term: TermId| terms.binary_search(&term).is_ok();
    token
        .matches
        .iter()
        .map(|term_match| {
            if has(&entry.phrasings, term_match.term) {
                term_match.similarity
            } else if has(&entry.quotes, term_match.term) {
                term_match.similarity * QUOTE_COVERAGE
            } else {
                0.0
            }
        })
        .fold(0.0, f32::max)
}

/// Coverage by the phrasings alone, 0.0 to 1.0.
fn phrasing_coverage(entry: &EntryTerms, token: &QueryToken) -> f32 {
    token
        .matches
        .iter()
        .filter(|term_match| entry.phrasings.binary_search(&term_match.term).is_ok())
        .map(|term_match| term_match.similarity)
        .fold(0.0, f32::max)
}
