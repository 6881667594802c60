//! How much more similar two questions are to each other than to other questions.
//!
//! Where people ask about one thing, all questions are similar to some degree, and short ones to most. So a
//! similarity is given in standard deviations above the mean of each of the two: the s-norm of speaker verification
//! (Kenny 2010), in which two recordings are compared in the same way.

use std::sync::Arc;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::average_linkage::SimilarPair;
use crate::knowledge::{Content, Entry, EntryId, Lexicon, Pack};
use crate::matching::PackIndex;
use crate::matching::candidates;
use crate::matching::contradiction;
use crate::matching::coverage::{Relation, covered_share};
use crate::matching::entry_terms::EntryTerms;
use crate::matching::excluded::Excluded;
use crate::matching::query::Query;
use crate::text::Language;

/// Weight of the meaning of the whole questions in their similarity; the rest is that of what their words mean. Both count the
/// same: on the sets for tuning (docs/quality.md), a regression over nineteen features was no better.
const MEANING_WEIGHT: f32 = 0.5;

/// How many questions a question is compared with to know its usual similarity, at least and at most, and how many
/// comparisons all questions together have in between, which bounds the time. In the half for tuning of
/// `tests/data/inbox`, 48 instead of all made 8 of 100 pairs more that are together wrongly so.
const MIN_COHORT: usize = 48;
const MAX_COHORT: usize = 128;
const N_COMPARISONS: usize = 640_000;

/// Largest similarity that counts for the usual one. Larger ones are of questions that ask for the same, in the half for tuning
/// of `tests/data/inbox`.
const MAX_USUAL: f32 = 0.6;

/// Mean and standard deviation of the similarities of questions that ask for different things, and how many of them
/// stand beside those that a question was compared with: a few questions alone do not tell. The mean is that of the
/// half for tuning of `tests/data/inbox`, in English.
const PRIOR: Usual = Usual { mean: 0.2, deviation: 0.1 };
const N_PRIOR: f32 = 40.0;

/// The prominence of questions that contradict each other, which keeps their groups apart.
const CONTRADICTING: f32 = -100.0;

/// The similarities of a question to others.
#[derive(Debug, Clone, Copy)]
struct Usual {
    mean: f32,
    deviation: f32,
}

/// How much more similar questions are to each other than to others.
pub(super) struct Prominences {
    index: PackIndex,
    queries: Vec<Query>,
    terms: Vec<EntryTerms>,
    usual: Vec<Usual>,
}

impl Prominences {
    /// Compares the questions, which are different.
    pub(super) fn new(questions: &[&str], language: &Language, lexicon: &Lexicon) -> Self {
        let index = PackIndex::new(Arc::new(pack_of(questions, language, lexicon)));
        let queries: Vec<Query> =
            questions.par_iter().map(|text| Query::new(&index, text)).collect();
        let terms =
            (0..questions.len()).into_par_iter().map(|it| content_terms(&index, it)).collect();
        let mut prominences = Self { index, queries, terms, usual: Vec::new() };
        let cohort = cohort(questions);
        let usual = |number| prominences.usual_of(number, &cohort);
        prominences.usual = (0..questions.len()).into_par_iter().map(usual).collect();
        prominences
    }

    /// The pairs of questions of at least the prominence `min`, of those that share words or are near in meaning.
    pub(super) fn pairs(&self, min: f32) -> Vec<SimilarPair> {
        let near = |(number, query): (usize, &Query)| {
            let candidates = candidates::select(&self.index, query, Excluded::default());
            candidates
                .into_iter()
                .filter(move |other| *other != number)
                .map(move |other| (number.min(other), number.max(other)))
        };
        let mut pairs: Vec<(usize, usize)> =
            self.queries.par_iter().enumerate().flat_map_iter(near).collect();
        pairs.par_sort_unstable();
        pairs.dedup();
        let with_similarity = |(first, second): (usize, usize)| SimilarPair {
            first,
            second,
            similarity: self.of(first, second),
        };
        pairs.into_par_iter().map(with_similarity).filter(|it| it.similarity >= min).collect()
    }

