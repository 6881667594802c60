//! A word of a question, and the terms of the packs that it may stand for.

use std::ops::Range;

use crate::matching::PackIndex;
use crate::matching::concepts::SYNONYM_SIMILARITY;
use crate::matching::neighbors;
use crate::matching::term::NO_TERM;
use crate::matching::term_weight::{background_idf, weight};
use crate::matching::vocabulary::{TermId, WordId};
use crate::text::Token;
use crate::text::identifier::is_identifier;

/// By what kind a word of the question meets a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MatchKind {
    /// The same word, or another form of it.
    Stem,
    /// A synonym by the pack's lexicon.
    Synonym,
    /// Misspelt for the word given.
    Misspelling(WordId),
    /// Written apart or in one where the packs do otherwise.
    Compound,
    /// A part of a compound, or a compound with it as a part, as in German.
    CompoundPart,
    /// A word with the same beginning, perhaps another form of it.
    Beginning,
    /// Another word of near meaning.
    Neighbor,
}

/// A term that a word of the question may stand for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TermMatch {
    pub(crate) term: TermId,
    /// 0.0 to 1.0.
    pub(crate) similarity: f32,
    /// By what kind.
    pub(crate) kind: MatchKind,
}

/// A word of the question.
#[derive(Debug, Clone)]
pub struct QueryToken {
    /// The normalized word.
    pub word: String,
    /// UTF-8 byte offsets into the question.
    pub span: Range<usize>,
    /// How much it tells, 0.0 to 1.0.
    pub weight: f32,
    /// Whether an answer has to cover it.
    pub is_content_word: bool,
    /// Whether it names somebody or something: the packs write it with a capital, or they do not
    /// know it and the question does.
    pub is_name: bool,
    /// The terms that it may stand for, most similar first; empty if the packs know none.
    pub(crate) matches: Vec<TermMatch>,
}

impl QueryToken {
    /// What the packs know the word as, if they do: by itself, a synonym or a misspelling.
    pub(crate) fn direct_match(&self) -> Option<&TermMatch> {
        self.matches.iter().find(|found| found.is_direct())
    }
}

impl TermMatch {
    /// Whether it is the word itself that met, not one of near meaning.
    pub(crate) fn is_direct(&self) -> bool {
        self.kind != MatchKind::Neighbor
    }
}

/// The word with what it means to the packs, by itself.
pub(super) fn query_token(index: &PackIndex, Token { word, span }: Token) -> QueryToken {
    let mut matches = Vec::with_capacity(2 + MAX_NEIGHBORS);
    let known = index.vocabulary.term_of_word(&word).filter(|term| index.term(*term).is_used);
    let known = known.or_else(|| index.vocabulary.term_of_plain_word(&word));
    let stem = if known.is_none() { index.analyzer.stem(&word) } else { String::new() };
    let (mut token_weight, mut is_telling, mut near);
    if let Some(term) = known.or_else(|| index.known_term(&stem)) {
        let known = index.term(term);
        (token_weight, is_telling, near) = (known.weight, !known.is_stop_word, known.stem_index);
        add_match(index, &mut matches, term, 1.0, MatchKind::Stem);
        for term in parts(index, &word, true).into_iter().flatten().filter(|_| is_telling) {
            add_match(index, &mut matches, term, COMPOUND_SIMILARITY, MatchKind::Compound);
        }
    } else {
        token_weight = weight(background_idf(&index.analyzer, &word), 1.0);
        is_telling = !index.analyzer.is_stop_word(&word);
        let is_open = is_telling && !is_identifier(&word);
        near = neighbors::stem_index(&stem).filter(|_| is_open && !index.neighbor_terms.is_empty());
        for term in parts(index, &word, false).into_iter().flatten().filter(|_| is_open) {
            add_match(index, &mut matches, term, COMPOUND_SIMILARITY, MatchKind::Compound);
        }
        if is_open && matches.is_empty() {
            add_partial_matches(index, &word, &mut matches);
        }
        let is_misspelt =
            is_open && near.is_none() && matches.is_empty() && !is_word_of_language(index, &word);
        let spellings = if is_misspelt { index.vocabulary.spellings(&word) } else { Vec::new() };
        for spelling in spellings {
            let known = index.term(spelling.term);
            if matches.is_empty() {
                token_weight = known.weight;
                is_telling = !known.is_stop_word;
                near = known.stem_index;
            }
            let kind = MatchKind::Misspelling(spelling.word);
            add_match(index, &mut matches, spelling.term, spelling.similarity, kind);
        }
    }
    if let Some(place) = near.filter(|_| is_telling) {
        add_neighbors(index, place, &mut matches);
    }
    QueryToken {
        word,
        span,
        weight: token_weight,
        is_content_word: is_telling,
        is_name: false,
        matches,
    }
}

