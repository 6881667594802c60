//! Building an index from packs.

use std::sync::Arc;

use rayon::prelude::*;

use super::postings::{MAX_ENTRIES, Postings};
use super::reading::{self, Reading};
use super::texts::{MIN_LENGTH, MIN_PARALLEL, Texts, for_each_distinct};
use super::words::Words;
use super::{Index, IndexedEntry, Term};
use crate::knowledge::Pack;
use crate::matching::candidates::SumsPool;
use crate::matching::vocabulary::TermId;
use crate::text::{Language, Stemmer};

pub(super) fn build(packs: Vec<Arc<Pack>>) -> Index {
    let language = packs.first().map_or_else(Language::english, |pack| pack.language.clone());
    let stemmer = Stemmer::new(&language);
    let mut words = Words::new(&stemmer);
    let mut n_groups = 0;
    for pack in &packs {
        words.add_lexicon(pack, n_groups);
        n_groups += pack.lexicon.groups().len();
    }
    let (mut texts, mut entries) = (Texts::default(), Vec::new());
    let readings = reading::read(&packs);
    texts.reserve(
        readings.iter().map(|reading| reading.text_lengths.len()).sum(),
        readings.iter().map(|reading| reading.text_words.len()).sum(),
    );
    for reading in readings {
        add(&reading, &mut words, &mut texts, &mut entries);
    }
    entries.truncate(MAX_ENTRIES);
    entries.shrink_to_fit();
    let mut terms = words.terms(&entries, &texts);
    texts.measure(&entries, &terms);
    weigh_entries(&mut entries, &texts, &terms);
    add_shares(&mut terms, &entries, &texts);
    let neighbor_terms =
        if language == Language::english() { words.find_neighbors(&mut terms) } else { Vec::new() };
    let Words { mut vocabulary, concepts, term_concepts, .. } = words;
    let (postings, ()) =
        rayon::join(|| Postings::new(&entries, &texts, &terms), || vocabulary.index_spellings());
    Index {
        packs,
        stemmer,
        vocabulary,
        concepts,
        term_concepts,
        terms,
        neighbor_terms,
        entries,
        texts,
        postings,
        sums: SumsPool::default(),
    }
}

/// Adds what was read, with words as terms.
fn add(
    reading: &Reading,
    words: &mut Words<'_>,
    texts: &mut Texts,
    entries: &mut Vec<IndexedEntry>,
) {
    let terms = words.add_words(reading);
    let term_of = |place: &u32| terms.get(usize::try_from(*place).ok()?).copied();
    let mut lengths = reading.text_lengths.iter();
    let mut text_words = reading.text_words.iter();
    for read in &reading.entries {
        entries.push(IndexedEntry {
            place: read.place,
            is_gap: read.is_gap,
            n_phrasings: read.n_phrasings,
            first_text: u32::try_from(texts.len()).unwrap_or(u32::MAX),
            centroid_norm: 1.0,
            question_type_shares: read.question_type_shares,
            share_of_questions: read.share_of_questions,
        });
        // Its phrasings, and its lead and quotes.
        for _ in 0..=read.n_phrasings {
            let n_words = lengths.next().copied().unwrap_or(0);
            texts.push(text_words.by_ref().take(n_words).filter_map(term_of));
            if !words.concepts.is_empty() {
                let in_order: Vec<Option<TermId>> =
                    texts.last_words().iter().copied().map(Some).collect();
                let found = words.concepts.find(&in_order);
                texts.push_concepts(found.into_iter().map(|found| found.concept));
            }
        }
    }
}

/// Sets every entry's [`IndexedEntry::centroid_norm`].
fn weigh_entries(entries: &mut [IndexedEntry], texts: &Texts, terms: &[Term]) {
    entries.par_iter_mut().with_min_len(MIN_PARALLEL).for_each(|entry| {
        let mut uses: Vec<(TermId, f32)> = Vec::new();
        for text in texts.phrasings(entry) {
            for_each_distinct(text.words, |word| {
                let term = usize::try_from(word).ok().and_then(|word| terms.get(word));
                uses.extend(term.map(|term| (word, term.weight / text.norm)));
            });
        }
        uses.sort_unstable_by_key(|(term, _)| *term);
        let squares = uses
            .chunk_by(|a, b| a.0 == b.0)
            .map(|of_term| of_term.iter().map(|(_, share)| share).sum::<f32>().powi(2));
        entry.centroid_norm = squares.sum::<f32>().sqrt().max(MIN_LENGTH);
    });
}

/// Sets every term's [`Term::share`].
fn add_shares(terms: &mut [Term], entries: &[IndexedEntry], texts: &Texts) {
    let mut sums = vec![0.0f64; terms.len()];
    let mut total = 0.0;
    for entry in entries {
        for text in texts.phrasings(entry) {
            for term in text.words.iter().chain(text.concepts) {
                let Ok(idx) = usize::try_from(*term) else { continue };
                if let (Some(term), Some(sum)) = (terms.get(idx), sums.get_mut(idx)) {
                    let share = f64::from(term.weight / text.norm);
                    *sum += share;
                    total += share;
                }
            }
        }
    }
    for (term, sum) in terms.iter_mut().zip(sums) {
        #[expect(clippy::cast_possible_truncation, reason = "a share needs no double precision")]
        let share = (sum / f64::max(total, f64::EPSILON)) as f32;
        term.share = share;
    }
}
