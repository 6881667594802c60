//! A word of a question, and the index terms that it matches.

use std::ops::Range;

use strsim::osa_distance;

use crate::matching::PackIndex;
use crate::matching::concepts::SYNONYM_SIMILARITY;
use crate::matching::direction::Direction;
use crate::matching::neighbors;
use crate::matching::similarity::MIN_CHARS_ONE_EDIT;
use crate::matching::term::{NO_TERM, Term};
use crate::matching::term_weight::{background_idf, weight};
use crate::matching::vocabulary::{TermId, WordId};
use crate::text::Token;
use crate::text::identifier::is_identifier;

/// How a token matches a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MatchKind {
    /// The same word, or another form of it.
    Stem,
    /// A synonym: from the pack's lexicon, or an equivalent of the language.
    Synonym,
    /// A misspelling of the given word.
    Misspelling(WordId),
    /// Written as two words or as one, unlike in the packs.
    Compound,
    /// A part of the word, or a compound that has the word as a part, as in German.
    CompoundPart,
    /// A word with the same beginning, possibly another form of it.
    Beginning,
    /// Another word of similar meaning.
    Neighbor,
}

/// A match between a query token and an index term.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TermMatch {
    pub(crate) term: TermId,
    /// 0.0 to 1.0.
    pub(crate) similarity: f32,
    /// How they match.
    pub(crate) kind: MatchKind,
}

/// A word of a question.
#[derive(Debug, Clone)]
pub struct QueryToken {
    /// The normalized word.
    pub word: String,
    /// UTF-8 byte offsets into the question.
    pub span: Range<usize>,
    /// Weight, 0.0 to 1.0, see `term_weight`; 0.0 for a repeated word.
    pub weight: f32,
    /// Whether it is a content word, which an answer must cover.
    pub is_content_word: bool,
    /// Whether it is a name: the packs write it with a capital, or they do not know it and the
    /// question does.
    pub is_name: bool,
    /// Direction of its word vector, if it is a content word that has one.
    pub(crate) direction: Option<Direction>,
    /// The index terms that it matches, most similar first; empty if the packs know none.
    pub(crate) matches: Vec<TermMatch>,
}

impl QueryToken {
    /// The match of the word itself, a synonym, a compound or a misspelling, if any: as opposed to
    /// a neighbor of similar meaning.
    pub(crate) fn direct_match(&self) -> Option<&TermMatch> {
        self.matches.iter().find(|term_match| term_match.is_direct())
    }

    /// The word, or for a misspelled one the word of the packs that it is most similar to.
    pub(crate) fn corrected_word<'a>(&'a self, index: &'a PackIndex) -> &'a str {
        match self.direct_match().map(|term_match| term_match.kind) {
            Some(MatchKind::Misspelling(word)) => index.vocabulary.word(word),
            _ => &self.word,
        }
    }
}

impl TermMatch {
    /// Whether it is not a match of a neighbor, that is, of another word of similar meaning.
    pub(crate) fn is_direct(&self) -> bool {
        self.kind != MatchKind::Neighbor
    }
}

/// Matches a single word with the given stem, without regard to the words around it.
pub(super) fn query_token(
    index: &PackIndex,
    Token { word, span }: Token,
    stem: &str,
) -> QueryToken {
    let mut matches = Vec::with_capacity(2 + MAX_NEIGHBORS);
    let known = index.vocabulary.term_of_word(&word).filter(|term| index.term(*term).is_used);
    let known = known.or_else(|| index.vocabulary.term_of_plain_word(&word));
    let (mut token_weight, mut is_content_word, mut stem_index);
    if let Some(term) = known.or_else(|| index.known_term(stem)) {
        let known = index.term(term);
        (token_weight, is_content_word, stem_index) =
            (known.weight, !known.is_stop_word, known.stem_index);
        add_match(index, &mut matches, term, 1.0, MatchKind::Stem);
        for term in
            compound_parts(index, &word, true).into_iter().flatten().filter(|_| is_content_word)
        {
            add_match(index, &mut matches, term, COMPOUND_SIMILARITY, MatchKind::Compound);
        }
    } else {
        token_weight = weight(background_idf(&index.analyzer, &word), 1.0);
        is_content_word = !index.analyzer.is_stop_word(&word);
        let allows_inexact = is_content_word && !is_identifier(&word);
        stem_index = neighbors::stem_index(stem)
            .filter(|_| allows_inexact && !index.neighbor_terms.is_empty());
        for term in
            compound_parts(index, &word, false).into_iter().flatten().filter(|_| allows_inexact)
        {
            add_match(index, &mut matches, term, COMPOUND_SIMILARITY, MatchKind::Compound);
        }
        if allows_inexact && matches.is_empty() {
            add_partial_matches(index, &word, &mut matches);
        }
        let is_misspelled = allows_inexact
            && stem_index.is_none()
            && matches.is_empty()
            && !is_word_of_language(index, &word);
        if let Some(known) =
            is_misspelled.then(|| add_spellings(index, &word, &mut matches)).flatten()
        {
            token_weight = known.weight;
            is_content_word = !known.is_stop_word;
            stem_index = known.stem_index;
        } else if is_misspelled {
            // The packs need not have the stop word.
            let mut stop_words = index.analyzer.data().stop_words();
            is_content_word = !stop_words.any(|known| is_short_of(&word, known));
        }
    }
    if let Some(stem_index) = stem_index.filter(|_| is_content_word) {
        add_neighbors(index, stem_index, &mut matches);
    }
    QueryToken {
        word,
        span,
        weight: token_weight,
        is_content_word,
        is_name: false,
        direction: None,
        matches,
    }
}

