//! A question as the index understands it.

use std::ops::Range;

use rustc_hash::FxHashSet;

use super::Index;
use super::index::{MIN_LENGTH, NO_TERM};
use super::lexicon::SYNONYM_SIMILARITY;
use super::neighbors;
use super::query_terms::{Hit, QueryTerms};
use super::question_kind::QuestionKind;
use super::rarity::{everyday_rarity, weight};
use super::vocabulary::{TermId, WordId};
use crate::text::stop_words::is_stop_word;
use crate::text::{Token, tokenize};

/// Words of a question that are looked at. Beyond them a message is an essay, and its cost would
/// be somebody else's to choose.
pub const MAX_TOKENS: usize = 200;

/// Bytes of a question that are looked at: more than any word of [`MAX_TOKENS`] needs on the average,
/// and than Discord allows.
pub const MAX_BYTES: usize = 16_384;

/// By what rule a word of the question meets a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// The same word, or another form of it.
    SameStem,
    /// A synonym by the pack's lexicon.
    Synonym,
    /// Misspelt for the word given.
    Misspelling(WordId),
    /// Written apart or in one where the packs do otherwise.
    Spacing,
    /// Another word of near meaning.
    Neighbor,
}

/// A term that a word of the question may stand for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Meeting {
    pub(crate) term: TermId,
    /// 0.0 to 1.0.
    pub(crate) similarity: f32,
    /// By what rule.
    pub(crate) rule: Rule,
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
    pub is_telling: bool,
    /// Whether it names somebody or something: the packs write it with a capital, or they do not
    /// know it and the question does.
    pub is_name: bool,
    /// The terms that it may stand for, most similar first; empty if the packs know none.
    pub(crate) meetings: Vec<Meeting>,
}

/// Weight of a pair of neighbouring words, as a share of its words' mean.
const PAIR_FACTOR: f32 = 0.4;

/// In how large a part of its uses the rarer word of a pair is taken to stand beside the other.
/// Counting all pairs of a large FAQ would cost more memory than its words do.
const PAIR_SHARE: f32 = 0.1;

/// Two words of the question that follow each other. A text that says both so, too, is more like it
/// than one that says both.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pair {
    /// Its weight, 0.0 to 1.0; 0.0 unless the packs know both words.
    pub(crate) weight: f32,
    /// About its share of all that the phrasings say, 0.0 to 1.0.
    pub(crate) share: f32,
}

/// A question, taken apart.
#[derive(Debug, Clone)]
pub struct Query {
    /// Its words, in order.
    pub tokens: Vec<QueryToken>,
    /// For each word but the last, the pair of it and the next.
    pub(crate) pairs: Vec<Pair>,
    /// The terms that its words may stand for.
    pub(crate) terms: QueryTerms,
    /// [`QuestionKind::types`] of its words.
    pub(crate) question_types: u32,
    /// Whether it reads like a question.
    pub(crate) is_question: bool,
    /// Length of its weight vector.
    pub(crate) norm: f32,
}

impl Query {
    /// Takes `text` apart with the words of `index`.
    pub fn new(index: &Index, text: &str) -> Self {
        let text = text.get(..text.floor_char_boundary(MAX_BYTES)).unwrap_or(text);
        let raw = tokenize(text, MAX_TOKENS);
        let mut kind = QuestionKind::default();
        raw.iter().for_each(|token| kind.add(&token.word));
        let mut tokens: Vec<QueryToken> = raw
            .into_iter()
            .map(|token| {
                let mut token = query_token(index, token);
                token.is_name = match token.known_as() {
                    Some(meeting) => index.term(meeting.term).is_name,
                    None => is_capitalized_inside(text, &token.span),
                };
                token
            })
            .collect();
        add_joined(index, &mut tokens);
        let pairs = pairs(index, &tokens);
        add_phrases(index, &mut tokens);
        for token in &mut tokens {
            token.meetings.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
        }
        weaken_repeats(&mut tokens);
        let norm = tokens.iter().map(|token| token.weight.powi(2)).sum::<f32>().sqrt();
        Self {
            pairs,
            terms: terms(index, &tokens),
            question_types: kind.types(),
            is_question: kind.is_question(text),
            norm: norm.max(MIN_LENGTH),
            tokens,
        }
    }

