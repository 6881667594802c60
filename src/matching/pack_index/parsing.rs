//! Parses the texts of entries into words. It is the larger part of building an index, and runs in
//! parallel.

use std::borrow::Cow;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::knowledge::{Entry, Pack, Quote};
use crate::matching::forward_index::MIN_PARALLEL;
use crate::matching::postings::MAX_ENTRIES;
use crate::matching::question_kind::{N_QUESTION_TYPES, QuestionKind};
use crate::text::tokenize::is_capitalized_inside;
use crate::text::{Analyzer, Origin};

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
    /// Pairs of hyphenated words as indices into `words`, by their spelling as one word.
    pub(super) hyphenated: FxHashMap<String, [u32; 2]>,
    word_ids: FxHashMap<String, u32>,
}

/// A distinct word and how it is capitalized.
pub(super) struct ParsedWord {
    pub(super) word: String,
    /// The folded word.
    pub(super) folded: String,
    /// Number of occurrences that are not the first word of a text, nor in title case.
    pub(super) n_inside: u32,
    /// How many of these have a capital inside a sentence.
    pub(super) n_capitals: u32,
}

/// Data of an entry except its texts.
pub(super) struct ParsedEntry {
    pub(super) is_gap: bool,
    pub(super) n_phrasings: u32,
    pub(super) question_type_shares: [u8; N_QUESTION_TYPES],
    pub(super) share_of_statements: f32,
}

/// Parses all entries. The parsed content does not depend on how the work is divided.
pub(super) fn parse(pack: &Pack, analyzer: &Analyzer) -> Vec<ParsedEntries> {
    let entries = pack.entries.get(..pack.entries.len().min(MAX_ENTRIES)).unwrap_or_default();
    let n_chunks = rayon::current_num_threads() * CHUNKS_PER_THREAD;
    let size = entries.len().div_ceil(n_chunks).max(MIN_PARALLEL);
    let parse = |chunk: &[Entry]| {
        let mut parsed = ParsedEntries::default();
        chunk.iter().for_each(|entry| parsed.add_entry(entry, analyzer));
        parsed
    };
    entries.par_chunks(size).map(parse).collect()
}

/// Chunks per thread: several, so that threads that finish early take over work of others.
const CHUNKS_PER_THREAD: usize = 4;

impl ParsedEntries {
    /// Whether one of the texts has `word`, spelled as in tokens.
    pub(super) fn has_word(&self, word: &str) -> bool {
        self.word_ids.contains_key(word)
    }

    fn add_entry(&mut self, entry: &Entry, analyzer: &Analyzer) {
        let n_phrasings = entry.n_phrasings();
        let mut n_of_type = [0usize; N_QUESTION_TYPES];
        let mut n_statements = 0usize;
        for text in entry.phrasings() {
            let n_words = self.add_words(text, analyzer);
            let kind = self.question_kind(text, n_words, analyzer);
            for (bit, n) in n_of_type.iter_mut().enumerate() {
                *n += usize::from(kind.types & (1 << bit) != 0);
            }
            n_statements += usize::from(kind.is_statement);
            self.text_lengths.push(n_words);
        }
        // An imported FAQ without answers quotes its own questions; such a quote adds no words.
        let is_without_answer =
            |quotes: &[Quote]| matches!(quotes, [quote] if quote.words() == entry.question);
        let quotes = entry.quotes();
        let quotes = if is_without_answer(quotes) { &[] } else { quotes };
        let texts =
            entry.lead().map(Cow::Borrowed).into_iter().chain(quotes.iter().map(Quote::words));
        let n_words = texts.map(|text| self.add_words(&text, analyzer)).sum();
        self.text_lengths.push(n_words);
        self.entries.push(ParsedEntry {
            is_gap: entry.is_gap(),
            n_phrasings: u32::try_from(n_phrasings).unwrap_or(u32::MAX),
            question_type_shares: n_of_type
                .map(|n| u8::try_from(n * usize::from(u8::MAX) / n_phrasings).unwrap_or(u8::MAX)),
            share_of_statements: share(n_statements, n_phrasings),
        });
    }

    /// Question kind of `text`, whose words are the last `n_words`.
    fn question_kind(&self, text: &str, n_words: usize, analyzer: &Analyzer) -> QuestionKind {
        let start = self.text_words.len().saturating_sub(n_words);
        let word = |word_id: &u32| self.words.get(usize::try_from(*word_id).ok()?);
        let words: Vec<&str> = (self.text_words.get(start..).into_iter().flatten())
            .filter_map(|word_id| word(word_id).map(|word| word.folded.as_str()))
            .collect();
        QuestionKind::new(analyzer.data(), &words, text)
    }

    fn add_hyphenated(&mut self, word_ids: [u32; 2]) {
        let word = |word_id: u32| self.words.get(usize::try_from(word_id).ok()?);
        if let [Some(first), Some(second)] = word_ids.map(word) {
            let joined = format!("{}{}", first.word, second.word);
            self.hyphenated.entry(joined).or_insert(word_ids);
        }
    }

    /// Adds the words of a text and returns their number.
    fn add_words(&mut self, text: &str, analyzer: &Analyzer) -> usize {
        let n_before = self.text_words.len();
        let counts_capitals = !is_title_case(text);
        let mut previous: Option<(u32, usize)> = None;
        analyzer.for_each_word(text, Origin::Pack, usize::MAX, |word, span| {
            let word_id = self.word_ids.get(word).copied().unwrap_or_else(|| {
                let word_id = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
                let folded = analyzer.data().folding.fold(word).into_owned();
                let owned = word.to_owned();
                self.words.push(ParsedWord { word: owned, folded, n_inside: 0, n_capitals: 0 });
                self.word_ids.insert(word.to_owned(), word_id);
                word_id
            });
            self.text_words.push(word_id);
            if let Some((first, end)) = previous.replace((word_id, span.end))
                && text.get(end..span.start).is_some_and(is_hyphen)
            {
                self.add_hyphenated([first, word_id]);
            }
            let parsed = usize::try_from(word_id).ok().and_then(|idx| self.words.get_mut(idx));
            if let Some(parsed) = parsed.filter(|_| counts_capitals && span.start > 0) {
                parsed.n_inside += 1;
                parsed.n_capitals += u32::from(is_capitalized_inside(text, &span));
            }
        });
        self.text_words.len() - n_before
    }
}

fn is_hyphen(between: &str) -> bool {
    matches!(between, "-" | "\u{2010}" | "\u{2011}")
}

/// Whether most long words of `text` start with a capital, as in headings, where capitals do not
/// mark names. The first word is ignored.
fn is_title_case(text: &str) -> bool {
    const MIN_CHARS: usize = 4;
    let long_words =
        text.split_whitespace().skip(1).filter(|word| word.chars().count() >= MIN_CHARS);
    let (mut n_words, mut n_capitals) = (0usize, 0usize);
    for word in long_words {
        n_words += 1;
        n_capitals += usize::from(word.starts_with(char::is_uppercase));
    }
    n_words >= 2 && 2 * n_capitals > n_words
}

#[expect(clippy::cast_precision_loss, reason = "counts of phrasings are far below 2^24")]
fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}
