//! Builds an index from packs.

use std::sync::Arc;

use super::forward_index::ForwardIndex;
use super::parsing::{self, ParsedEntries};
use super::postings::Postings;
use super::term_builder::TermBuilder;
use super::{Index, IndexedEntry, Term};
use crate::knowledge::Pack;
use crate::matching::candidates::AccumulatorPool;
use crate::matching::classifier::Classifier;
use crate::matching::vocabulary::TermId;
use crate::text::{Language, Stemmer};

pub(super) fn build(packs: Vec<Arc<Pack>>) -> Index {
    let language = packs.first().map_or_else(Language::english, |pack| pack.language.clone());
    let stemmer = Stemmer::new(&language);
    let mut term_builder = TermBuilder::new(&stemmer);
    let mut n_groups = 0;
    for pack in &packs {
        term_builder.add_lexicon(pack, n_groups);
        n_groups += pack.lexicon.groups().len();
    }
    let (mut texts, mut entries) = (ForwardIndex::default(), Vec::new());
    let parsed_parts = parsing::parse(&packs);
    texts.reserve(
        parsed_parts.iter().map(|parsed| parsed.entries.len()).sum(),
        parsed_parts.iter().map(|parsed| parsed.text_lengths.len()).sum(),
        parsed_parts.iter().map(|parsed| parsed.text_words.len()).sum(),
    );
    for parsed in parsed_parts {
        add(&parsed, &mut term_builder, &mut texts, &mut entries);
    }
    entries.shrink_to_fit();
    let mut terms = term_builder.terms(&texts);
    texts.set_norms(&terms);
    add_shares(&mut terms, &texts);
    let neighbor_terms = if language == Language::english() {
        term_builder.find_neighbors(&mut terms)
    } else {
        Vec::new()
    };
    let TermBuilder { mut vocabulary, concepts, term_concepts, .. } = term_builder;
    let (postings, (classifier, ())) = rayon::join(
        || Postings::new(&texts, &terms),
        || rayon::join(|| Classifier::new(&texts, &terms), || vocabulary.index_spellings()),
    );
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
        classifier,
        fold_classifiers: Default::default(),
        accumulator_pool: AccumulatorPool::default(),
    }
}

/// Adds parsed entries, with words replaced by terms.
fn add(
    parsed: &ParsedEntries,
    term_builder: &mut TermBuilder<'_>,
    texts: &mut ForwardIndex,
    entries: &mut Vec<IndexedEntry>,
) {
    let terms = term_builder.add_words(parsed);
    let term_of = |word_idx: &u32| terms.get(usize::try_from(*word_idx).ok()?).copied();
    let mut lengths = parsed.text_lengths.iter();
    let mut text_words = parsed.text_words.iter();
    for entry in &parsed.entries {
        entries.push(IndexedEntry {
            entry_ref: entry.entry_ref,
            is_gap: entry.is_gap,
            question_type_shares: entry.question_type_shares,
            share_of_questions: entry.share_of_questions,
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