    /// The words that an answer has to cover.
    pub fn telling(&self) -> impl Iterator<Item = &QueryToken> {
        self.tokens.iter().filter(|token| token.is_telling)
    }
}

impl QueryToken {
    /// What the packs know the word as, if they do: by itself, a synonym or a misspelling.
    pub(crate) fn known_as(&self) -> Option<&Meeting> {
        self.meetings.iter().find(|meeting| meeting.is_same_word())
    }
}

impl Meeting {
    /// Whether it is the word itself that met, not one of near meaning.
    pub(crate) fn is_same_word(&self) -> bool {
        self.rule != Rule::Neighbor
    }
}

fn query_token(index: &Index, Token { word, span }: Token) -> QueryToken {
    let mut meetings = Vec::new();
    let known = index.vocabulary.term_of_word(&word).filter(|term| index.term(*term).is_used);
    let stem = if known.is_none() { index.stemmer.stem(&word) } else { String::new() };
    let (mut token_weight, mut is_telling, mut near);
    if let Some(term) = known.or_else(|| index.known_term(&stem)) {
        let known = index.term(term);
        (token_weight, is_telling, near) = (known.weight, !known.is_stop_word, known.neighbors);
        meet(index, &mut meetings, term, 1.0, Rule::SameStem);
    } else {
        token_weight = weight(everyday_rarity(&word), 1.0);
        is_telling = !is_stop_word(&word);
        near = neighbors::place(&stem).filter(|_| is_telling && !index.neighbor_terms.is_empty());
        for term in parts(index, &word).into_iter().flatten().filter(|_| is_telling) {
            meet(index, &mut meetings, term, SPACING_SIMILARITY, Rule::Spacing);
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
            let rule = Rule::Misspelling(spelling.word);
            meet(index, &mut meetings, spelling.term, spelling.similarity, rule);
        }
    }
    if let Some(place) = near.filter(|_| is_telling) {
        add_neighbors(index, place, &mut meetings);
    }
    QueryToken { word, span, weight: token_weight, is_telling, is_name: false, meetings }
}

fn meet(index: &Index, meetings: &mut Vec<Meeting>, term: TermId, similarity: f32, rule: Rule) {
    meetings.push(Meeting { term, similarity, rule });
    for concept in index.term_concepts.get(&term).into_iter().flatten() {
        let rule = if rule == Rule::SameStem { Rule::Synonym } else { rule };
        let similarity = similarity * SYNONYM_SIMILARITY;
        meetings.push(Meeting { term: *concept, similarity, rule });
    }
}

/// Similarity of a word written apart, or in one, where the packs do otherwise.
const SPACING_SIMILARITY: f32 = 0.9;

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

/// Lets two words that the packs write in one meet that word together ("peace keepers"), unless
/// both are known by themselves.
fn add_joined(index: &Index, tokens: &mut [QueryToken]) {
    for at in 1..tokens.len() {
        let Some([first, second]) = tokens.get_mut(at - 1..=at) else { continue };
        let is_known = |token: &QueryToken| token.known_as().is_some();
        if is_known(first) && is_known(second) {
            continue;
        }
        let joined = index.vocabulary.term_of_word(&format!("{}{}", first.word, second.word));
        let Some(term) = joined.filter(|term| index.term(*term).is_used) else { continue };
        for token in [first, second] {
            token.meetings.clear();
            meet(index, &mut token.meetings, term, SPACING_SIMILARITY, Rule::Spacing);
            token.weight = index.term(term).weight / 2.0;
            token.is_telling = !index.term(term).is_stop_word;
        }
    }
}

/// How many neighbors of a word count, the nearest that the packs know. More are mostly of other
/// senses (docs/quality.md).
const MAX_NEIGHBORS: usize = 8;

