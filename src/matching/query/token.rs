//! A word of a question, and the index terms that it matches.

use std::ops::Range;

use crate::matching::Index;
use crate::matching::concepts::SYNONYM_SIMILARITY;
use crate::matching::index::NO_TERM;
use crate::matching::neighbors;
use crate::matching::term_weight::{background_idf, weight};
use crate::matching::vocabulary::{TermId, WordId};
use crate::text::Token;
use crate::text::stop_words::is_stop_word;

/// How a token matches a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MatchKind {
    /// The same word, or another form of it.
    Stem,
    /// A synonym from the pack's lexicon.
    Synonym,
    /// A misspelling of the given word.
    Misspelling(WordId),
    /// Written as two words or as one, unlike in the packs.
    Compound,
    /// Another word of similar meaning.
    Neighbor,
}

/// A match between a query token and an index term, with its similarity (0.0 to 1.0).
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
    /// Weight, 0.0 to 1.0, see [`crate::matching::term_weight::weight`].
    pub weight: f32,
    /// Whether it is a content word, which an answer must cover.
    pub is_content_word: bool,
    /// Whether it is a name: the packs write it with a capital, or they do not know it and the
    /// question does.
    pub is_name: bool,
    /// The index terms that it matches, most similar first; empty if the packs know none.
    pub(crate) matches: Vec<TermMatch>,
}

impl QueryToken {
    /// The match of the word itself, a synonym or a misspelling, if any: as opposed to a neighbor
    /// of similar meaning.
    pub(crate) fn direct_match(&self) -> Option<&TermMatch> {
        self.matches.iter().find(|term_match| term_match.is_direct())
    }
}

impl TermMatch {
    /// Whether the word itself matches, as opposed to a neighbor of similar meaning.
    pub(crate) fn is_direct(&self) -> bool {
        self.kind != MatchKind::Neighbor
    }
}

/// Matches a single word, without regard to the words around it.
pub(super) fn query_token(index: &Index, Token { word, span }: Token) -> QueryToken {
    let mut matches = Vec::with_capacity(2 + MAX_NEIGHBORS);
    let known = index.vocabulary.term_of_word(&word).filter(|term| index.term(*term).is_used);
    let stem = if known.is_none() { index.stemmer.stem(&word) } else { String::new() };
    let (mut token_weight, mut is_content_word, mut stem_index);
    if let Some(term) = known.or_else(|| index.known_term(&stem)) {
        let known = index.term(term);
        (token_weight, is_content_word, stem_index) =
            (known.weight, !known.is_stop_word, known.stem_index);
        add_match(index, &mut matches, term, 1.0, MatchKind::Stem);
    } else {
        token_weight = weight(background_idf(&word), 1.0);
        is_content_word = !is_stop_word(&word);
        stem_index = neighbors::stem_index(&stem)
            .filter(|_| is_content_word && !index.neighbor_terms.is_empty());
        for term in compound_parts(index, &word).into_iter().flatten().filter(|_| is_content_word) {
            add_match(index, &mut matches, term, COMPOUND_SIMILARITY, MatchKind::Compound);
        }
        let is_misspelled = is_content_word && stem_index.is_none() && matches.is_empty();
        let spellings = if is_misspelled { index.vocabulary.spellings(&word) } else { Vec::new() };
        for spelling in spellings {
            let known = index.term(spelling.term);
            if matches.is_empty() {
                token_weight = known.weight;
                is_content_word = !known.is_stop_word;
                stem_index = known.stem_index;
            }
            let kind = MatchKind::Misspelling(spelling.word);
            add_match(index, &mut matches, spelling.term, spelling.similarity, kind);
        }
    }
    if let Some(stem_index) = stem_index.filter(|_| is_content_word) {
        add_neighbors(index, stem_index, &mut matches);
    }
    QueryToken { word, span, weight: token_weight, is_content_word, is_name: false, matches }
}

/// Adds a match with `term` and with the concepts that it belongs to.
pub(super) fn add_match(
    index: &Index,
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

/// Similarity of a compound: a word written as two, or two written as one, unlike in the packs.
pub(super) const COMPOUND_SIMILARITY: f32 = 0.9;

/// Fewest characters of a word that is split off a compound: shorter ones occur in too many words
/// by chance.
const MIN_PART_CHARS: usize = 3;

/// The two words of the packs that an unknown word consists of ("peacekeepers"), if any.
fn compound_parts(index: &Index, word: &str) -> Option<[TermId; 2]> {
    let content_term = |part: &str| {
        let term = index.vocabulary.term_of_word(part)?;
        let known = index.term(term);
        let is_long = part.chars().count() >= MIN_PART_CHARS;
        (known.is_used && !known.is_stop_word && is_long).then_some(term)
    };
    let mut splits = word.char_indices().skip(MIN_PART_CHARS).map(|(at, _)| word.split_at(at));
    splits.find_map(|(first, second)| Some([content_term(first)?, content_term(second)?]))
}

/// Most neighbors of a word that are used: the nearest ones that the packs know. More are mostly of
/// other senses (docs/quality.md).
const MAX_NEIGHBORS: usize = 8;

/// Adds matches with words of similar meaning; for a misspelled word, those of its correction.
fn add_neighbors(index: &Index, stem_index: neighbors::StemIndex, matches: &mut Vec<TermMatch>) {
    let n_direct = matches.len();
    for (neighbor, similarity) in neighbors::nearest(stem_index) {
        if matches.len() == n_direct + MAX_NEIGHBORS {
            break;
        }
        let term = index.neighbor_terms.get(usize::from(neighbor)).filter(|term| **term != NO_TERM);
        let Some(term) = term else { continue };
        if !matches.iter().any(|term_match| term_match.term == *term) {
            matches.push(TermMatch { term: *term, similarity, kind: MatchKind::Neighbor });
        }
    }
}
