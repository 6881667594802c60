//! How much of a question the words of an entry explain.

use super::index::EntryTerms;
use super::query::{Query, QueryToken};
use super::vocabulary::TermId;

/// How much a word of the question that only lead or quotes have counts as covered. The curator
/// wrote phrasings for what an entry answers; a quote also mentions what it does not answer.
const QUOTE_COVERAGE: f32 = 0.7;

/// Below this coverage a word counts as one that the entry does not explain.
pub(crate) const COVERED: f32 = 0.5;

/// Sums of the telling words' weights of a question, for an entry.
#[derive(Debug, Default)]
pub(super) struct ContentWordWeights {
    pub(super) n_telling: f32,
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
            words.n_telling += 1.0;
            words.total += token.weight;
            words.covered += token.weight * coverage;
            if token.direct_match().is_none() {
                words.unknown += token.weight;
            } else if coverage < COVERED {
                words.elsewhere += token.weight;
            }
            if token.is_name {
                let missing = 1.0 - phrasing_coverage(entry, token);
                words.other_name = words.other_name.max(token.weight * missing);
            }
        }
        words
    }

    /// `part` as a share of all.
    pub(super) fn share(&self, part: f32) -> f32 {
        if self.total > 0.0 { part / self.total } else { 0.0 }
    }
}

/// Share of the telling words' weight that the entry's words cover.
pub(crate) fn covered_share(entry: &EntryTerms, query: &Query) -> f32 {
    let words = ContentWordWeights::new(entry, query);
    words.share(words.covered)
}

/// How well `entry` explains a word of the question, 0.0 to 1.0.
pub(crate) fn coverage(entry: &EntryTerms, token: &QueryToken) -> f32 {
    let has = |terms: &[TermId], term: TermId| terms.binary_search(&term).is_ok();
    token
        .matches
        .iter()
        .map(|meeting| {
            if has(&entry.phrasings, meeting.term) {
                meeting.similarity
            } else if has(&entry.quotes, meeting.term) {
                meeting.similarity * QUOTE_COVERAGE
            } else {
                0.0
            }
        })
        .fold(0.0, f32::max)
}

/// The same by the words of its phrasings alone.
fn phrasing_coverage(entry: &EntryTerms, token: &QueryToken) -> f32 {
    token
        .matches
        .iter()
        .filter(|meeting| entry.phrasings.binary_search(&meeting.term).is_ok())
        .map(|meeting| meeting.similarity)
        .fold(0.0, f32::max)
}
