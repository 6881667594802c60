//! The terms of the words that were read, and how much each tells.

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

/// Words and terms, as they come in.
pub(super) struct TermBuilder<'a> {
    analyzer: &'a Analyzer,
    pub(super) vocabulary: Vocabulary,
    pub(super) concepts: Concepts,
    pub(super) term_concepts: FxHashMap<TermId, Vec<TermId>>,
    pub(super) hyphenated: FxHashMap<String, [TermId; 2]>,
    /// By term.
    seen: Vec<TermStats>,
}

/// How a term's words were seen.
#[derive(Debug, Clone, Copy)]
struct TermStats {
    /// Everyday rarity of its commonest word, and whether that is a stop word.
    everyday: f32,
    is_stop_word: bool,
    n_inside: u32,
    n_capitals: u32,
}

impl Default for TermStats {
    fn default() -> Self {
        Self { everyday: 1.0, is_stop_word: false, n_inside: 0, n_capitals: 0 }
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
            seen: Vec::new(),
        }
    }

    /// Adds the synonyms of a pack; its groups are numbered from `first_number`.
    pub(super) fn add_lexicon(&mut self, pack: &Pack, first_number: usize) {
        for (number, group) in (first_number..).zip(pack.lexicon.groups()) {
            self.add_group(number, group);
        }
    }

    /// Adds the everyday equivalents of the language of which `has_word` knows one, so that the pack
    /// uses it. Groups are numbered from `first_number`.
    pub(super) fn add_equivalents(&mut self, first_number: usize, has_word: impl Fn(&str) -> bool) {
        let groups = &self.analyzer.data().equivalents;
        for (number, group) in (first_number..).zip(groups) {
            if group.iter().any(|phrase| phrase.split(' ').all(&has_word)) {
                self.add_group(number, group);
            }
        }
    }

    fn add_group(&mut self, number: usize, group: &[String]) {
        let mut rarities = Vec::new();
        let mut synonyms: Vec<Vec<TermId>> = Vec::new();
        for synonym in group {
            let mut terms = Vec::new();
            let tokens = self.analyzer.tokenize(synonym, Origin::Pack, usize::MAX);
            for token in &tokens {
                rarities.push(background_idf(self.analyzer, &token.word));
                terms.push(self.vocabulary.intern(&self.analyzer.stem(&token.word)));
            }
            if let ([term], [token]) = (terms.as_slice(), tokens.as_slice()) {
                self.note(&token.word, *term);
            }
            if !synonyms.contains(&terms) {
                synonyms.push(terms);
            }
        }
        let singles: Vec<TermId> =
            synonyms.iter().filter(|terms| terms.len() == 1).flatten().copied().collect();
        let concept = self.concepts.add_group(number, synonyms, &mut self.vocabulary);
        self.seen_mut(concept).everyday = mean(&rarities);
        for term in singles {
            self.term_concepts.entry(term).or_default().push(concept);
        }
    }

    /// The terms of the words of a reading, in their order.
    pub(super) fn add_words(&mut self, reading: &ParsedEntries) -> Vec<TermId> {
        reading.words.iter().map(|read| self.add_word(read)).collect()
    }

    /// Adds the words with a hyphen of a reading whose words have `terms`.
    pub(super) fn add_hyphenated(&mut self, reading: &ParsedEntries, terms: &[TermId]) {
        let term = |place: u32| terms.get(usize::try_from(place).ok()?).copied();
        for (joined, places) in &reading.hyphenated {
            if let [Some(first), Some(second)] = places.map(term) {
                self.hyphenated.entry(joined.clone()).or_insert([first, second]);
            }
        }
    }

    fn add_word(&mut self, ParsedWord { word, n_inside, n_capitals, .. }: &ParsedWord) -> TermId {
        let term = match self.vocabulary.term_of_word(word) {
            Some(term) => term,
            None => {
                let term = self.vocabulary.intern(&self.analyzer.stem(word));
                self.note(word, term);
                term
            }
        };
        let seen = self.seen_mut(term);
        seen.n_inside += n_inside;
        seen.n_capitals += n_capitals;
        term
    }

    /// Notes that a new word is a form of `term`.
    fn note(&mut self, word: &str, term: TermId) {
        self.vocabulary.add_word(word, term);
        let (everyday, is_stop_word) =
            (background_idf(self.analyzer, word), self.analyzer.is_stop_word(word));
        let seen = self.seen_mut(term);
        if everyday <= seen.everyday {
            *seen = TermStats { everyday, is_stop_word, ..*seen };
        }
    }

    fn seen_mut(&mut self, term: TermId) -> &mut TermStats {
        let idx = usize::try_from(term).unwrap_or(0);
        if self.seen.len() <= idx {
            self.seen.resize(idx + 1, TermStats::default());
        }
        #[expect(clippy::indexing_slicing, reason = "resized just above")]
        &mut self.seen[idx]
    }

    /// The terms of a text outside all entries, made if they are new.
    pub(super) fn terms_of_text(&mut self, text: &str) -> Vec<TermId> {
        let tokens = self.analyzer.tokenize(text, Origin::Pack, usize::MAX);
        tokens
            .into_iter()
            .map(|token| {
                self.vocabulary.term_of_word(&token.word).unwrap_or_else(|| {
                    let term = self.vocabulary.intern(&self.analyzer.stem(&token.word));
                    self.note(&token.word, term);
                    term
                })
            })
            .collect()
    }

    /// Everything about all terms but [`Term::share`], which depends on the texts' lengths.
    pub(super) fn terms(&self, texts: &ForwardIndex) -> Vec<Term> {
        let n_terms = self.vocabulary.n_terms();
        let mut terms = vec![Term::default(); n_terms];
        let mut n_entries_with = vec![0usize; n_terms];
        let mut last_entry = vec![usize::MAX; n_terms];
        for (idx, entry) in texts.entries().enumerate() {
            for (number, text) in entry.numbered() {
                for term in text.words.iter().chain(text.concepts).filter_map(|term| at(*term)) {
                    let (Some(n), Some(last), Some(known)) = (
                        n_entries_with.get_mut(term),
                        last_entry.get_mut(term),
                        terms.get_mut(term),
                    ) else {
                        continue;
                    };
                    known.is_used = true;
                    if number.is_some() && *last != idx {
                        *last = idx;
                        *n += 1;
                    }
                }
            }
        }
        for (idx, (term, n)) in terms.iter_mut().zip(n_entries_with).enumerate() {
            let seen = self.seen.get(idx).copied().unwrap_or_default();
            term.is_in_phrasings = n > 0;
            term.pack_idf = pack_idf(n, texts.len());
            term.weight = weight(seen.everyday, term.pack_idf);
            // Phone users write names small, so a third of capitals is enough.
            term.is_name = seen.n_capitals > 0 && seen.n_capitals * 3 >= seen.n_inside;
            term.is_stop_word = seen.is_stop_word;
        }
        for term in self.term_concepts.keys().filter_map(|term| at(*term)) {
            if let Some(term) = terms.get_mut(term) {
                term.is_used = true;
            }
        }
        terms
    }

    /// Finds the terms in the table of words of near meaning: for each place of it, the term, if the
    /// packs use it and it may be met by its neighbors. Names mean nobody else: whoever asks of
    /// Ukraine does not ask of Russia.
    pub(super) fn find_neighbors(&self, terms: &mut [Term]) -> Vec<TermId> {
        let mut found = Vec::with_capacity(neighbors::stems().len());
        for (place, stem) in (0..).zip(neighbors::stems()) {
            let id = self.vocabulary.term(stem);
            let term = id.and_then(at).and_then(|idx| terms.get_mut(idx));
            let may_be_met = term.is_some_and(|term| {
                term.stem_index = Some(place).filter(|_| !term.is_name);
                term.is_used && !term.is_name && !self.analyzer.is_stop_word(stem)
            });
            found.push(id.filter(|_| may_be_met).unwrap_or(NO_TERM));
        }
        found
    }
}

fn at(term: TermId) -> Option<usize> {
    usize::try_from(term).ok()
}

#[expect(clippy::cast_precision_loss, reason = "a handful of words")]
fn mean(rarities: &[f32]) -> f32 {
    rarities.iter().sum::<f32>() / rarities.len().max(1) as f32
}
