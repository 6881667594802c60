//! Builds the index of a pack.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::parsing::{self, ParsedEntries, ParsedWord};
use super::term_builder::TermBuilder;
use super::{IndexedEntry, PackIndex};
use crate::knowledge::Pack;
use crate::matching::accumulators::AccumulatorPool;
use crate::matching::classifier::Classifier;
use crate::matching::direction::VectorSum;
use crate::matching::document::{Document, unquoted_sentences};
use crate::matching::forward_index::ForwardIndex;
use crate::matching::postings::Postings;
use crate::matching::term::Term;
use crate::matching::term_directions::TermDirections;
use crate::matching::text_directions::TextDirections;
use crate::matching::vocabulary::TermId;
use crate::matching::word_vectors::WordVectors;
use crate::text::identifier::is_emoji;
use crate::text::{Analyzer, Language};

pub(super) fn build(pack: Arc<Pack>) -> PackIndex {
    let analyzer = Analyzer::new(&pack.language);
    let mut term_builder = TermBuilder::new(&analyzer);
    term_builder.add_lexicon(&pack, 0);
    let n_groups = pack.lexicon.groups().len();
    let (mut texts, mut entries) = (ForwardIndex::default(), Vec::new());
    let parsed_parts = parsing::parse(&pack, &analyzer);
    term_builder
        .add_equivalents(n_groups, |word| parsed_parts.iter().any(|parsed| parsed.has_word(word)));
    reserve(&mut texts, &parsed_parts);
    let mut directions = WordVectors::of(&pack.language).map(TextDirections::new);
    let mut term_directions = TermDirections::default();
    for parsed in parsed_parts {
        let terms = add(&parsed, &mut term_builder, &mut texts, &mut entries);
        if let Some(directions) = &mut directions {
            add_directions(&parsed, &terms, directions, &mut term_directions);
        }
    }
    entries.shrink_to_fit();
    let (document, document_terms) = parse_document(&pack, &mut term_builder);
    let mut terms = term_builder.terms(&texts);
    for term in document_terms {
        if let Some(term) = usize::try_from(term).ok().and_then(|idx| terms.get_mut(idx)) {
            term.is_used = true;
        }
    }
    texts.set_norms(&terms);
    add_shares(&mut terms, &texts);
    let neighbor_terms = if pack.language == Language::english() {
        term_builder.find_neighbors(&mut terms)
    } else {
        Vec::new()
    };
    let TermBuilder { mut vocabulary, concepts, term_concepts, hyphenated, .. } = term_builder;
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
        term_directions,
        document,
        classifier,
        fold_classifiers: Default::default(),
        facts: (0..n_entries).map(|_| OnceLock::new()).collect(),
        accumulator_pool: AccumulatorPool::default(),
    }
}

/// Reserves memory for all parsed texts.
fn reserve(texts: &mut ForwardIndex, parsed_parts: &[ParsedEntries]) {
    texts.reserve(
        parsed_parts.iter().map(|parsed| parsed.entries.len()).sum(),
        parsed_parts.iter().map(|parsed| parsed.text_lengths.len()).sum(),
        parsed_parts.iter().map(|parsed| parsed.text_words.len()).sum(),
    );
}

/// Parses the unquoted sentences of a pack, and returns them with all their terms.
fn parse_document(pack: &Pack, term_builder: &mut TermBuilder<'_>) -> (Document, Vec<TermId>) {
    let (mut document, mut terms) = (Document::default(), Vec::new());
    for place in unquoted_sentences(pack) {
        let Some(source) = pack.sources.get(place.source) else { continue };
        let sentence = term_builder.terms_of_text(&source.words(place.span.clone()));
        terms.extend_from_slice(&sentence);
        document.push(place, sentence);
    }
    (document, terms)
}

/// Adds parsed entries, with words replaced by terms. Returns the terms of the words.
fn add(
    parsed: &ParsedEntries,
    term_builder: &mut TermBuilder<'_>,
    texts: &mut ForwardIndex,
    entries: &mut Vec<IndexedEntry>,
) -> Vec<TermId> {
    let terms = term_builder.add_words(parsed);
    term_builder.add_hyphenated(parsed, &terms);
    let term_of = |word_idx: &u32| terms.get(usize::try_from(*word_idx).ok()?).copied();
    let mut lengths = parsed.text_lengths.iter();
    let mut text_words = parsed.text_words.iter();
    for entry in &parsed.entries {
        entries.push(IndexedEntry {
            is_gap: entry.is_gap,
            question_type_shares: entry.question_type_shares,
            share_of_statements: entry.share_of_statements,
        });
        texts.push_entry(entry.n_phrasings);
        // Its phrasings, and one text for lead and quotes.
        for _ in 0..=entry.n_phrasings {
            let n_words = lengths.next().copied().unwrap_or(0);
            let found = |terms: &[TermId]| {
                term_builder.concepts.find(terms).into_iter().map(|found| found.concept).collect()
            };
            texts.push(text_words.by_ref().take(n_words).filter_map(term_of), found);
        }
    }
    terms
}

/// The vectors of parsed words.
fn word_vectors(parsed: &ParsedEntries, vectors: WordVectors) -> Vec<VectorSum> {
    let of_word = |word: &ParsedWord| {
        let mut vector = VectorSum::default();
        vector.add_word(vectors, &word.word);
        vector
    };
    parsed.words.par_iter().map(of_word).collect()
}

/// Adds the directions of parsed texts, and of the terms of their words.
fn add_directions(
    parsed: &ParsedEntries,
    terms: &[TermId],
    directions: &mut TextDirections,
    term_directions: &mut TermDirections,
) {
    let word_vectors = word_vectors(parsed, directions.vectors());
    for (term, vector) in terms.iter().zip(&word_vectors) {
        term_directions.add(*term, vector);
    }
    let mut ranges = Vec::with_capacity(parsed.text_lengths.len());
    let mut start = 0;
    for n_words in &parsed.text_lengths {
        ranges.push(start..start + n_words);
        start += n_words;
    }
    let of_text = |range: Range<usize>| {
        let mut sum = VectorSum::default();
        for word_idx in parsed.text_words.get(range).into_iter().flatten() {
            let vector = usize::try_from(*word_idx).ok().and_then(|idx| word_vectors.get(idx));
            if let Some(vector) = vector {
                sum.add(vector);
            }
        }
        sum.direction()
    };
    let mut of_texts: std::vec::IntoIter<_> =
        ranges.into_par_iter().map(of_text).collect::<Vec<_>>().into_iter();
    for entry in &parsed.entries {
        directions.push_entry();
        for _ in 0..=entry.n_phrasings {
            directions.push(of_texts.next().flatten());
        }
    }
}

/// Sets every term's [`Term::share`].
fn add_shares(terms: &mut [Term], texts: &ForwardIndex) {
    let mut sums = vec![0.0f64; terms.len()];
    let mut total = 0.0;
    for entry in texts.entries() {
        for text in entry.phrasings() {
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
