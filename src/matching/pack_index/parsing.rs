//! Reading the entries of packs: which words stand in which text. The larger part of building an
//! index, and done in parallel.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::knowledge::{Entry, Pack, Quote};
use crate::matching::forward_index::MIN_PARALLEL;
use crate::matching::postings::MAX_ENTRIES;
use crate::matching::question_kind::{N_QUESTION_TYPES, QuestionKind};
use crate::text::tokenize::is_capitalized_inside;
use crate::text::{Analyzer, Origin};

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
    /// What words with a hyphen between them are in one, with their places in `words`.
    pub(super) hyphenated: FxHashMap<String, [u32; 2]>,
    places: FxHashMap<String, u32>,
}

/// A word and how it is written.
pub(super) struct ParsedWord {
    pub(super) word: String,
    /// The word folded.
    pub(super) folded: String,
    /// How often it stands inside a sentence.
    pub(super) n_inside: u32,
    /// How often with a capital there.
    pub(super) n_capitals: u32,
}

/// An entry without its texts.
pub(super) struct ParsedEntry {
    pub(super) is_gap: bool,
    pub(super) n_phrasings: u32,
    pub(super) question_type_shares: [u8; N_QUESTION_TYPES],
    pub(super) share_of_statements: f32,
}

/// Reads all entries. What is read does not depend on how the work is split up.
pub(super) fn read(pack: &Pack, analyzer: &Analyzer) -> Vec<ParsedEntries> {
    let entries = pack.entries.get(..pack.entries.len().min(MAX_ENTRIES)).unwrap_or_default();
    let n_parts = rayon::current_num_threads() * PARTS_A_THREAD;
    let size = entries.len().div_ceil(n_parts).max(MIN_PARALLEL);
    let read = |part: &[Entry]| {
        let mut reading = ParsedEntries::default();
        part.iter().for_each(|entry| reading.add_entry(entry, analyzer));
        reading
    };
    entries.par_chunks(size).map(read).collect()
}

/// Parts of the work for each thread: several, so that one that is done early helps the others.
const PARTS_A_THREAD: usize = 4;

impl ParsedEntries {
    /// Whether one of its texts has `word`, as tokens have it.
    pub(super) fn has_word(&self, word: &str) -> bool {
        self.places.contains_key(word)
    }

    fn add_entry(&mut self, entry: &Entry, analyzer: &Analyzer) {
        let n_phrasings = 1 + entry.variants.len();
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
        // An imported FAQ without answers quotes its own questions; they say nothing new.
        let is_without_answer =
            |quotes: &[Quote]| matches!(quotes, [quote] if quote.text() == entry.question);
        let quotes = entry.quotes();
        let quotes = if is_without_answer(quotes) { &[] } else { quotes };
        let texts = entry.lead().into_iter().chain(quotes.iter().map(Quote::text));
        let n_words = texts.map(|text| self.add_words(text, analyzer)).sum();
        self.text_lengths.push(n_words);
        self.entries.push(ParsedEntry {
            is_gap: entry.is_gap(),
            n_phrasings: u32::try_from(n_phrasings).unwrap_or(u32::MAX),
            question_type_shares: n_of_type
                .map(|n| u8::try_from(n * usize::from(u8::MAX) / n_phrasings).unwrap_or(u8::MAX)),
            share_of_statements: share(n_statements, n_phrasings),
        });
    }

    /// What a text asks for, whose words are the last `n_words`.
    fn question_kind(&self, text: &str, n_words: usize, analyzer: &Analyzer) -> QuestionKind {
        let start = self.text_words.len().saturating_sub(n_words);
        let word = |place: &u32| self.words.get(usize::try_from(*place).ok()?);
        let words: Vec<&str> = (self.text_words.get(start..).into_iter().flatten())
            .filter_map(|place| word(place).map(|word| word.folded.as_str()))
            .collect();
        QuestionKind::new(analyzer.data(), &words, text)
    }

    fn add_hyphenated(&mut self, places: [u32; 2]) {
        let word = |place: u32| self.words.get(usize::try_from(place).ok()?);
        if let [Some(first), Some(second)] = places.map(word) {
            let joined = format!("{}{}", first.word, second.word);
            self.hyphenated.entry(joined).or_insert(places);
        }
    }

    /// Adds the words of a text and returns how many there are.
    fn add_words(&mut self, text: &str, analyzer: &Analyzer) -> usize {
        let n_before = self.text_words.len();
        let counts_capitals = !is_title_case(text);
        let mut previous: Option<(u32, usize)> = None;
        analyzer.for_each_word(text, Origin::Pack, usize::MAX, |word, span| {
            let place = self.places.get(word).copied().unwrap_or_else(|| {
                let place = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
                let folded = analyzer.data().folding.fold(word).into_owned();
                let owned = word.to_owned();
                self.words.push(ParsedWord { word: owned, folded, n_inside: 0, n_capitals: 0 });
                self.places.insert(word.to_owned(), place);
                place
            });
            self.text_words.push(place);
            if let Some((first, end)) = previous.replace((place, span.end))
                && text.get(end..span.start).is_some_and(is_hyphen)
            {
                self.add_hyphenated([first, place]);
            }
            let read = usize::try_from(place).ok().and_then(|place| self.words.get_mut(place));
            if let Some(read) = read.filter(|_| counts_capitals && span.start > 0) {
                read.n_inside += 1;
                read.n_capitals += u32::from(is_capitalized_inside(text, &span));
            }
        });
        self.text_words.len() - n_before
    }
}

fn is_hyphen(between: &str) -> bool {
    matches!(between, "-" | "\u{2010}" | "\u{2011}")
}

/// Whether most longer words of `text` start with a capital, as in headings: capitals then do not
/// mark names.
fn is_title_case(text: &str) -> bool {
    const MIN_CHARS: usize = 4;
    let long = text.split_whitespace().skip(1).filter(|word| word.chars().count() >= MIN_CHARS);
    let (mut n_words, mut n_capitals) = (0usize, 0usize);
    for word in long {
        n_words += 1;
        n_capitals += usize::from(word.starts_with(char::is_uppercase));
    }
    n_words >= 2 && 2 * n_capitals > n_words
}

#[expect(clippy::cast_precision_loss, reason = "counts of phrasings are far below 2^24")]
fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}
