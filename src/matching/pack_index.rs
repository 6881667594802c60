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
use super::vocabulary::{TermId, Vocabulary};
use super::word_vectors::TextDirections;
use crate::knowledge::{Entry, Pack};
use crate::text::Analyzer;

/// An entry without its texts.
#[derive(Debug)]
pub(crate) struct IndexedEntry {
    pub(crate) is_gap: bool,
    /// Share of its phrasings that ask for each kind of thing, by the bits of
    /// [`super::question_kind::QuestionKind::types`]; 255 is all of them.
    question_type_shares: [u8; N_QUESTION_TYPES],
    /// Share of its phrasings that are sentences which ask nothing, 0.0 to 1.0.
    pub(crate) share_of_statements: f32,
}

/// Everything that a search reads. Immutable; a changed pack makes a new one.
#[derive(Debug)]
pub(crate) struct PackIndex {
    pack: Arc<Pack>,
    pub(crate) analyzer: Analyzer,
    pub(crate) vocabulary: Vocabulary,
    /// Whether an entry has an emoji: only then those of a question mean anything.
    pub(crate) has_emoji: bool,
    pub(crate) concepts: Concepts,
    /// Concepts of single-word synonyms, by the term of the word.
    pub(crate) term_concepts: FxHashMap<TermId, Vec<TermId>>,
    /// Terms of two words with a hyphen between them, by both in one ("wifi" for "Wi-Fi").
    pub(crate) hyphenated: FxHashMap<String, [TermId; 2]>,
    terms: Vec<Term>,
    /// Terms by their place in the table of words of near meaning, [`super::term::NO_TERM`] for words that none
    /// may be met by; empty if the packs are not in its language.
    pub(crate) neighbor_terms: Vec<TermId>,
    pub(crate) entries: Vec<IndexedEntry>,
    pub(crate) texts: ForwardIndex,
    pub(crate) postings: Postings,
    /// What its texts mean; `None` unless the pack is in English.
    pub(crate) directions: Option<TextDirections>,
    /// The sentences that no entry quotes.
    pub(crate) document: Document,
    classifier: Classifier,
    /// Classifiers that have not seen some of the phrasings, made when the first of those is asked.
    fold_classifiers: [OnceLock<Classifier>; N_FOLDS],
    /// The facts of each entry, collected when it is first compared with a question.
    facts: Vec<OnceLock<EntryFacts>>,
    /// Memory of searches, to be used again.
    pub(crate) accumulator_pool: AccumulatorPool,
}

impl PackIndex {
    /// Builds the index of `pack`, of which the first [`super::postings::MAX_ENTRIES`] entries can be found.
    pub(crate) fn new(pack: Arc<Pack>) -> Self {
        build::build(pack)
    }

    /// The pack.
    pub(crate) fn pack(&self) -> &Arc<Pack> {
        &self.pack
    }

    /// How many entries and gaps there are.
    pub(crate) fn n_entries(&self) -> usize {
        self.entries.len()
    }

    /// How many phrasings there are.
    pub(crate) fn n_phrasings(&self) -> usize {
        self.texts.entries().map(|entry| entry.n_phrasings).sum()
    }

    /// Bytes of memory that it takes, packs left aside, about: what the parts that grow with the
    /// packs have on the heap.
    pub(crate) fn n_bytes(&self) -> usize {
        self.vocabulary.n_bytes()
            + bytes_of(&self.terms)
            + bytes_of(&self.neighbor_terms)
            + bytes_of(&self.entries)
            + self.texts.n_bytes()
            + self.postings.n_bytes()
            + self.directions.as_ref().map_or(0, TextDirections::n_bytes)
            + self.classifier.n_bytes()
    }

    /// The entry at `idx`.
    pub(crate) fn entry(&self, idx: usize) -> Option<&Entry> {
        self.pack.entries.get(idx)
    }

    /// What of the entry at `idx` can contradict a question.
    pub(crate) fn facts(&self, idx: usize) -> Option<&EntryFacts> {
        let (facts, entry) = (self.facts.get(idx)?, self.entry(idx)?);
        Some(facts.get_or_init(|| EntryFacts::new(&self.analyzer, entry)))
    }

    /// What was learned from the phrasings; if one is left out, by its number, from others than it.
    pub(crate) fn classifier(&self, left_out: Option<usize>) -> &Classifier {
        let fold = left_out.map(|number| number % N_FOLDS);
        match fold.and_then(|fold| Some((fold, self.fold_classifiers.get(fold)?))) {
            Some((fold, learned)) => {
                learned.get_or_init(|| Classifier::trained_without(fold, &self.texts, &self.terms))
            }
            None => &self.classifier,
        }
    }

    /// Whether there is a classifier.
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

    /// The term of a stem that some phrasing, quote or synonym has.
    pub(crate) fn known_term(&self, stem: &str) -> Option<TermId> {
        self.vocabulary.term(stem).filter(|term| self.term(*term).is_used)
    }
}

impl IndexedEntry {
    /// Share of its phrasings that ask for one of `types`, the most frequent of them: 0.0 to 1.0.
    pub(crate) fn question_type_share(&self, types: u32) -> f32 {
        let asked =
            (0..).zip(&self.question_type_shares).filter(|(bit, _)| types & (1 << bit) != 0);
        f32::from(asked.map(|(_, share)| *share).max().unwrap_or(0)) / f32::from(u8::MAX)
    }
}
