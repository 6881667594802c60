//! The inverted index: an immutable snapshot of one or several packs.

mod build;

pub(in crate::matching) use build::pair_name;

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::lexicon::Concepts;
use super::query::N_QUESTION_TYPES;
use super::vocabulary::{TermId, Vocabulary};
use crate::knowledge::{Entry, Pack};
use crate::text::Stemmer;

/// Where an entry stands: which pack, which entry of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EntryPlace {
    pub(crate) pack: usize,
    pub(crate) entry: usize,
}

/// A text of an entry that questions are compared with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Phrasing {
    /// Index of its entry.
    pub(crate) entry: u32,
    /// Its place among the entry's phrasings (0 is the canonical question); `None` for the
    /// entry's lead and quotes together.
    pub(crate) number: Option<u32>,
    /// Length by which its score is divided (pivoted).
    pub(crate) norm: f32,
}

/// A term's presence in a phrasing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Posting {
    pub(crate) phrasing: u32,
    /// The term's weight.
    pub(crate) weight: f32,
}

/// A term's presence in the phrasings of an entry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EntryPosting {
    pub(crate) entry: u32,
    /// ln(1 + weight in the entry / smoothing), see [`build`].
    pub(crate) log_odds: f32,
}

/// An entry as the scorer sees it.
#[derive(Debug)]
pub(crate) struct IndexedEntry {
    pub(crate) place: EntryPlace,
    pub(crate) is_gap: bool,
    /// Number of its phrasings, lead and quotes not counted.
    pub(crate) n_phrasings: u32,
    /// Length of the sum of its phrasings' unit vectors.
    pub(crate) centroid_norm: f32,
    /// The terms of its phrasings, ascending.
    pub(crate) phrasing_terms: Vec<TermId>,
    /// The terms of its lead and quotes, ascending.
    pub(crate) quote_terms: Vec<TermId>,
    /// Share of its phrasings that ask for each kind of thing, by the bits of
    /// [`super::query::question_types`].
    pub(crate) question_type_shares: [f32; N_QUESTION_TYPES],
    /// Share of its phrasings that read like questions.
    pub(crate) share_of_questions: f32,
}

/// What is known of a term.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TermWeight {
    /// 0.0 to 1.0, see [`super::rarity::weight`].
    pub(crate) weight: f32,
    /// Rarity in the pack alone, 0.0 to 1.0.
    pub(crate) pack_rarity: f32,
    /// Whether the packs write it with a capital inside sentences.
    pub(crate) is_name: bool,
}

/// Everything that a search reads. Immutable; a changed pack makes a new one.
#[derive(Debug)]
pub struct Index {
    pub(crate) packs: Vec<Arc<Pack>>,
    pub(crate) stemmer: Stemmer,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) concepts: Concepts,
    /// Concepts of single-word synonyms, by the term of the word.
    pub(crate) term_concepts: FxHashMap<TermId, Vec<TermId>>,
    pub(crate) terms: Vec<TermWeight>,
    pub(crate) postings: Vec<Vec<Posting>>,
    /// For each term, how much more the phrasings of an entry use it than all phrasings do.
    pub(crate) entry_postings: Vec<Vec<EntryPosting>>,
    pub(crate) phrasings: Vec<Phrasing>,
    pub(crate) entries: Vec<IndexedEntry>,
}

impl Index {
    /// Builds the index of `packs`. Words are stemmed in the language of the first.
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
        self.phrasings.iter().filter(|phrasing| phrasing.number.is_some()).count()
    }

    /// The entry at `idx` of the index.
    pub fn entry(&self, idx: usize) -> Option<&Entry> {
        let place = self.entries.get(idx)?.place;
        self.packs.get(place.pack)?.entries.get(place.entry)
    }

    /// The pack of the entry at `idx`.
    pub fn pack_of(&self, idx: usize) -> Option<&Arc<Pack>> {
        self.packs.get(self.entries.get(idx)?.place.pack)
    }

    /// The public id of the entry at `idx`: its own, or `pack:entry` where there are several packs.
    pub fn entry_id(&self, idx: usize) -> String {
        let Some(place) = self.entries.get(idx).map(|entry| entry.place) else {
            return String::new();
        };
        let id = self.entry(idx).map(|entry| entry.id.as_str()).unwrap_or_default();
        match self.packs.get(place.pack) {
            Some(pack) if self.packs.len() > 1 => format!("{}:{id}", pack.name),
            _ => id.to_owned(),
        }
    }

    /// The index of the entry with the public id `id`.
    pub fn find(&self, id: &str) -> Option<usize> {
        (0..self.entries.len()).find(|idx| self.entry_id(*idx) == id)
    }

    pub(crate) fn term_weight(&self, term: TermId) -> TermWeight {
        usize::try_from(term).ok().and_then(|t| self.terms.get(t)).copied().unwrap_or_default()
    }

    pub(crate) fn entry_postings_of(&self, term: TermId) -> &[EntryPosting] {
        usize::try_from(term)
            .ok()
            .and_then(|t| self.entry_postings.get(t))
            .map_or(&[], Vec::as_slice)
    }

    /// The entry of a phrasing, and the share of the entry's use of `term` that is the phrasing's:
    /// 0.0 to 1.0; `None` if the phrasing does not have the term.
    pub(crate) fn share_of_phrasing(&self, phrasing: usize, term: TermId) -> Option<(u32, f32)> {
        let postings = self.postings_of(term);
        let at = |idx: u32| usize::try_from(idx).ok().and_then(|idx| self.phrasings.get(idx));
        let own = u32::try_from(phrasing).ok()?;
        let entry = at(own)?.entry;
        let share = |posting: &Posting| {
            let of = at(posting.phrasing).filter(|of| of.number.is_some());
            of.map_or(0.0, |of| posting.weight / of.norm)
        };
        let mine = postings.binary_search_by_key(&own, |posting| posting.phrasing).ok()?;
        // The phrasings of an entry stand together.
        let from = postings.partition_point(|p| at(p.phrasing).is_some_and(|of| of.entry < entry));
        let of_entry = postings.get(from..)?.iter();
        let all: f32 = of_entry
            .take_while(|p| at(p.phrasing).is_some_and(|of| of.entry == entry))
            .map(share)
            .sum();
        Some((entry, share(postings.get(mine)?) / all.max(f32::EPSILON)))
    }

    pub(crate) fn postings_of(&self, term: TermId) -> &[Posting] {
        usize::try_from(term).ok().and_then(|t| self.postings.get(t)).map_or(&[], Vec::as_slice)
    }
}
