//! How much of a question the words of an entry explain.

use rustc_hash::FxHashMap;

use super::PackIndex;
use super::entry_terms::EntryTerms;
use super::query::{Query, QueryToken};
use super::score_parts::QUOTE_COVERAGE;
use super::vocabulary::TermId;

/// Below this coverage a word counts as one that the entry does not explain.
pub(crate) const MIN_COVERED: f32 = 0.5;

/// Sums of the content words' weights of a question, for an entry.
#[derive(Debug, Default)]
pub(super) struct ContentWordWeights {
    pub(super) n_words: f32,
    pub(super) total: f32,
    pub(super) covered: f32,
    pub(super) covered_by_phrasings: f32,
    pub(super) unknown: f32,
    pub(super) unknown_everyday: f32,
    pub(super) other_name: f32,
}

impl ContentWordWeights {
    pub(super) fn new(index: &PackIndex, entry: &EntryTerms, query: &Query) -> Self {
        let data = index.analyzer.data();
        let mut words = Self::default();
        for token in query.content_words() {
            let by_phrasings = coverage_by(&entry.phrasings, token);
            let by_quotes = coverage_by(&entry.quotes, token);
            let coverage = combined(by_phrasings, by_quotes);
            words.n_words += 1.0;
            words.total += token.weight;
            words.covered += token.weight * coverage;
            words.covered_by_phrasings += token.weight * by_phrasings;
            match token.direct_match() {
                None if data.is_known(&data.folding.fold(&token.word)) => {
                    words.unknown_everyday += token.weight;
                }
                None => words.unknown += token.weight,
                Some(_) => {}
            }
            if token.is_name {
                words.other_name = words.other_name.max(token.weight * (1.0 - by_phrasings));
            }
        }
        words
    }

    /// `part` as a share of all.
    pub(super) fn share(&self, part: f32) -> f32 {
        if self.total > 0.0 { part / self.total } else { 0.0 }
    }
}

/// Share of the content words' weight that the entry's words cover.
pub(crate) fn covered_share(index: &PackIndex, entry: &EntryTerms, query: &Query) -> f32 {
    let words = ContentWordWeights::new(index, entry, query);
    words.share(words.covered)
}

/// How well `entry` explains a word of the question, 0.0 to 1.0.
pub(crate) fn coverage(entry: &EntryTerms, token: &QueryToken) -> f32 {
    combined(coverage_by(&entry.phrasings, token), coverage_by(&entry.quotes, token))
}

/// How what the content words of a question mean relates to the words of an entry.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Relation {
    /// Mean of how near each word is to the nearest of the entry, by weight, 0.0 to 1.0.
    pub(super) mean: f32,
    /// Largest weight of a word, times how far it is from every word of the entry.
    pub(super) largest_unrelated: f32,
}

impl Relation {
    pub(super) fn new(index: &PackIndex, entry: &EntryTerms, query: &Query) -> Self {
        let mut relation = Self::default();
        let (mut total, mut related) = (0.0, 0.0);
        for token in query.content_words() {
            let coverage = coverage(entry, token);
            let nearness =
                if coverage < 1.0 { coverage.max(nearness(index, entry, token)) } else { 1.0 };
            total += token.weight;
            related += token.weight * nearness;
            relation.largest_unrelated =
                relation.largest_unrelated.max(token.weight * (1.0 - nearness));
        }
        relation.mean = related / total.max(f32::EPSILON);
        relation
    }
}

/// Value of [`nearness`] in a language without word vectors, and for words without: the mean of words that their
/// entries do not cover, in the messages to the eight small packs.
const UNKNOWN_NEARNESS: f32 = 0.36;

/// The largest cosine of what a word of the question and one of the entry means, 0.0 to 1.0.
fn nearness(index: &PackIndex, entry: &EntryTerms, token: &QueryToken) -> f32 {
    let Some(direction) = &token.direction else { return UNKNOWN_NEARNESS };
    let largest_cosine = |terms| index.term_directions.largest_cosine(direction, terms);
    largest_cosine(&entry.phrasings).max(largest_cosine(&entry.quotes))
}

/// How well an entry explains a word that its phrasings and its quotes explain this well.
fn combined(by_phrasings: f32, by_quotes: f32) -> f32 {
    by_phrasings.max(QUOTE_COVERAGE * by_quotes)
}

/// How well the terms of some texts, ascending, explain a word of the question.
fn coverage_by(terms: &[TermId], token: &QueryToken) -> f32 {
    token
        .matches
        .iter()
        .filter(|found| terms.binary_search(&found.term).is_ok())
        .map(|found| found.similarity)
        .fold(0.0, f32::max)
}

/// What single sentences that no entry quotes cover of a question, as sums of weights.
#[derive(Debug, Default)]
pub(super) struct DocumentCoverage {
    /// Most that one sentence covers.
    pub(super) best: f32,
    /// Most that one sentence covers of what the entry does not.
    pub(super) left: f32,
}

impl DocumentCoverage {
    pub(super) fn new(index: &PackIndex, entry: &EntryTerms, query: &Query) -> Self {
        if index.document.is_empty() {
            return Self::default();
        }
        // For each sentence: what it covers in all, and beyond the entry.
        let mut sums: FxHashMap<u32, (f32, f32)> = FxHashMap::default();
        for token in query.content_words() {
            let by_entry = coverage(entry, token);
            for (sentence, similarity) in similarities_by_sentence(index, token) {
                let (all, left) = sums.entry(sentence).or_default();
                *all += token.weight * similarity;
                *left += token.weight * (similarity - by_entry).max(0.0);
            }
        }
        let mut most = Self::default();
        for (all, left) in sums.into_values() {
            most.best = most.best.max(all);
            most.left = most.left.max(left);
        }
        most
    }
}

/// How well each sentence that no entry quotes covers a word of a question, by the number of the sentence;
/// those that do not at all are left out.
pub(super) fn similarities_by_sentence(
    index: &PackIndex,
    token: &QueryToken,
) -> FxHashMap<u32, f32> {
    let mut similarities: FxHashMap<u32, f32> = FxHashMap::default();
    for found in &token.matches {
        for sentence in index.document.sentences_with(found.term) {
            let best = similarities.entry(*sentence).or_default();
            *best = best.max(found.similarity);
        }
    }
    similarities
}