/// Adds matches of a misspelled word with those that it may be meant as; returns the most similar.
fn add_spellings(index: &PackIndex, word: &str, matches: &mut Vec<TermMatch>) -> Option<Term> {
    let mut best = None;
    for spelling in index.vocabulary.spellings(word) {
        let known = index.term(spelling.term);
        if known.is_stop_word && !may_be_stop_word(word, index.vocabulary.word(spelling.word)) {
            continue;
        }
        best = best.or(Some(known));
        let kind = MatchKind::Misspelling(spelling.word);
        add_match(index, matches, spelling.term, spelling.similarity, kind);
    }
    best
}

/// Shortest unknown word that is taken for any stop word of the packs within the edits of its length.
const MIN_CHARS_STOP_WORD: usize = 5;

/// Whether an unknown word may be meant as the stop word `known` of the packs, and so say nothing.
fn may_be_stop_word(word: &str, known: &str) -> bool {
    word.chars().count() >= MIN_CHARS_STOP_WORD || is_short_of(word, known)
}

/// Whether a word of three or more letters lacks one letter of `known` ("wich"), or has two of it swapped ("waht"). Other
/// short words are mostly names and abbreviations: "wasm" is not "was", and "git" is not "get".
fn is_short_of(word: &str, known: &str) -> bool {
    let (n_chars, n_known) = (word.chars().count(), known.chars().count());
    n_chars >= MIN_CHARS_ONE_EDIT
        && (n_known == n_chars + 1 || (n_known == n_chars && same_letters(word, known)))
        && osa_distance(word, known) == 1
}

fn same_letters(a: &str, b: &str) -> bool {
    let letters = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    letters(a) == letters(b)
}

/// Whether the word belongs to the language and is therefore not a misspelling: a common word, a
/// member of an exclusive set such as weekdays, or a word of the packs with a prefix that turns it
/// into its opposite.
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

/// Adds a match with `term` and with the concepts that it belongs to.
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

/// Similarity of a compound and its part, 0.0 to 1.0.
const PART_SIMILARITY: f32 = 0.6;

/// Similarity of two words with the same beginning, 0.0 to 1.0.
const BEGINNING_SIMILARITY: f32 = 0.7;

/// Adds matches of an unknown word: with its parts and with compounds that have it as a part, in
/// languages that write compounds as one word; and with words of the same beginning.
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

/// Number of matches of a word, concepts included, from which no more of these kinds are added.
const MAX_PARTIAL_MATCHES: usize = 6;

/// Similarity of a compound: a word written as two, or two written as one, unlike in the packs.
pub(super) const COMPOUND_SIMILARITY: f32 = 0.9;

/// Fewest characters of a content word that is split off a compound: shorter ones occur in too many
/// words by chance.
const MIN_PART_CHARS: usize = 3;

/// The two words of the packs that a word consists of, if any: both sides of a hyphen that the
/// packs write ("wifi"), a content word and a particle ("login"), or, for an unknown word, two
/// content words ("peacekeepers").
fn compound_parts(index: &PackIndex, word: &str, is_known: bool) -> Option<[TermId; 2]> {
    if let Some(terms) = index.hyphenated.get(word) {
        return Some(*terms);
    }
    let term = |part: &str| {
        let term = index.vocabulary.term_of_word(part)?;
        Some((term, index.term(term))).filter(|(_, known)| known.is_used)
    };
    let is_word =
        |part: &str, known: Term| !known.is_stop_word && part.chars().count() >= MIN_PART_CHARS;
    let is_particle =
        |part: &str, known: Term| known.is_stop_word && part.chars().count() >= MIN_PARTICLE_CHARS;
    let mut splits = word.char_indices().skip(MIN_PART_CHARS).map(|(at, _)| word.split_at(at));
    splits.find_map(|(first, second)| {
        let (second_term, known) = term(second)?;
        if !is_particle(second, known) && (is_known || !is_word(second, known)) {
            return None;
        }
        let (first_term, known) = term(first)?;
        is_word(first, known).then_some([first_term, second_term])
    })
}

/// Fewest characters of a particle that is split off the end of a word.
const MIN_PARTICLE_CHARS: usize = 2;

/// Most neighbors of a word that are used: the nearest ones that the packs know. More are mostly of
/// other senses (docs/quality.md).
const MAX_NEIGHBORS: usize = 8;

/// Adds matches with words of similar meaning; for a misspelled word, those of its correction.
fn add_neighbors(
    index: &PackIndex,
    stem_index: neighbors::StemIndex,
    matches: &mut Vec<TermMatch>,
) {
    let n_before = matches.len();
    for (neighbor, similarity) in neighbors::nearest(stem_index) {
        if matches.len() == n_before + MAX_NEIGHBORS {
            break;
        }
        let term = index.neighbor_terms.get(usize::from(neighbor)).filter(|term| **term != NO_TERM);
        let Some(term) = term else { continue };
        if !matches.iter().any(|term_match| term_match.term == *term) {
            matches.push(TermMatch { term: *term, similarity, kind: MatchKind::Neighbor });
        }
    }
}
