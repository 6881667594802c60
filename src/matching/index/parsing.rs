//! Parses the texts of entries into words. It is the larger part of building an index, and runs in
//! parallel.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::EntryRef;
use super::forward_index::MIN_PARALLEL;
use crate::knowledge::{Entry, Pack, Quote};
use crate::matching::query::is_capitalized_inside;
use crate::matching::question_kind::{N_QUESTION_TYPES, QuestionKind};
use crate::text::for_each_word;

/// The parsed texts of consecutive entries.
#[derive(Default)]
pub(super) struct ParsedEntries {
    /// The distinct words, in order of first occurrence.
    pub(super) words: Vec<ParsedWord>,
    pub(super) entries: Vec<ParsedEntry>,
    /// Number of words of each text.
    pub(super) text_lengths: Vec<usize>,
    /// The words of all texts, as indices into `words`.
    pub(super) text_words: Vec<u32>,
    word_ids: FxHashMap<String, u32>,
}

/// A distinct word and how it is capitalized.
pub(super) struct ParsedWord {
    pub(super) word: String,
    /// Number of occurrences that are not the first word of a text.
    pub(super) n_inside: u32,
    /// How many of these have a capital inside a sentence.
    pub(super) n_capitals: u32,
}

/// Data of an entry except its texts.
pub(super) struct ParsedEntry {
    pub(super) entry_ref: EntryRef,
    pub(super) is_gap: bool,
    pub(super) n_phrasings: u32,
    pub(super) question_type_shares: [u8; N_QUESTION_TYPES],
    pub(super) share_of_questions: f32,
}

/// Parses all entries. The parsed content does not depend on how the work is divided.
pub(super) fn parse(packs: &[Arc<Pack>]) -> Vec<ParsedEntries> {
    let entries: Vec<(EntryRef, &Entry)> = (0..)
        .zip(packs)
        .flat_map(|(pack, content)| {
            (0..)
                .zip(&content.entries)
                .map(move |(idx, entry)| (EntryRef { pack, entry: idx }, entry))
        })
        .collect();
    let n_chunks = rayon::current_num_threads() * CHUNKS_PER_THREAD;
    let size = entries.len().div_ceil(n_chunks).max(MIN_PARALLEL);
    let parse = |chunk: &[(EntryRef, &Entry)]| {
        let mut parsed = ParsedEntries::default();
        for (entry_ref, entry) in chunk {
            parsed.add_entry(*entry_ref, entry);
        }
        parsed
    };
    entries.par_chunks(size).map(parse).collect()
}

/// Chunks per thread: several, so that threads that finish early take over work of others.
const CHUNKS_PER_THREAD: usize = 4;

impl ParsedEntries {
    fn add_entry(&mut self, entry_ref: EntryRef, entry: &Entry) {
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
            // An imported FAQ without answers quotes its own questions: the words are already
            // known.
            [quote] if entry.lead().is_none() && quote.text() == entry.question => {
                self.copy_first_words(n_phrasings)
            }
            quotes => {
                let texts = entry.lead().into_iter().chain(quotes.iter().map(Quote::text));
                texts.map(|text| self.add_words(text, |_| {})).sum()
            }
        };
        self.text_lengths.push(n_words);
        self.entries.push(ParsedEntry {
            entry_ref,
            is_gap: entry.is_gap(),
            n_phrasings: u32::try_from(n_phrasings).unwrap_or(u32::MAX),
            question_type_shares: n_of_type
                .map(|n| u8::try_from(n * usize::from(u8::MAX) / n_phrasings).unwrap_or(u8::MAX)),
            share_of_questions: share(n_questions, n_phrasings),
        });
    }

    /// Copies the words of the first of the last `n_texts` texts, and returns their number.
    fn copy_first_words(&mut self, n_texts: usize) -> usize {
        let lengths = self.text_lengths.len().checked_sub(n_texts);
        let lengths = lengths.and_then(|start| self.text_lengths.get(start..)).unwrap_or_default();
        let n_words = lengths.first().copied().unwrap_or(0);
        let start = self.text_words.len() - lengths.iter().sum::<usize>();
        self.text_words.extend_from_within(start..start + n_words);
        n_words
    }

    /// Adds the words of a text, calls `visit` for each, and returns their number.
    fn add_words(&mut self, text: &str, mut visit: impl FnMut(&str)) -> usize {
        let n_before = self.text_words.len();
        for_each_word(text, usize::MAX, |word, span| {
            visit(word);
            let word_id = self.word_ids.get(word).copied().unwrap_or_else(|| {
                let word_id = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
                self.words.push(ParsedWord { word: word.to_owned(), n_inside: 0, n_capitals: 0 });
                self.word_ids.insert(word.to_owned(), word_id);
                word_id
            });
            self.text_words.push(word_id);
            let parsed = usize::try_from(word_id).ok().and_then(|idx| self.words.get_mut(idx));
            if let Some(parsed) = parsed.filter(|_| span.start > 0) {
                parsed.n_inside += 1;
                parsed.n_capitals += u32::from(is_capitalized_inside(text, &span));
            }
        });
        self.text_words.len() - n_before
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of phrasings are far below 2^24")]
fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}
