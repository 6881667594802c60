//! Words and terms of an index, and the lookup of misspelled words.

mod deletion_index;

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::similarity::{LetterSignature, misspelling_similarity};
use crate::text::fold::Folding;
use deletion_index::DeletionIndex;

/// Id of a term: a stem, or a concept of the lexicon.
pub(crate) type TermId = u32;

/// Id of a surface word, as it is written in the packs.
pub(crate) type WordId = u32;

/// Most spelling candidates for a misspelled word; more would only add noise.
const MAX_SPELLINGS: usize = 4;

/// Fewest characters of a part of a compound.
const MIN_PART_CHARS: usize = 4;

/// Fewest bytes by which a compound is longer than its part; a shorter rest is an ending.
const MIN_REST_BYTES: usize = 3;

/// Fewest characters that two words of the same beginning share.
const MIN_BEGINNING_CHARS: usize = 5;

/// Most words whose beginning is compared.
const MAX_COMPARED: usize = 64;

/// Most results of each kind: compounds that start with a word, compounds that end with it, words
/// of the same beginning.
const MAX_PARTIAL: usize = 6;

/// Terms by name, and surface words with their terms.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    terms: FxHashMap<Box<str>, TermId>,
    names: Vec<Box<str>>,
    words: Vec<Word>,
    /// One per word. Stored separately, so that filtering many words reads little memory.
    signatures: Vec<LetterSignature>,
    word_ids: FxHashMap<Box<str>, WordId>,
    /// Words with accents, by their spelling without accents.
    plain_ids: FxHashMap<Box<str>, WordId>,
    deletion_index: DeletionIndex,
    /// All words, sorted by their letters.
    by_start: Vec<WordId>,
    /// All words, sorted by their letters in reverse.
    by_end: Vec<WordId>,
}

#[derive(Debug)]
struct Word {
    text: Box<str>,
    term: TermId,
}

/// A word that a misspelled one may be meant as.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SpellingCandidate {
    pub(crate) word: WordId,
    pub(crate) term: TermId,
    /// 0.0 to 1.0.
    pub(crate) similarity: f32,
}

impl Vocabulary {
    /// The id of a term, created if it is new.
    pub(crate) fn intern(&mut self, name: &str) -> TermId {
        if let Some(id) = self.terms.get(name) {
            return *id;
        }
        let id = TermId::try_from(self.names.len()).unwrap_or(TermId::MAX);
        self.terms.insert(name.into(), id);
        self.names.push(name.into());
        id
    }

    /// Adds `word` as a surface form of `term`. Misspellings of it are found only after
    /// [`Self::index_spellings`].
    pub(crate) fn add_word(&mut self, word: &str, term: TermId) {
        if self.word_ids.contains_key(word) {
            return;
        }
        let id = WordId::try_from(self.words.len()).unwrap_or(WordId::MAX);
        self.word_ids.insert(word.into(), id);
        if let Cow::Owned(plain) = Folding::fold_all(word) {
            self.plain_ids.entry(plain.into()).or_insert(id);
        }
        self.words.push(Word { text: word.into(), term });
        self.signatures.push(LetterSignature::of(word));
    }

    /// Prepares the lookup of misspelled words. To be called once, after all words are added.
    pub(crate) fn index_spellings(&mut self) {
        self.deletion_index = DeletionIndex::new(self.words.iter().map(|word| &*word.text));
        let text = |id: &WordId| self.word(*id);
        let mut by_start: Vec<WordId> = (0..).take(self.words.len()).collect();
        let mut by_end = by_start.clone();
        by_start.sort_unstable_by(|a, b| text(a).cmp(text(b)));
        by_end.sort_unstable_by(|a, b| text(a).chars().rev().cmp(text(b).chars().rev()));
        (self.by_start, self.by_end) = (by_start, by_end);
    }

    /// The term of a surface word.
    pub(crate) fn term_of_word(&self, word: &str) -> Option<TermId> {
        let id = self.word_ids.get(word)?;
        self.words.get(usize::try_from(*id).ok()?).map(|word| word.term)
    }

    /// The term of the accented word whose spelling without accents is `word`.
    pub(crate) fn term_of_plain_word(&self, word: &str) -> Option<TermId> {
        let id = self.plain_ids.get(word)?;
        self.words.get(usize::try_from(*id).ok()?).map(|word| word.term)
    }

    /// Terms of the words with which the compound `word` starts or ends, longest first.
    pub(crate) fn compound_parts(&self, word: &str) -> Vec<TermId> {
        let mut parts: Vec<(usize, TermId)> = Vec::new();
        let n_chars = word.chars().count();
        for (n_before, (at, _)) in word.char_indices().enumerate() {
            let (start, end) = word.split_at(at);
            for (part, n) in [(start, n_before), (end, n_chars - n_before)] {
                if n >= MIN_PART_CHARS
                    && n < n_chars
                    && let Some(term) = self.term_of_word(part)
                {
                    parts.push((n, term));
                }
            }
        }
        parts.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
        parts.into_iter().map(|(_, term)| term).collect()
    }

