//! Builds terms and their weights from the parsed words.

use rustc_hash::FxHashMap;

use super::forward_index::ForwardIndex;
use super::parsing::{ParsedEntries, ParsedWord};
use super::{NO_TERM, Term};
use crate::knowledge::Pack;
use crate::matching::concepts::Concepts;
use crate::matching::neighbors;
use crate::matching::term_weight::{background_idf, pack_idf, weight};
use crate::matching::vocabulary::{TermId, Vocabulary};
use crate::text::stop_words::is_stop_word;
use crate::text::{Stemmer, tokenize};

/// Accumulates words, terms and concepts.
pub(super) struct TermBuilder<'a> {
    stemmer: &'a Stemmer,
    pub(super) vocabulary: Vocabulary,
    pub(super) concepts: Concepts,
    pub(super) term_concepts: FxHashMap<TermId, Vec<TermId>>,
    /// Statistics by term.
    stats: Vec<TermStats>,
}

/// Statistics of the words of a term.
#[derive(Debug, Clone, Copy)]
struct TermStats {
    /// Background IDF of its most common word, and whether that is a stop word.
    background_idf: f32,
    is_stop_word: bool,
    n_inside: u32,
    n_capitals: u32,
}

impl Default for TermStats {
    fn default() -> Self {
        Self { background_idf: 1.0, is_stop_word: false, n_inside: 0, n_capitals: 0 }
    }
}

impl<'a> TermBuilder<'a> {
    pub(super) fn new(stemmer: &'a Stemmer) -> Self {
        Self {
            stemmer,
            vocabulary: Vocabulary::default(),
            concepts: Concepts::default(),
            term_concepts: FxHashMap::default(),
            stats: Vec::new(),
        }
    }

    /// Adds the synonyms of a pack. Its groups are numbered from `first_number`.
    pub(super) fn add_lexicon(&mut self, pack: &Pack, first_number: usize) {
        for (number, group) in (first_number..).zip(pack.lexicon.groups()) {
            let mut idfs = Vec::new();
            let mut synonyms: Vec<Vec<TermId>> = Vec::new();
            for synonym in group {
                let mut terms = Vec::new();
                for token in tokenize(synonym, usize::MAX) {
                    idfs.push(background_idf(&token.word));
                    terms.push(self.vocabulary.intern(&self.stemmer.stem(&token.word)));
                }
                if let [term] = terms.as_slice() {
                    for token in tokenize(synonym, 1) {
                        self.add_form(&token.word, *term);
                    }
                }
                synonyms.push(terms);
            }
            let singles: Vec<TermId> =
                synonyms.iter().filter(|terms| terms.len() == 1).flatten().copied().collect();
            let concept = self.concepts.add_group(number, synonyms, &mut self.vocabulary);
            self.stats_mut(concept).background_idf = mean(&idfs);
            for term in singles {
                self.term_concepts.entry(term).or_default().push(concept);
            }
        }
    }

    /// Adds parsed words and returns their terms, in the same order.
    pub(super) fn add_words(&mut self, parsed: &ParsedEntries) -> Vec<TermId> {
        parsed.words.iter().map(|word| self.add_word(word)).collect()
    }

    fn add_word(&mut self, ParsedWord { word, n_inside, n_capitals }: &ParsedWord) -> TermId {
        let term = match self.vocabulary.term_of_word(word) {
            Some(term) => term,
            None => {
                let term = self.vocabulary.intern(&self.stemmer.stem(word));
                self.add_form(word, term);
                term
            }
        };
        let stats = self.stats_mut(term);
        stats.n_inside += n_inside;
        stats.n_capitals += n_capitals;
        term
    }

    /// Adds a new word as a form of `term`.
    fn add_form(&mut self, word: &str, term: TermId) {
        self.vocabulary.add_word(word, term);
        let (idf, is_stop_word) = (background_idf(word), is_stop_word(word));
        let stats = self.stats_mut(term);
        if idf <= stats.background_idf {
            *stats = TermStats { background_idf: idf, is_stop_word, ..*stats };
        }
    }

    fn stats_mut(&mut self, term: TermId) -> &mut TermStats {
        let idx = usize::try_from(term).unwrap_or(0);
        if self.stats.len() <= idx {
            self.stats.resize(idx + 1, TermStats::default());
        }
        #[expect(clippy::indexing_slicing, reason = "resized just above")]
        &mut self.stats[idx]
    }

    /// The data of all terms except [`Term::share`], which depends on the norms of the texts.
    pub(super) fn terms(&self, texts: &ForwardIndex) -> Vec<Term> {
        let n_terms = self.vocabulary.n_terms();
        let mut terms = vec![Term::default(); n_terms];
        let mut n_entries_with = vec![0usize; n_terms];
        let mut last_entry = vec![usize::MAX; n_terms];
        for (idx, entry) in texts.entries().enumerate() {
            for (number, text) in entry.numbered() {
                for term in
                    text.words.iter().chain(text.concepts).filter_map(|term| term_idx(*term))
                {
                    let (Some(n), Some(last), Some(term_data)) = (
                        n_entries_with.get_mut(term),
                        last_entry.get_mut(term),
                        terms.get_mut(term),
                    ) else {
                        continue;
                    };
                    term_data.is_used = true;
                    if number.is_some() && *last != idx {
                        *last = idx;
                        *n += 1;
                    }
                }
            }
        }
        for (idx, (term, n)) in terms.iter_mut().zip(n_entries_with).enumerate() {
            let stats = self.stats.get(idx).copied().unwrap_or_default();
            term.pack_idf = pack_idf(n, texts.len());
            term.weight = weight(stats.background_idf, term.pack_idf);
            // Names are often written in lower case on phones, so a third with capitals suffices.
            term.is_name = stats.n_capitals > 0 && stats.n_capitals * 3 >= stats.n_inside;
            term.is_stop_word = stats.is_stop_word;
        }
        for term in self.term_concepts.keys().filter_map(|term| term_idx(*term)) {
            if let Some(term) = terms.get_mut(term) {
                term.is_used = true;
            }
        }
        terms
    }

    /// Maps the stems of the neighbor table to terms: for each stem the term, if the packs use it
    /// and it may match as a neighbor. Names are excluded, since a question about Ukraine is not
    /// one about Russia.
    pub(super) fn find_neighbors(&self, terms: &mut [Term]) -> Vec<TermId> {
        let mut found = Vec::with_capacity(neighbors::stems().len());
        for (stem_idx, stem) in (0..).zip(neighbors::stems()) {
            let id = self.vocabulary.term(stem);
            let term = id.and_then(term_idx).and_then(|idx| terms.get_mut(idx));
            let may_match = term.is_some_and(|term| {
                term.stem_index = Some(stem_idx).filter(|_| !term.is_name);
                term.is_used && !term.is_name && !is_stop_word(stem)
            });
            found.push(id.filter(|_| may_match).unwrap_or(NO_TERM));
        }
        found
    }
}

fn term_idx(term: TermId) -> Option<usize> {
    usize::try_from(term).ok()
}

#[expect(clippy::cast_precision_loss, reason = "a handful of words")]
fn mean(idfs: &[f32]) -> f32 {
    idfs.iter().sum::<f32>() / idfs.len().max(1) as f32
}
