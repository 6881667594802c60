//! Scores: how well each entry's phrasings fit a query.

use std::cmp::Reverse;

use super::Index;
use super::entry_model::EntryModel;
use super::query::Query;

/// Weights of an entry's best, second and third phrasing in its score. Several phrasings that fit
/// are better evidence than one; a prototype found halving best (docs/quality.md).
const POOL: [f32; 3] = [1.0, 0.5, 0.25];

/// Weight of the similarity to all of an entry's phrasings together, beside the pool's 1.0.
const CENTROID_WEIGHT: f32 = 0.5;

/// Weight of the similarity to lead and quotes, beside the pool's 1.0: they rank paraphrases, but
/// many messages share words with a quote that does not answer them.
const QUOTES_WEIGHT: f32 = 0.2;

/// Weight of the fourth power of the best phrasing's similarity: next to nothing until a question
/// has nearly the very words of a phrasing, which then has to win.
const SAME_WORDS_WEIGHT: f32 = 0.4;

/// Weight of the entry's language model, which tells words that are this entry's own from words
/// that every entry has; its log-odds reach some 20 for a whole question.
const LANGUAGE_MODEL_WEIGHT: f32 = 0.03;

/// An entry's score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// Index of the entry.
    pub entry: usize,
    /// The score that ranks, 0.0 (nothing in common) upwards; 1.0 and more for the same words.
    pub score: f32,
    /// Similarity of the best phrasing, 0.0 to about 1.5.
    pub best: f32,
    /// Index of the best phrasing in the index.
    pub(crate) best_phrasing: usize,
    /// Similarity to lead and quotes.
    pub quotes: f32,
}

/// What the postings gave one phrasing, or entry, so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slot {
    pub(super) sum: f32,
    /// The token (from 1) that gave last, and how much: of the several terms that one word may
    /// stand for, only the best counts.
    token: u32,
    credit: f32,
}

/// Every entry that shares anything with `query`, best first; ties in the order of the packs.
/// The phrasing `left_out` (of the index) counts as if it were not there.
pub(crate) fn score(index: &Index, query: &Query, left_out: Option<usize>) -> Vec<Scored> {
    let mut sums =
        Sums { slots: vec![Slot::default(); index.phrasings.len()], touched: Vec::new() };
    let mut model = EntryModel::new(index, left_out);
    for (number, token) in (1u32..).zip(&query.tokens) {
        for meeting in &token.meetings {
            let factor = token.weight * meeting.similarity;
            sums.give(index, meeting.term, number, factor);
            model.give(meeting.term, number, factor);
        }
    }
    for (number, pair) in (u32::try_from(query.tokens.len()).unwrap_or(0) + 1..).zip(&query.pairs) {
        let factor = index.term_weight(*pair).weight;
        sums.give(index, *pair, number, factor);
        model.give(*pair, number, factor);
    }
    pool(index, query, sums, &model, left_out)
}

impl Slot {
    /// Raises what `token` gives to `credit`.
    pub(super) fn give(&mut self, token: u32, credit: f32) {
        if self.token != token {
            self.token = token;
            self.credit = 0.0;
        }
        if credit > self.credit {
            self.sum += credit - self.credit;
            self.credit = credit;
        }
    }
}

/// The sums of all phrasings.
struct Sums {
    slots: Vec<Slot>,
    /// Phrasings whose slot holds something.
    touched: Vec<u32>,
}

impl Sums {
    /// Gives each phrasing with `term` its share for `token` (from 1).
    fn give(&mut self, index: &Index, term: u32, token: u32, factor: f32) {
        if factor <= 0.0 {
            return;
        }
        for posting in index.postings_of(term) {
            let place = usize::try_from(posting.phrasing).ok();
            let Some(slot) = place.and_then(|place| self.slots.get_mut(place)) else { continue };
            if slot.token == 0 {
                self.touched.push(posting.phrasing);
            }
            slot.give(token, factor * posting.weight);
        }
    }
}

fn pool(
    index: &Index,
    query: &Query,
    Sums { slots, mut touched }: Sums,
    model: &EntryModel<'_>,
    left_out: Option<usize>,
) -> Vec<Scored> {
    touched.sort_unstable();
    let mut scored: Vec<Scored> = Vec::new();
    let mut open = Open::default();
    for phrasing_idx in touched.into_iter().filter_map(|p| usize::try_from(p).ok()) {
        let (Some(slot), Some(phrasing)) =
            (slots.get(phrasing_idx), index.phrasings.get(phrasing_idx))
        else {
            continue;
        };
        if left_out == Some(phrasing_idx) {
            continue;
        }
        let entry = usize::try_from(phrasing.entry).unwrap_or(usize::MAX);
        if open.entry != Some(entry) {
            scored.extend(open.close(index, query, model));
            open = Open { entry: Some(entry), ..Open::default() };
        }
        let similarity = slot.sum / (query.norm * phrasing.norm);
        open.add(phrasing.number.is_some(), similarity, phrasing_idx);
    }
    scored.extend(open.close(index, query, model));
    scored.sort_by_key(|scored| (Reverse(rounded(scored.score)), scored.entry));
    scored
}

/// Scores are compared at a millionth, so that the last bit of a machine's arithmetic decides
/// nothing.
#[expect(clippy::cast_possible_truncation, reason = "scores are small")]
fn rounded(score: f32) -> i64 {
    (f64::from(score) * 1e6).round() as i64
}

/// An entry whose phrasings are being pooled.
#[derive(Debug, Default)]
struct Open {
    entry: Option<usize>,
    best: [f32; POOL.len()],
    best_phrasing: usize,
    sum: f32,
    quotes: f32,
}

impl Open {
    fn add(&mut self, is_phrasing: bool, similarity: f32, phrasing_idx: usize) {
        if !is_phrasing {
            self.quotes = similarity;
            return;
        }
        self.sum += similarity;
        let [first, second, third] = &mut self.best;
        if similarity > *first {
            (*third, *second, *first) = (*second, *first, similarity);
            self.best_phrasing = phrasing_idx;
        } else if similarity > *second {
            (*third, *second) = (*second, similarity);
        } else if similarity > *third {
            *third = similarity;
        }
    }

    fn close(&self, index: &Index, query: &Query, model: &EntryModel<'_>) -> Option<Scored> {
        let idx = self.entry?;
        let entry = index.entries.get(idx)?;
        let n = usize::try_from(entry.n_phrasings).unwrap_or(usize::MAX);
        let (mut pooled, mut weights) = (0.0, 0.0);
        for (similarity, weight) in self.best.iter().zip(POOL).take(n) {
            pooled += similarity * weight;
            weights += weight;
        }
        let centroid = self.sum / entry.centroid_norm;
        let log_odds = model.log_odds(idx) / query.norm;
        let [best, ..] = self.best;
        let score = pooled / weights
            + CENTROID_WEIGHT * centroid
            + LANGUAGE_MODEL_WEIGHT * log_odds
            + QUOTES_WEIGHT * self.quotes
            + SAME_WORDS_WEIGHT * best.min(1.0).powi(4);
        Some(Scored {
            entry: idx,
            score: score / (1.0 + CENTROID_WEIGHT),
            best,
            best_phrasing: self.best_phrasing,
            quotes: self.quotes,
        })
    }
}
