//! Builds terms and their weights from the parsed words.

use rustc_hash::FxHashMap;

use super::parsing::{ParsedEntries, ParsedWord};
use crate::knowledge::Pack;
use crate::matching::concepts::Concepts;
use crate::matching::forward_index::ForwardIndex;
use crate::matching::neighbors;
use crate::matching::term::{NO_TERM, Term};
use crate::matching::term_weight::{background_idf, pack_idf, weight};
use crate::matching::vocabulary::{TermId, Vocabulary};
use crate::text::{Analyzer, Origin};

/// Accumulates words, terms and concepts.
pub(super) struct TermBuilder<'a> {
    analyzer: &'a Analyzer,
    pub(super) vocabulary: Vocabulary,
    pub(super) concepts: Concepts,
    pub(super) term_concepts: FxHashMap<TermId, Vec<TermId>>,
    pub(super) hyphenated: FxHashMap<String, [TermId; 2]>,
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
    pub(super) fn new(analyzer: &'a Analyzer) -> Self {
        Self {
            analyzer,
            vocabulary: Vocabulary::default(),
            concepts: Concepts::default(),
            term_concepts: FxHashMap::default(),
            hyphenated: FxHashMap::default(),
            stats: Vec::new(),
        }
    }

    /// Adds the synonyms of a pack. Its groups are numbered from `first_number`.
    pub(super) fn add_lexicon(&mut self, pack: &Pack, first_number: usize) {
        for (number, group) in (first_number..).zip(pack.lexicon.groups()) {
            self.add_group(number, group);
        }
    }

    /// Adds the groups of everyday equivalents of the language that have at least one phrase of
    /// known words, by `has_word`. Groups are numbered from `first_number`.
    pub(super) fn add_equivalents(&mut self, first_number: usize, has_word: impl Fn(&str) -> bool) {
        let groups = &self.analyzer.data().equivalents;
        for (number, group) in (first_number..).zip(groups) {
            if group.iter().any(|phrase| phrase.split(' ').all(&has_word)) {
                self.add_group(number, group);
            }
        }
    }

    fn add_group(&mut self, number: usize, group: &[String]) {
        let mut idfs = Vec::new();
        let mut synonyms: Vec<Vec<TermId>> = Vec::new();
        for synonym in group {
            let mut terms = Vec::new();
            let tokens = self.analyzer.tokenize(synonym, Origin::Pack, usize::MAX);
            for token in &tokens {
                idfs.push(background_idf(self.analyzer, &token.word));
                terms.push(self.vocabulary.intern(&self.analyzer.stem(&token.word)));
            }
            if let ([term], [token]) = (terms.as_slice(), tokens.as_slice()) {
                self.add_form(&token.word, *term);
            }
            if !synonyms.contains(&terms) {
                synonyms.push(terms);
            }
        }
        let singles: Vec<TermId> =
            synonyms.iter().filter(|terms| terms.len() == 1).flatten().copied().collect();
        let concept = self.concepts.add_group(number, synonyms, &mut self.vocabulary);
        self.stats_mut(concept).background_idf = mean(&idfs);
        for term in singles {
            self.term_concepts.entry(term).or_default().push(concept);
        }
    }

    /// Adds parsed words and returns their terms, in the same order.
    pub(super) fn add_words(&mut self, parsed: &ParsedEntries) -> Vec<TermId> {
        parsed.words.iter().map(|word| self.add_word(word)).collect()
    }

    /// Adds parsed pairs of hyphenated words; `terms` are the terms of the parsed words.
    pub(super) fn add_hyphenated(&mut self, parsed: &ParsedEntries, terms: &[TermId]) {
        let term = |word_idx: u32| terms.get(usize::try_from(word_idx).ok()?).copied();
        for (joined, word_ids) in &parsed.hyphenated {
            if let [Some(first), Some(second)] = word_ids.map(term) {
                self.hyphenated.entry(joined.clone()).or_insert([first, second]);
            }
        }
    }

    fn add_word(&mut self, ParsedWord { word, n_inside, n_capitals, .. }: &ParsedWord) -> TermId {
        let term = match self.vocabulary.term_of_word(word) {
            Some(term) => term,
            None => {
                let term = self.vocabulary.intern(&self.analyzer.stem(word));
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
        let idf = background_idf(self.analyzer, word);
        let is_stop_word = self.analyzer.is_stop_word(word);
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

    /// The terms of a text that belongs to no entry; new words are added.
    pub(super) fn terms_of_text(&mut self, text: &str) -> Vec<TermId> {
        let tokens = self.analyzer.tokenize(text, Origin::Pack, usize::MAX);
        tokens
            .into_iter()
            .map(|token| {
                self.vocabulary.term_of_word(&token.word).unwrap_or_else(|| {
                    let term = self.vocabulary.intern(&self.analyzer.stem(&token.word));
                    self.add_form(&token.word, term);
                    term
                })
            })
            .collect()
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

    /// Maps the stems of the neighbor table to terms: for each stem the term, if the pack uses it
    /// and it may match as a neighbor. Names are excluded, since a question about Ukraine is not
    /// one about Russia.
    pub(super) fn find_neighbors(&self, terms: &mut [Term]) -> Vec<TermId> {
        let mut found = Vec::with_capacity(neighbors::stems().len());
        for (stem_idx, stem) in (0..).zip(neighbors::stems()) {
            let id = self.vocabulary.term(stem);
            let term = id.and_then(term_idx).and_then(|idx| terms.get_mut(idx));
            let may_match = term.is_some_and(|term| {
                term.stem_index = Some(stem_idx).filter(|_| !term.is_name);
                term.is_used && !term.is_name && !self.analyzer.is_stop_word(stem)
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
