//! The inverted index of one pack: an immutable snapshot.

mod build;
mod parsing;
mod term_builder;

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::accumulators::AccumulatorPool;
use super::classifier::{Classifier, N_FOLDS};
use super::concepts::Concepts;
use super::document::Document;
use super::facts::EntryFacts;
use super::forward_index::{ForwardIndex, bytes_of};
use super::postings::Postings;
use super::question_kind::N_QUESTION_TYPES;
use super::term::Term;
use super::term_directions::TermDirections;
use super::text_directions::TextDirections;
use super::vocabulary::{TermId, Vocabulary};
use crate::knowledge::{Entry, Pack, Source};
use crate::text::language::question_type;
use crate::text::{Analyzer, Language};

/// Data of an entry except its texts.
#[derive(Debug)]
pub(crate) struct IndexedEntry {
    pub(crate) is_gap: bool,
    /// Share of its phrasings with each question type, by the bits of
    /// [`super::question_kind::QuestionKind::types`]; 255 is all of them.
    question_type_shares: [u8; N_QUESTION_TYPES],
    /// Share of its phrasings that are statements, 0.0 to 1.0.
    pub(crate) share_of_statements: f32,
}

/// The data of a search in one pack: an immutable snapshot. A changed pack requires a new index.
#[derive(Debug)]
pub(crate) struct PackIndex {
    pack: Arc<Pack>,
    pub(crate) analyzer: Analyzer,
    pub(crate) vocabulary: Vocabulary,
    /// Whether the vocabulary has an emoji; if not, those of a question are ignored.
    pub(crate) has_emoji: bool,
    pub(crate) concepts: Concepts,
    /// Concepts of single-word synonyms, by the term of the word.
    pub(crate) term_concepts: FxHashMap<TermId, Vec<TermId>>,
    /// Terms of two hyphenated words, by their spelling as one word ("wifi" for "Wi-Fi").
    pub(crate) hyphenated: FxHashMap<String, [TermId; 2]>,
    terms: Vec<Term>,
    /// Terms by their index in the [neighbor table](super::neighbors), [`super::term::NO_TERM`] for
    /// stems that must not be matched as neighbors; empty if the pack is not in its language.
    pub(crate) neighbor_terms: Vec<TermId>,
    pub(crate) entries: Vec<IndexedEntry>,
    pub(crate) texts: ForwardIndex,
    pub(crate) postings: Postings,
    /// Word-vector directions of its texts; `None` if its language has no word vectors.
    pub(crate) directions: Option<TextDirections>,
    /// Word-vector directions of the terms of its texts; without any if its language has no word vectors.
    pub(crate) term_directions: TermDirections,
    /// The sentences of the sources that no entry quotes.
    pub(crate) document: Document,
    classifier: Classifier,
    /// Classifiers trained without some of the phrasings; each is trained on first use.
    fold_classifiers: [OnceLock<Classifier>; N_FOLDS],
    /// The facts of each entry; collected on first use.
    facts: Vec<OnceLock<EntryFacts>>,
    /// Reusable memory of searches.
    pub(crate) accumulator_pool: AccumulatorPool,
}

impl PackIndex {
    /// Builds the index of `pack`. Only the first [`super::postings::MAX_ENTRIES`] entries can be
    /// found.
    pub(crate) fn new(pack: Arc<Pack>) -> Self {
        build::build(pack)
    }

    /// The language of its phrasings.
    pub(crate) fn language(&self) -> &Language {
        &self.pack.language
    }

    /// The sources of its pack.
    pub(crate) fn sources(&self) -> &[Arc<Source>] {
        &self.pack.sources
    }

    /// Number of entries and gaps.
    pub(crate) fn n_entries(&self) -> usize {
        self.entries.len()
    }

    /// Number of phrasings.
    pub(crate) fn n_phrasings(&self) -> usize {
        self.texts.entries().map(|entry| entry.n_phrasings).sum()
    }

