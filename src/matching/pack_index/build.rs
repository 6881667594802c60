//! Building an index from packs.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::parsing::{self, ParsedEntries, ParsedWord};
use super::term_builder::TermBuilder;
use super::{IndexedEntry, PackIndex};
use crate::knowledge::Pack;
use crate::matching::accumulators::AccumulatorPool;
use crate::matching::classifier::Classifier;
use crate::matching::document::{Document, unquoted_sentences};
use crate::matching::forward_index::ForwardIndex;
use crate::matching::postings::Postings;
use crate::matching::term::Term;
use crate::matching::vocabulary::TermId;
use crate::matching::word_vectors::{TextDirections, VectorSum};
use crate::text::identifier::is_emoji;
use crate::text::{Analyzer, Language};

pub(super) fn build(pack: Arc<Pack>) -> PackIndex {
    let analyzer = Analyzer::new(&pack.language);
    let mut words = TermBuilder::new(&analyzer);
    words.add_lexicon(&pack, 0);
    let n_groups = pack.lexicon.groups().len();
    let (mut texts, mut entries) = (ForwardIndex::default(), Vec::new());
    let readings = parsing::read(&pack, &analyzer);
    words.add_equivalents(n_groups, |word| readings.iter().any(|reading| reading.has_word(word)));
    reserve(&mut texts, &readings);
    let mut directions = (pack.language == Language::english()).then(TextDirections::default);
    for reading in readings {
        add(&reading, &mut words, &mut texts, &mut entries);
        if let Some(directions) = &mut directions {
            add_directions(&reading, directions);
        }
    }
    entries.shrink_to_fit();
    let (document, in_document) = read_document(&pack, &mut words);
    let mut terms = words.terms(&texts);
    for term in in_document {
        if let Some(term) = usize::try_from(term).ok().and_then(|idx| terms.get_mut(idx)) {
            term.is_used = true;
        }
    }
    texts.set_norms(&terms);
    add_shares(&mut terms, &texts);
    let neighbor_terms = if pack.language == Language::english() {
        words.find_neighbors(&mut terms)
    } else {
        Vec::new()
    };
    let TermBuilder { mut vocabulary, concepts, term_concepts, hyphenated, .. } = words;
    let has_emoji = vocabulary.words().any(is_emoji);
    let (postings, (classifier, ())) = rayon::join(
        || Postings::new(&texts, &terms),
        || rayon::join(|| Classifier::new(&texts, &terms), || vocabulary.index_spellings()),
    );
    let n_entries = entries.len();
    PackIndex {
        pack,
        analyzer,
        has_emoji,
        vocabulary,
        concepts,
        term_concepts,
        hyphenated,
        terms,
        neighbor_terms,
        entries,
        texts,
        postings,
        directions,
        document,
        classifier,
        fold_classifiers: Default::default(),
        facts: (0..n_entries).map(|_| OnceLock::new()).collect(),
        accumulator_pool: AccumulatorPool::default(),
    }
}

/// Makes room for all that was read.
fn reserve(texts: &mut ForwardIndex, readings: &[ParsedEntries]) {
    texts.reserve(
        readings.iter().map(|reading| reading.entries.len()).sum(),
        readings.iter().map(|reading| reading.text_lengths.len()).sum(),
        readings.iter().map(|reading| reading.text_words.len()).sum(),
    );
}

/// The unquoted sentences of a pack, and all their terms.
fn read_document(pack: &Pack, words: &mut TermBuilder<'_>) -> (Document, Vec<TermId>) {
    let (mut document, mut terms) = (Document::default(), Vec::new());
    for sentence in unquoted_sentences(pack) {
        let sentence = words.terms_of_text(sentence);
        terms.extend_from_slice(&sentence);
        document.push(sentence);
    }
    (document, terms)
}

/// Adds what was read, with words as terms.
fn add(
    reading: &ParsedEntries,
    words: &mut TermBuilder<'_>,
    texts: &mut ForwardIndex,
    entries: &mut Vec<IndexedEntry>,
) {
    let terms = words.add_words(reading);
    words.add_hyphenated(reading, &terms);
    let term_of = |place: &u32| terms.get(usize::try_from(*place).ok()?).copied();
    let mut lengths = reading.text_lengths.iter();
    let mut text_words = reading.text_words.iter();
    for read in &reading.entries {
        entries.push(IndexedEntry {
            is_gap: read.is_gap,
            question_type_shares: read.question_type_shares,
            share_of_statements: read.share_of_statements,
        });
        texts.push_entry(read.n_phrasings);
        // Its phrasings, and its lead and quotes.
        for _ in 0..=read.n_phrasings {
            let n_words = lengths.next().copied().unwrap_or(0);
            let found = |terms: &[TermId]| {
                words.concepts.find(terms).into_iter().map(|found| found.concept).collect()
            };
            texts.push(text_words.by_ref().take(n_words).filter_map(term_of), found);
        }
    }
}

/// Adds what the texts mean.
fn add_directions(reading: &ParsedEntries, directions: &mut TextDirections) {
    let of_word = |word: &ParsedWord| {
        let mut vector = VectorSum::default();
        vector.add_word(&word.word);
        vector
    };
    let words: Vec<VectorSum> = reading.words.par_iter().map(of_word).collect();
    let mut starts = Vec::with_capacity(reading.text_lengths.len());
    let mut start = 0;
    for n_words in &reading.text_lengths {
        starts.push(start..start + n_words);
        start += n_words;
    }
    let of_text = |range: Range<usize>| {
        let mut sum = VectorSum::default();
        for place in reading.text_words.get(range).into_iter().flatten() {
            if let Some(word) = usize::try_from(*place).ok().and_then(|place| words.get(place)) {
                sum.add(word);
            }
        }
        sum.direction()
    };
    let mut of_texts: std::vec::IntoIter<_> =
        starts.into_par_iter().map(of_text).collect::<Vec<_>>().into_iter();
    for entry in &reading.entries {
        directions.push_entry();
        for _ in 0..=entry.n_phrasings {
            directions.push(of_texts.next().flatten());
        }
    }
}

/// Sets every term's [`Term::share`].
fn add_shares(terms: &mut [Term], texts: &ForwardIndex) {
    let mut accumulator_pool = vec![0.0f64; terms.len()];
    let mut total = 0.0;
    for entry in texts.entries() {
        for text in entry.phrasings() {
            for term in text.words.iter().chain(text.concepts) {
                let Ok(idx) = usize::try_from(*term) else { continue };
                if let (Some(term), Some(sum)) = (terms.get(idx), accumulator_pool.get_mut(idx)) {
                    let share = f64::from(term.weight / text.norm);
                    *sum += share;
                    total += share;
                }
            }
        }
    }
    for (term, sum) in terms.iter_mut().zip(accumulator_pool) {
        #[expect(clippy::cast_possible_truncation, reason = "a share needs no double precision")]
        let share = (sum / f64::max(total, f64::EPSILON)) as f32;
        term.share = share;
    }
}
