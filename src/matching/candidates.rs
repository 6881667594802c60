//! Candidate selection: a first pass over the posting lists, of bounded cost, finds the entries
//! that are scored in full.
//!
//! Anytime ranking (Lin and Trotman 2015): terms are processed in descending order of their upper
//! bound until the budget of postings is used up. What remains are the most common terms; they
//! still count when the candidates are scored in full.

use super::PackIndex;
use super::accumulators::Accumulators;
use super::excluded::Excluded;
use super::postings::Posting;
use super::query::Query;

/// Least budget of postings per question. docs/performance.md has the effect of fewer and more.
const MIN_BUDGET: usize = 8192;

/// In indexes of more than 131,072 entries the budget grows with them: one posting per so many
/// entries.
const ENTRIES_PER_POSTING: usize = 16;

fn budget(index: &PackIndex) -> usize {
    MIN_BUDGET.max(index.entries.len() / ENTRIES_PER_POSTING)
}

/// Most entries that are scored in full for the words that they share with the question.
const MAX_BY_WORDS: usize = 24;

/// Most entries that are scored in full for their meaning.
const MAX_BY_MEANING: usize = 8;

/// Least cosine of a candidate by meaning. Those far below what is suggested without a common word are noise.
pub(super) const MIN_MEANING: f32 = 0.5;

/// Most texts whose meaning is compared with every question. In larger packs the right entry shares some word
/// with most questions, and comparing all would take milliseconds.
const MAX_TEXTS: usize = 20_000;

/// The indices of the candidates, in no particular order.
pub(super) fn select(index: &PackIndex, query: &Query, left_out: Excluded) -> Vec<usize> {
    let mut candidates = by_words(index, query);
    for entry in by_meaning(index, query, left_out) {
        if !candidates.contains(&entry) {
            candidates.push(entry);
        }
    }
    candidates
}

/// The entries whose texts mean the same or something near, whether or not they share a word with the question.
pub(super) fn by_meaning(index: &PackIndex, query: &Query, left_out: Excluded) -> Vec<usize> {
    let directions = index.directions.as_ref().filter(|it| it.n_texts() <= MAX_TEXTS);
    let (Some(directions), Some(asked)) = (directions, &query.direction) else { return Vec::new() };
    let counts = |entry, text| !left_out.has_phrasing(entry, text);
    directions.nearest(asked, MIN_MEANING, MAX_BY_MEANING, counts)
}

/// The entries that share the most telling words with the question.
pub(super) fn by_words(index: &PackIndex, query: &Query) -> Vec<usize> {
    let mut accumulators = index.accumulator_pool.take();
    accumulators.prepare(index.entries.len(), budget(index));
    accumulate(&mut accumulators, index, query, budget(index));
    let top_candidates = accumulators.top(MAX_BY_WORDS);
    accumulators.clear();
    index.accumulator_pool.put_back(accumulators);
    top_candidates.into_iter().filter_map(|entry| usize::try_from(entry).ok()).collect()
}

/// The posting list of a query term.
struct PostingList<'a> {
    /// Largest score that the term adds to any entry.
    upper_bound: f32,
    /// Number of the list, from 0, to break ties.
    number: usize,
    /// Score per level of impact.
    factor: f32,
    postings: &'a [Posting],
}

/// Processes at most `budget` postings.
fn accumulate(
    accumulators: &mut Accumulators,
    index: &PackIndex,
    query: &Query,
    mut budget: usize,
) {
    let step = index.postings.step();
    let mut lists: Vec<PostingList<'_>> = Vec::with_capacity(query.terms.hits().len());
    for hit in query.terms.hits() {
        let postings = index.postings.of(hit.term);
        let Some(first) = postings.first().filter(|_| hit.factor > 0.0) else { continue };
        let factor = hit.factor * step;
        let upper_bound = factor * f32::from(first.level());
        lists.push(PostingList { upper_bound, number: lists.len(), factor, postings });
    }
    lists.sort_unstable_by(|a, b| {
        b.upper_bound.total_cmp(&a.upper_bound).then(a.number.cmp(&b.number))
    });
    for PostingList { factor, postings, .. } in lists {
        let postings = postings.get(..budget.min(postings.len())).unwrap_or(postings);
        budget -= postings.len();
        for posting in postings {
            accumulators.add(posting.entry(), factor * f32::from(posting.level()));
        }
    }
}

#[cfg(test)]
mod tests;