/// Whether the word is one of the language and so not a misspelling of another: an everyday word, a
/// member of a set such as weekdays, or the opposite of a word of the packs by its prefix.
fn is_word_of_language(index: &PackIndex, word: &str) -> bool {
    let data = index.analyzer.data();
    let folded = data.folding.fold(word);
    let is_opposite = |prefix: &String| {
        let rest = folded.strip_prefix(prefix.as_str());
        rest.is_some_and(|rest| index.known_term(&index.analyzer.stem(rest)).is_some())
    };
    data.is_known(&folded)
        || data.exclusive.phrases.at_start(&[&*folded]).any(|(n_words, _)| n_words == 1)
        || data.opposite_prefixes.iter().any(is_opposite)
}

/// Lets a word meet a term and the concepts that it stands for.
pub(super) fn add_match(
    index: &PackIndex,
    matches: &mut Vec<TermMatch>,
    term: TermId,
    similarity: f32,
    kind: MatchKind,
) {
    matches.push(TermMatch { term, similarity, kind });
    for concept in index.term_concepts.get(&term).into_iter().flatten() {
        let kind = if kind == MatchKind::Stem { MatchKind::Synonym } else { kind };
        let similarity = similarity * SYNONYM_SIMILARITY;
        matches.push(TermMatch { term: *concept, similarity, kind });
    }
}

/// Similarity of a compound and its part.
const PART_SIMILARITY: f32 = 0.6;

/// Similarity of two words with the same beginning.
const BEGINNING_SIMILARITY: f32 = 0.7;

/// Lets an unknown word meet words of which it is a part or that are a part of it, in languages that
/// write compounds in one word, and else those that begin alike.
fn add_partial_matches(index: &PackIndex, word: &str, matches: &mut Vec<TermMatch>) {
    let mut add = |terms: Vec<TermId>, similarity: f32, kind: MatchKind| {
        for term in terms {
            let known = index.term(term);
            if known.is_used && !known.is_stop_word && matches.len() < MAX_PARTIAL_MATCHES {
                add_match(index, matches, term, similarity, kind);
            }
        }
    };
    if index.analyzer.data().has_compounds {
        add(index.vocabulary.compound_parts(word), PART_SIMILARITY, MatchKind::CompoundPart);
        add(index.vocabulary.compounds_of(word), PART_SIMILARITY, MatchKind::CompoundPart);
    }
    add(index.vocabulary.same_beginning(word), BEGINNING_SIMILARITY, MatchKind::Beginning);
}

/// How many such words count.
const MAX_PARTIAL_MATCHES: usize = 6;

/// Similarity of a word written apart, or in one, where the packs do otherwise.
pub(super) const COMPOUND_SIMILARITY: f32 = 0.9;

/// Shortest part of a word that is taken for a word of its own, in characters: shorter ones stand
/// in too many words by chance.
const MIN_PART_CHARS: usize = 3;

/// The two words of the packs that a word is made of, if it is: of an unknown word two content words
/// ("peacekeepers"), of any a content word and a particle ("login"), or both sides of a hyphen.
fn parts(index: &PackIndex, word: &str, is_known: bool) -> Option<[TermId; 2]> {
    if let Some(terms) = index.hyphenated.get(word) {
        return Some(*terms);
    }
    let term = |part: &str, is_stop_word: bool| {
        let term = index.vocabulary.term_of_word(part)?;
        let known = index.term(term);
        (known.is_used && known.is_stop_word == is_stop_word).then_some(term)
    };
    let long_term =
        |part: &str| term(part, false).filter(|_| part.chars().count() >= MIN_PART_CHARS);
    let mut splits = word.char_indices().skip(MIN_PART_CHARS).map(|(at, _)| word.split_at(at));
    splits.find_map(|(first, second)| {
        let particle =
            || term(second, true).filter(|_| second.chars().count() >= MIN_PARTICLE_CHARS);
        let second = long_term(second).filter(|_| !is_known).or_else(particle)?;
        Some([long_term(first)?, second])
    })
}

/// Shortest stop word that a word may end with, in characters.
const MIN_PARTICLE_CHARS: usize = 2;

/// How many neighbors of a word count, the nearest that the packs know. More are mostly of other
/// senses (docs/quality.md).
const MAX_NEIGHBORS: usize = 8;

/// Lets a word meet those of near meaning; a misspelt one, those of the word it was taken for.
fn add_neighbors(index: &PackIndex, place: neighbors::StemIndex, matches: &mut Vec<TermMatch>) {
    let n_met = matches.len();
    for (place, similarity) in neighbors::nearest(place) {
        if matches.len() == n_met + MAX_NEIGHBORS {
            break;
        }
        let term = index.neighbor_terms.get(usize::from(place)).filter(|term| **term != NO_TERM);
        let Some(term) = term else { continue };
        if !matches.iter().any(|found| found.term == *term) {
            matches.push(TermMatch { term: *term, similarity, kind: MatchKind::Neighbor });
        }
    }
}