    /// The prominence of two questions: by how many standard deviations they are more similar than each of them is to
    /// others, on average.
    pub(super) fn of(&self, a: usize, b: usize) -> f32 {
        let similarity = self.similarity(a, b);
        let above = |number: usize| {
            let Usual { mean, deviation } = self.usual.get(number).copied().unwrap_or(PRIOR);
            (similarity - mean) / deviation
        };
        let prominence = f32::midpoint(above(a), above(b));
        if prominence > 0.0 && (self.contradicts(a, b) || self.contradicts(b, a)) {
            return CONTRADICTING;
        }
        prominence
    }

    fn contradicts(&self, asked: usize, other: usize) -> bool {
        let query = self.queries.get(asked);
        query.is_some_and(|query| contradiction::compare(&self.index, query, other).excludes)
    }

    /// How similar two questions are, 0.0 to 1.0.
    fn similarity(&self, a: usize, b: usize) -> f32 {
        let words = f32::midpoint(self.words(a, b), self.words(b, a));
        let direction = |number: usize| self.queries.get(number)?.direction.as_ref();
        let (Some(a), Some(b)) = (direction(a), direction(b)) else { return words };
        MEANING_WEIGHT * a.cosine(b).max(0.0) + (1.0 - MEANING_WEIGHT) * words
    }

    /// How near what the words of a question mean is to the words of another, 0.0 to 1.0. Without word vectors, the
    /// share of its words that the other has.
    fn words(&self, asked: usize, other: usize) -> f32 {
        let (Some(query), Some(terms)) = (self.queries.get(asked), self.terms.get(other)) else {
            return 0.0;
        };
        match query.direction {
            Some(_) => Relation::new(&self.index, terms, query).mean,
            None => covered_share(&self.index, terms, query),
        }
    }

    fn usual_of(&self, number: usize, cohort: &[usize]) -> Usual {
        let (mut n, mut sum) = (N_PRIOR, N_PRIOR * PRIOR.mean);
        let mut squares = N_PRIOR * (PRIOR.mean.powi(2) + PRIOR.deviation.powi(2));
        for other in cohort.iter().filter(|other| **other != number) {
            let similarity = self.similarity(number, *other).min(MAX_USUAL);
            n += 1.0;
            sum += similarity;
            squares += similarity.powi(2);
        }
        let mean = sum / n;
        Usual { mean, deviation: (squares / n - mean.powi(2)).max(0.0).sqrt() }
    }
}

/// The terms of a question that are no stop words, which mean something near to any question.
fn content_terms(index: &PackIndex, number: usize) -> EntryTerms {
    let mut terms = Excluded::default().terms_of(&index.texts, number);
    terms.phrasings.retain(|term| !index.term(*term).is_stop_word);
    terms
}

/// The questions that all are compared with: those with the lowest hashes, so that another question changes at most
/// one of them.
fn cohort(questions: &[&str]) -> Vec<usize> {
    let mut hashed: Vec<(Vec<u8>, usize)> = questions
        .iter()
        .enumerate()
        .map(|(number, text)| (Sha256::digest(text).to_vec(), number))
        .collect();
    hashed.sort_unstable();
    let n = (N_COMPARISONS / questions.len().max(1)).clamp(MIN_COHORT, MAX_COHORT);
    hashed.into_iter().take(n).map(|(_, number)| number).collect()
}

/// A pack whose gaps are the questions.
fn pack_of(questions: &[&str], language: &Language, lexicon: &Lexicon) -> Pack {
    let gap = |(number, question): (usize, &&str)| {
        Some(Entry {
            id: EntryId::new(&number.to_string())?,
            question: (*question).to_owned(),
            variants: Vec::new(),
            language: None,
            translations: Vec::new(),
            content: Content::Gap,
            tags: Vec::new(),
            see_also: Vec::new(),
        })
    };
    Pack {
        name: String::new(),
        title: String::new(),
        description: None,
        language: language.clone(),
        sources: Vec::new(),
        entries: questions.iter().enumerate().filter_map(gap).collect(),
        lexicon: lexicon.clone(),
    }
}
