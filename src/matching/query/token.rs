//! A word of a question, and the terms of the packs that it may stand for.

use std::ops::Range;

use crate::matching::Index;
use crate::matching::concepts::SYNONYM_SIMILARITY;
use crate::matching::index::NO_TERM;
use crate::matching::neighbors;
use crate::matching::term_weight::{background_idf, weight};
use crate::matching::vocabulary::{TermId, WordId};
use crate::text::Token;
use crate::text::stop_words::is_stop_word;

/// By what rule a word of the question meets a term.
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
    /// Another word of near meaning.
    Neighbor,
}

/// A term that a word of the question may stand for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TermMatch {
    pub(crate) term: TermId,
    /// 0.0 to 1.0.
    pub(crate) similarity: f32,
    /// By what rule.
    pub(crate) rule: MatchKind,
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
        self.matches.iter().find(|meeting| meeting.is_direct())
    }
}

impl TermMatch {
    /// Whether it is the word itself that met, not one of near meaning.
    pub(crate) fn is_direct(&self) -> bool {
        self.rule != MatchKind::Neighbor
    }
}

/// The word with what it means to the packs, by itself.
pub(super) fn query_token(index: &Index, Token { word, span }: Token) -> QueryToken {
    let mut meetings = Vec::with_capacity(2 + MAX_NEIGHBORS);
    let known = index.vocabulary.term_of_word(&word).filter(|term| index.term(*term).is_used);
    let stem = if known.is_none() { index.stemmer.stem(&word) } else { String::new() };
    let (mut token_weight, mut is_telling, mut near);
    if let Some(term) = known.or_else(|| index.known_term(&stem)) {
        let known = index.term(term);
        (token_weight, is_telling, near) = (known.weight, !known.is_stop_word, known.neighbors);
        add_match(index, &mut meetings, term, 1.0, MatchKind::Stem);
    } else {
        token_weight = weight(background_idf(&word), 1.0);
        is_telling = !is_stop_word(&word);
        near = neighbors::place(&stem).filter(|_| is_telling && !index.neighbor_terms.is_empty());
        for term in parts(index, &word).into_iter().flatten().filter(|_| is_telling) {
            add_match(index, &mut meetings, term, SPACING_SIMILARITY, MatchKind::Compound);
        }
        let is_misspelt = is_telling && near.is_none() && meetings.is_empty();
        let spellings = if is_misspelt { index.vocabulary.spellings(&word) } else { Vec::new() };
        for spelling in spellings {
            let known = index.term(spelling.term);
            if meetings.is_empty() {
                token_weight = known.weight;
                is_telling = !known.is_stop_word;
                near = known.neighbors;
            }
            let rule = MatchKind::Misspelling(spelling.word);
            add_match(index, &mut meetings, spelling.term, spelling.similarity, rule);
        }
    }
    if let Some(place) = near.filter(|_| is_telling) {
        add_neighbors(index, place, &mut meetings);
    }
    QueryToken {
        word,
        span,
        weight: token_weight,
        is_content_word: is_telling,
        is_name: false,
        matches: meetings,
    }
}

/// Lets a word meet a term and the concepts that it stands for.
pub(super) fn add_match(
    index: &Index,
    meetings: &mut Vec<TermMatch>,
    term: TermId,
    similarity: f32,
    rule: MatchKind,
) {
    meetings.push(TermMatch { term, similarity, rule });
    for concept in index.term_concepts.get(&term).into_iter().flatten() {
        let rule = if rule == MatchKind::Stem { MatchKind::Synonym } else { rule };
        let similarity = similarity * SYNONYM_SIMILARITY;
        meetings.push(TermMatch { term: *concept, similarity, rule });
    }
}

/// Similarity of a word written apart, or in one, where the packs do otherwise.
pub(super) const SPACING_SIMILARITY: f32 = 0.9;

/// Shortest part of a word that is taken for a word of its own, in characters: shorter ones stand
/// in too many words by chance.
const MIN_PART_CHARS: usize = 3;

/// The two words of the packs that an unknown word is made of ("peacekeepers"), if it is.
fn parts(index: &Index, word: &str) -> Option<[TermId; 2]> {
    let telling = |part: &str| {
        let term = index.vocabulary.term_of_word(part)?;
        let known = index.term(term);
        let is_long = part.chars().count() >= MIN_PART_CHARS;
        (known.is_used && !known.is_stop_word && is_long).then_some(term)
    };
    let mut splits = word.char_indices().skip(MIN_PART_CHARS).map(|(at, _)| word.split_at(at));
    splits.find_map(|(first, second)| Some([telling(first)?, telling(second)?]))
}

/// How many neighbors of a word count, the nearest that the packs know. More are mostly of other
/// senses (docs/quality.md).
const MAX_NEIGHBORS: usize = 8;

/// Lets a word meet those of near meaning; a misspelt one, those of the word it was taken for.
fn add_neighbors(index: &Index, place: neighbors::StemIndex, meetings: &mut Vec<TermMatch>) {
    let n_met = meetings.len();
    for (place, similarity) in neighbors::of(place) {
        if meetings.len() == n_met + MAX_NEIGHBORS {
            break;
        }
        let term = index.neighbor_terms.get(usize::from(place)).filter(|term| **term != NO_TERM);
        let Some(term) = term else { continue };
        if !meetings.iter().any(|meeting| meeting.term == *term) {
            meetings.push(TermMatch { term: *term, similarity, rule: MatchKind::Neighbor });
        }
    }
}