    /// Approximate heap size in bytes of the parts below, which grow with the pack; the pack
    /// itself, the unquoted sentences and the facts are not included.
    pub(crate) fn n_bytes(&self) -> usize {
        self.vocabulary.n_bytes()
            + bytes_of(&self.terms)
            + bytes_of(&self.neighbor_terms)
            + bytes_of(&self.entries)
            + self.texts.n_bytes()
            + self.postings.n_bytes()
            + self.directions.as_ref().map_or(0, TextDirections::n_bytes)
            + self.term_directions.n_bytes()
            + self.classifier.n_bytes()
    }

    /// The entry at `idx`.
    pub(crate) fn entry(&self, idx: usize) -> Option<&Entry> {
        self.pack.entries.get(idx)
    }

    /// The facts of the entry at `idx`, which can contradict a question.
    pub(crate) fn facts(&self, idx: usize) -> Option<&EntryFacts> {
        let (facts, entry) = (self.facts.get(idx)?, self.entry(idx)?);
        Some(facts.get_or_init(|| EntryFacts::new(&self.analyzer, entry)))
    }

    /// The classifier. With a number of an excluded phrasing: a classifier that was trained without
    /// it.
    pub(crate) fn classifier(&self, excluded_phrasing: Option<usize>) -> &Classifier {
        let fold = excluded_phrasing.map(|number| number % N_FOLDS);
        match fold.and_then(|fold| Some((fold, self.fold_classifiers.get(fold)?))) {
            Some((fold, classifier)) => classifier
                .get_or_init(|| Classifier::trained_without(fold, &self.texts, &self.terms)),
            None => &self.classifier,
        }
    }

    /// Whether the pack has enough phrasings for a classifier.
    pub(crate) fn has_classifier(&self) -> bool {
        self.classifier.is_trained()
    }

    /// The text of an entry's phrasing, by its number from 0.
    pub(crate) fn phrasing(&self, entry: usize, number: usize) -> Option<&str> {
        self.entry(entry)?.phrasings().nth(number)
    }

    pub(crate) fn term(&self, term: TermId) -> Term {
        usize::try_from(term).ok().and_then(|idx| self.terms.get(idx)).copied().unwrap_or_default()
    }

    /// The term of a stem, if it is in use, see [`Term::is_used`].
    pub(crate) fn known_term(&self, stem: &str) -> Option<TermId> {
        self.vocabulary.term(stem).filter(|term| self.term(*term).is_used)
    }
}

/// Share of phrasings of a question type from which [`IndexedEntry::question_type_fit`] is 1.0.
const FULL_TYPE_SHARE: f32 = 0.25;

impl IndexedEntry {
    /// Share of its phrasings with one of the question `types`, the most frequent of them: 0.0 to
    /// 1.0.
    fn question_type_share(&self, types: u32) -> f32 {
        let matching =
            (0..).zip(&self.question_type_shares).filter(|(bit, _)| types & (1 << bit) != 0);
        f32::from(matching.map(|(_, share)| *share).max().unwrap_or(0)) / f32::from(u8::MAX)
    }

    /// How well its phrasings fit a question of these types: [`Self::question_type_share`], scaled to 1.0 from
    /// [`FULL_TYPE_SHARE`] on; 0.5 if the question has no type.
    pub(crate) fn question_type_fit(&self, types: u32) -> f32 {
        if types == 0 { 0.5 } else { (self.question_type_share(types) / FULL_TYPE_SHARE).min(1.0) }
    }

    /// Whether a question of these types asks when, and the phrasings where, or the like: no answer to one is an answer to the
    /// other. Half of the phrasings have to ask that, and none what is asked.
    pub(crate) fn asks_something_else(&self, types: u32) -> bool {
        OTHER_THINGS.iter().any(|(asked, others)| {
            types == *asked
                && self.question_type_share(*asked) == 0.0
                && self.question_type_share(*others) >= OTHER_THING_SHARE
        })
    }
}

/// Question types whose answers are other things: when, where and who. (Where there is help, there is who helps.)
const OTHER_THINGS: [(u32, u32); 3] = [
    (question_type::WHEN, question_type::WHERE | question_type::WHO),
    (question_type::WHERE, question_type::WHEN),
    (question_type::WHO, question_type::WHEN),
];

/// Least share of an entry's phrasings that ask for another thing, to object to an answer.
const OTHER_THING_SHARE: f32 = 0.5;
