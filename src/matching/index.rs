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

/// Where an entry stands: which pack, which entry of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EntryRef {
    pack: u32,
    entry: u32,
}

/// An entry without its texts.
#[derive(Debug)]
pub(crate) struct IndexedEntry {
    place: EntryRef,
    pub(crate) is_gap: bool,
    /// Share of its phrasings that ask for each kind of thing, by the bits of
    /// [`super::question_kind::QuestionKind::types`]; 255 is all of them.
    question_type_shares: [u8; N_QUESTION_TYPES],
    /// Share of its phrasings that read like questions, 0.0 to 1.0.
    pub(crate) share_of_questions: f32,
}

/// What is known of a term.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Term {
    /// How much it tells, 0.0 to 1.0, see [`super::term_weight::weight`].
    pub(crate) weight: f32,
    /// Rarity in the pack alone, 0.0 to 1.0.
    pub(crate) pack_rarity: f32,
    /// Its share of all that the phrasings say, 0.0 to 1.0, by weight.
    pub(crate) share: f32,
    /// Whether the packs write it with a capital inside sentences.
    pub(crate) is_name: bool,
    /// Whether it is a stop word.
    pub(crate) is_stop_word: bool,
    /// Whether a phrasing, a quote or a synonym has it.
    pub(crate) is_used: bool,
    /// Where it stands in the table of words of near meaning.
    pub(crate) neighbors: Option<neighbors::StemIndex>,
}

/// Stands for no term.
pub(crate) const NO_TERM: TermId = TermId::MAX;

/// Everything that a search reads. Immutable; a changed pack makes a new one.
#[derive(Debug)]
pub struct Index {
    packs: Vec<Arc<Pack>>,
    pub(crate) stemmer: Stemmer,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) concepts: Concepts,
    /// Concepts of single-word synonyms, by the term of the word.
    pub(crate) term_concepts: FxHashMap<TermId, Vec<TermId>>,
    terms: Vec<Term>,
    /// Terms by their place in the table of words of near meaning, [`NO_TERM`] for words that none
    /// may be met by; empty if the packs are not in its language.
    pub(crate) neighbor_terms: Vec<TermId>,
    pub(crate) entries: Vec<IndexedEntry>,
    pub(crate) texts: ForwardIndex,
    pub(crate) postings: Postings,
    classifier: Classifier,
    /// Classifiers that have not seen some of the phrasings, made when the first of those is asked.
    folds: [OnceLock<Classifier>; N_FOLDS],
    /// Memory of searches, to be used again.
    pub(crate) sums: AccumulatorPool,
}

impl Index {
    /// Builds the index of `packs`, of which the first [`MAX_ENTRIES`] entries can be found. Words are
    /// stemmed in the language of the first pack.
    pub fn new(packs: Vec<Arc<Pack>>) -> Self {
        build::build(packs)
    }

    /// The packs, in order.
    pub fn packs(&self) -> &[Arc<Pack>] {
        &self.packs
    }

    /// How many entries and gaps there are.
    pub fn n_entries(&self) -> usize {
        self.entries.len()
    }

    /// How many phrasings there are.
    pub fn n_phrasings(&self) -> usize {
        self.texts.entries().map(|entry| entry.n_phrasings).sum()
    }

    /// Bytes of memory that it takes, packs left aside, about: what the parts that grow with the
    /// packs have on the heap.
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
        let place = self.entries.get(idx)?.place;
        self.pack_of(idx)?.entries.get(usize::try_from(place.entry).ok()?)
    }

    /// The pack of the entry at `idx`.
    pub fn pack_of(&self, idx: usize) -> Option<&Arc<Pack>> {
        self.packs.get(usize::try_from(self.entries.get(idx)?.place.pack).ok()?)
    }

    /// The public id of the entry at `idx`: its own, or `pack:entry` where there are several packs.
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

    /// What was learned from the phrasings; if one is left out, by its number, from others than it.
    pub(crate) fn classifier(&self, left_out: Option<usize>) -> &Classifier {
        let fold = left_out.map(|number| number % N_FOLDS);
        match fold.and_then(|fold| Some((fold, self.folds.get(fold)?))) {
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

fn bytes_of<T>(of: &Vec<T>) -> usize {
    of.capacity() * size_of::<T>()
}

impl IndexedEntry {
    /// Share of its phrasings that ask for one of `types`, the most frequent of them: 0.0 to 1.0.
    pub(crate) fn question_type_share(&self, types: u32) -> f32 {
        let asked =
            (0..).zip(&self.question_type_shares).filter(|(bit, _)| types & (1 << bit) != 0);
        f32::from(asked.map(|(_, share)| *share).max().unwrap_or(0)) / f32::from(u8::MAX)
    }
}
