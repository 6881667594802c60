//! Reading the entries of packs: which words stand in which text. The larger part of building an
//! index, and done in parallel.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::EntryRef;
use super::forward_index::MIN_PARALLEL;
use crate::knowledge::{Entry, Pack, Quote};
use crate::matching::query::is_capitalized_inside;
use crate::matching::question_kind::{N_QUESTION_TYPES, QuestionKind};
use crate::text::for_each_word;

/// What was read of some entries that follow each other.
#[derive(Default)]
pub(super) struct ParsedEntries {
    /// The words that occur, in the order in which they first do.
    pub(super) words: Vec<ParsedWord>,
    pub(super) entries: Vec<ParsedEntry>,
    /// For each text, the number of its words.
    pub(super) text_lengths: Vec<usize>,
    /// The words of all texts, as places in `words`.
    pub(super) text_words: Vec<u32>,
    places: FxHashMap<String, u32>,
}

/// A word and how it is written.
pub(super) struct ParsedWord {
    pub(super) word: String,
    /// How often it stands inside a sentence.
    pub(super) n_inside: u32,
    /// How often with a capital there.
    pub(super) n_capitals: u32,
}

/// An entry without its texts.
pub(super) struct ParsedEntry {
    pub(super) place: EntryRef,
    pub(super) is_gap: bool,
    pub(super) n_phrasings: u32,
    pub(super) question_type_shares: [u8; N_QUESTION_TYPES],
    pub(super) share_of_questions: f32,
}

/// Reads all entries. What is read does not depend on how the work is split up.
pub(super) fn read(packs: &[Arc<Pack>]) -> Vec<ParsedEntries> {
    let entries: Vec<(EntryRef, &Entry)> = (0..)
        .zip(packs)
        .flat_map(|(pack, of)| {
            (0..).zip(&of.entries).map(move |(entry, of)| (EntryRef { pack, entry }, of))
        })
        .collect();
    let n_parts = rayon::current_num_threads() * PARTS_A_THREAD;
    let size = entries.len().div_ceil(n_parts).max(MIN_PARALLEL);
    let read = |part: &[(EntryRef, &Entry)]| {
        let mut reading = ParsedEntries::default();
        for (place, entry) in part {
            reading.add_entry(*place, entry);
        }
        reading
    };
    entries.par_chunks(size).map(read).collect()
}

/// Parts of the work for each thread: several, so that one that is done early helps the others.
const PARTS_A_THREAD: usize = 4;

impl ParsedEntries {
    fn add_entry(&mut self, place: EntryRef, entry: &Entry) {
        let n_phrasings = 1 + entry.variants.len();
        let mut n_of_type = [0usize; N_QUESTION_TYPES];
        let mut n_questions = 0usize;
        for text in entry.phrasings() {
            let mut kind = QuestionKind::default();
            let n_words = self.add_words(text, |word| kind.add(word));
            for (bit, n) in n_of_type.iter_mut().enumerate() {
                *n += usize::from(kind.types() & (1 << bit) != 0);
            }
            n_questions += usize::from(kind.is_question(text));
            self.text_lengths.push(n_words);
        }
        let n_words = match entry.quotes() {
            // An imported FAQ without answers quotes its own questions.
            [quote] if entry.lead().is_none() && quote.text() == entry.question => {
                self.add_again(n_phrasings)
            }
            quotes => {
                let texts = entry.lead().into_iter().chain(quotes.iter().map(Quote::text));
                texts.map(|text| self.add_words(text, |_| {})).sum()
            }
        };
        self.text_lengths.push(n_words);
        self.entries.push(ParsedEntry {
            place,
            is_gap: entry.is_gap(),
            n_phrasings: u32::try_from(n_phrasings).unwrap_or(u32::MAX),
            question_type_shares: n_of_type
                .map(|n| u8::try_from(n * usize::from(u8::MAX) / n_phrasings).unwrap_or(u8::MAX)),
            share_of_questions: share(n_questions, n_phrasings),
        });
    }

    /// Adds once more the words of the first of the last `n_texts`, and returns how many there are.
    fn add_again(&mut self, n_texts: usize) -> usize {
        let lengths = self.text_lengths.len().checked_sub(n_texts);
        let lengths = lengths.and_then(|start| self.text_lengths.get(start..)).unwrap_or_default();
        let n_words = lengths.first().copied().unwrap_or(0);
        let start = self.text_words.len() - lengths.iter().sum::<usize>();
        self.text_words.extend_from_within(start..start + n_words);
        n_words
    }

    /// Adds the words of a text, shows each to `see`, and returns how many there are.
    fn add_words(&mut self, text: &str, mut see: impl FnMut(&str)) -> usize {
        let n_before = self.text_words.len();
        for_each_word(text, usize::MAX, |word, span| {
            see(word);
            let place = self.places.get(word).copied().unwrap_or_else(|| {
                let place = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
                self.words.push(ParsedWord { word: word.to_owned(), n_inside: 0, n_capitals: 0 });
                self.places.insert(word.to_owned(), place);
                place
            });
            self.text_words.push(place);
            let read = usize::try_from(place).ok().and_then(|place| self.words.get_mut(place));
            if let Some(read) = read.filter(|_| span.start > 0) {
                read.n_inside += 1;
                read.n_capitals += u32::from(is_capitalized_inside(text, &span));
            }
        });
        self.text_words.len() - n_before
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of phrasings are far below 2^24")]
fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}