    /// Terms of compounds that start or end with `word`, at most [`MAX_PARTIAL`] of each.
    pub(crate) fn compounds_of(&self, word: &str) -> Vec<TermId> {
        if word.chars().count() < MIN_PART_CHARS {
            return Vec::new();
        }
        let text = |id: &WordId| self.word(*id);
        let from = self.by_start.partition_point(|id| text(id) < word);
        let starting = self.by_start.iter().skip(from).take_while(|id| text(id).starts_with(word));
        let from = self.by_end.partition_point(|id| {
            text(id).chars().rev().cmp(word.chars().rev()) == std::cmp::Ordering::Less
        });
        let ending = self.by_end.iter().skip(from).take_while(|id| text(id).ends_with(word));
        let is_longer = |id: &&WordId| text(id).len() >= word.len() + MIN_REST_BYTES;
        let starting = starting.filter(is_longer).take(MAX_PARTIAL);
        self.terms_of(starting.chain(ending.filter(is_longer).take(MAX_PARTIAL)))
    }

    /// Terms of words with the same beginning as `word`: at least [`MIN_BEGINNING_CHARS`]
    /// characters, and three fifths of the longer word.
    pub(crate) fn same_beginning(&self, word: &str) -> Vec<TermId> {
        let Some((at, _)) = word.char_indices().nth(MIN_BEGINNING_CHARS) else { return Vec::new() };
        let beginning = word.get(..at).unwrap_or(word);
        let n_chars = word.chars().count();
        let from = self.by_start.partition_point(|id| self.word(*id) < beginning);
        let alike = self.by_start.iter().skip(from);
        let alike = alike.take_while(|id| self.word(**id).starts_with(beginning));
        let is_alike = |id: &&WordId| {
            let other = self.word(**id);
            let n_same = word.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
            5 * n_same >= 3 * n_chars.max(other.chars().count())
        };
        self.terms_of(alike.take(MAX_COMPARED).filter(is_alike).take(MAX_PARTIAL))
    }

    fn terms_of<'v>(&self, ids: impl Iterator<Item = &'v WordId>) -> Vec<TermId> {
        let word = |id: &WordId| self.words.get(usize::try_from(*id).ok()?);
        ids.filter_map(word).map(|word| word.term).collect()
    }

    /// The surface words, in the order of their ids.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| &*word.text)
    }

    /// The id of the term `name`, if it exists.
    pub(crate) fn term(&self, name: &str) -> Option<TermId> {
        self.terms.get(name).copied()
    }

    /// The name of a term.
    pub(crate) fn name(&self, term: TermId) -> &str {
        usize::try_from(term).ok().and_then(|idx| self.names.get(idx)).map_or("", |name| name)
    }

    /// The text of a word.
    pub(crate) fn word(&self, word: WordId) -> &str {
        usize::try_from(word).ok().and_then(|idx| self.words.get(idx)).map_or("", |word| &word.text)
    }

    /// Number of terms.
    pub(crate) fn n_terms(&self) -> usize {
        self.names.len()
    }

    /// Approximate heap size in bytes.
    pub(crate) fn n_bytes(&self) -> usize {
        // A hash table has one control byte per slot, and the keys are stored twice.
        let slot_bytes = size_of::<(Box<str>, u32)>() + 1;
        let names: usize = self.names.iter().map(|name| name.len()).sum();
        let words: usize = self.words.iter().map(|word| word.text.len()).sum();
        (self.terms.capacity() + self.word_ids.capacity() + self.plain_ids.capacity()) * slot_bytes
            + size_of_val(self.by_start.as_slice())
            + size_of_val(self.by_end.as_slice())
            + size_of_val(self.names.as_slice())
            + size_of_val(self.words.as_slice())
            + size_of_val(self.signatures.as_slice())
            + 2 * (names + words)
            + self.deletion_index.n_bytes()
    }

    /// The words that `word` may be a misspelling of, most similar first.
    pub(crate) fn spellings(&self, word: &str) -> Vec<SpellingCandidate> {
        let signature = LetterSignature::of(word);
        let mut ids: Vec<WordId> = Vec::new();
        self.deletion_index.for_each_candidate(word, |id| {
            let known = usize::try_from(id).ok().and_then(|idx| self.signatures.get(idx));
            if known.is_some_and(|known| signature.may_be_within_edits(*known)) {
                ids.push(id);
            }
        });
        ids.sort_unstable();
        ids.dedup();
        let mut found: Vec<SpellingCandidate> = ids
            .into_iter()
            .filter_map(|id| {
                let known = self.words.get(usize::try_from(id).ok()?)?;
                let similarity = misspelling_similarity(word, &known.text)?;
                Some(SpellingCandidate { word: id, term: known.term, similarity })
            })
            .collect();
        found.sort_by(|a, b| {
            let by_text = || self.word(a.word).cmp(self.word(b.word));
            b.similarity.total_cmp(&a.similarity).then_with(by_text)
        });
        found.truncate(MAX_SPELLINGS);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelled_words_find_the_likeliest_word_first() {
        let mut vocabulary = Vocabulary::default();
        for word in ["soldier", "soldiers", "kazakhstan", "troops", "border", "boarder", "un"] {
            let term = vocabulary.intern(word);
            vocabulary.add_word(word, term);
        }
        vocabulary.index_spellings();
        let cases = [
            ("sodliers", Some("soldiers")),
            ("kazahkstn", Some("kazakhstan")),
            ("kazakhstna", Some("kazakhstan")),
            ("trops", Some("troops")),
            ("bordr", Some("border")),
            ("nu", None),
            ("zebra", None),
        ];
        for (word, want) in cases {
            let got = vocabulary.spellings(word).first().map(|found| vocabulary.word(found.word));
            assert_eq!(got, want, "{word}");
        }
    }
}