/// Lets a word meet those of near meaning; a misspelt one, those of the word it was taken for.
fn add_neighbors(index: &Index, place: neighbors::Place, meetings: &mut Vec<Meeting>) {
    let n_met = meetings.len();
    for (place, similarity) in neighbors::of(place) {
        if meetings.len() == n_met + MAX_NEIGHBORS {
            break;
        }
        let term = index.neighbor_terms.get(usize::from(place)).filter(|term| **term != NO_TERM);
        let Some(term) = term else { continue };
        if !meetings.iter().any(|meeting| meeting.term == *term) {
            meetings.push(Meeting { term: *term, similarity, rule: Rule::Neighbor });
        }
    }
}

/// Lets the words of a synonym of several words meet its concept together.
fn add_phrases(index: &Index, tokens: &mut [QueryToken]) {
    let term = |token: &QueryToken| index.vocabulary.term(&index.stemmer.stem(&token.word));
    let stems: Vec<TermId> = tokens.iter().map(|token| term(token).unwrap_or(NO_TERM)).collect();
    for found in index.concepts.find(&stems) {
        if found.end - found.start < 2 {
            continue;
        }
        for token in tokens.get_mut(found.start..found.end).into_iter().flatten() {
            token.meetings.push(Meeting {
                term: found.concept,
                similarity: SYNONYM_SIMILARITY,
                rule: Rule::Synonym,
            });
        }
    }
}

/// A word said twice tells nothing new, be it in another form.
fn weaken_repeats(tokens: &mut [QueryToken]) {
    let mut seen = FxHashSet::default();
    for token in tokens {
        let is_new = match token.known_as() {
            Some(Meeting { term, rule: Rule::SameStem, .. }) => seen.insert(Said::Term(*term)),
            _ => seen.insert(Said::Word(token.word.clone())),
        };
        if !is_new {
            token.weight = 0.0;
            token.is_telling = false;
        }
    }
}

#[derive(PartialEq, Eq, Hash)]
enum Said {
    Term(TermId),
    Word(String),
}

fn pairs(index: &Index, tokens: &[QueryToken]) -> Vec<Pair> {
    let term = |token: &QueryToken| Some(index.term(token.known_as()?.term));
    let pair = |(first, second): (&QueryToken, &QueryToken)| {
        let (first, second) = (term(first)?, term(second)?);
        let weight = PAIR_FACTOR * (first.weight + second.weight) / 2.0;
        Some(Pair { weight, share: PAIR_SHARE * first.share.min(second.share) })
    };
    tokens.iter().zip(tokens.iter().skip(1)).map(|it| pair(it).unwrap_or_default()).collect()
}

fn terms(index: &Index, tokens: &[QueryToken]) -> QueryTerms {
    let mut hits = Vec::with_capacity(tokens.iter().map(|token| token.meetings.len()).sum());
    for (number, token) in tokens.iter().enumerate().filter(|(_, token)| token.weight > 0.0) {
        let first = token.known_as().map(|meeting| meeting.term);
        for meeting in &token.meetings {
            let factor = token.weight * meeting.similarity;
            let term = index.term(meeting.term);
            hits.push(Hit {
                term: meeting.term,
                token: number,
                similarity: meeting.similarity,
                is_same_word: meeting.is_same_word(),
                is_first: first == Some(meeting.term),
                factor,
                credit: factor * term.weight,
                share: term.share,
            });
        }
    }
    QueryTerms::new(hits)
}

/// Whether the word at `span` starts with a capital, is no acronym of its own, and stands behind
/// another word that does not end a sentence.
pub(crate) fn is_capitalized_inside(text: &str, span: &Range<usize>) -> bool {
    let word = text.get(span.clone()).unwrap_or_default();
    let before = text.get(..span.start).unwrap_or_default().trim_end();
    let is_inside = before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == ',');
    let mut chars = word.chars();
    is_inside
        && chars.next().is_some_and(char::is_uppercase)
        && (chars.next().is_none_or(char::is_lowercase) || word.chars().count() <= 5)
}
