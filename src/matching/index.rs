//! The inverted index: an immutable snapshot of one or several packs.

mod build;
mod forward_index;
mod parsing;
mod postings;
mod term_builder;

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::candidates::AccumulatorPool;
use super::classifier::{Classifier, N_FOLDS};
use super::concepts::Concepts;
use super::neighbors;
use super::question_kind::N_QUESTION_TYPES;
use super::vocabulary::{TermId, Vocabulary};
use crate::knowledge::{Entry, Pack};
use crate::text::Stemmer;
pub(crate) use forward_index::{
    EntryTerms, EntryTexts, ForwardIndex, IndexedText, MIN_LENGTH, for_each_distinct,
};
pub use postings::MAX_ENTRIES;
pub(crate) use postings::{Posting, Postings};

/// Reference to an entry: index of its pack, and of the entry in the pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EntryRef {
    pack: u32,
    entry: u32,
}

/// Data of an entry except its texts.
#[derive(Debug)]
pub(crate) struct IndexedEntry {
    entry_ref: EntryRef,
    pub(crate) is_gap: bool,
    /// Share of its phrasings with each question type, by the bits of
    /// [`super::question_kind::QuestionKind::types`]; 255 is all of them.
    question_type_shares: [u8; N_QUESTION_TYPES],
    /// Share of its phrasings that read like questions, 0.0 to 1.0.
    pub(crate) share_of_questions: f32,
}

/// Data of a term.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Term {
    /// Weight, 0.0 to 1.0, see [`super::term_weight::weight`].
    pub(crate) weight: f32,
    /// Rarity in the pack, 0.0 to 1.0, see [`super::term_weight::pack_idf`].
    pub(crate) pack_idf: f32,
    /// Its share of the total weight of all phrasings, 0.0 to 1.0.
    pub(crate) share: f32,
    /// Whether it is a name: the packs write it with a capital inside sentences.
    pub(crate) is_name: bool,
    /// Whether it is a stop word.
    pub(crate) is_stop_word: bool,
    /// Whether it occurs in a phrasing, a quote or a synonym.
    pub(crate) is_used: bool,
    /// Its index in the [neighbor table](neighbors), if it may match neighbors.
    pub(crate) stem_index: Option<neighbors::StemIndex>,
}

/// Placeholder for "no term".
pub(crate) const NO_TERM: TermId = TermId::MAX;

/// The data of a search: an immutable snapshot of packs. A changed pack requires a new index.
#[derive(Debug)]
pub struct Index {
    packs: Vec<Arc<Pack>>,
    pub(crate) stemmer: Stemmer,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) concepts: Concepts,
    /// Concepts of single-word synonyms, by the term of the word.
    pub(crate) term_concepts: FxHashMap<TermId, Vec<TermId>>,
    terms: Vec<Term>,
    /// Terms by their index in the [neighbor table](neighbors), [`NO_TERM`] for stems that must not
    /// be matched as neighbors; empty if the packs are not in its language.
    pub(crate) neighbor_terms: Vec<TermId>,
    pub(crate) entries: Vec<IndexedEntry>,
    pub(crate) texts: ForwardIndex,
    pub(crate) postings: Postings,
    classifier: Classifier,
    /// Classifiers trained without some of the phrasings; each is trained on first use.
    fold_classifiers: [OnceLock<Classifier>; N_FOLDS],
    /// Reusable memory of searches.
    pub(crate) accumulator_pool: AccumulatorPool,
}

impl Index {
    /// Builds the index of `packs`. Only the first [`MAX_ENTRIES`] entries can be found. Words are
    /// stemmed in the language of the first pack.
    pub fn new(packs: Vec<Arc<Pack>>) -> Self {
        build::build(packs)
    }

    /// The packs, in order.
    pub fn packs(&self) -> &[Arc<Pack>] {
        &self.packs
    }

    /// Number of entries and gaps.
    pub fn n_entries(&self) -> usize {
        self.entries.len()
    }

    /// Number of phrasings.
    pub fn n_phrasings(&self) -> usize {
        self.texts.entries().map(|entry| entry.n_phrasings).sum()
    }

    /// Approximate heap size in bytes of the parts that grow with the packs; the packs themselves
    /// are not included.
    pub fn n_bytes(&self) -> usize {
        self.vocabulary.n_bytes()
            + bytes_of(&self.terms)
            + bytes_of(&self.neighbor_terms)
            + bytes_of(&self.entries)
            + self.texts.n_bytes()
            + self.postings.n_bytes()
            + self.classifier.n_bytes()
    }

    /// The entry at `idx` of the index.
    pub fn entry(&self, idx: usize) -> Option<&Entry> {
        let EntryRef { entry, .. } = self.entries.get(idx)?.entry_ref;
        self.pack_of(idx)?.entries.get(usize::try_from(entry).ok()?)
    }

    /// The pack of the entry at `idx`.
    pub fn pack_of(&self, idx: usize) -> Option<&Arc<Pack>> {
        self.packs.get(usize::try_from(self.entries.get(idx)?.entry_ref.pack).ok()?)
    }

    /// The public id of the entry at `idx`: its own, or `pack:entry` if there are several packs.
    pub fn entry_id(&self, idx: usize) -> String {
        let (Some(pack), Some(entry)) = (self.pack_of(idx), self.entry(idx)) else {
            return String::new();
        };
        if self.packs.len() > 1 {
            format!("{}:{}", pack.name, entry.id)
        } else {
            entry.id.to_string()
        }
    }

    /// The index of the entry with the public id `id`.
    pub fn find(&self, id: &str) -> Option<usize> {
        (0..self.entries.len()).find(|idx| self.entry_id(*idx) == id)
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

    /// Whether the packs have enough phrasings for a classifier.
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

    /// The term of a stem, if a phrasing, a quote or a synonym has it.
    pub(crate) fn known_term(&self, stem: &str) -> Option<TermId> {
        self.vocabulary.term(stem).filter(|term| self.term(*term).is_used)
    }
}

fn bytes_of<T>(vec: &Vec<T>) -> usize {
    vec.capacity() * size_of::<T>()
}

impl IndexedEntry {
    /// Share of its phrasings with one of the question `types`, the most frequent of them: 0.0 to
    /// 1.0.
    pub(crate) fn question_type_share(&self, types: u32) -> f32 {
        let matching =
            (0..).zip(&self.question_type_shares).filter(|(bit, _)| types & (1 << bit) != 0);
        f32::from(matching.map(|(_, share)| *share).max().unwrap_or(0)) / f32::from(u8::MAX)
    }
}
